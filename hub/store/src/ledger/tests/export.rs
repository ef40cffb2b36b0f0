//! G6 on paper: an export tells of each change made to it.

use super::*;

fn verify(text: &str, noted: Option<Head>) -> Result<Verdict, Flaw> {
    verify_bytes(text.as_bytes(), noted)
}

fn verify_bytes(text: &[u8], noted: Option<Head>) -> Result<Verdict, Flaw> {
    verify_export(text, noted).map_err(|error| match error {
        VerifyError::Flaw(flaw) => flaw,
        VerifyError::Input(error) => panic!("{error}"),
    })
}

/// The number of the entry that a flaw names, if it names one.
fn named(flaw: Flaw) -> Option<u64> {
    match flaw {
        Flaw::Line { number, .. } | Flaw::Edited { number } | Flaw::Unlinked { number } | Flaw::Row { number } => {
            Some(number)
        }
        Flaw::Checkpoint { number } | Flaw::Moved { number, .. } | Flaw::Replaced { number } => Some(number),
        Flaw::Empty | Flaw::Removed { .. } | Flaw::RollUp | Flaw::Truncated { .. } => None,
    }
}

#[test]
fn each_byte_that_is_flipped_is_found_in_its_entry() {
    let dir = tempfile::tempdir().unwrap();
    let text = exported(&filled(dir.path(), 30));
    assert_eq!(verify(&text, None).unwrap().entries, 31);
    let (mut bytes, mut line) = (text.clone().into_bytes(), 0);
    for at in 0..bytes.len() {
        // Each bit in turn.
        let flip = 1 << (at % 8);
        bytes[at] ^= flip;
        let flaw = verify_bytes(&bytes, None).expect_err(&format!("byte {at}, bit {flip:#x}"));
        // The first line holds the key, to which the first entry is bound.
        assert_eq!(named(flaw), Some(line.max(1)), "byte {at}: {flaw}");
        bytes[at] ^= flip;
        line += u64::from(bytes[at] == b'\n');
    }
    assert_eq!((line, text.as_bytes()), (32, &bytes[..]));
}

#[test]
fn lines_that_are_removed_moved_repeated_or_cut_off_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = filled(dir.path(), 30);
    let (text, noted) = (exported(&ledger), ledger.head().unwrap());
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    for n in 1..=30usize {
        let number = n as u64;
        let without = [&lines[..n], &lines[n + 1..]].concat().concat();
        assert_eq!(verify(&without, None), Err(Flaw::Removed { first: number, last: number }));
        let twice = [&lines[..=n], &lines[n..]].concat().concat();
        assert_eq!(verify(&twice, None), Err(Flaw::Moved { number, expected: number + 1 }));
        let mut swapped = lines.clone();
        swapped.swap(n, n + 1);
        assert_eq!(verify(&swapped.concat(), None), Err(Flaw::Moved { number: number + 1, expected: number }));
        let cut = lines[..=n].concat();
        assert_eq!(verify(&cut, None).unwrap().head.number, number, "only who noted a head can tell");
        assert_eq!(verify(&cut, noted), Err(Flaw::Truncated { last: number, noted: 31 }));
        assert_eq!(
            verify_bytes(&cut.as_bytes()[..cut.len() - 1], None),
            Err(Flaw::Line { line: number + 1, number }),
            "half a line"
        );
    }
    assert_eq!(verify(&lines[1..].concat(), None), Err(Flaw::Line { line: 1, number: 1 }));
    assert_eq!(verify(&text, noted).unwrap().noted, Noted::Found);
    assert_eq!(verify("", None), Err(Flaw::Empty));
}

#[test]
fn the_same_said_in_another_way_is_a_change_too() {
    let dir = tempfile::tempdir().unwrap();
    let text = exported(&filled(dir.path(), 5));
    let line = |n: usize| text.lines().nth(n).unwrap();
    assert!(line(5).contains(r#""body":"{\"n\":5,\"é\":\"\\n\"}""#), "{}", line(5));
    assert!(line(1).contains(r#""body_hex":"ff0001""#), "{}", line(1));
    let ways = [
        ("\"number\":3", "\"number\": 3"),
        ("\"number\":3,", "\"x\":1,\"number\":3,"),
        ("how is Doors", "how is \\u0044oors"),
        ("\"body_hex\":\"ff0001\"", "\"body_hex\":\"FF0001\""),
        ("\"body\":\"\"", "\"body_hex\":\"\""),
        ("\"audience\":null", "\"audience\":\"\""),
    ];
    for (from, to) in ways {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(matches!(verify(&changed, None), Err(Flaw::Line { .. })), "{to}");
    }
}

#[test]
fn any_text_is_an_export_or_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let text = exported(&filled(dir.path(), 3));
    let opening = text.lines().next().unwrap();
    let long = "x".repeat(600_000);
    let rolled = "{\"rolled_up\":{\"first\":1}}";
    for rest in ["", "\n", "{}", "[[[[", "null", "\u{0}", rolled, &long] {
        let wrong = verify(&format!("{opening}\n{rest}\n"), None).unwrap_err();
        assert_eq!(wrong, Flaw::Line { line: 2, number: 1 });
        assert_eq!(verify(&format!("{rest}\n"), None).unwrap_err(), Flaw::Line { line: 1, number: 1 });
    }
}
