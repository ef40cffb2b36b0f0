//! What can be said on the command line. It knows no socket and no output.

mod assistants;
mod codes;
mod people;

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser as Text;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use assistants::{Gateway, Ledger, Policy, VoicePin};
pub(crate) use codes::{Code, Place};
pub(crate) use people::{About, Person, Token};

const EXIT_CODES: &str = "\
Exit codes:
   0  done, or taken and waiting for a device that sleeps
  64  the command line makes no sense
  65  a value makes no sense or collides with another, or the ledger is not sound
  66  there is no such device, adapter, user or file
  69  hearthd is not running, or the adapter is offline
  70  hearthd's answer makes no sense
  74  reading or writing failed
  75  it was tried and failed, or a lock has not moved its bolt yet; look at the state before you try again
  77  no permission to talk to hearthd, or to do this

With --json the answer is one line of JSON on standard output, and an error one on standard error:
{\"status\":\"error\",\"kind\":\"not_found\",\"error\":\"…\"}";

/// The home hub's command line.
#[derive(Debug, Parser)]
#[command(name = "hearth", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// The daemon's admin socket.
    #[arg(long, global = true, value_name = "PATH", default_value = "/run/hearth/admin.sock")]
    pub(crate) socket: PathBuf,
    /// Print data as JSON, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show how the hub is.
    Status,
    /// List all devices.
    Devices,
    /// Show one device with all its values.
    Device(Named),
    /// List the radio adapters, and those that were found and are not configured.
    Adapters,
    /// Let new devices join, and show how they do.
    PermitJoin {
        /// For how long, 0 to 254; 0 closes the network.
        #[arg(value_parser = clap::value_parser!(u64).range(0..=254))]
        seconds: u64,
        /// On this adapter only.
        #[arg(long, value_parser = Text::new())]
        adapter: Option<String>,
        #[command(flatten)]
        wait: Wait,
    },
    /// Set a value of a device, such as `hearth set bath occupied_heating_setpoint 21.5`.
    Set {
        #[command(flatten)]
        device: Named,
        /// Which value.
        #[arg(value_parser = Text::new())]
        key: String,
        /// What it is to be.
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Lock a door.
    Lock(Door),
    /// Unlock a door.
    Unlock(Door),
    /// The PIN codes of a lock.
    #[command(subcommand)]
    Code(Code),
    /// Give a device another name.
    Rename {
        /// Its name or address now.
        #[arg(value_parser = Text::new())]
        from: String,
        /// Its new name.
        #[arg(value_parser = Text::new())]
        to: String,
    },
    /// Say in which room a device stands; without ROOM, in none.
    Room {
        #[command(flatten)]
        device: Named,
        /// The room.
        #[arg(value_parser = Text::new())]
        room: Option<String>,
    },
    /// Send a device away and forget it.
    Remove {
        #[command(flatten)]
        device: Named,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Find out anew what a device is.
    Interview(Named),
    /// Ask a device for its values.
    Refresh(Named),
    /// Show what happened, newest first.
    Events {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only at this device.
        #[arg(long, value_name = "NAME", value_parser = Text::new())]
        device: Option<String>,
    },
    /// Show past values of one key.
    History {
        #[command(flatten)]
        device: Named,
        /// Which value.
        #[arg(value_parser = Text::new())]
        key: String,
        /// How far back: 90s, 30m, 24h, 7d.
        #[arg(long, value_name = "SPAN", value_parser = home::admin::seconds, default_value = "24h")]
        since: u64,
    },
    /// Make a code with which the first admin is made on the page.
    SetupCode,
    /// Show the page's certificate authority: where its certificate is, and its fingerprint to compare.
    Authority,
    /// Who may use the page.
    #[command(subcommand)]
    Person(Person),
    /// Which programs may use the API.
    #[command(subcommand)]
    Token(Token),
    /// Who may use MQTT.
    #[command(subcommand)]
    MqttUser(MqttUser),
    /// What voice assistants may hear and do.
    #[command(subcommand)]
    Policy(Policy),
    /// The way to the voice assistants.
    #[command(subcommand)]
    Gateway(Gateway),
    /// What left the house.
    #[command(subcommand)]
    Ledger(Ledger),
    /// The PIN with which Google's assistant may unlock, where that is granted.
    #[command(subcommand)]
    VoicePin(VoicePin),
    /// Show changes as they happen, until Ctrl-C.
    Watch,
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// A device.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The device's name or address.
    #[arg(value_parser = Text::new())]
    pub(crate) name: String,
}

impl Named {
    /// The name, for a question.
    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }
}

/// A lock, and how its PIN comes.
#[derive(Debug, Args)]
pub(crate) struct Door {
    #[command(flatten)]
    pub(crate) device: Named,
    /// Read a PIN from standard input, one line.
    #[arg(long)]
    pub(crate) pin_stdin: bool,
}

/// Whether to stay and watch devices join. On a terminal we do, else not.
#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// Show devices join until the time is up.
    #[arg(long, conflicts_with = "no_wait")]
    pub(crate) wait: bool,
    /// Return at once.
    #[arg(long)]
    pub(crate) no_wait: bool,
}

impl Wait {
    /// Whether to stay; without a word about it, as `usual`.
    pub(crate) fn stays(&self, usual: bool) -> bool {
        self.wait || (usual && !self.no_wait)
    }
}

/// What to do with MQTT users.
#[derive(Debug, Subcommand)]
pub(crate) enum MqttUser {
    /// Make a user or change its password. A password that was made up is shown once.
    Add {
        /// The user's name.
        #[arg(value_parser = Text::new())]
        name: String,
        /// What the user may do.
        #[arg(long, value_parser = Text::new())]
        preset: String,
        /// Read the password from standard input, one line.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all users.
    List,
    /// Remove a user.
    Remove {
        /// The user's name.
        #[arg(value_parser = Text::new())]
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }
}
