//! SYS: ping, version and the commands on non-volatile memory.

use zigbee::mt::Frame;
use zigbee::wire::{Bytes, Field, Reader};
use zigbee::znp::sys::{Capabilities, NvKey, NvValue, Product, Version};
use zigbee::znp::{Sreq, Srsp, Status, nv};

use super::{BUILD, Stack};

/// SYS, AF, ZDO, UTIL, GP and `APP_CNF`, as a CC2652 says.
const CAPABILITIES: Capabilities = Capabilities(0x0659);
/// Bytes of an item that one answer holds.
const READ: usize = 246;
/// Bytes of an item that one answer to an extended read holds.
const READ_EXT: usize = 245;
/// `nvWriteExt`, which the typed table does not have.
const NV_WRITE_EXT: u8 = 0x1D;
const RANDOM: u8 = 0x0C;
/// Longest item; a host may not fill our memory.
const MAX_ITEM: usize = 4096;

impl Stack {
    /// Answers a request of this subsystem; `None` if it is not known.
    pub(super) fn system(&mut self, request: &Sreq) -> Option<Srsp> {
        Some(match request {
            Sreq::SysPing => Srsp::SysPing(CAPABILITIES),
            Sreq::SysVersion => Srsp::SysVersion(version()),
            Sreq::SysGetExtAddr => Srsp::SysGetExtAddr(self.nv.ieee()),
            Sreq::SysStackTune(tune) => Srsp::SysStackTune(tune.value.cast_unsigned()),
            Sreq::SysSetTxPower(_) => Srsp::SysSetTxPower(0),
            Sreq::NvItemInit(item) => Srsp::NvItemInit(self.nv_init(item.id, item.length, &item.value)),
            Sreq::NvRead(read) => Srsp::NvRead(self.nv_read(read.id, read.offset.into(), READ)),
            Sreq::NvReadExt(read) => Srsp::NvReadExt(self.nv_read(read.id, read.offset, READ_EXT)),
            Sreq::NvWrite(write) => Srsp::NvWrite(self.nv_write((0, write.id), write.offset.into(), &write.value)),
            Sreq::NvDelete(delete) => Srsp::NvDelete(self.nv_delete(delete.id, delete.length)),
            Sreq::NvLength(id) => Srsp::NvLength(self.length((0, *id))),
            Sreq::Other(frame) => return self.system_untyped(frame),
            _ => return self.extended(request),
        })
    }

    fn extended(&mut self, request: &Sreq) -> Option<Srsp> {
        Some(match request {
            Sreq::Nv2Create(create) => Srsp::Nv2Create(self.ex_create(&create.key, create.length)),
            Sreq::Nv2Delete(key) => Srsp::Nv2Delete(if self.known(key) && self.remove((key.item, key.sub)) {
                Status::Success
            } else {
                Status::NvOperFailed
            }),
            Sreq::Nv2Length(key) => {
                Srsp::Nv2Length(if self.known(key) { self.length((key.item, key.sub)).into() } else { 0 })
            }
            Sreq::Nv2Read(read) => Srsp::Nv2Read(self.ex_read(&read.key, read.offset, read.length)),
            Sreq::Nv2Write(write) if self.known(&write.key) => {
                Srsp::Nv2Write(self.nv_write((write.key.item, write.key.sub), write.offset, &write.value))
            }
            Sreq::Nv2Write(_) => Srsp::Nv2Write(Status::NvOperFailed),
            Sreq::Nv2Update(update) if self.known(&update.key) => {
                self.store((update.key.item, update.key.sub), update.value.to_vec());
                Srsp::Nv2Update(Status::Success)
            }
            Sreq::Nv2Update(_) => Srsp::Nv2Update(Status::NvOperFailed),
            Sreq::Nv2Compact(_) => Srsp::Nv2Compact(Status::Success),
            _ => return None,
        })
    }

    fn system_untyped(&mut self, frame: &Frame) -> Option<Srsp> {
        match frame.command().id {
            NV_WRITE_EXT => {
                let mut reader = Reader::new(frame.data());
                let fields = (u16::read(&mut reader), u16::read(&mut reader), u16::read(&mut reader));
                let (Ok(id), Ok(offset), Ok(length)) = fields else { return None };
                let value = reader.take(length.into()).ok()?.to_vec();
                Some(raw(frame, &self.nv_write((0, id), offset, &value).to_bytes()))
            }
            RANDOM => Some(raw(frame, &self.rng.bytes::<2>())),
            _ => None,
        }
    }

