//! What an owner can ask the daemon, over the admin socket and the API: one closed list.
//!
//! On the socket a question is one line of JSON, `{"verb":"device","name":"bath"}`, and so is each answer:
//! `{"status":"ok","data":…}` or `{"status":"error","kind":"not_found","error":"…"}`. `watch` answers with one line a
//! change until the connection closes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::access::{Rights, Role};

/// The end of what has none, where a text is asked for.
pub const NEVER: &str = "never";

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// How the hub is.
    Status,
    /// All devices.
    Devices,
    /// One device.
    Device {
        /// Its name or address.
        name: String,
    },
    /// The radio adapters, and those that were found and are not configured.
    Adapters,
    /// Let devices join for so long.
    PermitJoin {
        /// 0 to 254 s; 0 closes the network.
        seconds: u64,
        /// Which network; all without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adapter: Option<String>,
    },
    /// Set one key of a device.
    Set {
        /// The device's name or address.
        name: String,
        /// The payload key.
        key: String,
        /// The value as text.
        value: String,
    },
    /// Lock a door.
    Lock {
        /// The device's name or address.
        name: String,
        /// The PIN, if the lock wants one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Secret>,
    },
    /// Unlock a door.
    Unlock {
        /// The device's name or address.
        name: String,
        /// The PIN, if the lock wants one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Secret>,
    },
    /// The PIN codes of a lock, without the PINs.
    CodeList {
        /// The lock's name or address.
        name: String,
    },
    /// Put a PIN into a slot of a lock.
    CodePut {
        /// The lock's name or address.
        name: String,
        /// The slot, as the lock numbers them.
        slot: u16,
        /// The PIN.
        pin: Secret,
        /// Whose it is; without one the slot keeps the name that it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whose: Option<String>,
    },
    /// Say whose the code in a slot is.
    CodeName {
        /// The lock's name or address.
        name: String,
        /// The slot.
        slot: u16,
        /// Whose it is; nobody's without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whose: Option<String>,
    },
    /// Let the PIN in a slot open again.
    CodeEnable {
        /// The lock's name or address.
        name: String,
        /// The slot.
        slot: u16,
    },
    /// Let the PIN in a slot open no more, and keep it.
    CodeDisable {
        /// The lock's name or address.
        name: String,
        /// The slot.
        slot: u16,
    },
    /// Empty a slot.
    CodeRemove {
        /// The lock's name or address.
        name: String,
        /// The slot.
        slot: u16,
    },
    /// Ask a lock what is in its slots.
    CodeCheck {
        /// The lock's name or address.
        name: String,
    },
    /// Give a device another name.
    Rename {
        /// Its name or address now.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Say which room a device stands in.
    Place {
        /// The device's name or address.
        name: String,
        /// The room, or none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<String>,
    },
    /// Send a device away and forget it.
    Remove {
        /// Its name or address.
        name: String,
    },
    /// Interview a device anew.
    Interview {
        /// Its name or address.
        name: String,
    },
    /// Ask a device for its values.
    Refresh {
        /// Its name or address.
        name: String,
    },
    /// The log of events, newest first.
    Events {
        /// At most so many.
        limit: u32,
        /// Only of this device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Past values of one key.
    History {
        /// The device's name or address.
        name: String,
        /// The payload key.
        key: String,
        /// From so many seconds before now.
        since_seconds: u64,
    },
    /// Make an MQTT user, or give one another password.
    MqttUserAdd {
        /// The user's name.
        user: String,
        /// What the user may do; `admin` for now.
        preset: String,
        /// The password; without one the daemon makes one up and returns it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<Secret>,
    },
    /// All MQTT users.
    MqttUserList,
    /// Remove an MQTT user.
    MqttUserRemove {
        /// The user's name.
        user: String,
    },
    /// All people of the house.
    PersonList,
    /// One person.
    PersonShow {
        /// Their name.
        name: String,
    },
    /// Add a person.
    PersonAdd {
        /// Their name.
        name: String,
        /// What they are in the house.
        role: Role,
        /// When it ends, as `2026-12-24T18:00:00Z`; a guest needs one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// Their rights on some devices, by name or address, in place of the role's.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        devices: BTreeMap<String, Rights>,
        /// Their password; without one the daemon makes one up and returns it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<Secret>,
    },
    /// Change a person; what is not given stays.
    PersonChange {
        /// Their name.
        name: String,
        /// What they are in the house.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// When it ends, or [`NEVER`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// Their rights on some devices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        devices: Option<BTreeMap<String, Rights>>,
        /// Another password, which also ends their sessions and their one-time passwords.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<Secret>,
    },
    /// Remove a person with their sessions and tokens.
    PersonRemove {
        /// Their name.
        name: String,
    },
    /// All tokens, without their secrets.
    TokenList,
    /// Make a token and tell it this once.
    TokenAdd {
        /// In whose name.
        person: String,
        /// What it is for.
        name: String,
        /// What it may do.
        scopes: Rights,
        /// How many days it works; without end if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u32>,
    },
    /// Make a token worthless.
    TokenRemove {
        /// Its id.
        id: String,
    },
    /// The machine and what the hub takes of it.
    System,
    /// The newest lines of the log, the newest last.
    LogTail {
        /// At most so many, and at most 500.
        limit: u32,
    },
    /// Make a code with which the first admin is made on the page, in place of the one before.
    SetupCode,
    /// The page's certificate authority: where its certificate is, its fingerprint and its end.
    Authority,
    /// Every change from now on, one line each.
    Watch,
    /// Whether a policy could be applied, and what it would grant. Changes nothing.
    PolicyCheck {
        /// The text of `policy.toml`.
        text: String,
    },
    /// The policy in force.
    PolicyShow,
    /// The very bytes that an audience gets now if it asks what there is and how it is.
    PolicyPreview {
        /// The audience's name.
        audience: String,
    },
    /// What a policy would change. Changes nothing.
    PolicyDiff {
        /// The text to compare with; the policy in force without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<String>,
        /// The text of the other one.
        new: String,
    },
    /// Put a policy into force. One that widens what leaves the house is put into force only with the code that the answer
    /// without one shows.
    PolicyApply {
        /// The text of `policy.toml`.
        text: String,
        /// The code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm: Option<String>,
    },
    /// How the way to the assistants is.
    GatewayStatus,
    /// Say nothing to any assistant, and do nothing for one, until told otherwise.
    GatewayPause,
    /// Go on after a pause.
    GatewayResume,
    /// Make a new key for the relay, in place of the one before, and tell it this once.
    GatewayPair,
    /// Forget the relay's key.
    GatewayUnpair,
    /// The PIN with which an assistant may unlock, where that is granted; none forgets it.
    VoicePin {
        /// 4 to 8 digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Secret>,
    },
    /// What can be asked as an assistant would ask it now.
    AssistantDirectives {
        /// The audience's name.
        audience: String,
    },
    /// Ask as an assistant would, on the way that its questions take, and see what it would get.
    AssistantAsk {
        /// The audience's name.
        audience: String,
        /// Which of the directives, by number.
        directive: u32,
    },
    /// Entries of the ledger, newest first.
    LedgerList {
        /// At most so many, and at most 100.
        limit: u32,
        /// Only below this number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
        /// Only of this audience.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        audience: Option<String>,
        /// Only of this kind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
    },
    /// Verify the whole ledger.
    LedgerVerify {
        /// A head that was noted, as `LedgerHead` told it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head: Option<String>,
    },
    /// The last entry's number and hash, to be noted elsewhere.
    LedgerHead,
    /// The whole ledger, line by line, ending with an empty line.
    LedgerExport,
}

/// Why a question was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The question makes no sense.
    Invalid,
    /// What it is about does not exist.
    NotFound,
    /// It collides with something that exists.
    Conflict,
    /// It can't be done now.
    Unavailable,
    /// It was tried and failed.
    Failed,
    /// Whoever asks has no right to it.
    Forbidden,
    /// It needs a fresh proof of who asks: a door code or a passkey, and there was none or a wrong one.
    Proof,
    /// The password was right; the second factor is missing or wrong.
    SecondFactor,
    /// Somebody else changed it since it was read.
    Changed,
}

/// A password or PIN on its way in. It never prints.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(zeroize::Zeroizing<String>);

impl Secret {
    /// Wraps the text.
    pub fn new(text: String) -> Self {
        Self(zeroize::Zeroizing::new(text))
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a length of time (90s, 30m, 24h, 7d): {0:?}")]
pub struct SpanError(String);

/// A length of time in seconds, from a number with its unit: `90s`, `30m`, `24h`, `7d`.
pub fn seconds(text: &str) -> Result<u64, SpanError> {
    let error = || SpanError(text.chars().take(32).collect());
    let unit = text.chars().next_back().ok_or_else(error)?;
    let per_unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(error()),
    };
    let number = text.strip_suffix(unit).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let count: u64 = number.and_then(|digits| digits.parse().ok()).ok_or_else(error)?;
    count.checked_mul(per_unit).ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("30m"), Ok(1800));
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for text in ["", "h", "24", "+1h", "1.5h", "-1h", "1w", "99999999999999999999d", "9999999999999999d", "1ü"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
