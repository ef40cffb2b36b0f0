//! The commands about voice assistants.

use serde_json::json;

use super::fake::{Fake, Seat};

const POLICY: &str = "version = 1\n";

/// A hub, and a folder with a policy.
fn hub(answers: serde_json::Value) -> (Fake, tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    std::fs::write(&file, POLICY).unwrap();
    (Fake::new(answers, &[]), folder, file.display().to_string())
}

#[test]
fn each_command_asks_its_question() {
    let applied = json!({"applied": true, "changes": [], "grants": []});
    let (hub, _folder, file) = hub(json!({"policy-apply": applied, "gateway-status": {"paired": false}}));
    for (words, question) in [
        (format!("policy check {file}"), json!({"verb": "policy-check", "text": POLICY})),
        ("policy show".to_owned(), json!({"verb": "policy-show"})),
        ("policy preview alexa".to_owned(), json!({"verb": "policy-preview", "audience": "alexa"})),
        (format!("policy diff {file}"), json!({"verb": "policy-diff", "new": POLICY})),
        (format!("policy diff {file} {file}"), json!({"verb": "policy-diff", "old": POLICY, "new": POLICY})),
        (format!("policy apply {file}"), json!({"verb": "policy-apply", "text": POLICY})),
        (format!("policy apply {file} --confirm 1f"), json!({"verb": "policy-apply", "text": POLICY, "confirm": "1f"})),
        ("gateway status".to_owned(), json!({"verb": "gateway-status"})),
        ("gateway pause".to_owned(), json!({"verb": "gateway-pause"})),
        ("gateway resume".to_owned(), json!({"verb": "gateway-resume"})),
        ("gateway unpair".to_owned(), json!({"verb": "gateway-unpair"})),
        ("ledger list".to_owned(), json!({"verb": "ledger-list", "limit": 20})),
        (
            "ledger list --limit 5 --before 9 --audience a --kind refused --bodies".to_owned(),
            json!({"verb": "ledger-list", "limit": 5, "before": 9, "audience": "a", "kind": "refused"}),
        ),
        ("ledger verify".to_owned(), json!({"verb": "ledger-verify"})),
        ("ledger verify --head 1:ab".to_owned(), json!({"verb": "ledger-verify", "head": "1:ab"})),
        ("ledger head".to_owned(), json!({"verb": "ledger-head"})),
        ("voice-pin remove".to_owned(), json!({"verb": "voice-pin"})),
    ] {
        let ran = hub.hearth(&words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words}");
        assert_eq!(hub.questions(), json!([question]), "{words}");
    }
    let seat = Seat { input: "4711\n", ..Seat::default() };
    assert_eq!(hub.hearth_at("voice-pin set --pin-stdin", seat).code, 0);
    assert_eq!(hub.questions(), json!([{"verb": "voice-pin", "pin": "4711"}]));
    assert_eq!(hub.hearth("voice-pin set").code, 64);
    assert_eq!(hub.hearth_at("policy check -", Seat { input: POLICY, ..Seat::default() }).code, 0);
}

#[test]
fn what_widens_is_shown_and_needs_its_code() {
    let change = json!({"direction": "widens", "what": "alexa may now hear whether Doors is open"});
    let asks = json!({"applied": false, "changes": [change], "widens": true, "confirm": "1f3a9c", "grants": []});
    let (hub, _folder, file) = hub(json!({"policy-apply": asks}));
    let words = format!("policy apply {file}");
    let alone = hub.hearth(&words);
    assert_eq!(alone.code, 64);
    assert!(alone.out.contains("+ widens   alexa may now hear") && alone.err.contains("--confirm 1f3a9c"), "{alone:?}");
    hub.questions();
    let seat = |input| Seat { input, can_answer: true, ..Seat::default() };
    let wrong = hub.hearth_at(&words, seat("yes\n"));
    assert_eq!((wrong.code, hub.questions().as_array().unwrap().len()), (64, 1));
    let right = hub.hearth_at(&words, seat("1f3a9c\n"));
    assert!(right.err.contains("Type 1f3a9c to let this leave the house:"), "{right:?}");
    assert_eq!(hub.questions()[1], json!({"verb": "policy-apply", "text": POLICY, "confirm": "1f3a9c"}));
}

#[test]
fn a_key_is_shown_once_and_replaced_only_on_demand() {
    let key = "ABCD-".repeat(14).trim_end_matches('-').to_owned();
    let (fresh, ..) = hub(json!({"gateway-status": {"paired": false}, "gateway-pair": {"key": key}}));
    let ran = fresh.hearth("gateway pair");
    assert!(ran.code == 0 && ran.out.contains(&key) && ran.out.contains('█') && ran.out.contains("not shown again"));
    let (paired, ..) = hub(json!({"gateway-status": {"paired": true}, "gateway-pair": {"key": key}}));
    assert_eq!(paired.hearth("gateway pair").code, 64);
    assert_eq!(paired.hearth_at("gateway pair", Seat { input: "no\n", can_answer: true, ..Seat::default() }).code, 64);
    assert!(!paired.questions().to_string().contains("gateway-pair"));
    assert_eq!(paired.hearth("gateway pair --yes").code, 0);
}

#[test]
fn an_export_is_printed_as_it_is_and_a_cut_one_is_an_error() {
    let (one, two) = (json!({"number": 1}), json!({"number": 2}));
    let whole = Fake::new(json!({}), &[one.clone(), two.clone(), json!(null)]).hearth("ledger export");
    assert_eq!((whole.code, whole.out.as_str()), (0, "{\"number\":1}\n{\"number\":2}\n"));
    let cut = Fake::new(json!({}), &[one, two]).hearth("ledger export");
    assert!(cut.code == 74 && cut.err.contains("cut"), "{cut:?}");
}

#[test]
fn a_ledger_that_is_not_sound_is_an_error() {
    let flaw = json!({"sound": false, "flaw": "entry 7 was edited"});
    let ran = Fake::new(json!({"ledger-verify": flaw}), &[]).hearth("ledger verify");
    assert!(ran.code == 65 && ran.err.contains("NOT sound: entry 7"), "{ran:?}");
    let sound =
        json!({"sound": true, "flaw": null, "entries": 3, "head": "3:ab", "signed": 2, "key": "k", "noted": "found"});
    let ran = Fake::new(json!({"ledger-verify": sound}), &[]).hearth("ledger verify");
    assert!(ran.code == 0 && ran.out.contains("3 entries") && ran.out.contains("nothing was changed"), "{ran:?}");
}

#[test]
fn a_file_that_is_no_policy_is_told_by_its_name() {
    let (hub, folder, _) = hub(json!({}));
    let path = folder.path().join("absent.toml").display().to_string();
    let absent = hub.hearth(&format!("policy check {path}"));
    assert!(absent.code == 66 && absent.err.contains("absent.toml"), "{absent:?}");
    std::fs::write(&path, vec![b'#'; 300_000]).unwrap();
    assert!(hub.hearth(&format!("policy apply {path}")).err.contains("more than 262144 bytes"));
    std::fs::write(&path, [0xFF]).unwrap();
    assert!(hub.hearth(&format!("policy apply {path}")).err.contains("not text"));
    assert_eq!(hub.questions(), json!([]));
}
