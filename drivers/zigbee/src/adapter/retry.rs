//! How long the answer to a request may take, and what is done when it stays away: one row for each class of requests.
//!
//! Only answers (SRSP) are meant here. What a device says later, a confirm or a ZDO response, has its own patience
//! where it is waited for.

use std::time::Duration;

use crate::znp::Sreq;

/// Patience with a class of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// How long the answer may take.
    pub(super) timeout: Duration,
    /// How often the request is sent again after the adapter proved to be alive without having answered it.
    pub(super) again: u8,
    /// Why so; shown in the log.
    pub(super) reason: &'static str,
}

/// Requests that are treated alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Is the adapter there.
    Ping,
    /// Reading what the adapter knows.
    Read,
    /// Writing its memory.
    Write,
    /// Opening an endpoint.
    Register,
    /// Starting or forming its network.
    Start,
    /// Asking a device's objects, opening the network, searching a route.
    Ask,
    /// A frame to a device that may arrive twice.
    Data,
    /// A frame to a device that must not.
    DataOnce,
    /// Fetching a piece of a long message.
    Fetch,
}

impl Class {
    /// The row of this class.
    pub(super) const fn row(self) -> Row {
        let (millis, again, reason) = match self {
            Self::Ping => (250, 0, "the next ping follows by itself, for ever"),
            Self::Read => (300, 4, "reading changes nothing"),
            Self::Write => (2000, 3, "the same value twice is the same value; flash may be erased in between"),
            Self::Register => (500, 0, "the adapter is asked which endpoints are open instead"),
            Self::Start => (10_000, 0, "a start under way must not be started again; the state is asked for instead"),
            Self::Ask => (300, 2, "the question twice gives the answer twice, and the second is ignored"),
            Self::Data => (300, 3, "the sender said that twice is as good as once"),
            Self::DataOnce => (300, 0, "a bolt may move twice: what became of it is told by its confirm or by nobody"),
            Self::Fetch => (300, 3, "a message stays stored until it is freed"),
        };
        Row { timeout: Duration::from_millis(millis), again, reason }
    }

    /// The class of a request that is no data. Data are classed by who sends them.
    pub(super) fn of(request: &Sreq) -> Self {
        match request {
            Sreq::SysPing => Self::Ping,
            Sreq::NvItemInit(_) | Sreq::NvWrite(_) | Sreq::NvDelete(_) | Sreq::AppCnfBdbSetChannel(_) => Self::Write,
            Sreq::AfRegister(_) => Self::Register,
            Sreq::AppCnfBdbStartCommissioning(_) | Sreq::ZdoStartupFromApp(_) => Self::Start,
            Sreq::AfDataRequest(_) => Self::DataOnce,
            Sreq::AfDataRetrieve(_) => Self::Fetch,
            Sreq::SysVersion
            | Sreq::SysGetExtAddr
            | Sreq::NvLength(_)
            | Sreq::NvRead(_)
            | Sreq::UtilGetDeviceInfo
            | Sreq::ZdoExtNwkInfo => Self::Read,
            _ => Self::Ask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::znp::app_cnf::BdbMode;

    #[test]
    fn a_dangerous_frame_and_a_start_are_never_sent_again() {
        assert_eq!(Class::DataOnce.row().again, 0);
        assert_eq!(Class::of(&Sreq::AppCnfBdbStartCommissioning(BdbMode::FORMATION)).row().again, 0);
    }

    #[test]
    fn a_lost_answer_holds_the_house_up_for_less_than_half_a_second() {
        for class in [Class::Ping, Class::Read, Class::Ask, Class::Data, Class::DataOnce, Class::Fetch] {
            assert!(class.row().timeout <= Duration::from_millis(300), "{class:?}");
        }
    }
}
