//! What lies beside the chain.

use super::*;
use crate::tables::{SECRETS, SETTINGS};

fn value(text: &str) -> Value {
    Value::new(text.as_bytes().to_vec())
}

fn append(ledger: &Ledger, entries: Vec<Entry>, settings: Vec<(Setting, Option<Value>)>) -> Result<(), CommitError> {
    wait(|done| ledger.append(entries, settings, done))
}

fn told(ledger: &Ledger, setting: &Setting) -> Option<String> {
    let settings = ledger.settings().unwrap();
    settings.get(setting).map(|value| String::from_utf8(value.expose().to_vec()).unwrap())
}

#[test]
fn settings_change_with_their_entries_and_also_alone() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    assert!(ledger.settings().unwrap().is_empty());
    append(&ledger, Vec::new(), vec![(Setting::Engine, Some(value("before any entry")))]).unwrap();
    append(&ledger, vec![nth(1)], vec![(Setting::Policy, Some(value("one"))), (Setting::Policy, Some(value("two")))])
        .unwrap();
    append(&ledger, Vec::new(), vec![(Setting::Pin, Some(value("hash"))), (Setting::Paused, None)]).unwrap();
    ledger.close();
    let ledger = open(dir.path());
    assert_eq!(told(&ledger, &Setting::Policy).as_deref(), Some("two"), "the last one holds");
    assert_eq!(told(&ledger, &Setting::Engine).as_deref(), Some("before any entry"));
    append(&ledger, vec![nth(2)], vec![(Setting::Pin, None)]).unwrap();
    assert_eq!(told(&ledger, &Setting::Pin), None);
    assert_eq!(ledger.verify(None).unwrap().unwrap().head.number, 2);
}

#[test]
fn secrets_lie_where_nobody_looks_and_do_not_print() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let push = Setting::Push("alexa_home".parse().unwrap());
    let settings =
        [Setting::Names, Setting::Pairing, Setting::Pin, push].map(|setting| (setting, Some(value("secret"))));
    append(&ledger, Vec::new(), settings.to_vec()).unwrap();
    assert!(!format!("{:?}", ledger.settings().unwrap()).contains("secret"));
    let counts = ledger.file().read(|txn| Ok((txn.open_table(SECRETS)?.len()?, txn.open_table(SETTINGS)?.len()?)));
    assert_eq!(counts.unwrap(), (4, 0));
}

#[test]
fn a_setting_that_can_not_be_read_hides_all_and_leaves_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    append(&ledger, vec![nth(1)], vec![(Setting::Policy, Some(value("one")))]).unwrap();
    ledger.close();
    let database = redb::Database::open(dir.path().join("ledger.redb")).unwrap();
    let txn = database.begin_write().unwrap();
    txn.open_table(SETTINGS).unwrap().insert("paused", [0xFF].as_slice()).unwrap();
    txn.commit().unwrap();
    drop(database);
    let ledger = open(dir.path());
    assert!(matches!(ledger.settings(), Err(ReadError::File(error)) if error.contains("paused")));
    assert_eq!(ledger.verify(None).unwrap().unwrap().head.number, 1);
}
