//! Attributes of a device, their access and their limits.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use zigbee::wire::{Field, WireError};
use zigbee::zcl::{DataType, Scalar, Status, Value};

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    cluster: u16,
    id: u16,
    value: Value,
    writable: bool,
    reported: bool,
    kept: bool,
    range: Option<RangeInclusive<i64>>,
}

impl Attribute {
    /// An attribute that can be read.
    pub fn new(cluster: u16, id: u16, value: Value) -> Self {
        Self { cluster, id, value, writable: false, reported: false, kept: false, range: None }
    }

    /// It can be written.
    pub fn writable(mut self) -> Self {
        self.writable = true;
        self
    }

    /// It can be reported.
    pub fn reported(mut self) -> Self {
        self.reported = true;
        self
    }

    /// It survives a loss of power, as what can be written or reported does.
    pub fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Only these values can be written.
    pub fn within(mut self, range: RangeInclusive<i64>) -> Self {
        self.range = Some(range);
        self
    }

    /// Its value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Its type.
    pub fn data_type(&self) -> DataType {
        self.value.data_type()
    }

    /// True if it can be reported.
    pub fn is_reported(&self) -> bool {
        self.reported
    }

    /// Why a value cannot be written here, if so.
    pub fn refuses(&self, value: &Value) -> Option<Status> {
        let outside = || match (&self.range, value.number()) {
            (Some(range), Some(number)) => !range.contains(&number),
            (Some(_), None) => true,
            (None, _) => false,
        };
        if !self.writable {
            Some(Status::ReadOnly)
        } else if value.data_type() != self.data_type() {
            Some(Status::InvalidDataType)
        } else if outside() {
            Some(Status::InvalidValue)
        } else {
            None
        }
    }

    fn is_kept(&self) -> bool {
        self.writable || self.reported || self.kept
    }
}

/// Cluster and attribute.
pub(crate) type Place = (u16, u16);

/// All attributes of a device.
#[derive(Clone, Debug, Default)]
pub struct Attributes(BTreeMap<Place, Attribute>);

impl Attributes {
    /// Puts more attributes in.
    pub fn extend(&mut self, attributes: impl IntoIterator<Item = Attribute>) {
        self.0.extend(attributes.into_iter().map(|attribute| ((attribute.cluster, attribute.id), attribute)));
    }

    /// An attribute.
    pub fn get(&self, place: Place) -> Option<&Attribute> {
        self.0.get(&place)
    }

    /// Clusters that have attributes, in order.
    pub fn clusters(&self) -> Vec<u16> {
        let mut clusters: Vec<u16> = self.0.keys().map(|(cluster, _)| *cluster).collect();
        clusters.dedup();
        clusters
    }

    /// Attributes of a cluster from an id on.
    pub fn of(&self, cluster: u16, start: u16) -> impl Iterator<Item = (u16, &Attribute)> {
        self.0.range((cluster, start)..=(cluster, u16::MAX)).map(|((_, id), attribute)| (*id, attribute))
    }

    /// Every attribute.
    pub fn iter(&self) -> impl Iterator<Item = (Place, &Attribute)> {
        self.0.iter().map(|(place, attribute)| (*place, attribute))
    }

    /// Sets a value as it is. An attribute that is not there stays so.
    pub fn set(&mut self, place: Place, value: Value) {
        if let Some(attribute) = self.0.get_mut(&place) {
            attribute.value = value;
        }
    }

    /// The number of an attribute; 0 if it has none.
    pub fn number(&self, place: Place) -> i64 {
        self.get(place).and_then(|attribute| attribute.value.number()).unwrap_or(0)
    }

    /// Sets a number, whatever the type; `false` if the type does not hold it.
    pub fn set_number(&mut self, place: Place, number: i64) -> bool {
        let Some(attribute) = self.0.get_mut(&place) else { return false };
        let Some(value) = with_number(&attribute.value, number) else { return false };
        attribute.value = value;
        true
    }

    /// What a device keeps without power: place and value with its type.
    pub fn kept(&self) -> impl Iterator<Item = (Place, Vec<u8>)> {
        self.iter().filter(|(_, attribute)| attribute.is_kept()).map(|(place, a)| (place, a.value.to_bytes()))
    }

    /// Puts back what [`Attributes::kept`] gave.
    pub fn restore(&mut self, place: Place, bytes: &[u8]) -> Result<(), WireError> {
        self.set(place, Value::from_bytes(bytes)?);
        Ok(())
    }
}

fn with_number(value: &Value, number: i64) -> Option<Value> {
    let Value::Scalar(scalar) = value else { return None };
    let width = scalar.data_type().width()?;
    let unused = 64 - 8 * u32::try_from(width).ok()?;
    let bits = number.cast_unsigned() << unused >> unused;
    let changed = Scalar::new(scalar.data_type(), bits)?;
    // A number that did not fit reads back as another.
    (changed.number() == Some(number)).then_some(Value::Scalar(changed))
}
