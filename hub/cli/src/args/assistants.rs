//! What can be said about voice assistants.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser as Text;

const FILE: &str = "/etc/hearth/policy.toml";

/// What voice assistants may hear and do.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Say what is wrong with a policy, or what it would grant. Changes nothing.
    Check {
        /// The file; - is standard input.
        #[arg(default_value = FILE)]
        file: PathBuf,
    },
    /// Show the policy in force.
    Show,
    /// Show the very bytes that an assistant would get now.
    Preview {
        /// The audience, as the policy calls it.
        #[arg(value_parser = Text::new())]
        audience: String,
    },
    /// Show what widens and what narrows from one file to another; with one file, from the policy in force.
    Diff {
        /// The old file, or the new one if it is the only one.
        #[arg(value_name = "OLD", default_value = FILE)]
        first: PathBuf,
        /// The new file.
        #[arg(value_name = "NEW")]
        second: Option<PathBuf>,
    },
    /// Put a policy into force. What widens is asked about first.
    Apply {
        /// The file; - is standard input.
        #[arg(default_value = FILE)]
        file: PathBuf,
        /// The code that was shown for what widens.
        #[arg(long, value_parser = Text::new())]
        confirm: Option<String>,
    },
}

/// The way to the voice assistants.
#[derive(Debug, Subcommand)]
pub(crate) enum Gateway {
    /// Show how it is.
    Status,
    /// Say nothing to any assistant, and do nothing for one, until `resume`.
    Pause,
    /// Go on after a pause.
    Resume,
    /// Make a key for the relay and show it, once.
    Pair {
        /// Replace the key before without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Forget the relay's key.
    Unpair,
}

/// What left the house.
#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// List entries, newest first.
    List {
        /// At most so many, up to 100.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Only those before this number.
        #[arg(long)]
        before: Option<u64>,
        /// Only those of this audience.
        #[arg(long, value_parser = Text::new())]
        audience: Option<String>,
        /// Only those of this kind: disclosure, rehearsed, permitted, refused, `policy_applied`, …
        #[arg(long, value_parser = Text::new())]
        kind: Option<String>,
        /// Show the bytes as well.
        #[arg(long)]
        bodies: bool,
    },
    /// Verify that nothing was changed or removed.
    Verify {
        /// A head that was noted, as `head` prints it.
        #[arg(long, value_parser = Text::new())]
        head: Option<String>,
    },
    /// Print the whole ledger, a line of JSON each.
    Export,
    /// Print the head, to be noted where nobody can change it.
    Head,
}

/// The PIN for assistants.
#[derive(Debug, Subcommand)]
pub(crate) enum VoicePin {
    /// Set it: 4 to 8 digits.
    Set {
        /// Read it from standard input, one line.
        #[arg(long)]
        pin_stdin: bool,
    },
    /// Forget it.
    Remove,
}
