//! What a policy may say, and that all else is refused with its line.

use super::*;

pub(crate) const EXAMPLE: &str = include_str!("../../testdata/example.toml");

fn refused(text: &str) -> String {
    Policy::parse(text).expect_err(text).to_string()
}

#[test]
fn the_example_is_right() {
    let policy = Policy::parse(EXAMPLE).unwrap();
    let names: Vec<_> = policy.audiences().map(::summary::AudienceName::as_str).collect();
    assert_eq!(names, ["alexa_home", "google_home"]);
}

/// Each replacement in the example is one mistake; the answer names its line and its text.
#[test]
fn g3_every_mistake_is_refused_with_its_line() {
    let cases = [
        ("version = 1", "version = 2", "version 2"),
        ("version = 1", "version = 1\nextra = 1", "unknown field `extra`"),
        ("source    =", "sources   =", "unknown field `sources`"),
        ("lock.back.bolt", "lock.*.bolt", "no single device"),
        ("lock.back.bolt", "lock.back.battery", "no \"battery\""),
        ("lock.back.bolt", "oven.back.bolt", "no source"),
        ("{ all_of = \"locked\" }", "{ all_of = \"open\" }", "never open"),
        ("{ all_of = \"locked\" }", "{ all_of = \"locked\", any_of = \"locked\" }", "exactly one transform"),
        ("{ all_of = \"locked\" }", "{ all_of = \"locked\", hysteresis = 1 }", "means nothing"),
        ("{ all_of = \"locked\" }", "{ none_of = \"locked\" }", "unknown field `none_of`"),
        ("\"not_secure\", \"unknown\"", "\"not_secure\"", "not \"unknown\""),
        ("\"not_secure\", \"unknown\"", "\"not_secure\", \"ajar\", \"unknown\"", "not what the transform can say"),
        ("\"15m\" }", "\"15 minutes\" }", "can't stand here"),
        ("below = 18.0", "below = 25.0", "do not share out"),
        ("below = 18.0", "below = 18.001", "two decimals"),
        ("hysteresis = 0.5", "hysteresis = 9", "wider than a band"),
        ("\"cold\", \"comfortable\", \"warm\"", "\"cold\", \"warm\", \"comfortable\"", "not what the transform"),
        ("kind = \"alexa\"", "kind = \"siri\"", "unknown"),
        ("cadence = \"15m\"", "cadence = \"59s\"", "can't stand here"),
        ("reply_after = \"1500ms\"", "reply_after = \"5s\"", "can't stand here"),
        ("summary = \"doors_secure\"", "summary = \"doors\"", "no summary doors"),
        ("as = \"contact_sensor\"", "as = \"camera\"", "unknown"),
        ("as = \"contact_sensor\"", "as = \"contact_sensor\"\npush = true", "may not be told unasked"),
        ("alias = \"Lock up\"", "alias = \"doors\"", "stands twice"),
        ("alias = \"Lock up\"", "alias = \"<b>\"", "can't contain"),
        ("verb = \"set_setpoint\"", "verb = \"set_mode\"", "verb \"set_mode\""),
        ("max = 23.0", "max = 50.0", "from 4 to 35"),
        ("max = 23.0", "", "no bounds"),
        ("target = \"thermostat.hall\"", "target = \"lock.front\"", "can't be the target"),
        ("target = [\"lock.front\", \"lock.back\"]\nas = \"scene\"", "target = []\nas = \"scene\"", "no device"),
        ("as = \"scene\"", "as = \"scene\"\nmin = 1", "min means nothing"),
        ("acknowledge = \"alexa checks the pin\"", "", "Amazon checks"),
        ("acknowledge = \"alexa checks the pin\"", "acknowledge = \"yes\"", "Amazon checks"),
    ];
    for (from, to, says) in cases {
        let text = EXAMPLE.replacen(from, to, 1);
        assert_ne!(text, EXAMPLE, "{from} is not in the example");
        let error = refused(&text);
        assert!(error.contains(says), "{to}: {error}");
        assert!(error.starts_with("line "), "{error}");
    }
}

#[test]
fn a_mistake_is_found_on_its_line() {
    let text = EXAMPLE.replacen("lock.back.bolt", "lock.back.pin", 1);
    let line = text.lines().position(|line| line.contains("lock.back.pin")).unwrap() + 1;
    let errors = Policy::parse(&text).unwrap_err();
    assert_eq!(errors.problems().first().map(|problem| problem.line), Some(line));
}

#[test]
fn a_face_never_says_the_opposite_of_the_word() {
    let text = EXAMPLE.replacen("\"secure\", \"not_secure\"", "\"open\", \"closed\"", 1);
    assert!(refused(&text).contains("can't be shown as contact_sensor"));
}

#[test]
fn step_and_age_and_constant_can_be_said() {
    let text = r#"
version = 1
[summary.a]
source = ["sensor.hall.temperature"]
transform = { step = 2.0, from = 16.0, hysteresis = 0.5 }
values = ["below_16", "from_16", "from_18", "unknown"]
[summary.b]
source = ["sensor.hall.contact"]
transform = { age = [{ below = "1h", as = "lately" }, { as = "long_ago" }] }
values = ["lately", "long_ago", "unknown"]
[summary.c]
source = []
transform = { constant = "off" }
values = ["off", "unknown"]
"#;
    let policy = Policy::parse(text).unwrap();
    let rules: Vec<_> = policy.summaries.values().map(|summary| summary.rule.clone()).collect();
    assert_eq!(rules[0], crate::rule::Rule::Band { edges: vec![1600, 1800], hysteresis: 50 });
    assert_eq!(rules[1], crate::rule::Rule::Age { edges: vec![Duration::from_secs(3600)] });
    assert_eq!(rules[2], crate::rule::Rule::Constant);
}

#[test]
fn an_empty_policy_grants_nothing_and_no_bytes_panic() {
    assert_eq!(Policy::parse("version = 1").unwrap().audiences().count(), 0);
    for text in ["", "version", "version = \"1\"", "\0", "version = 1\n[summary]\n= 3", "[audience.x]"] {
        assert!(Policy::parse(text).is_err(), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn a_damaged_policy_never_panics(at in 0usize..1500, byte: u8) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        let _ = Policy::parse(&String::from_utf8_lossy(&bytes));
    }
}
