//! A device's registration and a network's record: everything that survives but the values.

use home::codes::{Code, Codes, Limits, SlotState};
use home::{AdapterName, Capability, Description, Device, DriverRecord, Ieee, Interview, Name, Power};
use minicbor::{Decode, Encode};

use super::{Row, RowError, decode, encode};

#[derive(Encode, Decode)]
struct DeviceRow<'b> {
    #[b(0)]
    adapter: &'b str,
    #[b(1)]
    name: &'b str,
    #[b(2)]
    room: Option<&'b str>,
    #[n(3)]
    interviewed: bool,
    #[b(4)]
    description: Option<DescriptionRow<'b>>,
    #[cbor(b(5), with = "minicbor::bytes")]
    record: Option<&'b [u8]>,
    /// Rows of earlier hubs have none.
    #[b(6)]
    codes: Option<CodesRow<'b>>,
}

#[derive(Encode, Decode)]
struct CodesRow<'b> {
    /// First slot, slots, shortest and longest PIN.
    #[n(0)]
    limits: Option<(u16, u16, u8, u8)>,
    #[b(1)]
    codes: Vec<CodeRow<'b>>,
}

#[derive(Encode, Decode)]
struct CodeRow<'b> {
    #[n(0)]
    slot: u16,
    #[b(1)]
    name: Option<&'b str>,
    #[n(2)]
    hub: u8,
    #[n(3)]
    lock: Option<u8>,
    #[n(4)]
    changed: bool,
}

#[derive(Encode, Decode)]
struct DescriptionRow<'b> {
    #[b(0)]
    manufacturer: &'b str,
    #[b(1)]
    model: &'b str,
    #[b(2)]
    software: Option<&'b str>,
    /// 1 mains, 2 battery, 0 unknown.
    #[n(3)]
    power: u8,
    #[n(4)]
    capabilities: Vec<u8>,
}

/// The registration of a device; its values have a row of their own.
pub(crate) fn write_device(device: &Device) -> Row {
    encode(&DeviceRow {
        adapter: device.adapter.as_str(),
        name: device.name.as_str(),
        room: device.room.as_ref().map(Name::as_str),
        interviewed: device.interview == Interview::Done,
        description: device.description.as_ref().map(|d| DescriptionRow {
            manufacturer: &d.manufacturer,
            model: &d.model,
            software: d.software.as_deref(),
            power: match d.power {
                Power::Unknown => 0,
                Power::Mains => 1,
                Power::Battery => 2,
            },
            capabilities: d.capabilities.iter().map(|c| c.code()).collect(),
        }),
        record: device.record.as_ref().map(DriverRecord::expose),
        codes: write_codes(&device.codes),
    })
}

/// None for a device that never had any.
fn write_codes(codes: &Codes) -> Option<CodesRow<'_>> {
    (*codes != Codes::default()).then(|| CodesRow {
        limits: codes.limits.map(|l| (l.first, l.slots, l.pin_min, l.pin_max)),
        codes: codes.iter().map(|(slot, code)| write_code(slot, code)).collect(),
    })
}

fn write_code(slot: u16, code: &Code) -> CodeRow<'_> {
    CodeRow {
        slot,
        name: code.name.as_ref().map(Name::as_str),
        hub: code.hub.code(),
        lock: code.lock.map(SlotState::code),
        changed: code.changed,
    }
}

/// A state that is none counts as nothing known: the lock is asked again.
fn read_codes(row: &CodesRow<'_>) -> Codes {
    let mut codes = Codes::default();
    codes.limits = row.limits.map(|(first, slots, pin_min, pin_max)| Limits { first, slots, pin_min, pin_max });
    for code in &row.codes {
        codes.restore(
            code.slot,
            Code {
                name: code.name.and_then(|name| name.parse().ok()),
                hub: SlotState::from_code(code.hub).unwrap_or(SlotState::Empty),
                lock: code.lock.and_then(SlotState::from_code),
                changed: code.changed,
            },
        );
    }
    codes
}

/// The device as it was registered. An interview that was under way begins anew: the driver's record knows how far it
/// was. A name or room that is none by today's rules gives way to the address or to nothing.
pub(crate) fn read_device(ieee: Ieee, bytes: &[u8]) -> Result<Device, RowError> {
    let row: DeviceRow<'_> = decode(bytes)?;
    let mut device = Device::new(ieee, AdapterName::new(row.adapter));
    if let Ok(name) = row.name.parse() {
        device.name = name;
    }
    device.room = row.room.and_then(|room| room.parse().ok());
    device.interview = if row.interviewed { Interview::Done } else { Interview::Waiting };
    device.description = row.description.map(|d| Description {
        manufacturer: d.manufacturer.to_owned(),
        model: d.model.to_owned(),
        software: d.software.map(str::to_owned),
        power: match d.power {
            1 => Power::Mains,
            2 => Power::Battery,
            _ => Power::Unknown,
        },
        capabilities: d.capabilities.iter().filter_map(|code| Capability::from_code(*code)).collect(),
    });
    device.codes = row.codes.as_ref().map(read_codes).unwrap_or_default();
    device.record = row.record.map(|bytes| DriverRecord::new(bytes.to_vec()));
    Ok(device)
}
