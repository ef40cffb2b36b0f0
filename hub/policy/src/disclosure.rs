//! What leaves the house: an answer that the owner granted. Its only maker is the engine of this crate.

use std::time::Duration;

use summary::{Answer, AudienceName};

/// An answer on its way out. Whoever holds one holds the proof that the policy was asked: there is no other way to make
/// one, and it can't be changed or read back from anywhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Disclosure {
    audience: AudienceName,
    answer: Answer,
    reply_after: Duration,
    description: String,
}

impl Disclosure {
    pub(crate) fn new(audience: AudienceName, answer: Answer, reply_after: Duration, description: String) -> Self {
        Self { audience, answer, reply_after, description }
    }

    /// To whom it goes.
    pub fn audience(&self) -> &AudienceName {
        &self.audience
    }

    /// What is said.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// When it goes: exactly so long after the question was received; what nobody asked for, so long after the beat.
    pub fn reply_after(&self) -> Duration {
        self.reply_after
    }

    /// What it is about, for the ledger: words and aliases, no reading and no value.
    pub fn description(&self) -> &str {
        &self.description
    }
}
