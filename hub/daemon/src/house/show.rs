//! What the house says on MQTT and to watchers: states, availability, the bridge's own topics, discovery.

use std::time::Duration;

use bytes::Bytes;
use home::payload::Payload;
use home::{Adapter, Availability, Capability, Device, Ieee, Interview, LogEntry, LogKind, Publicity};
use serde_json::{Value, json};

use super::House;
use super::outbox::{Outgoing, Show};
use crate::mqtt::discovery::{self, Told};
use crate::views;

/// How long the last message may take.
const GOODBYE: Duration = Duration::from_secs(1);

impl House {
    /// Publishes what is ready.
    pub(super) fn publish(&self, show: Show) {
        for message in show.messages {
            let publish = broker::Publish {
                topic: message.topic.into(),
                payload: Bytes::from(message.payload),
                qos: broker::Qos::AtLeastOnce,
                retain: message.retain.then_some(broker::Durability::Volatile),
            };
            if let Err(error) = self.outside.local.publish(publish) {
                tracing::error!(%error, "a topic of the hub's own is not valid");
            }
        }
        if let Some(line) = show.line {
            // Nobody may be watching.
            let _ = self.watchers.send(line);
        }
    }

    /// Says everything that is known: at start.
    pub(super) fn announce(&mut self) {
        let topics = &self.outside.topics;
        let state = Outgoing::retained(topics.bridge("state"), &json!({"state": "online"}));
        let mut messages = vec![state, self.bridge_info(), self.bridge_devices()];
        for device in self.state.devices() {
            messages.push(self.availability(device));
            messages.extend(self.device_show(device, true).messages);
        }
        self.discovered = self.state.devices().map(|device| (device.ieee, Told::of(device))).collect();
        self.note_all_shown();
        self.publish(Show { messages, line: None });
    }

    /// Remembers the locks of which nothing waits for the disk, as they are shown now.
    pub(super) fn note_all_shown(&mut self) {
        let devices: Vec<_> = self.state.devices().map(|device| device.ieee).collect();
        for device in devices {
            self.note_shown(device);
        }
    }

    /// Remembers a device as it is shown now, if it is a lock and nothing about it waits for the disk.
    pub(super) fn note_shown(&mut self, device: Ieee) {
        let lock = self.state.device(device).filter(|device| device.can(Capability::Lock));
        if let Some(lock) = lock.filter(|lock| !self.outbox.holds(lock.ieee)) {
            self.shown.insert(device, views::device(lock));
        }
    }

    /// A device for those who ask: as it was last shown, if news of it waits for the disk (invariant 2).
    pub(super) fn shown_view(&self, device: &Device) -> Value {
        let last = self.shown.get(&device.ieee).filter(|_| self.outbox.holds(device.ieee));
        last.cloned().unwrap_or_else(|| views::device(device))
    }

    /// Says that nobody is there any more, before a clean stop, and waits until the broker has passed it on.
    pub(super) async fn say_goodbye(&self) {
        let topic = self.outside.topics.bridge("state");
        let heard = self.outside.local.subscribe(&[&topic]);
        let state = Outgoing::retained(topic, &json!({"state": "offline"}));
        let expected = state.payload.clone();
        self.publish(Show { messages: vec![state], line: None });
        let Ok(mut heard) = heard else { return };
        let passed_on = async { while heard.recv().await.is_some_and(|message| message.payload != expected) {} };
        if tokio::time::timeout(GOODBYE, passed_on).await.is_err() {
            tracing::warn!("the broker did not pass the goodbye on");
        }
    }

    /// Home Assistant has started anew and asks for everything. What waits for the disk is still not told.
    pub(super) fn rediscover(&mut self) {
        let shows: Vec<_> = self.state.devices().map(|device| (device.ieee, self.device_show(device, true))).collect();
        for (ieee, show) in shows {
            self.show(None, Some(ieee), Publicity::AtOnce, show);
        }
    }

    /// A device's state, and with `registered` also its discovery.
    pub(super) fn device_show(&self, device: &Device, registered: bool) -> Show {
        let topics = &self.outside.topics;
        let payload = serde_json::to_vec(&Payload(device)).unwrap_or_default();
        let mut messages = vec![Outgoing { topic: topics.state(device.name.as_str()), payload, retain: true }];
        if registered {
            messages.push(self.availability(device));
            let entities = discovery::entities(topics, device);
            messages.extend(entities.into_iter().map(|entity| Outgoing::retained(entity.topic, &entity.config)));
        }
        let watched = self.watchers.receiver_count() > 0;
        let line = watched.then(|| json!({"change": "device", "device": views::device(device)}).to_string().into());
        Show { messages, line }
    }