    fn nv_init(&mut self, id: u16, length: u16, value: &[u8]) -> Status {
        if length == 0 || value.len() > length.into() || usize::from(length) > MAX_ITEM {
            return Status::InvalidParameter;
        }
        if self.nv.get((0, id)).is_some() {
            return Status::Success;
        }
        let mut item = value.to_vec();
        item.resize(length.into(), 0xFF);
        self.store((0, id), item);
        Status::NvItemUninit
    }

    fn nv_read(&self, id: u16, offset: u16, most: usize) -> NvValue {
        match self.nv.get((0, id)).and_then(|item| item.get(offset.into()..)) {
            Some(rest) => value(Status::Success, rest.get(..most).unwrap_or(rest)),
            None => value(Status::InvalidParameter, &[]),
        }
    }

    fn nv_write(&mut self, key: (u16, u16), offset: u16, bytes: &[u8]) -> Status {
        let Some(mut item) = self.nv.get(key).cloned() else {
            self.complain(format!("write to item {:04x}/{:04x}, which does not exist", key.0, key.1));
            return if key.0 == 0 { Status::InvalidParameter } else { Status::NvOperFailed };
        };
        let start = usize::from(offset);
        let Some(place) = item.get_mut(start..start + bytes.len()) else {
            self.complain(format!("write past the end of item {:04x}/{:04x}", key.0, key.1));
            return Status::NvBadItemLength;
        };
        place.copy_from_slice(bytes);
        self.store(key, item);
        Status::Success
    }

    fn nv_delete(&mut self, id: u16, length: u16) -> Status {
        match self.nv.get((0, id)) {
            None => Status::NvItemUninit,
            Some(item) if item.len() != usize::from(length) => {
                self.complain(format!("delete of item {id:04x} with length {length}"));
                Status::NvBadItemLength
            }
            Some(_) => {
                self.remove((0, id));
                Status::Success
            }
        }
    }

    fn ex_create(&mut self, key: &NvKey, length: u32) -> Status {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !self.known(key) || length > MAX_ITEM {
            return Status::NvOperFailed;
        }
        if self.nv.get((key.item, key.sub)).is_some() {
            return Status::Success;
        }
        self.store((key.item, key.sub), vec![0xFF; length]);
        Status::NvItemUninit
    }

    fn ex_read(&self, key: &NvKey, offset: u16, length: u8) -> NvValue {
        let item = self.nv.get((key.item, key.sub)).filter(|_| self.known(key));
        let Some(item) = item else { return value(Status::NvOperFailed, &[]) };
        let start = usize::from(offset);
        match item.get(start..start + usize::from(length)) {
            Some(part) => value(Status::Success, part),
            None => value(Status::NvBadItemLength, &[]),
        }
    }

    #[expect(clippy::unused_self, reason = "reads as a question to the memory")]
    fn known(&self, key: &NvKey) -> bool {
        key.system == nv::SYSTEM_ZSTACK
    }

    fn length(&self, key: (u16, u16)) -> u16 {
        self.nv.get(key).and_then(|item| u16::try_from(item.len()).ok()).unwrap_or(0)
    }

    fn store(&mut self, key: (u16, u16), item: Vec<u8>) {
        self.nv.set(key, item);
        self.dirty = true;
    }

    fn remove(&mut self, key: (u16, u16)) -> bool {
        self.dirty = true;
        self.nv.remove(key)
    }
}

/// An answer that the typed table does not have.
pub(super) fn raw(request: &Frame, data: &[u8]) -> Srsp {
    let frame = Frame::new(zigbee::mt::Kind::Srsp, request.command(), data);
    Srsp::Other(frame.unwrap_or_else(|_| request.clone()))
}

fn value(status: Status, bytes: &[u8]) -> NvValue {
    NvValue { status, value: Bytes::new(bytes).unwrap_or_default() }
}

fn version() -> Version {
    Version {
        transport: 2,
        product: Product::ZStack3x0,
        major: 2,
        minor: 7,
        maintenance: 1,
        revision: Some(BUILD),
        bootloader_build: Some(0),
        bootloader_revision: Some(u32::MAX),
    }
}
