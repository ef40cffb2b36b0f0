//! The newest of each topic, within the cap, and each subscription's share once.

use std::sync::Mutex;

use super::*;

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl RetainedStore for Log {
    fn load(&self) -> Vec<RetainedMessage> {
        let stored = |topic: &str| RetainedMessage { topic: topic.into(), payload: "x".into(), qos: Qos::AtMostOnce };
        vec![stored("old"), stored("not/a/#/topic")]
    }

    fn put(&self, message: RetainedMessage) {
        self.0.lock().unwrap().push(format!("put {}", message.topic));
    }

    fn remove(&self, topic: &str) {
        self.0.lock().unwrap().push(format!("remove {topic}"));
    }
}

fn message(topic: &str, payload: &'static str, durable: bool) -> Arc<Message> {
    Arc::new(Message {
        topic: topic.into(),
        payload: payload.into(),
        qos: Qos::AtMostOnce,
        retain: true,
        again: false,
        publisher: Publisher::Hub,
        session: 0,
        durable,
        properties: None,
        arrived: Instant::now(),
    })
}

fn all(retained: &Retained, page: &mut Page, limit: usize) -> Vec<String> {
    let turn = retained.turn(page, limit, Instant::now());
    turn.iter().map(|message| message.topic.to_string()).collect()
}

fn empty(messages: usize, bytes: usize) -> (Arc<Log>, Retained) {
    let store = Arc::new(Log::default());
    let mut retained = Retained::load(Arc::clone(&store) as _, Cap { messages, bytes }, Instant::now());
    assert_eq!(retained.len(), 1, "the invalid topic is not loaded");
    retained.update(&message("old", "", true));
    store.0.lock().unwrap().clear();
    (store, retained)
}

#[test]
fn the_store_follows_what_is_durable() {
    let (store, mut retained) = empty(10, 10_000);
    retained.update(&message("state", "1", false));
    retained.update(&message("note", "1", true));
    retained.update(&message("note", "2", true));
    // The hub takes a client's topic over: the store must not bring the old value back.
    retained.update(&message("note", "3", false));
    retained.update(&message("note", "", true));
    retained.update(&message("never there", "", true));
    let log = store.0.lock().unwrap().join(", ");
    assert_eq!(log, "put note, put note, remove note");
    assert_eq!((retained.len(), retained.used.messages, retained.used.bytes), (1, 0, 0));
}

#[test]
fn the_cap_holds_for_clients_and_frees_with_them() {
    let (_, mut retained) = empty(2, 10_000);
    assert!(retained.update(&message("a", "1", true)));
    assert!(retained.update(&message("b", "1", true)));
    assert!(!retained.update(&message("c", "1", true)));
    assert!(retained.update(&message("b", "2", true)), "a newer value of a kept topic");
    assert!(retained.update(&message("hub", "1", false)), "the hub is not counted");
    retained.update(&message("a", "", true));
    assert!(retained.update(&message("c", "1", true)));
    let (_, mut retained) = empty(100, 400);
    assert!(retained.update(&message("a", "1", true)));
    assert!(retained.update(&message("b", "1", true)));
    assert!(!retained.update(&message("c", "1", true)), "bytes count too");
}

#[test]
fn pages_give_each_message_once_and_nothing_newer_than_the_subscription() {
    let (_, mut retained) = empty(100, 100_000);
    for topic in ["a/1", "a/2", "a/3", "b/1"] {
        retained.update(&message(topic, "x", true));
    }
    let mut page = Page::new("a/+".into(), &retained);
    retained.update(&message("a/2", "came live", true));
    retained.update(&message("a/9", "came live", true));
    assert_eq!(all(&retained, &mut page, 1), ["a/1"]);
    assert_eq!(all(&retained, &mut page, 1), ["a/3"]);
    assert!(all(&retained, &mut page, 1).is_empty());
    assert_eq!(all(&retained, &mut Page::new("#".into(), &retained), 100).len(), 5);
    assert_eq!(all(&retained, &mut Page::new("b/1".into(), &retained), 100), ["b/1"]);
}
