//! The foundation as a device serves it (ZCL 8, 2.5): reading, writing, reporting, discovery.

use std::time::Duration;

use zigbee::wire::{Field, Many, WireError};
use zigbee::zcl::{
    AttributeInfo, AttributeRecord, ConfigureFailure, Discover, Discovered, Failures, Global, ReadRecord, Reporting,
    ReportingConfig, ReportingKey, ReportingRecord, ReportingState, Status, WriteFailure,
};

use super::attribute::{Attributes, Place};
use super::reporting::Rules;

/// Bytes of an answer that go through the air in one piece.
const MAX_ANSWER: usize = 80;
/// Attributes in one answer to a discovery.
const MAX_DISCOVERED: usize = 15;

/// What a command of the foundation led to.
#[derive(Debug)]
pub(super) struct Served {
    /// The answer, if there is one.
    pub(super) answer: Option<Global>,
    /// Attributes written.
    pub(super) written: Vec<Place>,
}

impl Served {
    fn answer(answer: Global) -> Self {
        Self { answer: Some(answer), written: Vec::new() }
    }
}

/// The state that commands of the foundation work on.
#[derive(Debug)]
pub(super) struct Server<'a> {
    pub(super) now: Duration,
    pub(super) cluster: u16,
    pub(super) attributes: &'a mut Attributes,
    pub(super) rules: &'a mut Rules,
}

impl Server<'_> {
    /// Serves a command; an error is the status of a default response.
    pub(super) fn serve(&mut self, command: &Global) -> Result<Served, Status> {
        match command {
            Global::Read(ids) if !ids.is_empty() => Ok(Served::answer(self.read(ids))),
            Global::Write(records) if !records.is_empty() => Ok(self.write(records, false)),
            Global::WriteUndivided(records) if !records.is_empty() => Ok(self.write(records, true)),
            Global::WriteNoResponse(records) => {
                let written = self.write(records, false).written;
                Ok(Served { answer: None, written })
            }
            Global::ConfigureReporting(configs) if !configs.is_empty() => Ok(Served::answer(self.configure(configs))),
            Global::ReadReporting(keys) if !keys.is_empty() => Ok(Served::answer(self.read_reporting(keys))),
            Global::Discover(discover) => Ok(Served::answer(self.discover(discover))),
            Global::Read(_)
            | Global::Write(_)
            | Global::WriteUndivided(_)
            | Global::ConfigureReporting(_)
            | Global::ReadReporting(_) => Err(Status::Malformed),
            _ => Err(Status::UnsupportedCommand),
        }
    }

    fn place(&self, attribute: u16) -> Place {
        (self.cluster, attribute)
    }

    /// Records up to what fits one message; a host asks again for the rest.
    fn read(&self, ids: &[u16]) -> Global {
        let mut room = MAX_ANSWER;
        let records = ids.iter().map(|id| ReadRecord {
            attribute: *id,
            result: match self.attributes.get(self.place(*id)) {
                Some(attribute) => Ok(attribute.value().clone()),
                None => Err(Status::UnsupportedAttribute),
            },
        });
        let fits = records.map_while(|record| {
            room = room.checked_sub(record.to_bytes().len())?;
            Some(record)
        });
        Global::ReadResponse(many(fits.collect()))
    }

    fn write(&mut self, records: &[AttributeRecord], undivided: bool) -> Served {
        let refusal = |record: &AttributeRecord| match self.attributes.get(self.place(record.attribute)) {
            Some(attribute) => attribute.refuses(&record.value),
            None => Some(Status::UnsupportedAttribute),
        };
        let (good, bad): (Vec<_>, Vec<_>) = records.iter().map(|r| (r, refusal(r))).partition(|(_, no)| no.is_none());
        let failures =
            bad.iter().filter_map(|(r, no)| Some(WriteFailure { status: (*no)?, attribute: r.attribute })).collect();
        let mut written = Vec::new();
        if bad.is_empty() || !undivided {
            for (record, _) in good {
                let place = self.place(record.attribute);
                self.attributes.set(place, record.value.clone());
                written.push(place);
            }
        }
        Served { answer: Some(Global::WriteResponse(Failures(failures))), written }
    }

    fn configure(&mut self, configs: &[ReportingConfig]) -> Global {
        let mut failures = Vec::new();
        for config in configs {
            if let Err((direction, status)) = self.configure_one(config) {
                failures.push(ConfigureFailure { status, direction, attribute: config.attribute });
            }
        }
        Global::ConfigureReportingResponse(Failures(failures))
    }

    fn configure_one(&mut self, config: &ReportingConfig) -> Result<(), (u8, Status)> {
        let Reporting::Send { data_type, min, max, change } = config.reporting else { return Ok(()) };
        let place = self.place(config.attribute);
        let Some(attribute) = self.attributes.get(place) else { return Err((0, Status::UnsupportedAttribute)) };
        if !attribute.is_reported() {
            return Err((0, Status::Unreportable));
        }
        if data_type != attribute.data_type() {
            return Err((0, Status::InvalidDataType));
        }
        if max != 0 && max < min {
            return Err((0, Status::InvalidValue));
        }
        self.rules.set(self.now, place, attribute.value().clone(), (min, max, change));
        Ok(())
    }

    fn read_reporting(&self, keys: &[ReportingKey]) -> Global {
        let record = |key: &ReportingKey| {
            let place = self.place(key.attribute);
            let state = match (self.attributes.get(place), self.rules.get(place)) {
                (Some(attribute), Some(rule)) if key.direction == 0 => {
                    ReportingState::Set(rule.as_reporting(attribute.data_type()))
                }
                (attribute, _) => ReportingState::NotSet {
                    status: match attribute {
                        None => Status::UnsupportedAttribute,
                        Some(attribute) if !attribute.is_reported() => Status::Unreportable,
                        Some(_) => Status::NotFound,
                    },
                    direction: key.direction,
                },
            };
            ReportingRecord { attribute: key.attribute, state }
        };
        Global::ReadReportingResponse(many(keys.iter().map(record).collect()))
    }

    fn discover(&self, discover: &Discover) -> Global {
        let mut found = self.attributes.of(self.cluster, discover.start);
        let page = usize::from(discover.count).min(MAX_DISCOVERED);
        let info = |(attribute, found): (u16, &super::attribute::Attribute)| AttributeInfo {
            attribute,
            data_type: found.data_type(),
        };
        let attributes: Vec<_> = found.by_ref().take(page).map(info).collect();
        Global::DiscoverResponse(Discovered { complete: found.next().is_none(), attributes: many(attributes) })
    }
}

fn many<T, const N: usize>(items: Vec<T>) -> Many<T, N> {
    let fitting: Result<Many<T, N>, WireError> = Many::new(items);
    fitting.unwrap_or_default()
}
