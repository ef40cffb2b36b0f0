//! The table of USB adapters: ids and words by which a stick is known, and what it then speaks.
//!
//! 10c4:ea60 (a CP2102 bridge) is in half of the market's sticks, so words decide; rows are tried from the top.

use super::Protocol;
use crate::port::FlowControl;

/// One product or family.
pub(super) struct Stick {
    /// USB vendor and product id.
    ids: (u16, u16),
    /// All of these are in manufacturer, product name or by-id name. Lower case.
    words: &'static [&'static str],
    /// What people call it.
    pub(super) name: &'static str,
    /// What it speaks; `None`: unknown until asked.
    pub(super) protocol: Option<Protocol>,
    /// Bits per second.
    pub(super) baud: u32,
    /// Pacing.
    pub(super) flow_control: FlowControl,
}

const fn row(ids: (u16, u16), words: &'static [&'static str], name: &'static str, protocol: Option<Protocol>) -> Stick {
    Stick { ids, words, name, protocol, baud: 115_200, flow_control: FlowControl::None }
}

const fn znp(ids: (u16, u16), words: &'static [&'static str], name: &'static str) -> Stick {
    row(ids, words, name, Some(Protocol::Znp))
}

/// ASH escapes XON and XOFF, and firmware without RTS/CTS paces by them.
const fn ezsp(ids: (u16, u16), words: &'static [&'static str], name: &'static str) -> Stick {
    Stick { flow_control: FlowControl::Software, ..row(ids, words, name, Some(Protocol::Ezsp)) }
}

const fn ezsp_wired(ids: (u16, u16), words: &'static [&'static str], name: &'static str) -> Stick {
    Stick { flow_control: FlowControl::Hardware, ..row(ids, words, name, Some(Protocol::Ezsp)) }
}

const fn ezsp_at(baud: u32, ids: (u16, u16), words: &'static [&'static str], name: &'static str) -> Stick {
    Stick { baud, ..ezsp_wired(ids, words, name) }
}

const CP210X: (u16, u16) = (0x10c4, 0xea60);
const CH340: (u16, u16) = (0x1a86, 0x7523);
const CH9102: (u16, u16) = (0x1a86, 0x55d4);
const FTDI: (u16, u16) = (0x0403, 0x6015);

static STICKS: &[Stick] = &[
    ezsp_wired(CP210X, &["skyconnect"], "Home Assistant SkyConnect"),
    ezsp_wired(CP210X, &["zbt-1"], "Home Assistant Connect ZBT-1"),
    ezsp_at(460_800, (0x303a, 0x4001), &["zbt-2"], "Home Assistant Connect ZBT-2"),
    ezsp_at(460_800, (0x303a, 0x831a), &["zbt-2"], "Home Assistant Connect ZBT-2"),
    znp(CP210X, &["slzb-06p"], "SMLIGHT SLZB-06p"),
    znp(CP210X, &["slzb-07p"], "SMLIGHT SLZB-07p"),
    ezsp(CP210X, &["slzb-06m"], "SMLIGHT SLZB-06M"),
    ezsp_wired(CP210X, &["slzb-07"], "SMLIGHT SLZB-07"),
    ezsp(CH9102, &["sonoff", "plus"], "Sonoff ZBDongle-E"),
    ezsp(CP210X, &["sonoff", "plus_v2"], "Sonoff ZBDongle-E"),
    ezsp(CP210X, &["sonoff", "mg2"], "Sonoff Dongle MG21 or MG24"),
    znp(CP210X, &["sonoff", "plus"], "Sonoff ZBDongle-P"),
    znp(CP210X, &["slae.sh"], "slae.sh CC2652RB stick"),
    ezsp_wired(CP210X, &["zi-stick"], "Aeotec Zi-Stick"),
    ezsp(CP210X, &["tubeszb", "efr32"], "TubesZB EFR32"),
    ezsp(CH340, &["tubeszb", "efr32"], "TubesZB EFR32"),
    znp(CP210X, &["tubeszb"], "TubesZB CC2652"),
    znp(CH340, &["tubeszb"], "TubesZB CC2652"),
    znp(CH340, &["zigstar"], "ZigStar"),
    znp(FTDI, &["electrolama"], "Electrolama zzh!"),
    znp((0x0451, 0x16a8), &[], "TI CC2531"),
    znp((0x0451, 0x16c8), &[], "TI CC2538"),
    // Two ports; the other one is the debugger's.
    znp((0x0451, 0xbef3), &["-if00"], "TI LaunchPad"),
    row((0x1cf1, 0x0030), &[], "ConBee II", Some(Protocol::Deconz)),
    row(FTDI, &["conbee"], "ConBee III", Some(Protocol::Deconz)),
    row((0x2fe3, 0x0100), &["zigbee"], "Nordic Zigbee NCP", Some(Protocol::Zboss)),
    row(CP210X, &["zigate"], "ZiGate", Some(Protocol::Zigate)),
    row(FTDI, &["zigate"], "ZiGate+", Some(Protocol::Zigate)),
    row((0x067b, 0x2303), &["zigate"], "ZiGate", Some(Protocol::Zigate)),
    // Bridges that are in adapters and in much else.
    row(CP210X, &[], "CP210x serial bridge", None),
    row(CH340, &[], "CH340 serial bridge", None),
    row(CH9102, &[], "CH9102 serial bridge", None),
];

