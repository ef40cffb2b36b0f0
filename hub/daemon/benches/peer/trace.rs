//! The simulator's trace: each message to and from a device, with the time at which it passed the port
//! (`drivers/sim`, `runner/trace.rs`).

use std::path::Path;
use std::time::Duration;

const THERMOSTAT: u16 = 0x0201;
/// Occupied heating setpoint, int16.
const SETPOINT: [u8; 3] = [0x12, 0x00, 0x29];
/// Local temperature, int16.
const TEMPERATURE: [u8; 3] = [0x00, 0x00, 0x29];

/// ZCL commands (ZCL 8, 2.5).
const WRITE: u8 = 0x02;
const WRITE_RESPONSE: u8 = 0x04;
const REPORT: u8 = 0x0A;

/// A message of the cluster library.
pub(crate) struct Message {
    at: Duration,
    to_device: bool,
    device: u16,
    cluster: u16,
    zcl: Vec<u8>,
}

/// A setpoint on its way to a thermostat.
pub(crate) struct Write {
    /// When the `AF_DATA_REQUEST` came to the adapter.
    pub(crate) at: Duration,
    /// Network address of the thermostat.
    pub(crate) device: u16,
    pub(crate) centi: i16,
    /// Whether the device answered it.
    pub(crate) answered: bool,
}

/// A temperature on its way to the hub.
pub(crate) struct Report {
    /// When the `AF_INCOMING_MSG` went to the hub.
    pub(crate) at: Duration,
    /// Network address of the thermostat.
    pub(crate) device: u16,
    pub(crate) centi: i16,
}

/// Reads a trace; a line that is being written is left out.
pub(crate) fn read(path: &Path) -> Vec<Message> {
    std::fs::read_to_string(path).unwrap().split_inclusive('\n').filter_map(message).collect()
}

fn message(line: &str) -> Option<Message> {
    let words: Vec<_> = line.strip_suffix('\n')?.split(' ').collect();
    let [at, way, device, cluster, hex] = words.as_slice() else { return None };
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    Some(Message {
        at: Duration::from_nanos(at.parse().ok()?),
        to_device: *way == "request",
        device: u16::from_str_radix(device, 16).ok()?,
        cluster: u16::from_str_radix(cluster, 16).ok()?,
        zcl: (0..hex.len()).step_by(2).map_while(byte).collect(),
    })
}

impl Message {
    /// Whether it is this global command of a thermostat, or to one.
    fn is(&self, to_device: bool, command: u8) -> bool {
        self.to_device == to_device && self.cluster == THERMOSTAT && self.zcl.get(2) == Some(&command)
    }

    /// The value behind an attribute's id and type.
    fn value(&self, attribute: [u8; 3]) -> Option<i16> {
        let at = self.zcl.windows(3).position(|window| window == attribute)? + 3;
        Some(i16::from_le_bytes(self.zcl.get(at..at + 2)?.try_into().ok()?))
    }
}

/// All setpoints that went to devices, in order.
pub(crate) fn writes(messages: &[Message]) -> Vec<Write> {
    let write = |(number, message): (usize, &Message)| {
        let centi = message.is(true, WRITE).then(|| message.value(SETPOINT)).flatten()?;
        // The next answer of the device with the same number; numbers come again after 256 messages.
        let answered = messages[number + 1..]
            .iter()
            .filter(|later| later.device == message.device && later.zcl.get(1) == message.zcl.get(1))
            .find(|later| later.is(true, WRITE) || later.is(false, WRITE_RESPONSE))
            .is_some_and(|later| !later.to_device);
        Some(Write { at: message.at, device: message.device, centi, answered })
    };
    messages.iter().enumerate().filter_map(write).collect()
}

/// All temperatures that thermostats reported, in order.
pub(crate) fn reports(messages: &[Message]) -> Vec<Report> {
    let report = |message: &Message| {
        let centi = message.is(false, REPORT).then(|| message.value(TEMPERATURE)).flatten()?;
        Some(Report { at: message.at, device: message.device, centi })
    };
    messages.iter().filter_map(report).collect()
}
