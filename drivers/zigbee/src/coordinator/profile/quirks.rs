//! What single models do otherwise than the standard: rows with their reasons.

use super::super::record::Kept;
use crate::zcl::{door_lock, thermostat};

/// What is special about a model.
#[derive(Debug)]
pub(in crate::coordinator) struct Quirk {
    /// Makers that start with this; all if empty.
    maker: &'static str,
    /// Models that contain this; all if empty.
    model: &'static str,
    /// Its battery counts whole percents.
    pub(in crate::coordinator) whole_percent: bool,
    /// Its first PIN slot.
    pub(in crate::coordinator) first_slot: u16,
    /// How many PIN slots it has at most.
    pub(in crate::coordinator) slots: u16,
    /// Attributes that say what is not so.
    pub(in crate::coordinator) deaf: &'static [(u16, u16)],
    /// How we know.
    pub(in crate::coordinator) why: &'static str,
}

/// What holds for all models not in the table.
const STANDARD: Quirk = Quirk {
    maker: "",
    model: "",
    whole_percent: false,
    first_slot: 0,
    slots: u16::MAX,
    deaf: &[],
    why: "the standard",
};

/// The first row that fits counts. Sources: facts/zigbee.md 3c, "quirk reality".
#[rustfmt::skip]
static QUIRKS: [Quirk; 11] = [
    Quirk { model: "YRD210", whole_percent: true, first_slot: 1, why: "reports 0 to 100", ..STANDARD },
    Quirk { model: "YRD220", whole_percent: true, first_slot: 1, why: "reports 0 to 100", ..STANDARD },
    Quirk { model: "YRD240", whole_percent: true, first_slot: 1, why: "reports 0 to 100", ..STANDARD },
    Quirk { model: "YRD246", whole_percent: true, first_slot: 1, why: "reports 0 to 100", ..STANDARD },
    Quirk { model: "iZBModule", whole_percent: true, first_slot: 1, why: "the module inside of those", ..STANDARD },
    Quirk { maker: "Yale", first_slot: 1, why: "counts slots from 1 (core 81559)", ..STANDARD },
    Quirk { maker: "Kwikset", slots: 30, why: "has 30 slots", ..STANDARD },
    Quirk { maker: "Weiser", slots: 30, why: "a Kwikset by another name", ..STANDARD },
    Quirk { maker: "Schlage", model: "BE468", slots: 30, why: "has 30 slots", ..STANDARD },
    Quirk {
        maker: "Yunding", model: "Ford", deaf: &[(door_lock::CLUSTER, door_lock::attribute::LOCK_STATE)],
        why: "a Wyze lock's hourly report always says locked", ..STANDARD
    },
    Quirk { maker: "Eurotronic", deaf: &[(thermostat::CLUSTER, thermostat::attribute::SYSTEM_MODE)], why: "keeps its mode elsewhere and ignores this one", ..STANDARD },
];

/// What is special about this device.
pub(in crate::coordinator) fn quirk(kept: &Kept) -> &'static Quirk {
    let maker = kept.manufacturer.as_deref().unwrap_or_default();
    let model = kept.model.as_deref().unwrap_or_default();
    QUIRKS.iter().find(|row| maker.starts_with(row.maker) && model.contains(row.model)).unwrap_or(&STANDARD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(maker: &str, model: &str) -> Kept {
        Kept { manufacturer: Some(maker.to_owned()), model: Some(model.to_owned()), ..Kept::default() }
    }

    #[test]
    fn each_row_says_why_and_for_whom() {
        for row in &QUIRKS {
            assert!(!row.why.is_empty(), "{row:?}");
            assert!(!row.maker.is_empty() || !row.model.is_empty(), "{row:?}");
        }
    }

    #[test]
    fn old_yale_locks_count_whole_percents() {
        assert!(quirk(&kept("Yale", "YRD220/240 TSDB")).whole_percent);
        assert!(!quirk(&kept("Yale", "YRD256 TSDB")).whole_percent);
        assert_eq!(quirk(&kept("Yale", "YRD256 TSDB")).first_slot, 1);
        assert_eq!(quirk(&kept("ACME", "TRV")).first_slot, 0);
    }
}
