//! Audiences: how often and how fast, and what each of their aliases stands for.

use std::collections::BTreeMap;
use std::time::Duration;

use summary::{Alias, SummaryName, Vendor};
use toml::Spanned;

use super::{control, parsed, time};
use crate::error::Problems;
use crate::file;
use crate::model::{Audience, Endpoint, Kind, Lock, Summary};

type Summaries = BTreeMap<SummaryName, Summary>;

/// The assistants give up after 8 s, and the relay after 7.
const REPLY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(4));
const USUAL_REPLY: Duration = Duration::from_millis(1500);
const CADENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(24 * 3600));
/// A question names at most so many.
const MOST_ENDPOINTS: usize = summary::Ask::MOST;

/// Face, its words for the first and the second value of a summary.
const FACES: [(&str, &str, &str); 3] =
    [("contact_sensor", "closed", "open"), ("lock_state", "locked", "unlocked"), ("toggle", "on", "off")];

/// An endpoint and where it was written.
pub(super) struct Granted {
    pub(super) endpoint: Endpoint,
    pub(super) at: std::ops::Range<usize>,
}

pub(super) fn audience(
    name: &Spanned<String>,
    written: &file::Audience,
    summaries: &Summaries,
    problems: &mut Problems<'_>,
) -> Option<Audience> {
    let vendor = vendor(&written.kind, problems);
    let cadence = time(&written.cadence, CADENCE, problems);
    let reply = written.reply_after.as_ref().map_or(Some(USUAL_REPLY), |text| time(text, REPLY, problems));
    let may_push = pushes(written, vendor, problems);
    let mut granted = Vec::new();
    for read in &written.read {
        granted.extend(self::read(read, summaries, may_push, problems));
    }
    if let Some(vendor) = vendor {
        for control in &written.control {
            granted.extend(control::control(control, vendor, problems));
        }
    }
    let endpoints = merged(granted, problems);
    if endpoints.len() > MOST_ENDPOINTS {
        let what = format!("{} aliases", endpoints.len());
        problems.note(&name.span(), what, format!("grant at most {MOST_ENDPOINTS}"));
    }
    let cadence = u32::try_from(cadence?.as_secs()).ok()?;
    Some(Audience { vendor: vendor?, cadence, reply_after: reply?, paused: written.paused, endpoints })
}

fn vendor(kind: &Spanned<String>, problems: &mut Problems<'_>) -> Option<Vendor> {
    let found = [Vendor::Alexa, Vendor::Google].into_iter().find(|vendor| vendor.word() == kind.get_ref());
    if found.is_none() {
        problems.note(&kind.span(), format!("kind {:?} is unknown", kind.get_ref()), "write \"alexa\" or \"google\"");
    }
    found
}

fn pushes(written: &file::Audience, vendor: Option<Vendor>, problems: &mut Problems<'_>) -> bool {
    let Some(push) = written.push.as_ref().filter(|push| *push.get_ref()) else { return false };
    if vendor == Some(Vendor::Google) {
        problems.note(&push.span(), "google is never told unasked", "write push = false");
    }
    true
}

fn read(written: &file::Read, summaries: &Summaries, may_push: bool, problems: &mut Problems<'_>) -> Option<Granted> {
    let alias: Option<Alias> = parsed(&written.alias, problems);
    let push = written.push.as_ref().is_some_and(|push| *push.get_ref());
    if let Some(wish) = written.push.as_ref().filter(|_| push && !may_push) {
        let remedy = "write push = true in the audience too; it needs the permission \"send events\" and a new link";
        problems.note(&wish.span(), "this audience may not be told unasked", remedy);
    }
    let name: SummaryName = parsed(&written.summary, problems)?;
    let Some(summary) = summaries.get(&name) else {
        let remedy = "define it, or correct what is wrong with it";
        problems.note(&written.summary.span(), format!("there is no summary {name}"), remedy);
        return None;
    };
    let kind = shown(&written.face, name, summary, problems)?;
    Some(Granted { endpoint: Endpoint { alias: alias?, kind, push }, at: written.alias.span() })
}

/// As what a summary appears. One with two values says the first as "closed", "locked" or "on".
fn shown(face: &Spanned<String>, name: SummaryName, summary: &Summary, problems: &mut Problems<'_>) -> Option<Kind> {
    let words: Vec<&str> = summary.words.iter().map(summary::Word::as_str).collect();
    if face.get_ref() == "mode" {
        if words.len() < 2 {
            problems.note(&face.span(), "a mode needs two words at least", "show it as a toggle");
        }
        return Some(Kind::Mode(name));
    }
    let Some((_, first, second)) = FACES.iter().find(|row| row.0 == face.get_ref()) else {
        let remedy = "write contact_sensor, lock_state, toggle or mode";
        problems.note(&face.span(), format!("as = {:?} is unknown", face.get_ref()), remedy);
        return None;
    };
    let right = match words.as_slice() {
        [one] => one == first || one == second,
        [one, other] => one != second && other != first,
        _ => false,
    };
    if !right {
        let remedy = format!("it says \"{first}\" for the first of two values and \"{second}\" for the second");
        let what = format!("the values {} can't be shown as {}", words.join(", "), face.get_ref());
        problems.note(&face.span(), what, remedy);
        return None;
    }
    match face.get_ref().as_str() {
        "contact_sensor" => Some(Kind::Contact(name)),
        "lock_state" => Some(Kind::Lock(Lock { read: Some(name), ..Lock::default() })),
        _ => Some(Kind::Switch(name)),
    }
}

/// One endpoint for each alias. Grants about a lock with one alias make one lock; any other alias stands once.
fn merged(granted: Vec<Granted>, problems: &mut Problems<'_>) -> Vec<Endpoint> {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for Granted { endpoint, at } in granted {
        let alike = |other: &&mut Endpoint| folded(&other.alias) == folded(&endpoint.alias);
        let Some(other) = endpoints.iter_mut().find(alike) else {
            endpoints.push(endpoint);
            continue;
        };
        let joined = match (&mut other.kind, endpoint.kind) {
            (Kind::Lock(lock), Kind::Lock(more)) if other.alias == endpoint.alias => join(lock, more),
            _ => false,
        };
        other.push |= endpoint.push;
        if !joined {
            let what = format!("the alias {:?} stands twice", endpoint.alias.as_str());
            problems.note(&at, what, "give each its own; only grants about one lock may share it");
        }
    }
    endpoints
}

/// Assistants do not hear capitals.
fn folded(alias: &Alias) -> String {
    alias.as_str().to_lowercase()
}

/// Adds what is granted about a lock to what was; false if it was granted already.
fn join(lock: &mut Lock, more: Lock) -> bool {
    let twice = lock.read.is_some() && more.read.is_some()
        || !lock.closes.is_empty() && !more.closes.is_empty()
        || !lock.opens.is_empty() && !more.opens.is_empty();
    lock.read = lock.read.take().or(more.read);
    lock.closes.extend(more.closes);
    lock.opens.extend(more.opens);
    !twice
}
