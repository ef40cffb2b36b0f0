//! Commands as tables: id, name, payload.

use crate::wire::WireError;
use crate::zcl::Direction;

/// A set of commands that share an id space: those of the foundation, or of one cluster in one direction.
pub trait Command: Sized {
    /// Number within the set.
    fn id(&self) -> u8;

    /// The bytes after the ZCL header.
    fn payload(&self) -> Vec<u8>;

    /// Reads the bytes after the ZCL header. An unknown id is a value, `Other`.
    fn decode(id: u8, payload: &[u8]) -> Result<Self, WireError>;
}

/// Commands of one cluster in one direction.
pub trait ClusterCommand: Command {
    /// The cluster.
    const CLUSTER: u16;

    /// To the server (the device that holds the state) or from it.
    const DIRECTION: Direction;
}

/// An enum of commands, one row each: `Name(binding: Payload) = id`. What is in no row is `Other`.
/// The part `for CLUSTER, Direction` is left out for the foundation.
macro_rules! commands {
    ($(#[$meta:meta])* pub enum $name:ident $(for $cluster:ident, $direction:ident)? {
        $($(#[$row_meta:meta])* $row:ident $(($bind:ident: $payload:ty))? = $id:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$row_meta])* $row $(($payload))?,)*
            /// A command not in this list: its id and payload.
            Other(u8, $crate::wire::Rest<1024>),
        }

        impl $crate::zcl::Command for $name {
            fn id(&self) -> u8 {
                match self {
                    $(Self::$row { .. } => $id,)*
                    Self::Other(id, _) => *id,
                }
            }

            fn payload(&self) -> Vec<u8> {
                let mut writer = $crate::wire::Writer::new();
                match self {
                    $(Self::$row $(($bind))? => {
                        $($crate::wire::Field::write($bind, &mut writer);)?
                    })*
                    Self::Other(_, payload) => writer.put(payload),
                }
                writer.into_bytes()
            }

            fn decode(id: u8, payload: &[u8]) -> Result<Self, $crate::wire::WireError> {
                match id {
                    $($id => Ok(Self::$row $((<$payload as $crate::wire::Field>::from_bytes(payload)?))?),)*
                    _ => Ok(Self::Other(id, $crate::wire::Rest::new(payload)?)),
                }
            }
        }

        $(impl $crate::zcl::ClusterCommand for $name {
            const CLUSTER: u16 = $cluster;
            const DIRECTION: $crate::zcl::Direction = $crate::zcl::Direction::$direction;
        })?
    };
}

pub(super) use commands;
