//! What each step asks the adapter, and what its answer must be.

use std::time::Duration;

use super::endpoints;
use super::steps::{Ask, Fault, Item, Next, Step, mask};
use super::survey::{Found, Site, active_key, is_mark};
use crate::ncp::Network;
use crate::wire::{Bytes, WireError};
use crate::znp::app_cnf::{BdbMode, BdbSetChannel};
use crate::znp::sys::{NvDelete, NvItemInit, NvRead, NvValue, NvWrite, Product, Version};
use crate::znp::util::DeviceState;
use crate::znp::zdo::{NodeReq, StartupState};
use crate::znp::{Areq, Sreq, Srsp, Status, nv};

/// The start of the stack waits so long, in milliseconds, as other hosts have it.
const STARTUP_DELAY: u16 = 100;
/// Pause between two looks at something that takes a while.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// The answer about endpoints comes from within the adapter.
const ENDPOINTS_WITHIN: Duration = Duration::from_secs(1);

/// What `step` does first. `plan` is the network that is resumed or formed; the survey has none and does not ask for it.
pub(super) fn ask(step: Step, found: &Found, plan: Option<&Network>) -> Ask {
    let needed = match step {
        Step::Read(item) => item.length(found) > 0,
        Step::Running => found.is_running(),
        Step::Keep { formed: true } => plan.is_some_and(|network| !network.formed),
        Step::DeleteNib => found.lengths.nib > 0,
        Step::Startup | Step::AwaitCoordinator => !found.is_running(),
        Step::Verify => found.running.is_none(),
        Step::CreateMark => found.lengths.mark == 0,
        Step::WriteMark => !found.marked,
        Step::Register(row) => endpoints::row(row).is_some_and(|open| !found.endpoints.contains(&open.endpoint)),
        _ => true,
    };
    match (needed, plan) {
        (false, _) => Ask::Skip,
        (true, None) => survey(step),
        (true, Some(network)) => action(step, found, network),
    }
}

fn survey(step: Step) -> Ask {
    Ask::Request(match step {
        Step::Version => Sreq::SysVersion,
        Step::Length(item) => Sreq::NvLength(item.id()),
        Step::Read(item) => Sreq::NvRead(NvRead { id: item.id(), offset: 0 }),
        Step::Device => Sreq::UtilGetDeviceInfo,
        Step::Running => Sreq::ZdoExtNwkInfo,
        _ => return Ask::Skip,
    })
}

fn action(step: Step, found: &Found, network: &Network) -> Ask {
    Ask::Request(match step {
        Step::Keep { formed } => return Ask::Keep(kept(found, network, formed)),
        Step::Reset => return Ask::Reset,
        Step::DeleteNib => Sreq::NvDelete(NvDelete { id: nv::NIB, length: found.lengths.nib }),
        Step::Set(setting) => match Bytes::new((setting.value)(network)) {
            Ok(value) => Sreq::NvWrite(NvWrite { id: setting.id, offset: 0, value }),
            Err(_) => return Ask::Skip,
        },
        Step::Channels { primary } => {
            Sreq::AppCnfBdbSetChannel(BdbSetChannel { primary, channels: if primary { mask(network) } else { 0 } })
        }
        Step::Form => Sreq::AppCnfBdbStartCommissioning(BdbMode::FORMATION),
        Step::Startup => Sreq::ZdoStartupFromApp(STARTUP_DELAY),
        Step::AwaitCoordinator => Sreq::UtilGetDeviceInfo,
        Step::Verify => Sreq::ZdoExtNwkInfo,
        Step::AwaitStored => Sreq::NvRead(NvRead { id: nv::NIB, offset: 0 }),
        Step::CreateMark => {
            Sreq::NvItemInit(NvItemInit { id: nv::HAS_CONFIGURED, length: 1, value: [nv::CONFIGURED].into() })
        }
        Step::WriteMark => Sreq::NvWrite(NvWrite { id: nv::HAS_CONFIGURED, offset: 0, value: [nv::CONFIGURED].into() }),
        Step::Endpoints => Sreq::ZdoActiveEp(NodeReq { destination: 0, of: 0 }),
        Step::Register(row) => match endpoints::row(row) {
            Some(endpoint) => Sreq::AfRegister(endpoint),
            None => return Ask::Skip,
        },
        Step::Version | Step::Length(_) | Step::Read(_) | Step::Device | Step::Running => return survey(step),
    })
}

/// The network as it is to be kept. The adapter may have changed the PAN id of what it formed.
fn kept(found: &Found, network: &Network, formed: bool) -> Network {
    let site = found.running.filter(|_| formed);
    Network {
        pan_id: site.map_or(network.pan_id, |site| site.pan_id),
        channel: site.map_or(network.channel, |site| site.channel),
        formed,
        ..network.clone()
    }
}

