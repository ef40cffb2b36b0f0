//! A retained MQTT message, and a driver's record for its network. Their keys are in the table.

use home::DriverRecord;
use minicbor::{Decode, Encode};

use super::{Row, RowError, decode, encode};
use crate::model::Retained;

#[derive(Encode, Decode)]
struct MessageRow<'b> {
    #[cbor(b(0), with = "minicbor::bytes")]
    payload: &'b [u8],
    #[n(1)]
    qos: u8,
}

#[derive(Encode, Decode)]
struct NetworkRow<'b> {
    #[cbor(b(0), with = "minicbor::bytes")]
    record: &'b [u8],
}

/// The message without its topic.
pub(crate) fn write_message(message: &Retained) -> Row {
    encode(&MessageRow { payload: &message.payload, qos: message.qos })
}

/// The message that is retained on `topic`.
pub(crate) fn read_message(topic: &str, bytes: &[u8]) -> Result<Retained, RowError> {
    let row: MessageRow<'_> = decode(bytes)?;
    if row.qos > 2 {
        return Err(RowError::Value("a quality of service above 2"));
    }
    Ok(Retained { topic: topic.to_owned(), payload: row.payload.to_vec(), qos: row.qos })
}

/// A driver's record.
pub(crate) fn write_network(record: &DriverRecord) -> Row {
    encode(&NetworkRow { record: record.expose() })
}

/// Reads what [`write_network`] wrote.
pub(crate) fn read_network(bytes: &[u8]) -> Result<DriverRecord, RowError> {
    let row: NetworkRow<'_> = decode(bytes)?;
    Ok(DriverRecord::new(row.record.to_vec()))
}
