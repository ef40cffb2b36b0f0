//! A device's registration and a network's record: everything that survives but the values.

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
    })
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
    device.record = row.record.map(|bytes| DriverRecord::new(bytes.to_vec()));
    Ok(device)
}
