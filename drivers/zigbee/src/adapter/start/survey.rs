//! What is on the adapter, and what to do about it: resume, form, or leave it alone.
//!
//! Nothing here writes. An adapter is formed only if it says in every way that it holds no network, and a network
//! that is not ours is never touched (invariant 9).

use zeroize::Zeroizing;

use crate::ncp::{Entropy, Network, NetworkKey};
use crate::wire::{Reader, WireError};
use crate::znp::nv;
use crate::znp::sys::Version;
use crate::znp::util::{DeviceInfo, DeviceState};
use crate::znp::zdo::ExtNwkInfo;

/// Where a network is and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) pan_id: u16,
    pub(super) extended_pan_id: u64,
    pub(super) channel: u8,
}

/// What the adapter told.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) version: Option<Version>,
    /// Lengths of the items read, 0 if absent.
    pub(super) lengths: Lengths,
    /// Some host has left its mark that it formed a network.
    pub(super) marked: bool,
    /// The network in memory.
    pub(super) stored: Option<Site>,
    pub(super) key: Option<NetworkKey>,
    pub(super) device: Option<DeviceInfo>,
    /// The network that runs.
    pub(super) running: Option<Site>,
    /// Endpoints that are open.
    pub(super) endpoints: Vec<u8>,
}

/// Lengths of items in memory, bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lengths {
    pub(super) mark: u16,
    pub(super) nib: u16,
    pub(super) key: u16,
}

impl Found {
    /// True if the adapter says that it runs as coordinator.
    pub(super) fn is_running(&self) -> bool {
        self.device.as_ref().is_some_and(|device| device.state == DeviceState::Coordinator)
    }

    /// The adapter told a new state.
    pub(super) fn set_state(&mut self, state: DeviceState) {
        if let Some(device) = &mut self.device {
            device.state = state;
        }
    }

    /// The network on the adapter: the one that runs, else the one in memory.
    fn site(&self) -> Option<Site> {
        self.running.or(self.stored)
    }
}

impl Site {
    /// The network of an information base, or none if it holds none. Chips differ in how they pad the structure;
    /// its length tells which.
    pub(super) fn of_nib(nib: &[u8]) -> Result<Option<Self>, WireError> {
        let (channel, pan, extended) = match nib.len() {
            116 => (24, 36, 57),
            110 => (22, 33, 53),
            length => {
                return Err(WireError::Value { what: "length of the network information base", value: length as u64 });
            }
        };
        let at = |offset: usize, width: usize| {
            let mut reader = Reader::new(nib);
            reader.take(offset)?;
            reader.uint(width)
        };
        let number = |what, value| move |_| WireError::Value { what, value };
        let (channel, pan, extended_pan_id) = (at(channel, 1)?, at(pan, 2)?, at(extended, 8)?);
        let channel = u8::try_from(channel).map_err(number("channel", channel))?;
        let pan_id = u16::try_from(pan).map_err(number("PAN id", pan))?;
        Ok(Self { pan_id, extended_pan_id, channel }.valid())
    }

    /// The network that runs, or none.
    pub(super) fn of_info(info: &ExtNwkInfo) -> Option<Self> {
        Self { pan_id: info.pan, extended_pan_id: info.extended_pan, channel: info.channel }.valid()
    }

    fn valid(self) -> Option<Self> {
        let real = (11..=26).contains(&self.channel) && !matches!(self.pan_id, 0xFFFE | 0xFFFF);
        real.then_some(self)
    }
}

/// The key in an item of active key information: a sequence number, the key, and on some chips a counter.
pub(super) fn active_key(item: &[u8]) -> Result<NetworkKey, WireError> {
    let mut reader = Reader::new(item);
    reader.take(1)?;
    Ok(NetworkKey(Zeroizing::new(reader.array()?)))
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The network on the adapter is this one, ours.
    Resume(Network),
    /// The adapter holds none: make this one.
    Form(Network),
    /// Leave it alone, for this reason.
    Refuse(String),
}

/// Judges an adapter. `fresh` makes the values of a new network.
pub(super) fn judge(kept: Option<&Network>, found: &Found, fresh: impl FnOnce() -> Network) -> Verdict {
    match (kept, found.site()) {
        (None, None) if found.marked => Verdict::Refuse(HALF_CLEARED.into()),
        (None, None) => Verdict::Form(fresh()),
        (Some(kept), None) if kept.formed || found.marked => Verdict::Refuse(lost(kept)),
        (Some(kept), None) => Verdict::Form(kept.clone()),
        (None, Some(site)) => Verdict::Refuse(foreign(site)),
        (Some(kept), Some(site)) => match differences(kept, site, found.key.as_ref()) {
            lines if lines.is_empty() => {
                Verdict::Resume(Network { pan_id: site.pan_id, channel: site.channel, ..kept.clone() })
            }
            lines => Verdict::Refuse(format!("{DIFFERENT}\n{}\n{WAYS_OUT}", lines.join("\n"))),
        },
    }
}

