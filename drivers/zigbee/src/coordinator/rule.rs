//! Which requests may be sent again, how often and after how long: one row a class, with the reason.
//!
//! Knows no device and no frame.

use std::time::Duration;

use crate::ncp::{Resend, SendError};

/// Kinds of requests that differ in what a second try may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Reads attributes, or asks whether the device is there.
    Read,
    /// Writes a value.
    Write,
    /// Binds, configures reporting, enrols.
    Configure,
    /// Asks the device objects.
    Describe,
    /// Asks whether it is there.
    Ping,
    /// Moves a bolt.
    Bolt,
    /// Changes who can get in.
    Pin,
    /// Answers the device's own question.
    Reply,
}

/// What holds for a class.
#[derive(Debug)]
pub(super) struct Rule {
    class: Class,
    /// Whether the adapter may send it twice.
    pub(super) resend: Resend,
    /// How often it is sent to a device that ought to hear it.
    tries: u8,
    /// How long a device may take to answer once it acknowledged the first try: then it is awake, sleepy or not. A device
    /// that is known to be faster is asked again sooner.
    answer: Duration,
    /// How long the adapter may take to say what became of it, if the device is awake. Less if the device is known to be.
    patience: Duration,
    /// Why.
    pub(super) why: &'static str,
}

/// How long the parent of a sleeping device holds a frame (macTransactionPersistenceTime in Zigbee PRO), rounded up
/// for the way back to us.
const PARENT_HOLDS: Duration = Duration::from_secs(9);

/// How long the adapter's word on a frame is waited for at the least: it asks an adapter that lost one itself for 300 ms.
const SOONEST_WORD: Duration = Duration::from_millis(500);

/// How long an answer is waited for at the least: a device that was fast may be busy once.
const SOONEST_ANSWER: Duration = Duration::from_millis(250);

/// How often anything is sent at most: a device that wakes up and never takes it keeps its battery.
const MOST_TRIES: u8 = 50;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const RULES: [Rule; 8] = [
    Rule {
        class: Class::Read,
        resend: Resend::Safe,
        tries: 3,
        answer: secs(1),
        patience: secs(3),
        why: "reading twice changes nothing",
    },
    Rule {
        class: Class::Write,
        resend: Resend::Safe,
        tries: 3,
        answer: Duration::from_millis(750),
        patience: secs(3),
        why: "the same value twice is the same value",
    },
    Rule {
        class: Class::Configure,
        resend: Resend::Safe,
        tries: 2,
        answer: secs(2),
        patience: secs(4),
        why: "a binding or a report that is there already stays",
    },
    Rule {
        class: Class::Describe,
        resend: Resend::Safe,
        tries: 1,
        answer: secs(5),
        patience: secs(12),
        why: "the interview counts its tries itself",
    },
    Rule {
        class: Class::Ping,
        resend: Resend::Safe,
        tries: 1,
        answer: secs(4),
        patience: secs(4),
        why: "two pings in a row are two questions already",
    },
    Rule {
        class: Class::Bolt,
        resend: Resend::Never,
        tries: 1,
        answer: secs(5),
        patience: secs(10),
        why: "a bolt may have moved though nobody said so",
    },
    Rule {
        class: Class::Pin,
        resend: Resend::Never,
        tries: 1,
        answer: secs(5),
        patience: secs(10),
        why: "a slot may have changed though nobody said so",
    },
    Rule {
        class: Class::Reply,
        resend: Resend::Safe,
        tries: 1,
        answer: secs(0),
        patience: secs(2),
        why: "the device asks again if it still wants to know; nothing waits behind it for longer than it is awake",
    },
];

/// What went wrong with one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The adapter's word.
    Sending(SendError),
    /// The device acknowledged the frame and then said nothing.
    Silence,
}

impl Trouble {
    /// True if it shows that a device sleeps that may do so.
    pub(super) fn is_sleep(self) -> bool {
        matches!(self, Self::Sending(SendError::Asleep | SendError::NotDelivered(_)))
    }
}

/// Why a request came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// No acknowledgement, and no doubt that it did not arrive.
    Unreachable,
    /// The device sleeps, and the request was not worth waiting with.
    Asleep,
    /// The device did not wake up in time.
    Expired,
    /// It may or may not have arrived.
    Unclear,
    /// The adapter was not there.
    AdapterOffline,
    /// A newer request took its place.
    Superseded,
    /// Too many wait for this device.
    Busy,
    /// The device objects answered with this status.
    Objects(u8),
}

