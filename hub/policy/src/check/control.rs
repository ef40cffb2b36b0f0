//! Controls: a verb, what it is about, and its bounds.

use std::ops::Range;

use summary::{Alias, SetpointRange, Vendor};
use toml::Spanned;

use super::audience::Granted;
use super::{misplaced, number, parsed};
use crate::error::Problems;
use crate::file::{self, Targets};
use crate::model::{Endpoint, Kind, Lock, Placed, Scene, Target, Thermostat};

/// What the owner has to write to let Alexa unlock.
const ACKNOWLEDGE: &str = "alexa checks the pin";
/// Coldest and warmest that may be asked for, in hundredths of °C.
const SETPOINTS: (i32, i32) = (400, 3500);
/// A grant is about a handful of devices.
const MOST_TARGETS: usize = 16;

/// Verb, and the keys that it takes beside `verb` and `alias`.
const VERBS: [(&str, &[&str]); 4] = [
    ("set_setpoint", &["target", "min", "max", "step", "echo", "read_setpoint"]),
    ("lock", &["target", "as"]),
    ("unlock", &["target", "acknowledge"]),
    ("scene", &["lock", "heat"]),
];

pub(super) fn control(written: &file::Control, vendor: Vendor, problems: &mut Problems<'_>) -> Option<Granted> {
    let alias: Option<Alias> = parsed(&written.alias, problems);
    let verb = written.verb.get_ref().as_str();
    let Some((_, keys)) = VERBS.iter().find(|row| row.0 == verb) else {
        let remedy = "write set_setpoint, lock, unlock or scene";
        problems.note(&written.verb.span(), format!("verb {verb:?} is unknown"), remedy);
        return None;
    };
    for (key, span) in given(written).into_iter().filter(|(key, _)| !keys.contains(key)) {
        misplaced(key, &span, verb, problems);
    }
    let kind = match verb {
        "set_setpoint" => Kind::Thermostat(thermostat(written, problems)?),
        "lock" => lock(written, problems)?,
        "unlock" => Kind::Lock(unlock(written, vendor, problems)?),
        _ => Kind::Scene(scene(written, problems)?),
    };
    Some(Granted { endpoint: Endpoint { alias: alias?, kind, push: false }, at: written.alias.span() })
}

/// The keys that are there, and where.
fn given(written: &file::Control) -> Vec<(&'static str, Range<usize>)> {
    fn at<T>(key: &'static str, value: Option<&Spanned<T>>) -> Option<(&'static str, Range<usize>)> {
        value.map(|value| (key, value.span()))
    }
    let all = [
        at("target", written.target.as_ref()),
        at("as", written.face.as_ref()),
        at("min", written.min.as_ref()),
        at("max", written.max.as_ref()),
        at("step", written.step.as_ref()),
        at("echo", written.echo.as_ref()),
        at("read_setpoint", written.read_setpoint.as_ref()),
        at("acknowledge", written.acknowledge.as_ref()),
        at("lock", written.lock.as_ref()),
        at("heat", written.heat.as_ref()),
    ];
    all.into_iter().flatten().collect()
}

fn thermostat(written: &file::Control, problems: &mut Problems<'_>) -> Option<Thermostat> {
    let targets = targets(written.target.as_ref(), false, written, problems)?;
    let (Some(min), Some(max), Some(step)) = (&written.min, &written.max, &written.step) else {
        problems.note(&written.verb.span(), "set_setpoint has no bounds", "write min, max and step in °C");
        return None;
    };
    let span = min.span();
    let narrow = |written, problems: &mut Problems<'_>| {
        number(written, (-5_000, 10_000), problems).and_then(|centi| i16::try_from(centi).ok())
    };
    let (min, max, step) = (narrow(min, problems)?, narrow(max, problems)?, narrow(step, problems)?);
    let range = SetpointRange::new(min, max, step)
        .map_err(|error| problems.note(&span, error.to_string(), "such as min = 15.0, max = 23.0, step = 0.5"))
        .ok()?;
    let flag = |flag: &Option<Spanned<bool>>| flag.as_ref().is_some_and(|flag| *flag.get_ref());
    Some(Thermostat { targets, range, echo: flag(&written.echo), read: flag(&written.read_setpoint) })
}

