//! An entry of the log of events. Its time is in the table's key.

use home::lock::{Bolt, Happening, Source};
use home::{Ieee, LogEntry, LogKind, Timestamp};
use minicbor::{Decode, Encode};

use super::{Row, RowError, decode, encode};

#[derive(Encode, Decode)]
struct EventRow<'b> {
    #[n(0)]
    device: Option<u64>,
    #[b(1)]
    kind: KindRow<'b>,
}

/// Variants are told apart by number: append, never reuse.
#[derive(Encode, Decode)]
enum KindRow<'b> {
    #[n(0)]
    Lock {
        #[n(0)]
        happening: u16,
        #[n(1)]
        source: u8,
        #[n(2)]
        user: Option<u16>,
    },
    #[n(1)]
    Bolt {
        #[n(0)]
        from: Option<u8>,
        #[n(1)]
        to: Option<u8>,
    },
    #[n(2)]
    Commanded {
        #[b(0)]
        action: &'b str,
        #[b(1)]
        origin: &'b str,
    },
    #[n(3)]
    CommandFailed {
        #[b(0)]
        action: &'b str,
        #[b(1)]
        reason: &'b str,
    },
    #[n(4)]
    Joined,
    #[n(5)]
    Removed {
        #[b(0)]
        name: &'b str,
    },
    #[n(6)]
    Renamed {
        #[b(0)]
        from: &'b str,
        #[b(1)]
        to: &'b str,
    },
    #[n(7)]
    PermitJoin {
        #[n(0)]
        seconds: u8,
    },
    #[n(8)]
    AdapterOnline {
        #[b(0)]
        adapter: &'b str,
    },
    #[n(9)]
    AdapterOffline {
        #[b(0)]
        adapter: &'b str,
        #[b(1)]
        reason: &'b str,
    },
    #[n(10)]
    AdapterRefused {
        #[b(0)]
        adapter: &'b str,
        #[b(1)]
        reason: &'b str,
    },
}

/// Stored numbers of what happens at locks; a lock's own number is stored as 256 and more.
const HAPPENINGS: [(Happening, u16); 12] = [
    (Happening::Locked, 0),
    (Happening::Unlocked, 1),
    (Happening::LockRefused, 2),
    (Happening::UnlockRefused, 3),
    (Happening::AutoLocked, 4),
    (Happening::NonAccessUser, 5),
    (Happening::PinAdded, 6),
    (Happening::PinDeleted, 7),
    (Happening::PinChanged, 8),
    (Happening::MasterChanged, 9),
    (Happening::Jammed, 10),
    (Happening::Tampered, 11),
];

const SOURCES: [(Source, u8); 5] =
    [(Source::Keypad, 0), (Source::Radio, 1), (Source::Manual, 2), (Source::Rfid, 3), (Source::Unknown, 255)];

fn happening_code(happening: Happening) -> u16 {
    match happening {
        Happening::Other(code) => 256 + u16::from(code),
        known => HAPPENINGS.iter().find(|row| row.0 == known).map_or(u16::MAX, |row| row.1),
    }
}

fn happening_of(code: u16) -> Result<Happening, RowError> {
    let known = HAPPENINGS.iter().find(|row| row.1 == code).map(|row| row.0);
    let other = || code.checked_sub(256).and_then(|own| u8::try_from(own).ok()).map(Happening::Other);
    known.or_else(other).ok_or(RowError::Value("an unknown happening"))
}

fn source_code(source: Source) -> u8 {
    SOURCES.iter().find(|row| row.0 == source).map_or(u8::MAX, |row| row.1)
}

fn source_of(code: u8) -> Source {
    SOURCES.iter().find(|row| row.1 == code).map_or(Source::Unknown, |row| row.0)
}

/// The entry without its time.
pub(crate) fn write_event(entry: &LogEntry) -> Row {
    let kind = match &entry.kind {
        LogKind::Lock { happening, source, user } => {
            KindRow::Lock { happening: happening_code(*happening), source: source_code(*source), user: *user }
        }
        LogKind::Bolt { from, to } => KindRow::Bolt { from: from.map(Bolt::code), to: to.map(Bolt::code) },
        LogKind::Commanded { action, origin } => KindRow::Commanded { action, origin },
        LogKind::CommandFailed { action, reason } => KindRow::CommandFailed { action, reason },
        LogKind::Joined => KindRow::Joined,
        LogKind::Removed { name } => KindRow::Removed { name },
        LogKind::Renamed { from, to } => KindRow::Renamed { from, to },
        LogKind::PermitJoin(seconds) => KindRow::PermitJoin { seconds: *seconds },
        LogKind::AdapterOnline(adapter) => KindRow::AdapterOnline { adapter },
        LogKind::AdapterOffline { adapter, reason } => KindRow::AdapterOffline { adapter, reason },
        LogKind::AdapterRefused { adapter, reason } => KindRow::AdapterRefused { adapter, reason },
    };
    encode(&EventRow { device: entry.device.map(|ieee| ieee.0), kind })
}

/// The entry that happened at `at`.
pub(crate) fn read_event(at: Timestamp, bytes: &[u8]) -> Result<LogEntry, RowError> {
    let row: EventRow<'_> = decode(bytes)?;
    let kind = match row.kind {
        KindRow::Lock { happening, source, user } => {
            LogKind::Lock { happening: happening_of(happening)?, source: source_of(source), user }
        }
        KindRow::Bolt { from, to } => {
            LogKind::Bolt { from: from.and_then(Bolt::from_code), to: to.and_then(Bolt::from_code) }
        }
        KindRow::Commanded { action, origin } => {
            LogKind::Commanded { action: action.to_owned(), origin: origin.to_owned() }
        }
        KindRow::CommandFailed { action, reason } => {
            LogKind::CommandFailed { action: action.to_owned(), reason: reason.to_owned() }
        }
        KindRow::Joined => LogKind::Joined,
        KindRow::Removed { name } => LogKind::Removed { name: name.to_owned() },
        KindRow::Renamed { from, to } => LogKind::Renamed { from: from.to_owned(), to: to.to_owned() },
        KindRow::PermitJoin { seconds } => LogKind::PermitJoin(seconds),
        KindRow::AdapterOnline { adapter } => LogKind::AdapterOnline(adapter.to_owned()),
        KindRow::AdapterOffline { adapter, reason } => {
            LogKind::AdapterOffline { adapter: adapter.to_owned(), reason: reason.to_owned() }
        }
        KindRow::AdapterRefused { adapter, reason } => {
            LogKind::AdapterRefused { adapter: adapter.to_owned(), reason: reason.to_owned() }
        }
    };
    Ok(LogEntry { at, device: row.device.map(Ieee), kind })
}
