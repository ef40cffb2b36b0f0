//! Licences of what we ship and build with, against the list in `.cargo/deny.toml`: the part of cargo-deny that must hold on every
//! machine, also where that tool is not installed.

use serde_json::Value;
use toml::{Table, Value as Toml};

/// Packages of others, from `cargo metadata`, whose licence expression the rules do not satisfy.
pub(crate) fn violations(rules: &str, metadata: &Value) -> Vec<String> {
    let rules: Table = rules.parse().unwrap();
    let licences = &rules["licenses"];
    let mut found = Vec::new();
    let packages = metadata["packages"].as_array().unwrap().iter().filter(|package| !package["source"].is_null());
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let exceptions = licences.get("exceptions").and_then(Toml::as_array).into_iter().flatten();
        let exception = exceptions.filter(|row| row["crate"].as_str() == Some(name)).map(|row| &row["allow"]);
        let allowed: Vec<&str> = exception
            .chain([&licences["allow"]])
            .flat_map(|list| list.as_array().unwrap())
            .filter_map(Toml::as_str)
            .collect();
        let expression = package["license"].as_str().unwrap_or("none");
        if !satisfied(expression, &allowed) {
            found.push(format!("{name}: licence {expression} is not on the list"));
        }
    }
    found
}

/// Whether an SPDX expression (or the old form with `/`) can be met with the licences in `allowed`.
fn satisfied(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = any(&words, allowed);
    met && rest.is_empty()
}

fn any<'a>(words: &'a [&'a str], allowed: &[&str]) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = all(words, allowed);
    while let ["OR", more @ ..] = rest {
        let (also, left) = all(more, allowed);
        (met, rest) = (met || also, left);
    }
    (met, rest)
}

fn all<'a>(words: &'a [&'a str], allowed: &[&str]) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let ["AND", more @ ..] = rest {
        let (also, left) = one(more, allowed);
        (met, rest) = (met && also, left);
    }
    (met, rest)
}

fn one<'a>(words: &'a [&'a str], allowed: &[&str]) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inside @ ..] => match any(inside, allowed) {
            (met, [")", rest @ ..]) => (met, rest),
            (_, rest) => (false, rest),
        },
        [licence, "WITH", exception, rest @ ..] => {
            (allowed.contains(&format!("{licence} WITH {exception}").as_str()), rest)
        }
        [licence, rest @ ..] => (allowed.contains(licence), rest),
        [] => (false, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn expressions_are_read_as_spdx_says() {
        let allowed = ["MIT", "BSD-3-Clause", "Apache-2.0 WITH LLVM-exception"];
        for met in [
            "MIT",
            "MIT/GPL-3.0",
            "GPL-3.0 OR MIT",
            "(GPL-3.0 OR MIT) AND BSD-3-Clause",
            "GPL-3.0 AND X OR MIT",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(satisfied(met, &allowed), "{met}");
        }
        for unmet in ["GPL-3.0", "MIT AND GPL-3.0", "", "(MIT", "MIT MIT", "Apache-2.0", "Apache-2.0 WITH Other"] {
            assert!(!satisfied(unmet, &allowed), "{unmet}");
        }
    }

    #[test]
    fn a_seeded_licence_is_found_and_an_exception_is_for_one_crate() {
        let rules = r#"
            [licenses]
            allow = ["MIT"]
            exceptions = [{ crate = "odd", allow = ["MPL-2.0"] }]
        "#;
        let package = |name: &str, licence: &str| json!({"name": name, "license": licence, "source": "registry"});
        let ours = json!({"name": "ours", "license": "Secret", "source": null});
        let none = json!({"name": "none", "license": null, "source": "registry"});
        let packages = json!({"packages": [package("odd", "MPL-2.0"), package("other", "MPL-2.0"), package("fine", "MIT"), ours, none]});
        assert_eq!(
            violations(rules, &packages),
            ["other: licence MPL-2.0 is not on the list", "none: licence none is not on the list"]
        );
    }
}