/// Takes the answer to what `step` asked.
pub(super) fn take(step: Step, found: &mut Found, plan: Option<&Network>, answer: &Srsp) -> Result<Next, Fault> {
    match (step, answer) {
        (_, Srsp::RpcError(_)) => Err(Fault::Failed(format!("the adapter's firmware lacks a command: {step}"))),
        (Step::Version, Srsp::SysVersion(version)) => firmware(found, version),
        (Step::Length(item), Srsp::NvLength(length)) => {
            item.set_length(found, *length);
            Ok(Next::Go)
        }
        (Step::Read(item), Srsp::NvRead(value)) => item.read(found, value),
        (Step::Device, Srsp::UtilGetDeviceInfo(device)) => {
            found.device = Some(device.clone());
            Ok(Next::Go)
        }
        (Step::AwaitCoordinator, Srsp::UtilGetDeviceInfo(device)) => {
            found.device = Some(device.clone());
            Ok(if found.is_running() { Next::Go } else { Next::Again(LOOK_AGAIN) })
        }
        (Step::Running, Srsp::ZdoExtNwkInfo(info)) => {
            found.running = Site::of_info(info);
            Ok(Next::Go)
        }
        (Step::Verify, Srsp::ZdoExtNwkInfo(info)) => verify(found, plan, Site::of_info(info)),
        (Step::AwaitStored, Srsp::NvRead(value)) => {
            let stored = value.status.is_success().then(|| Site::of_nib(&value.value).ok().flatten()).flatten();
            Ok(if stored.is_some() { Next::Go } else { Next::Again(LOOK_AGAIN) })
        }
        (Step::Startup, Srsp::ZdoStartupFromApp(StartupState::Restored | StartupState::New)) => Ok(Next::Go),
        (Step::Startup, Srsp::ZdoStartupFromApp(state)) => {
            Err(Fault::Failed(format!("the adapter did not start its network ({state:?})")))
        }
        (Step::Endpoints, Srsp::ZdoActiveEp(Status::Success)) => Ok(Next::Again(ENDPOINTS_WITHIN)),
        _ => status(step, answer),
    }
}

/// An answer that is a status, and which statuses will do.
fn status(step: Step, answer: &Srsp) -> Result<Next, Fault> {
    match (step, answer) {
        (Step::Set(_) | Step::WriteMark, Srsp::NvWrite(Status::Success))
        | (Step::DeleteNib, Srsp::NvDelete(Status::Success | Status::NvItemUninit))
        | (Step::CreateMark, Srsp::NvItemInit(Status::Success | Status::NvItemUninit))
        | (Step::Channels { .. }, Srsp::AppCnfBdbSetChannel(Status::Success))
        | (Step::Form, Srsp::AppCnfBdbStartCommissioning(Status::Success))
        | (Step::Register(_), Srsp::AfRegister(Status::Success)) => Ok(Next::Go),
        _ => Err(Fault::Failed(format!("the adapter refused: {step} ({answer:?})"))),
    }
}

/// True if `message` ends `step`.
pub(super) fn hears(step: Step, found: &mut Found, message: &Areq) -> bool {
    match (step, message) {
        (Step::Reset, Areq::SysResetInd(_)) => found.set_state(DeviceState::Init),
        (Step::Form | Step::Startup | Step::AwaitCoordinator, Areq::ZdoStateChangeInd(DeviceState::Coordinator)) => {
            found.set_state(DeviceState::Coordinator);
        }
        (Step::Endpoints, Areq::ZdoActiveEpRsp(answer)) if answer.of == 0 => {
            found.endpoints = answer.endpoints.to_vec();
        }
        _ => return false,
    }
    true
}

/// Only the generations whose memory we know how to read.
fn firmware(found: &mut Found, version: &Version) -> Result<Next, Fault> {
    found.version = Some(version.clone());
    match version.product {
        Product::ZStack3x0 | Product::ZStack30x => Ok(Next::Go),
        product => Err(Fault::Refused(format!(
            "the adapter's firmware can't be used; it was left alone\n\
            firmware: expected Z-Stack 3.x.0, found {}\n\
            flash a current Z-Stack 3.x.0 coordinator firmware onto the adapter",
            if product == Product::Home12 { "Z-Stack Home 1.2".to_owned() } else { format!("{product:?}") }
        ))),
    }
}

fn verify(found: &mut Found, plan: Option<&Network>, running: Option<Site>) -> Result<Next, Fault> {
    let Some(site) = running else { return Ok(Next::Again(LOOK_AGAIN)) };
    found.running = running;
    match plan {
        Some(network) if network.extended_pan_id != site.extended_pan_id => Err(Fault::Failed(format!(
            "the adapter runs another network than it was told to (extended PAN id {:#018x}, not {:#018x})",
            site.extended_pan_id, network.extended_pan_id
        ))),
        _ => Ok(Next::Go),
    }
}

impl Item {
    fn id(self) -> u16 {
        match self {
            Self::Mark => nv::HAS_CONFIGURED,
            Self::Nib => nv::NIB,
            Self::Key => nv::NWK_ACTIVE_KEY_INFO,
        }
    }

    fn length(self, found: &Found) -> u16 {
        match self {
            Self::Mark => found.lengths.mark,
            Self::Nib => found.lengths.nib,
            Self::Key => found.lengths.key,
        }
    }

    fn set_length(self, found: &mut Found, length: u16) {
        match self {
            Self::Mark => found.lengths.mark = length,
            Self::Nib => found.lengths.nib = length,
            Self::Key => found.lengths.key = length,
        }
    }

    /// An item that is there and can't be read is no reason to take the adapter for an empty one.
    fn read(self, found: &mut Found, read: &NvValue) -> Result<Next, Fault> {
        if !read.status.is_success() {
            return Err(Fault::Failed(format!(
                "the adapter could not read item {:#06x} of its memory ({:?}); its firmware may need to be flashed anew",
                self.id(),
                read.status
            )));
        }
        match self.keep(found, &read.value) {
            Ok(()) => Ok(Next::Go),
            Err(error) => Err(Fault::Refused(format!(
                "the adapter's memory can't be understood; it was left alone\n\
                item {:#06x}: expected a known layout, found {error}\n\
                flash a current Z-Stack 3.x.0 coordinator firmware onto the adapter",
                self.id()
            ))),
        }
    }

    fn keep(self, found: &mut Found, value: &[u8]) -> Result<(), WireError> {
        match self {
            Self::Mark => found.marked = is_mark(value),
            Self::Nib => found.stored = Site::of_nib(value)?,
            Self::Key => found.key = Some(active_key(value)?),
        }
        Ok(())
    }
}
