//! The endpoints that the hub opens on its adapter, one row each.

use crate::wire::List;
use crate::znp::af::Register;

/// Home automation.
const PROFILE: u16 = 0x0104;
/// Configuration tool.
const TOOL: u16 = 0x0005;
/// IAS control and indicating equipment.
const ALARM_PANEL: u16 = 0x0400;

/// The row, if there is one.
pub(super) fn row(index: usize) -> Option<Register> {
    match index {
        // Serves Basic, Time and OTA; uses what thermostats, locks and sensors serve.
        0 => Some(register(
            1,
            TOOL,
            [0x0000, 0x000A, 0x0019].into(),
            [0x0000, 0x0001, 0x0003, 0x0020, 0x0101, 0x0201, 0x0204, 0x0402, 0x0405, 0x0500].into(),
        )),
        // Some sensors look for an alarm panel.
        1 => Some(register(11, ALARM_PANEL, [0x000A, 0x0501].into(), [0x0500, 0x0502].into())),
        _ => None,
    }
}

fn register(endpoint: u8, device: u16, in_clusters: List<u16, 60>, out_clusters: List<u16, 60>) -> Register {
    Register { endpoint, profile: PROFILE, device, version: 0, latency: 0, in_clusters, out_clusters }
}
