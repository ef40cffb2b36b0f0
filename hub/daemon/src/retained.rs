//! Retained messages of MQTT clients, kept in the store.

use std::sync::{Mutex, PoisonError};

use broker::{Qos, RetainedMessage, RetainedStore};
use store::{Retained, Store};

/// The store as the broker sees it.
pub(crate) struct RetainedRows {
    store: Store,
    /// What the last run left; the broker takes it once.
    kept: Mutex<Vec<Retained>>,
}

impl RetainedRows {
    pub(crate) fn new(store: Store, kept: Vec<Retained>) -> Self {
        Self { store, kept: Mutex::new(kept) }
    }
}

impl RetainedStore for RetainedRows {
    fn load(&self) -> Vec<RetainedMessage> {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        kept.into_iter()
            .map(|row| RetainedMessage {
                topic: row.topic,
                payload: row.payload.into(),
                qos: Qos::from_level(row.qos).unwrap_or(Qos::AtMostOnce),
            })
            .collect()
    }

    fn put(&self, message: RetainedMessage) {
        let payload = message.payload.to_vec();
        self.store.retain(Retained { topic: message.topic, payload, qos: message.qos.level() });
    }

    fn remove(&self, topic: &str) {
        self.store.unretain(topic);
    }
}
