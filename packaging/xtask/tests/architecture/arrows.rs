//! The table of DESIGN.md: which crate may depend on which. Development dependencies are free.

use serde_json::Value;

/// Crate, and those of ours that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("hearth-home", &[]),
    ("hearth-summary", &[]),
    ("hearth-policy", &["hearth-home", "hearth-summary"]),
    ("hearth-voice", &["hearth-summary"]),
    ("hearth-seal", &[]),
    ("hearth-store", &["hearth-home", "hearth-summary"]),
    ("hearth-broker", &[]),
    (
        "hearthd",
        &[
            "hearth-home",
            "hearth-summary",
            "hearth-policy",
            "hearth-voice",
            "hearth-seal",
            "hearth-store",
            "hearth-broker",
            "hearth-zigbee",
            "hearth-serial",
            "hearth-sim",
            "hearth-web-ui",
        ],
    ),
    ("hearth", &["hearth-home", "hearth-summary"]),
    ("hearth-line", &[]),
    ("hearth-gateway", &["hearth-line"]),
    ("hearth-relay", &["hearth-line", "hearth-seal"]),
    ("hearth-zigbee", &["hearth-home"]),
    ("hearth-serial", &[]),
    ("hearth-sim", &["hearth-zigbee"]),
    ("hearth-web-ui", &["hearth-home", "hearth-summary"]),
    ("xtask", &[]),
];

/// Crates of others that only these of ours may use: each is a way to the disk, the network or a port.
const ONLY: &[(&str, &[&str])] = &[
    ("redb", &["hearth-store"]),
    ("rumqttd", &["hearth-broker"]),
    ("rumqttc", &["hearth-line"]),
    ("tokio-serial", &["hearth-serial"]),
    ("mdns-sd", &["hearthd"]),
    // The page is a server only; a test of its own sees that it names no client.
    ("rustls", &["hearth-line", "hearth-relay", "hearth-web-ui"]),
    ("tokio-rustls", &["hearth-relay", "hearth-web-ui"]),
];

/// Crates of ours that do no I/O and read no clock, so they have no use for these.
const PURE: &[&str] =
    &["hearth-home", "hearth-summary", "hearth-policy", "hearth-voice", "hearth-seal", "hearth-zigbee"];
const IO: &[&str] = &["tokio", "mio", "socket2", "axum", "hyper", "async-std", "smol", "reqwest", "time", "chrono"];

/// What `cargo metadata --no-deps` shows against the tables.
pub(crate) fn violations(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().unwrap();
    let ours: Vec<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let mut found = Vec::new();
    for (package, name) in packages.iter().zip(&ours) {
        let Some((_, allowed)) = ARROWS.iter().find(|(row, _)| row == name) else {
            found.push(format!("{name} is not in the table of crates"));
            continue;
        };
        let shipped = package["dependencies"].as_array().unwrap().iter().filter(|used| used["kind"] != "dev");
        for used in shipped.map(|used| used["name"].as_str().unwrap()) {
            let known = ours.contains(&used) || ARROWS.iter().any(|(row, _)| *row == used);
            let reserved = ONLY.iter().any(|(theirs, users)| *theirs == used && !users.contains(name));
            let impure = PURE.contains(name) && IO.contains(&used);
            if known && !allowed.contains(&used) || reserved || impure {
                found.push(format!("{name} may not depend on {used}"));
            }
        }
    }
    found
}

/// What these of ours must not reach over any number of steps: the house, its database, what is granted, for the process with a way
/// to the internet also what a frame holds, and for the process that has all of it the way to the internet.
const NEVER: &[(&str, &[&str])] = &[
    (
        "hearth-gateway",
        &[
            "hearth-home",
            "hearth-summary",
            "hearth-policy",
            "hearth-voice",
            "hearth-seal",
            "hearth-store",
            "redb",
            "rumqttd",
        ],
    ),
    // What a program needs to speak with the world outside. rustls itself serves the page; the outside's authorities, whom
    // a client would have to know, it must not bring.
    (
        "hearthd",
        &[
            "rumqttc",
            "rustls-native-certs",
            "rustls-platform-verifier",
            "webpki-roots",
            "webpki-root-certs",
            "openssl",
            "native-tls",
            "reqwest",
            "ureq",
        ],
    ),
    ("hearth-voice", &["hearth-home", "hearth-policy", "hearth-store", "redb"]),
    ("hearth-relay", &["hearth-home", "hearth-policy", "hearth-store", "redb"]),
];