/// Locking, as a lock that can be asked to, or as a scene that tells nothing.
fn lock(written: &file::Control, problems: &mut Problems<'_>) -> Option<Kind> {
    let closes = targets(written.target.as_ref(), true, written, problems)?;
    match written.face.as_ref().map(|face| face.get_ref().as_str()) {
        Some("lock") => Some(Kind::Lock(Lock { closes, ..Lock::default() })),
        Some("scene") => Some(Kind::Scene(Scene { lock: closes, ..Scene::default() })),
        _ => {
            let span = written.face.as_ref().map_or(written.verb.span(), Spanned::span);
            problems.note(&span, "lock has to appear as something", "write as = \"scene\" or as = \"lock\"");
            None
        }
    }
}

fn unlock(written: &file::Control, vendor: Vendor, problems: &mut Problems<'_>) -> Option<Lock> {
    let opens = targets(written.target.as_ref(), true, written, problems)?;
    let acknowledged = written.acknowledge.as_ref();
    match (vendor, acknowledged.map(|text| text.get_ref().as_str())) {
        (Vendor::Alexa, Some(ACKNOWLEDGE)) | (Vendor::Google, None) => {}
        (Vendor::Alexa, _) => {
            let span = acknowledged.map_or(written.verb.span(), Spanned::span);
            let what = "Amazon checks the PIN itself: whoever gets past it, or into the account, unlocks the door";
            problems.note(&span, what, format!("if you want that, write acknowledge = \"{ACKNOWLEDGE}\""));
        }
        (Vendor::Google, Some(_)) => {
            let span = acknowledged.map_or(written.verb.span(), Spanned::span);
            problems.note(&span, "with google the hub checks the PIN itself", "remove acknowledge");
        }
    }
    Some(Lock { opens, ..Lock::default() })
}

fn scene(written: &file::Control, problems: &mut Problems<'_>) -> Option<Scene> {
    let lock = match &written.lock {
        Some(texts) => targets(Some(texts), true, written, problems)?,
        None => Vec::new(),
    };
    let mut heat = Vec::new();
    for row in written.heat.iter().flat_map(Spanned::get_ref).take(MOST_TARGETS) {
        let target = target(row.target.get_ref(), &row.target.span(), false, problems)?;
        let to = number(&row.to, SETPOINTS, problems)?;
        let whole = SetpointRange::new(400, 3500, 50).ok().and_then(|range| range.at(to));
        let Some(setpoint) = whole.filter(|setpoint| i32::from(setpoint.centi()) == to) else {
            problems.note(&row.to.span(), "a scene heats to whole and half degrees", "write such as 17.5");
            return None;
        };
        heat.push((target, setpoint));
    }
    if lock.is_empty() && heat.is_empty() {
        problems.note(&written.verb.span(), "this scene does nothing", "write lock or heat");
        return None;
    }
    Some(Scene { lock, heat })
}

fn targets(
    texts: Option<&Spanned<Targets>>,
    is_lock: bool,
    written: &file::Control,
    problems: &mut Problems<'_>,
) -> Option<Vec<Placed<Target>>> {
    let span = texts.map_or(written.verb.span(), Spanned::span);
    let list: Vec<&str> = match texts.map(Spanned::get_ref) {
        None => Vec::new(),
        Some(Targets::One(one)) => vec![one],
        Some(Targets::Many(many)) => many.iter().map(String::as_str).collect(),
    };
    if list.is_empty() || list.len() > MOST_TARGETS {
        let remedy = format!("name 1 to {MOST_TARGETS} devices, such as \"lock.front\"");
        problems.note(&span, format!("{} is about no device or too many", written.verb.get_ref()), remedy);
        return None;
    }
    list.into_iter().map(|text| target(text, &span, is_lock, problems)).collect()
}

fn target(text: &str, span: &Range<usize>, is_lock: bool, problems: &mut Problems<'_>) -> Option<Placed<Target>> {
    let found = Target::parse(text).filter(|target| target.is_lock == is_lock);
    if found.is_none() {
        let form = if is_lock { "lock.<device>" } else { "thermostat.<device>" };
        problems.note(span, format!("{text:?} can't be the target"), format!("write {form}"));
    }
    found.map(|it| Placed { line: problems.line(span), it })
}
