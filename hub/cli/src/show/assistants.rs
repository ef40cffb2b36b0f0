//! Voice assistants in words: what is granted, what changes, how the way to them is, what left.

use serde_json::Value;

use super::items;
use crate::text::{NONE, field, lines, plain, table, when};

fn part<'a>(data: &'a Value, key: &str) -> &'a Value {
    data.get(key).unwrap_or(&Value::Null)
}

fn is(data: &Value, key: &str) -> bool {
    part(data, key) == &Value::Bool(true)
}

/// What a policy grants, a sentence each.
pub(crate) fn grants(data: &Value) -> String {
    let mut text: Vec<_> = items(part(data, "grants")).map(plain).collect();
    if text.is_empty() {
        text.push("nothing is granted to anybody".to_owned());
    }
    lines(&text)
}

/// The policy in force.
pub(crate) fn policy(data: &Value) -> String {
    if !is(data, "applied") {
        return "no policy is in force: nothing leaves the house; `hearth policy apply` puts one into force\n"
            .to_owned();
    }
    // The owner's own text, which was checked when it came into force.
    let text: Vec<_> = part(data, "text").as_str().unwrap_or_default().lines().map(crate::text::clean).collect();
    format!("{}\n{}", grants(data), lines(&text))
}

/// What changes, what widens first.
pub(crate) fn changes(data: &Value) -> String {
    let line = |change: &Value| {
        let sign = match part(change, "direction").as_str() {
            Some("widens") => "+ widens ",
            Some("narrows") => "- narrows",
            _ => "  same   ",
        };
        format!("{sign}  {}", field(change, "what"))
    };
    let text: Vec<_> = items(part(data, "changes")).map(line).collect();
    if text.is_empty() { "nothing changes\n".to_owned() } else { lines(&text) }
}

/// That a policy is in force.
pub(crate) fn applied(data: &Value) -> String {
    let count = items(part(data, "grants")).count();
    format!("in force: {count} grants; `hearth policy preview AUDIENCE` shows what an assistant gets\n")
}

/// Questions and the bytes that answer them.
pub(crate) fn messages(data: &Value) -> String {
    let both = |message: &Value| {
        ["question", "answer"].map(|key| {
            let bytes = part(message, key).as_str().unwrap_or_default();
            format!("# {key}, {} bytes\n{}", bytes.len(), crate::text::clean(bytes))
        })
    };
    lines(&items(part(data, "messages")).flat_map(both).collect::<Vec<_>>())
}

/// How the way to the assistants is.
pub(crate) fn gateway(data: &Value) -> String {
    let state = match part(data, "state").as_str() {
        Some("no_policy") => "shut: no policy grants anything to anybody",
        Some("no_socket") => "shut: [gateway] socket is not set in hearth.toml",
        Some("not_paired") => "shut: no relay is paired; `hearth gateway pair` makes a key",
        Some("paused") => "paused; `hearth gateway resume` goes on",
        Some("waiting") => "open, and waiting for the gateway and its broker",
        Some("connected") => "open and connected",
        _ => "SHUT because of a problem",
    };
    let mut text = vec![format!("state      {state}")];
    text.extend(
        Some(part(data, "problem")).filter(|problem| !problem.is_null()).map(|p| format!("problem    {}", plain(p))),
    );
    let audiences: Vec<_> = items(part(data, "audiences")).map(plain).collect();
    text.push(format!("audiences  {}", if audiences.is_empty() { NONE.to_owned() } else { audiences.join(", ") }));
    text.push(format!("relay      {}", if is(data, "paired") { "paired" } else { "not paired" }));
    text.push(format!("PIN        {}", if is(data, "pin") { "set" } else { "none" }));
    let all = |part: &Value, keys: &[&str]| {
        keys.iter().map(|key| format!("{} {}", field(part, key), key.replace('_', " "))).collect::<Vec<_>>().join(", ")
    };
    let counts = ["questions", "answers", "deeds", "pushes", "refused_frames", "unheard", "late", "unwritten"];
    text.push(format!("here       {}", all(part(data, "counts"), &counts)));
    let relay = part(data, "relay");
    if !relay.is_null() {
        let counts = ["requests", "replies", "no_frame", "too_fast", "undelivered", "lost"];
        let broker = if is(relay, "connected") { "has its broker" } else { "has no broker now" };
        text.push(format!("gateway    {broker}; {}", all(relay, &counts)));
    }
    lines(&text)
}

/// A key that is shown once, and as a code to scan.
pub(crate) fn key(data: &Value, code: Option<&str>) -> String {
    let key = field(data, "key");
    let code = code.map_or_else(String::new, |code| format!("{code}\n\n"));
    format!(
        "{code}{key}\n\nThis is the relay's key. It is not shown again: put it into the relay's pairing-key file now.\n"
    )
}

/// Entries of the ledger.
pub(crate) fn entries(data: &Value, bodies: bool) -> String {
    let entries: Vec<_> = items(part(data, "entries")).collect();
    if entries.is_empty() {
        return "nothing is in the ledger, so nothing has left the house\n".to_owned();
    }
    let row = |entry: &&Value| ["number", "audience", "kind", "detail"].map(|key| field(entry, key));
    let mut text = if bodies {
        let both = |entry: &&Value| {
            let [number, audience, kind, detail] = row(entry);
            let head = format!("{number}  {}  {audience}  {kind}  {detail}", when(entry, "at"));
            let body = part(entry, "body").as_str().map(|body| format!("    {}", crate::text::clean(body)));
            lines(&std::iter::once(head).chain(body).collect::<Vec<_>>())
        };
        entries.iter().map(both).collect()
    } else {
        let rows: Vec<_> = entries
            .iter()
            .map(|entry| {
                let [number, audience, kind, detail] = row(entry);
                [number, when(entry, "at"), audience, kind, detail]
            })
            .collect();
        table(["NUMBER", "AT (UTC)", "AUDIENCE", "KIND", "WHAT"], &rows)
    };
    if let Some(more) = part(data, "more").as_u64() {
        text.push_str(&lines(&[format!("older ones: --before {more}")]));
    }
    if part(data, "damaged").as_u64().is_some_and(|damaged| damaged > 0) {
        let damaged = field(data, "damaged");
        text.push_str(&lines(&[format!("{damaged} could not be read; `hearth ledger verify` tells which")]));
    }
    text
}

/// The last entry's number and hash.
pub(crate) fn head(data: &Value) -> String {
    match part(data, "head") {
        Value::Null => "the ledger is empty\n".to_owned(),
        head => format!("{}\n", plain(head)),
    }
}

/// A ledger in which nothing is wrong.
pub(crate) fn verdict(data: &Value) -> String {
    if part(data, "head").is_null() {
        return "the ledger is empty\n".to_owned();
    }
    let mut text = vec![
        format!("sound      {} entries, signed up to {}", field(data, "entries"), field(data, "signed")),
        format!("head       {}", field(data, "head")),
        format!("key        {}", field(data, "key")),
    ];
    if part(data, "rolled_up").as_u64().is_some_and(|number| number > 0) {
        text.push(format!("rolled up  up to {}", field(data, "rolled_up")));
    }
    text.extend(match part(data, "noted").as_str() {
        Some("found") => Some("noted      nothing was changed up to the head that you noted".to_owned()),
        Some("rolled_up") => Some("noted      the entry of that head was rolled up: nothing can be said".to_owned()),
        _ => None,
    });
    lines(&text)
}