/// Values for a new network on `channel`, or on one of those that keep clear of the usual Wi-Fi channels.
pub(super) fn fresh(channel: Option<u8>, entropy: &mut dyn Entropy) -> Network {
    let mut draw = [0; 3];
    entropy.fill(&mut draw);
    let [pan_low, pan_high, choice] = draw;
    let mut extended = [0; 8];
    entropy.fill(&mut extended);
    let mut key = Zeroizing::new([0; 16]);
    entropy.fill(key.as_mut());
    let quiet = match choice % 4 {
        0 => 11,
        1 => 15,
        2 => 20,
        _ => 25,
    };
    Network {
        pan_id: u16::from_le_bytes([pan_low, pan_high]).clamp(0x0001, 0xFFFD),
        extended_pan_id: u64::from_le_bytes(extended).clamp(1, u64::MAX - 1),
        channel: channel.unwrap_or(quiet),
        key: NetworkKey(key),
        formed: false,
    }
}

const HALF_CLEARED: &str = "the adapter was set up before, but holds no network\n\
    network: expected a cleared adapter, found the mark of a host without its network\n\
    to use this adapter, clear its memory by flashing its firmware anew";
const DIFFERENT: &str = "the adapter holds another network than this hub's; it was left alone";
const WAYS_OUT: &str =
    "put the adapter of this hub's network back, or start with a new state directory and a cleared adapter";

fn lost(kept: &Network) -> String {
    format!(
        "the adapter holds no network, but this hub has one; it was left alone\n\
        network: expected PAN id {:#06x}, extended PAN id {:#018x}, found none\n\
        {WAYS_OUT}",
        kept.pan_id, kept.extended_pan_id
    )
}

fn foreign(site: Site) -> String {
    format!(
        "the adapter holds a network that is not this hub's; it was left alone\n\
        PAN id: expected none, found {:#06x}\n\
        extended PAN id: expected none, found {:#018x}\n\
        channel: expected none, found {}\n\
        to use this adapter, clear it with the program that formed its network, or by flashing its firmware anew",
        site.pan_id, site.extended_pan_id, site.channel
    )
}

/// One line for each field that differs. While a network is being formed, the adapter may change the PAN id if a
/// neighbour has the same.
fn differences(kept: &Network, site: Site, key: Option<&NetworkKey>) -> Vec<String> {
    let mut lines = Vec::new();
    if kept.formed && kept.pan_id != site.pan_id {
        lines.push(format!("PAN id: expected {:#06x}, found {:#06x}", kept.pan_id, site.pan_id));
    }
    if kept.extended_pan_id != site.extended_pan_id {
        let (expected, found) = (kept.extended_pan_id, site.extended_pan_id);
        lines.push(format!("extended PAN id: expected {expected:#018x}, found {found:#018x}"));
    }
    match key {
        Some(key) if *key == kept.key => {}
        Some(_) => lines.push("network key: differs".into()),
        None => lines.push("network key: none found".into()),
    }
    lines
}

/// Value of the host's mark.
pub(super) fn is_mark(item: &[u8]) -> bool {
    item.first() == Some(&nv::CONFIGURED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_information_base_is_read_by_its_length() {
        let site = Site { pan_id: 0x1A62, extended_pan_id: 0x1122_3344_5566_7788, channel: 20 };
        for (length, channel, pan, extended) in [(116, 24, 36, 57), (110, 22, 33, 53)] {
            let mut nib = vec![0xEE; length];
            nib[channel] = 20;
            nib[pan..pan + 2].copy_from_slice(&[0x62, 0x1A]);
            nib[extended..extended + 8].copy_from_slice(&0x1122_3344_5566_7788_u64.to_le_bytes());
            assert_eq!(Site::of_nib(&nib), Ok(Some(site)));
            nib[channel] = 0;
            assert_eq!(Site::of_nib(&nib), Ok(None));
        }
        assert!(Site::of_nib(&[0; 115]).is_err());
    }

    #[test]
    fn a_network_that_runs_and_is_not_in_memory_yet_is_left_alone() {
        let site = Site { pan_id: 1, extended_pan_id: 2, channel: 11 };
        let found = Found { running: Some(site), ..Found::default() };
        assert!(matches!(judge(None, &found, || unreachable!("a key was drawn")), Verdict::Refuse(_)));
    }

    #[test]
    fn a_new_network_has_values_that_a_network_may_have() {
        struct Constant(u8);
        impl Entropy for Constant {
            fn fill(&mut self, bytes: &mut [u8]) {
                bytes.fill(self.0);
            }
        }
        for byte in 0..=u8::MAX {
            let network = fresh(None, &mut Constant(byte));
            assert!([11, 15, 20, 25].contains(&network.channel));
            assert!((0x0001..=0xFFFD).contains(&network.pan_id));
            assert!(network.extended_pan_id != 0 && network.extended_pan_id != u64::MAX);
            assert_eq!(fresh(Some(26), &mut Constant(byte)).channel, 26);
        }
    }
}
