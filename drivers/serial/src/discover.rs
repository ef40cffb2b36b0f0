//! Which adapters there are: USB sticks found in the file system, network adapters told from their mDNS announcement.
//!
//! Knows ids and names of products. Opens nothing: a candidate is a guess, and the driver's first exchange decides. Listening to mDNS
//! is the daemon's.

mod network;
mod sticks;
mod usb;

pub use network::{SERVICE_TYPES, from_announcement};
pub use usb::usb_adapters;

use crate::port::{Port, Settings};

/// The language an adapter speaks with its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// TI Z-Stack's MT over UNPI framing.
    Znp,
    /// Silicon Labs EZSP over ASH.
    Ezsp,
    /// dresden elektronik's; not driven.
    Deconz,
    /// Nordic's and Espressif's; not driven.
    Zboss,
    /// NXP's, in `ZiGate` adapters; not driven.
    Zigate,
}

impl Protocol {
    /// The word for it in configuration and in what people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Znp => "znp",
            Self::Ezsp => "ezsp",
            Self::Deconz => "deconz",
            Self::Zboss => "zboss",
            Self::Zigate => "zigate",
        }
    }
}

/// Something that is probably a Zigbee adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What to write as `port` in the configuration.
    pub port: Port,
    /// What is printed on the box, or what the device calls itself.
    pub name: String,
    /// What it likely speaks; `None` where its ids say nothing and only asking helps.
    pub protocol: Option<Protocol>,
    /// Baud rate and flow control it likely wants.
    pub settings: Settings,
    /// Its own serial number, where it tells one.
    pub serial_number: Option<String>,
}
