//! `APP_CNF` and the network's life: forming, resuming, opening for joining.

use std::time::Duration;

use zigbee::wire::{Field, Ieee, Writer};
use zigbee::znp::app_cnf::{BdbMode, BdbNotification, BdbStatus};
use zigbee::znp::util::DeviceState;
use zigbee::znp::zdo::StartupState;
use zigbee::znp::{Areq, Sreq, Srsp, Status, nv};

use super::memory::raw;
use super::{Due, Network, Output, Stack};

/// Commands of `APP_CNF` that only take a policy: frame counter, rejoin, key exchange.
const POLICIES: [u8; 4] = [0x01, 0x02, 0x03, 0x09];

impl Stack {
    /// Answers a request of this subsystem; `None` if it is not known.
    pub(super) fn commissioning(&mut self, request: &Sreq) -> Option<Srsp> {
        Some(match request {
            Sreq::AppCnfBdbSetChannel(channel) => {
                if channel.primary {
                    self.ram.primary = channel.channels;
                }
                Srsp::AppCnfBdbSetChannel(Status::Success)
            }
            Sreq::AppCnfBdbStartCommissioning(mode) => {
                if mode.contains(BdbMode::FORMATION) {
                    self.start_formation();
                }
                Srsp::AppCnfBdbStartCommissioning(Status::Success)
            }
            Sreq::AppCnfAddInstallCode(_) => Srsp::AppCnfAddInstallCode(Status::Success),
            Sreq::AppCnfSetJoinUsesInstallCode(_) => Srsp::AppCnfSetJoinUsesInstallCode(Status::Success),
            Sreq::Other(frame) if POLICIES.contains(&frame.command().id) => raw(frame, &[0]),
            _ => return None,
        })
    }

    fn start_formation(&mut self) {
        let step = self.timing.step;
        let notify = |status, mode, remaining| {
            Areq::AppCnfBdbNotification(BdbNotification { status, mode: Some(mode), remaining: Some(remaining) })
        };
        let none = BdbMode::default();
        if self.is_on_a_network() {
            self.after.push((step, Due::State(DeviceState::Coordinator)));
            self.tell_after(step, &notify(BdbStatus::NetworkRestored, none, BdbMode::FORMATION));
            // There is nothing to form, so forming ends in a failure, and all is well.
            self.tell_after(step, &notify(BdbStatus::FormationFailure, BdbMode::FORMATION, none));
        } else if self.ram.primary == 0 {
            self.complain("formation without a channel".into());
            self.tell_after(step, &notify(BdbStatus::FormationFailure, BdbMode::FORMATION, none));
        } else {
            self.after.push((Duration::ZERO, Due::State(DeviceState::StartingCoordinator)));
            self.tell_after(Duration::ZERO, &notify(BdbStatus::InProgress, BdbMode::STEERING, BdbMode::FORMATION));
            for count in 1..4 {
                self.after.push((step * count, Due::State(DeviceState::StartingCoordinator)));
            }
            self.after.push((step * 5, Due::State(DeviceState::Coordinator)));
            self.tell_after(step * 5, &notify(BdbStatus::Success, BdbMode::STEERING, none));
            self.after.push((step * 5 + self.timing.nib_lag, Due::Formed));
        }
    }

    /// True if the memory says so, whoever wrote it.
    fn is_on_a_network(&self) -> bool {
        self.nv.byte(nv::BDB_NODE_IS_ON_A_NETWORK) == Some(1) && self.nv.network().is_some()
    }

    /// Answers `startupFromApp`, which resumes only.
    pub(super) fn startup(&mut self) -> StartupState {
        if !self.is_on_a_network() {
            self.complain("start of a network that is not there".into());
            return StartupState::NotStarted;
        }
        if !self.is_running() {
            self.after.push((self.timing.step, Due::State(DeviceState::Coordinator)));
        }
        StartupState::Restored
    }

    pub(super) fn enter(&mut self, state: DeviceState) {
        self.ram.state = state;
        self.out.push_back(Output::Frame(Areq::ZdoStateChangeInd(state).encode()));
    }