    pub(super) fn availability(&self, device: &Device) -> Outgoing {
        let word = if device.availability == Availability::Online { "online" } else { "offline" };
        let topic = self.outside.topics.availability(device.name.as_str());
        Outgoing { topic, payload: word.into(), retain: true }
    }

    /// Takes away what is kept under a name.
    pub(super) fn withdraw(&self, name: &str) -> Vec<Outgoing> {
        let topics = &self.outside.topics;
        vec![Outgoing::clear(topics.state(name)), Outgoing::clear(topics.availability(name))]
    }

    pub(super) fn bridge_info(&self) -> Outgoing {
        let up = self.now().up;
        let joinable = self.state.adapters().map(|adapter| adapter.joinable(up).as_secs()).max().unwrap_or(0);
        let adapters: Vec<_> = self.state.adapters().map(|adapter| self.adapter_view(adapter)).collect();
        let body = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "name": self.outside.name,
            "permit_join": joinable > 0,
            "permit_join_seconds": joinable,
            "adapters": adapters,
        });
        Outgoing::retained(self.outside.topics.bridge("info"), &body)
    }

    pub(super) fn bridge_devices(&self) -> Outgoing {
        let devices: Vec<_> = self.state.devices().map(list_entry).collect();
        Outgoing::retained(self.outside.topics.bridge("devices"), &Value::Array(devices))
    }

    pub(super) fn adapter_view(&self, adapter: &Adapter) -> Value {
        let port = self.outside.adapters.get(&adapter.name).map_or("", |seat| seat.port.as_str());
        views::adapter(adapter, port, self.now().up)
    }

    pub(super) fn bridge_event(&self, kind: &str, data: &Value) -> Outgoing {
        Outgoing::json(self.outside.topics.bridge("event"), &json!({"type": kind, "data": data}))
    }

    /// How far an interview is, in the words that MQTT programs know.
    pub(super) fn interview_event(&self, device: &Device) -> Outgoing {
        let status = match device.interview {
            Interview::Waiting | Interview::Running(_) => "started",
            Interview::Done => "successful",
            Interview::Failed(_) => "failed",
        };
        let (name, ieee) = (device.name.as_str(), device.ieee.to_string());
        self.bridge_event("device_interview", &json!({"friendly_name": name, "ieee_address": ieee, "status": status}))
    }

    /// A log entry as the event that MQTT programs know.
    pub(super) fn event_message(&self, entry: &LogEntry, mut view: Value) -> Outgoing {
        let kind = if entry.kind == LogKind::Joined { "device_joined" } else { entry.kind.word() };
        if let Some(object) = view.as_object_mut() {
            object.insert("friendly_name".to_owned(), object.get("device").cloned().unwrap_or(Value::Null));
            object.insert("ieee_address".to_owned(), object.get("ieee").cloned().unwrap_or(Value::Null));
        }
        self.bridge_event(kind, &view)
    }

    /// What is wrong with a message to a device, on the device's own error topic.
    pub(super) fn say_error(&self, device: &str, error: &str) {
        // The name comes from a topic, so it has no wildcard; it need not be a device's.
        let topic = self.outside.topics.error(device);
        self.publish(Show { messages: vec![Outgoing::json(topic, &json!({"error": error}))], line: None });
    }
}

/// A device in `bridge/devices`.
fn list_entry(device: &Device) -> Value {
    let description = device.description.as_ref();
    json!({
        "friendly_name": device.name.as_str(),
        "ieee_address": device.ieee.to_string(),
        "manufacturer": description.map(|d| d.manufacturer.as_str()),
        "model_id": description.map(|d| d.model.as_str()),
        "software_build_id": description.and_then(|d| d.software.as_deref()),
        "capabilities": description.iter().flat_map(|d| d.capabilities.iter().map(|c| c.word())).collect::<Vec<_>>(),
        "room": device.room.as_ref().map(home::Name::as_str),
        "interview_state": device.interview.word(),
        "interview_completed": device.interview == home::Interview::Done,
        "supported": description.is_some_and(|d| !d.capabilities.is_empty()),
    })
}
