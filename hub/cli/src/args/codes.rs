//! What can be said about the PIN codes of a lock.

use clap::builder::NonEmptyStringValueParser as Text;
use clap::{Args, Subcommand};

use super::Named;

/// The PIN codes of a lock.
#[derive(Debug, Subcommand)]
pub(crate) enum Code {
    /// List the slots that are in use, and where the lock says something else than the hub did.
    List(Named),
    /// Put a PIN into a slot; it is read from standard input, one line.
    Set {
        #[command(flatten)]
        place: Place,
        /// Whose it is.
        #[arg(long, value_name = "NAME", value_parser = Text::new())]
        whose: Option<String>,
    },
    /// Say whose the code in a slot is; without NAME, nobody's.
    Name {
        #[command(flatten)]
        place: Place,
        /// Whose it is.
        #[arg(value_name = "NAME", value_parser = Text::new())]
        whose: Option<String>,
    },
    /// Let the PIN in a slot open again.
    Enable(Place),
    /// Let the PIN in a slot open no more, and keep it.
    Disable(Place),
    /// Empty a slot.
    Remove(Place),
    /// Ask the lock what is in its slots.
    Check(Named),
}

/// A slot of a lock.
#[derive(Debug, Args)]
pub(crate) struct Place {
    #[command(flatten)]
    pub(crate) lock: Named,
    /// The slot, as the lock numbers them.
    pub(crate) slot: u16,
}
