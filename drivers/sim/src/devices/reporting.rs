//! When a device reports: configured per attribute, sent to the bindings of the cluster (ZCL 8, 2.5.11).

use std::collections::BTreeMap;
use std::time::Duration;

use zigbee::zcl::{DataType, Reporting, Value};

use super::attribute::{Attribute, Attributes, Place};

/// Never.
const NEVER: u16 = 0xFFFF;

/// How one attribute is reported.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Least seconds between two reports.
    pub min: u16,
    /// Most seconds between two reports; 0 is without limit.
    pub max: u16,
    /// Least change.
    pub change: u64,
    last: Value,
    at: Duration,
}

impl Rule {
    /// When the attribute is to be reported next, if nothing else happens.
    fn due(&self, attribute: &Attribute) -> Option<Duration> {
        let seconds = |count: u16| Duration::from_secs(count.into());
        let periodic = (self.max != 0).then(|| self.at + seconds(self.max));
        let changed = self.is_change(attribute.value()).then(|| self.at + seconds(self.min));
        crate::agenda::earlier(periodic, changed)
    }

    fn is_change(&self, value: &Value) -> bool {
        if *value == self.last {
            return false;
        }
        match (value.data_type().is_analog(), value.number(), self.last.number()) {
            (true, Some(now), Some(then)) => now.abs_diff(then) >= self.change,
            _ => true,
        }
    }

    /// As a configuration read back.
    pub(crate) fn as_reporting(&self, data_type: DataType) -> Reporting {
        Reporting::Send { data_type, min: self.min, max: self.max, change: self.change }
    }
}

/// What a device reports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules(BTreeMap<Place, Rule>);

impl Rules {
    /// Reports an attribute from now on, or, with the greatest interval, no more.
    pub(crate) fn set(&mut self, now: Duration, place: Place, value: Value, (min, max, change): (u16, u16, u64)) {
        if max == NEVER {
            self.0.remove(&place);
        } else {
            self.0.insert(place, Rule { min, max, change, last: value, at: now });
        }
    }

    /// The rule of an attribute.
    pub(crate) fn get(&self, place: Place) -> Option<&Rule> {
        self.0.get(&place)
    }

    /// All rules.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Place, &Rule)> {
        self.0.iter().map(|(place, rule)| (*place, rule))
    }

    /// No more reports.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// When the next report is due.
    pub(crate) fn deadline(&self, attributes: &Attributes) -> Option<Duration> {
        self.0.iter().filter_map(|(place, rule)| rule.due(attributes.get(*place)?)).min()
    }

    /// Takes what is due: clusters with their attributes.
    pub(crate) fn take_due(&mut self, now: Duration, attributes: &Attributes) -> BTreeMap<u16, Vec<u16>> {
        let mut due: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
        for (place, rule) in &mut self.0 {
            let Some(attribute) = attributes.get(*place) else { continue };
            if rule.due(attribute).is_some_and(|at| at <= now) {
                rule.last = attribute.value().clone();
                rule.at = now;
                due.entry(place.0).or_default().push(place.1);
            }
        }
        due
    }

    /// Notes that an attribute was reported outside its rule.
    pub(crate) fn reported(&mut self, now: Duration, place: Place, value: &Value) {
        if let Some(rule) = self.0.get_mut(&place) {
            rule.last = value.clone();
            rule.at = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = (0x0201, 0);

    fn attributes(value: i16) -> Attributes {
        let mut attributes = Attributes::default();
        attributes.extend([Attribute::new(PLACE.0, PLACE.1, Value::int16(value)).reported()]);
        attributes
    }

    #[test]
    fn a_change_waits_for_the_least_interval_and_no_change_for_the_greatest() {
        let mut rules = Rules::default();
        let at = Duration::from_secs;
        rules.set(at(100), PLACE, Value::int16(2000), (10, 60, 20));
        assert_eq!(rules.deadline(&attributes(2000)), Some(at(160)));
        assert_eq!(rules.deadline(&attributes(2019)), Some(at(160)), "below the least change");
        assert_eq!(rules.deadline(&attributes(2020)), Some(at(110)));
        assert!(rules.take_due(at(109), &attributes(2020)).is_empty());
        assert_eq!(rules.take_due(at(110), &attributes(2020)), BTreeMap::from([(PLACE.0, vec![PLACE.1])]));
        assert_eq!(rules.deadline(&attributes(2020)), Some(at(170)));
        rules.set(at(111), PLACE, Value::int16(2020), (0, NEVER, 0));
        assert_eq!(rules.deadline(&attributes(1000)), None);
    }
}
