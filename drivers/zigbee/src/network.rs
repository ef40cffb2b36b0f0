//! A network as the daemon keeps it: a CBOR array with a version in front.
//!
//! Knows the encoding, for adapters (which compare) and the coordinator (which has it kept).

use home::DriverRecord;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::ncp::{Network, NetworkKey};

const VERSION: u8 = 1;

#[derive(Encode, Decode)]
#[cbor(array)]
struct Record {
    #[n(0)]
    version: u8,
    #[n(1)]
    pan_id: u16,
    #[n(2)]
    extended_pan_id: u64,
    #[n(3)]
    channel: u8,
    #[cbor(n(4), with = "minicbor::bytes")]
    key: [u8; 16],
    #[n(5)]
    formed: bool,
}

/// Why a record is no network.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is damaged.
    #[error("not a network record")]
    Damaged(#[from] minicbor::decode::Error),
    /// A newer program wrote it.
    #[error("network record has version {0}, this program knows {VERSION}")]
    Version(u8),
}

/// The record of a network.
///
/// # Panics
///
/// Never: a vector takes all bytes.
pub fn encode(network: &Network) -> DriverRecord {
    let record = Record {
        version: VERSION,
        pan_id: network.pan_id,
        extended_pan_id: network.extended_pan_id,
        channel: network.channel,
        key: *network.key.0,
        formed: network.formed,
    };
    DriverRecord::new(minicbor::to_vec(record).expect("writing to a vector cannot fail"))
}

/// The network of a record.
pub fn decode(record: &DriverRecord) -> Result<Network, RecordError> {
    let record: Record = minicbor::decode(record.expose())?;
    if record.version != VERSION {
        return Err(RecordError::Version(record.version));
    }
    Ok(Network {
        pan_id: record.pan_id,
        extended_pan_id: record.extended_pan_id,
        channel: record.channel,
        key: NetworkKey(Zeroizing::new(record.key)),
        formed: record.formed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> Network {
        Network {
            pan_id: 0x1A62,
            extended_pan_id: 0x1122_3344_5566_7788,
            channel: 15,
            key: NetworkKey(Zeroizing::new([7; 16])),
            formed: true,
        }
    }

    #[test]
    fn a_record_keeps_a_network() {
        assert_eq!(decode(&encode(&network())).unwrap(), network());
    }

    #[test]
    fn what_is_no_record_is_an_error() {
        assert!(matches!(decode(&DriverRecord::new(vec![0x80])), Err(RecordError::Damaged(_))));
        let mut bytes = encode(&network()).expose().to_vec();
        bytes[1] = 2;
        assert!(matches!(decode(&DriverRecord::new(bytes)), Err(RecordError::Version(2))));
    }
}
