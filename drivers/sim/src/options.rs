//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Parser};
use sim::{Fault, Kind, Scenario};

/// A simulated Zigbee stick (Z-Stack 3.x.0) with thermostats, locks and sensors in its range.
///
/// Devices join when a host opens the network. Prints `ready` and the port when it can be opened.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line, each by itself")]
#[command(version, group(ArgGroup::new("port").required(true).args(["pty", "tcp"])))]
pub(crate) struct Arguments {
    /// Make a pseudo-terminal and link it at this path.
    #[arg(long, value_name = "PATH")]
    pub(crate) pty: Option<PathBuf>,
    /// Listen on this address; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub(crate) tcp: String,
    /// Radiator thermostats.
    #[arg(long, value_name = "N", default_value_t = 0)]
    thermostats: u16,
    /// Door locks; the second has its cluster on endpoint 2.
    #[arg(long, value_name = "N", default_value_t = 0)]
    locks: u16,
    /// Temperature and humidity sensors on batteries.
    #[arg(long, value_name = "N", default_value_t = 0)]
    sensors: u16,
    /// Door or window contacts.
    #[arg(long, value_name = "N", default_value_t = 0)]
    contacts: u16,
    /// Temperature and humidity sensors on mains.
    #[arg(long, value_name = "N", default_value_t = 0)]
    plugs: u16,
    /// Keep the stick's memory and the devices' in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) nv: Option<PathBuf>,
    /// Milliseconds between polls of sleeping devices; locks poll every 250 ms at the slowest.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    poll_ms: u64,
    /// Milliseconds that a bolt takes.
    #[arg(long, value_name = "N", default_value_t = 900)]
    bolt_ms: u64,
    /// Seconds until a lock locks by itself; 0 is never.
    #[arg(long, value_name = "N", default_value_t = 0)]
    relock: u32,
    /// Locks want a PIN.
    #[arg(long)]
    pin_required: bool,
    /// Stick and devices answer at once.
    #[arg(long)]
    instant: bool,
    /// Nothing changes by itself.
    #[arg(long)]
    still: bool,
    /// The stick comes with a network that somebody else formed.
    #[arg(long)]
    foreign_network: bool,
    /// Devices join as soon as the network opens.
    #[arg(long)]
    join_at_once: bool,
    /// Chance follows from it.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Simulated seconds in a second.
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    speed: f64,
    /// Something that goes wrong, such as `loss=0.02`, `split` or `reset-at=17`; may be repeated.
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<Fault>,
    /// Take orders on a unix socket, one a line; `status` answers with JSON, the others with `ok` or `error`.
    #[arg(long, value_name = "SOCKET")]
    pub(crate) control: Option<PathBuf>,
    /// Take orders on standard input as well.
    #[arg(long)]
    pub(crate) stdin: bool,
    /// Write when messages passed the port to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

impl Arguments {
    /// What is to be simulated.
    pub(crate) fn scenario(&self) -> Scenario {
        let devices = [
            (Kind::Thermostat, self.thermostats),
            (Kind::Lock, self.locks),
            (Kind::Sensor, self.sensors),
            (Kind::Contact, self.contacts),
            (Kind::MainsSensor, self.plugs),
        ];
        Scenario {
            devices: devices.into(),
            poll: Duration::from_millis(self.poll_ms),
            instant: self.instant,
            still: self.still,
            foreign: self.foreign_network,
            join_at_once: self.join_at_once,
            bolt: Duration::from_millis(self.bolt_ms),
            pin_required: self.pin_required,
            relock: self.relock,
            seed: self.seed,
            speed: self.speed,
        }
    }
}