/// What to do after trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Send again after this long.
    Again(Duration),
    /// Wait for the device to speak.
    Wait,
    /// Give up.
    End(Miss),
}

/// APS status: no acknowledgement from the device itself. It may have heard us.
const APS_NO_ACK: u8 = 0xB7;
/// MAC status: no acknowledgement from the next hop. It may have heard us.
const MAC_NO_ACK: u8 = 0xE9;
/// ZDO status: a device did not answer its parent in time.
const ZDO_TIMEOUT: u8 = 0x85;

impl Class {
    /// The row of this class.
    pub(super) fn rule(self) -> &'static Rule {
        RULES.iter().find(|rule| rule.class == self).expect("a row for each class, as a test checks")
    }

    /// True if the newest request about a thing makes older ones void.
    pub(super) fn newest_wins(self) -> bool {
        matches!(self, Self::Write | Self::Bolt | Self::Pin)
    }
}

impl Rule {
    /// How long the device may take to answer once it acknowledged the `tries`-th try: twice as long each time. `pace` is
    /// how long it lately took.
    pub(super) fn answer_time(&self, tries: u8, pace: Option<Duration>) -> Duration {
        self.hurry(self.answer * doubled(tries), tries, pace.map(|pace| (pace * 2).max(SOONEST_ANSWER)))
    }

    /// How long the adapter may take to say what became of the `tries`-th try before its place is given to another.
    /// `pace` is how long the device took a moment ago.
    pub(super) fn patience(&self, tries: u8, sleepy: bool, pace: Option<Duration>) -> Duration {
        let longest = match self.class {
            // It asked a moment ago, so it is awake, and nobody asks what became of the reply.
            Class::Reply => self.patience,
            _ if sleepy => self.patience.max(PARENT_HOLDS),
            _ => self.patience,
        };
        self.hurry(longest, tries, pace.map(|pace| (pace * 2).max(SOONEST_WORD)))
    }

    /// `longest`, or less if the device is known to be faster and a wrong guess costs nothing: a try is left, or nobody
    /// waits for the outcome.
    fn hurry(&self, longest: Duration, tries: u8, usual: Option<Duration>) -> Duration {
        let may_hurry = self.resend == Resend::Safe && (tries < self.tries || self.class == Class::Reply);
        usual.filter(|_| may_hurry).map_or(longest, |usual| longest.min(usual * doubled(tries)))
    }

    /// What to do after the `tries`-th try (from 1) ended in `trouble`.
    pub(super) fn next(&self, trouble: Trouble, tries: u8, sleepy: bool) -> Next {
        if tries >= MOST_TRIES {
            return Next::End(Miss::Unreachable);
        }
        match trouble {
            // The adapter had no room: nothing was sent (3a, transient statuses: 1.5 to 2 s).
            Trouble::Sending(SendError::Busy) if tries < 10 => Next::Again(Duration::from_millis(1500)),
            Trouble::Sending(SendError::Busy) => Next::End(Miss::Busy),
            trouble if self.resend == Resend::Never => Next::End(miss_of_unsafe(trouble)),
            // The parent let it expire.
            Trouble::Sending(SendError::Asleep) => Next::Wait,
            Trouble::Sending(SendError::LinkDown) => Next::Again(Duration::from_millis(500)),
            Trouble::Sending(SendError::Zdo(status)) if status != ZDO_TIMEOUT => Next::End(Miss::Objects(status)),
            Trouble::Sending(SendError::NotDelivered(_)) if sleepy => Next::Wait,
            _ if tries < self.tries => Next::Again(pause(trouble, tries)),
            Trouble::Sending(SendError::Unclear | SendError::Zdo(_)) | Trouble::Silence
                if sleepy && self.class != Class::Reply =>
            {
                Next::Wait
            }
            Trouble::Sending(SendError::Unclear) | Trouble::Silence => Next::End(Miss::Unclear),
            Trouble::Sending(_) => Next::End(Miss::Unreachable),
        }
    }
}

/// The factor by which waits grow: 1, 2 and then 4.
fn doubled(tries: u8) -> u32 {
    2_u32.pow(u32::from(tries.clamp(1, 3)) - 1)
}

/// How long to wait before the next try: not at all where only an answer was lost, longer each time where the way is bad.
fn pause(trouble: Trouble, tries: u8) -> Duration {
    match trouble {
        Trouble::Silence | Trouble::Sending(SendError::Unclear) => Duration::ZERO,
        Trouble::Sending(_) => Duration::from_millis(750) * u32::from(tries),
    }
}