    /// Writes the network that the host asked for into memory.
    pub(super) fn form(&mut self) {
        let pan = match self.nv.field::<u16>(nv::PANID) {
            Some(0xFFFF) | None => u16::try_from(1 + self.rng.below(0xFFEE)).unwrap_or(1),
            Some(pan) => pan,
        };
        let extended_pan = match self.nv.field::<u64>(nv::APS_USE_EXT_PANID) {
            Some(0) | None => self.nv.ieee().0,
            Some(extended) => extended,
        };
        let key = match self.nv.field::<[u8; 16]>(nv::PRECFGKEY) {
            Some(key) if key != [0; 16] => key,
            _ => self.rng.bytes(),
        };
        let channels = self.ram.primary;
        let channel = u8::try_from(channels.trailing_zeros()).unwrap_or(11);
        let network = Network { channel, pan, extended_pan, coordinator: self.nv.ieee(), channels };
        self.write_network(network, key);
    }

    /// Somebody else formed a network with this stick before.
    pub(crate) fn found_formed(&mut self) {
        let channels = 1 << 20;
        let network = Network {
            channel: 20,
            pan: 0x5EED,
            extended_pan: 0x0123_4567_89AB_CDEF,
            coordinator: self.nv.ieee(),
            channels,
        };
        let key = self.rng.bytes();
        self.write_network(network, key);
        self.nv.set((0, nv::PANID), network.pan.to_bytes());
        self.nv.set((0, nv::APS_USE_EXT_PANID), network.extended_pan.to_bytes());
        self.nv.set((0, nv::PRECFGKEY), key.into());
        self.nv.set((0, nv::HAS_CONFIGURED), vec![nv::CONFIGURED]);
    }

    fn write_network(&mut self, network: Network, key: [u8; 16]) {
        let active = [&[0], key.as_slice()].concat();
        let mut with_counter = Writer::new();
        with_counter.put(&active);
        with_counter.put(&[0xFF; 3]);
        0_u32.write(&mut with_counter);
        let mut material = Writer::new();
        0_u32.write(&mut material);
        network.extended_pan.write(&mut material);
        let items = [
            ((0, nv::NIB), network.to_nib()),
            ((0, nv::EXTENDED_PAN_ID), network.extended_pan.to_bytes()),
            ((0, nv::NWK_ACTIVE_KEY_INFO), active.clone()),
            ((0, nv::NWK_ALTERN_KEY_INFO), active),
            ((0, nv::NWKKEY), with_counter.into_bytes()),
            ((0, nv::BDB_NODE_IS_ON_A_NETWORK), vec![1]),
            ((nv::EX_NWK_SEC_MATERIAL_TABLE, 0), material.into_bytes()),
        ];
        for (key, value) in items {
            self.nv.set(key, value);
        }
        self.dirty = true;
    }

    /// True while devices may join.
    pub(crate) fn is_open(&self, now: Duration) -> bool {
        self.is_running() && self.ram.open_until.is_some_and(|until| now < until)
    }

    /// Opens the network for so many seconds, or closes it with 0.
    pub(super) fn permit_join(&mut self, now: Duration, seconds: u8) {
        let length = Duration::from_secs(seconds.into());
        self.ram.open_until = (seconds > 0).then_some(now + length);
        if seconds > 0 {
            self.agenda.push(now + length, Due::Close);
        }
        self.out.push_back(Output::Open(seconds > 0));
    }

    pub(super) fn close_if_over(&mut self, now: Duration) {
        if self.ram.open_until.is_some_and(|until| until <= now) {
            self.ram.open_until = None;
            self.out.push_back(Output::Open(false));
        }
    }

    /// A network address that no child has.
    pub(crate) fn free_address(&mut self) -> u16 {
        loop {
            let short = u16::try_from(1 + self.rng.below(0xFFEF)).unwrap_or(1);
            if !self.nv.children().any(|(_, taken, _)| taken == short) {
                return short;
            }
        }
    }

    /// Children listed: network address, IEEE address.
    pub(crate) fn children(&self) -> impl Iterator<Item = (u16, Ieee)> {
        self.nv.children().map(|(_, short, ieee)| (short, ieee))
    }
}
