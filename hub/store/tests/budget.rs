//! The budget of bytes: a card in a Raspberry Pi wears with each of them (facts/storage.md, section 5).

#![expect(clippy::unwrap_used, reason = "the house in `load` is test code that clippy does not know for such")]

mod load;

#[test]
fn a_report_costs_at_most_700_bytes_and_a_lock_event_one_flush() {
    let dir = tempfile::tempdir().unwrap();
    let store = load::open(dir.path(), 200);
    let before = load::written(&store);
    let reports = load::thermostats(&store, 200, 60);
    let bytes = (load::written(&store) - before) / reports;
    assert!(bytes <= 700, "{bytes} bytes a report");

    let (before, syncs) = (load::written(&store), store.health().core.syncs);
    let events = 20;
    assert_eq!(load::lock_events(&store, events).len(), 20);
    let bytes = (load::written(&store) - before) / events;
    assert!(bytes <= 64 * 1024, "{bytes} bytes a lock event");
    assert_eq!(store.health().core.syncs - syncs, events);
    store.close();
}