/// What is known of a request that must not be sent twice.
///
/// [`SendError::Asleep`] looks like proof that the device never had it, and is none. It tells of the last of the
/// adapter's own tries (APS retries): the device may have fetched an earlier one and its acknowledgement got lost. Nor
/// does it help to look at the time: one that was fetched stays with the parent and expires in the same 7.68 s if the
/// MAC acknowledgement was lost. Once the device wakes up the frame would be a new one to it, and a door would open
/// twice. Locks poll faster than a parent lets go, so this costs few of them a second press.
fn miss_of_unsafe(trouble: Trouble) -> Miss {
    match trouble {
        Trouble::Sending(SendError::LinkDown) => Miss::AdapterOffline,
        Trouble::Silence
        | Trouble::Sending(SendError::Unclear | SendError::Asleep | SendError::NotDelivered(APS_NO_ACK | MAC_NO_ACK)) => {
            Miss::Unclear
        }
        Trouble::Sending(_) => Miss::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [Class; 8] = [
        Class::Read,
        Class::Write,
        Class::Configure,
        Class::Describe,
        Class::Ping,
        Class::Bolt,
        Class::Pin,
        Class::Reply,
    ];

    #[test]
    fn every_class_has_a_row_with_a_reason() {
        for class in CLASSES {
            assert_eq!(class.rule().class, class);
            assert!(!class.rule().why.is_empty());
        }
    }

    #[test]
    fn what_changes_who_gets_in_is_only_sent_again_if_it_never_left() {
        let unclear = [
            Trouble::Silence,
            Trouble::Sending(SendError::Unclear),
            Trouble::Sending(SendError::Asleep),
            Trouble::Sending(SendError::NotDelivered(APS_NO_ACK)),
            Trouble::Sending(SendError::NotDelivered(MAC_NO_ACK)),
        ];
        for class in [Class::Bolt, Class::Pin] {
            for trouble in unclear {
                for sleepy in [false, true] {
                    assert_eq!(class.rule().next(trouble, 1, sleepy), Next::End(Miss::Unclear));
                }
            }
            assert!(matches!(class.rule().next(Trouble::Sending(SendError::Busy), 1, true), Next::Again(_)));
        }
    }

    #[test]
    fn a_write_is_tried_three_times() {
        let rule = Class::Write.rule();
        let lost = Trouble::Sending(SendError::NotDelivered(0xCD));
        assert!(matches!(rule.next(lost, 1, false), Next::Again(_)));
        assert!(matches!(rule.next(lost, 2, false), Next::Again(_)));
        assert_eq!(rule.next(lost, 3, false), Next::End(Miss::Unreachable));
        assert_eq!(rule.next(lost, 1, true), Next::Wait);
    }

    #[test]
    fn a_device_that_is_fast_is_asked_again_sooner_as_long_as_a_try_is_left() {
        let ms = Duration::from_millis;
        let rule = Class::Write.rule();
        assert_eq!([1, 2, 3].map(|tries| rule.answer_time(tries, None)), [ms(750), ms(1500), ms(3000)]);
        assert_eq!([1, 2, 3].map(|tries| rule.answer_time(tries, Some(ms(5)))), [ms(250), ms(500), ms(3000)]);
        assert_eq!(rule.answer_time(1, Some(ms(200))), ms(400));
        assert_eq!(rule.answer_time(1, Some(secs(5))), ms(750), "a slow one no later");
        assert_eq!([1, 2, 3].map(|tries| rule.patience(tries, true, Some(ms(5)))), [ms(500), ms(1000), PARENT_HOLDS]);
        assert_eq!(rule.patience(1, true, None), PARENT_HOLDS);
        assert_eq!(rule.patience(1, true, Some(secs(8))), PARENT_HOLDS);
        for class in [Class::Bolt, Class::Pin] {
            let rule = class.rule();
            assert_eq!(rule.patience(1, true, Some(ms(5))), rule.patience(1, true, None), "{class:?}");
            assert_eq!(rule.answer_time(1, Some(ms(5))), rule.answer_time(1, None), "{class:?}");
        }
    }

    #[test]
    fn a_reply_is_for_a_device_that_is_awake() {
        let rule = Class::Reply.rule();
        assert_eq!(rule.patience(1, true, None), secs(2));
        for trouble in [Trouble::Silence, Trouble::Sending(SendError::Unclear)] {
            assert_eq!(rule.next(trouble, 1, true), Next::End(Miss::Unclear));
        }
    }
}
