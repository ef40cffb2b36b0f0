//! Tables of commands: id, name, payload.

use thiserror::Error;

use crate::mt::{Command, Kind};
use crate::wire::WireError;

/// Why a frame is not a command of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// A request where an answer was wanted, or the like.
    #[error("frame is {found:?}, wanted {wanted:?}")]
    Kind {
        /// Kind of the frame.
        found: Kind,
        /// Kind of the table.
        wanted: Kind,
    },
    /// The data do not have the layout of the command.
    #[error("bad data in {command}")]
    Data {
        /// Which command.
        command: Command,
        /// What is wrong.
        source: WireError,
    },
}

/// An enum of commands of one kind, one row each: `Name(binding: Payload) = Subsystem id`. What is in no row is `Other`.
macro_rules! commands {
    ($(#[$meta:meta])* pub enum $name:ident: $kind:ident {
        $($(#[$row_meta:meta])* $row:ident $(($bind:ident: $payload:ty))? = $subsystem:ident $id:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$row_meta])* $row $(($payload))?,)*
            /// A command not in this list.
            Other(Frame),
        }

        impl $name {
            /// Reads a frame. A command that we do not know is a value, `Other`.
            pub fn decode(frame: &Frame) -> Result<Self, DecodeError> {
                if frame.kind() != Kind::$kind {
                    return Err(DecodeError::Kind { found: frame.kind(), wanted: Kind::$kind });
                }
                let data = |source| DecodeError::Data { command: frame.command(), source };
                match (frame.command().subsystem, frame.command().id) {
                    $((Subsystem::$subsystem, $id) => {
                        Ok(Self::$row $((<$payload as Field>::from_bytes(frame.data()).map_err(data)?))?)
                    })*
                    _ => Ok(Self::Other(frame.clone())),
                }
            }

            /// Which command.
            pub fn command(&self) -> Command {
                match self {
                    $(Self::$row { .. } => Command::new(Subsystem::$subsystem, $id),)*
                    Self::Other(frame) => frame.command(),
                }
            }

            /// The frame for the line.
            pub fn encode(&self) -> Frame {
                let mut writer = Writer::new();
                match self {
                    $(Self::$row $(($bind))? => {
                        $(
                            const { assert!(<$payload as Field>::MAX <= mt::MAX_DATA, "does not fit a frame") };
                            $bind.write(&mut writer);
                        )?
                    })*
                    Self::Other(frame) => return frame.clone(),
                }
                Frame::new(Kind::$kind, self.command(), writer.into_bytes()).expect("each row's `MAX` is checked above")
            }
        }
    };
}

pub(super) use commands;
