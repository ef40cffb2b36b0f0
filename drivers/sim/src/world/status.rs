//! What a test may want to know, as JSON.

use serde_json::{Map, Value as Json, json};
use zigbee::znp::nv;

use super::World;
use crate::hex;

impl World {
    /// The adapter and every device. The network key is in it: it is a simulated one.
    pub(crate) fn status(&self) -> Json {
        let stack = &self.stack;
        let memory = stack.nv();
        let network = memory.network().map(|network| {
            json!({
                "pan": format!("{:04x}", network.pan),
                "extended_pan": format!("{:016x}", network.extended_pan),
                "channel": network.channel,
                "key": memory.plain.get(&nv::NWK_ACTIVE_KEY_INFO).and_then(|key| key.get(1..)).map(hex::encode),
            })
        });
        let devices: Map<String, Json> =
            self.seats.iter().map(|seat| (seat.device.name().to_owned(), seat.device.status())).collect();
        json!({
            "state": u8::from(stack.state()),
            "ieee": memory.ieee().to_string(),
            "network": network,
            "endpoints": stack.endpoints().collect::<Vec<_>>(),
            "resets": stack.resets(),
            "complaints": stack.complaints(),
            "burst_sent": self.burst_sent(),
            "devices": devices,
        })
    }
}