/// The first row that fits. `text`: manufacturer, product and by-id name, in any case.
pub(super) fn find(ids: (u16, u16), text: &str) -> Option<&'static Stick> {
    let text = text.to_lowercase();
    STICKS.iter().find(|stick| stick.ids == ids && stick.words.iter().all(|word| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_seen_in_the_field_find_their_row() {
        let seen = [
            (CP210X, "Silicon_Labs_Sonoff_Zigbee_3.0_USB_Dongle_Plus_0111-if00-port0", "Sonoff ZBDongle-P"),
            (CP210X, "Itead_Sonoff_Zigbee_3.0_USB_Dongle_Plus_V2_a6ee-if00-port0", "Sonoff ZBDongle-E"),
            (CH9102, "ITEAD_SONOFF_Zigbee_3.0_USB_Dongle_Plus_V2_2024-if00", "Sonoff ZBDongle-E"),
            (CP210X, "SONOFF_SONOFF_Dongle_Max_MG24_0896-if00-port0", "Sonoff Dongle MG21 or MG24"),
            (CP210X, "Nabu_Casa_SkyConnect_v1.0_3abe-if00-port0", "Home Assistant SkyConnect"),
            (CP210X, "SMLIGHT_SMLIGHT_SLZB-07_be9f-if00-port0", "SMLIGHT SLZB-07"),
            (CP210X, "SMLIGHT_SMLIGHT_SLZB-07p7_be9f-if00-port0", "SMLIGHT SLZB-07p"),
            (CP210X, "Silicon_Labs_slae.sh_cc2652rb_stick_-_slaesh_s_iot_stuff-if00-port0", "slae.sh CC2652RB stick"),
            ((0x0451, 0xbef3), "Texas_Instruments_XDS110__03.00.00.05__L1100-if00", "TI LaunchPad"),
            (FTDI, "dresden_elektronik_ConBee_III_DE0318-if00-port0", "ConBee III"),
            (CP210X, "Silicon_Labs_CP2102N_USB_to_UART_Bridge_Controller_a215-if00-port0", "CP210x serial bridge"),
        ];
        for (ids, text, name) in seen {
            assert_eq!(find(ids, text).map(|stick| stick.name), Some(name), "{text}");
        }
    }

    #[test]
    fn the_debugger_of_a_launchpad_and_foreign_ids_find_none() {
        assert!(find((0x0451, 0xbef3), "Texas_Instruments_XDS110__03.00.00.05__L1100-if03").is_none());
        assert!(find(FTDI, "FTDI_FT231X_USB_UART").is_none());
        assert!(find((0, 0), "Sonoff Plus").is_none());
    }

    #[test]
    fn each_row_can_be_found() {
        for (place, stick) in STICKS.iter().enumerate() {
            let found = find(stick.ids, &stick.words.join(" ")).unwrap();
            assert!(std::ptr::eq(found, stick), "row {place}, {}, is hidden by {}", stick.name, found.name);
        }
    }
}