/// What the whole graph of `cargo metadata` shows against [`NEVER`], development dependencies left out.
pub(crate) fn reached(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().unwrap();
    let named = |id: &Value| packages.iter().find(|package| package["id"] == *id).unwrap()["name"].as_str().unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let mut found = Vec::new();
    for (start, never) in NEVER {
        let mut seen: Vec<&Value> = nodes.iter().map(|node| &node["id"]).filter(|id| named(id) == *start).collect();
        let mut at = 0;
        while let Some(id) = seen.get(at).copied() {
            at += 1;
            let used = nodes.iter().find(|node| node["id"] == *id).unwrap()["deps"].as_array().unwrap();
            for used in used.iter().filter(|used| shipped(used)).map(|used| &used["pkg"]) {
                if !seen.contains(&used) {
                    seen.push(used);
                }
            }
        }
        let reached = seen.iter().map(|id| named(id)).filter(|name| never.contains(name));
        found.extend(reached.map(|name| format!("{start} reaches {name}")));
    }
    found
}

fn shipped(used: &Value) -> bool {
    used["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_reached_over_another_crate_is_found() {
        let packages = json!([
            {"id": 1, "name": "hearth-gateway"}, {"id": 2, "name": "other"}, {"id": 3, "name": "redb"}, {"id": 4, "name": "hearth-seal"}
        ]);
        let node =
            |id: u8, used: u8, kind: Value| json!({"id": id, "deps": [{"pkg": used, "dep_kinds": [{"kind": kind}]}]});
        let graph = |kind: Value| {
            let ends = [json!({"id": 3, "deps": []}), json!({"id": 4, "deps": []})];
            let nodes = [node(1, 2, Value::Null), node(2, 3, kind)].into_iter().chain(ends).collect::<Value>();
            json!({"packages": packages, "resolve": {"nodes": nodes}})
        };
        assert_eq!(reached(&graph(Value::Null)), ["hearth-gateway reaches redb"]);
        assert_eq!(reached(&graph(json!("build"))), ["hearth-gateway reaches redb"]);
        assert_eq!(reached(&graph(json!("dev"))), [""; 0]);
    }

    fn metadata(name: &str, used: &[(&str, Value)]) -> Value {
        let used: Vec<Value> = used.iter().map(|(name, kind)| json!({"name": name, "kind": kind})).collect();
        json!({"packages": [{"name": name, "dependencies": used}]})
    }

    #[test]
    fn seeded_violations_are_found() {
        let normal = || Value::Null;
        for (name, used, kind) in [
            ("hearth", "hearth-store", normal()),
            ("hearth", "redb", normal()),
            ("hearth-web-ui", "hearth-store", normal()),
            ("hearthd", "redb", json!("build")),
            ("hearth-home", "tokio", normal()),
            ("hearth-gateway", "hearth-seal", normal()),
        ] {
            assert_eq!(violations(&metadata(name, &[(used, kind)])), [format!("{name} may not depend on {used}")]);
        }
        assert_eq!(violations(&metadata("hearth-new", &[])), ["hearth-new is not in the table of crates"]);
    }

    #[test]
    fn what_the_table_allows_and_what_only_tests_use_is_fine() {
        let fine = [("hearth-home", Value::Null), ("redb", Value::Null), ("hearth-sim", json!("dev"))];
        assert_eq!(violations(&metadata("hearth-store", &fine)), [""; 0]);
    }

    #[test]
    fn the_table_itself_has_no_circle() {
        let mut left: Vec<_> = ARROWS.to_vec();
        while !left.is_empty() {
            let before = left.len();
            let names: Vec<&str> = left.iter().map(|row| row.0).collect();
            left.retain(|(_, used)| used.iter().any(|one| names.contains(one)));
            assert!(left.len() < before, "a circle in {names:?}");
        }
    }
}
