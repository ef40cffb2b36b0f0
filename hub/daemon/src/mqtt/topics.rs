//! Topic names (DESIGN.md, "What the outside relies on"), both ways.

use super::set;

/// The topics under one base level.
#[derive(Debug, Clone)]
pub(crate) struct Topics {
    base: String,
}

/// What a message to the hub is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inbound<'a> {
    /// `<base>/<device>/set`, or `<base>/<device>/set/<key>` with a bare value.
    Set {
        /// The device's name or address.
        device: &'a str,
        /// The payload key, if the topic names it.
        key: Option<&'a str>,
    },
    /// `<base>/<device>/get`.
    Get {
        /// The device's name or address.
        device: &'a str,
    },
    /// `<base>/bridge/request/<verb>`.
    Request {
        /// The verb, which may have one slash: `device/rename`.
        verb: &'a str,
    },
    /// Home Assistant says whether it is there.
    HomeAssistant,
}

/// Where Home Assistant says whether it is there.
const HOME_ASSISTANT_STATUS: &str = "homeassistant/status";

impl Topics {
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned() }
    }

    pub(crate) fn state(&self, device: &str) -> String {
        format!("{}/{device}", self.base)
    }

    pub(crate) fn availability(&self, device: &str) -> String {
        format!("{}/{device}/availability", self.base)
    }

    pub(crate) fn set(&self, device: &str) -> String {
        format!("{}/{device}/set", self.base)
    }

    pub(crate) fn set_result(&self, device: &str) -> String {
        format!("{}/{device}/set/result", self.base)
    }

    pub(crate) fn error(&self, device: &str) -> String {
        format!("{}/{device}/error", self.base)
    }

    /// `<base>/bridge/<leaf>`.
    pub(crate) fn bridge(&self, leaf: &str) -> String {
        format!("{}/bridge/{leaf}", self.base)
    }

    /// What the hub listens to.
    pub(crate) fn subscriptions(&self) -> Vec<String> {
        let mut filters = self.commands();
        filters.push(HOME_ASSISTANT_STATUS.to_owned());
        filters
    }

    /// Topics of commands: none of them is ever retained (invariant 10).
    pub(crate) fn commands(&self) -> Vec<String> {
        let tails = ["+/set", "+/set/+", "+/get", "bridge/request/#"];
        tails.iter().map(|tail| format!("{}/{tail}", self.base)).collect()
    }

    /// Topics on which nobody but the hub speaks.
    pub(crate) fn reserved(&self) -> Vec<String> {
        let discovery = ["homeassistant/+/+/config", "homeassistant/+/+/+/config"];
        discovery.map(str::to_owned).into_iter().chain([format!("{}/#", self.base)]).collect()
    }

    /// Topics among the reserved ones on which clients do speak. `set/result` must not be among them, so the keys are
    /// named one by one.
    pub(crate) fn open(&self) -> Vec<String> {
        let mut filters: Vec<_> =
            ["+/set", "+/get", "bridge/request/#"].iter().map(|tail| format!("{}/{tail}", self.base)).collect();
        filters.extend(set::KEYS.iter().map(|key| format!("{}/+/set/{key}", self.base)));
        filters
    }

    /// What a message to `topic` is about, if it is one for the hub.
    pub(crate) fn parse<'a>(&self, topic: &'a str) -> Option<Inbound<'a>> {
        if topic == HOME_ASSISTANT_STATUS {
            return Some(Inbound::HomeAssistant);
        }
        let rest = topic.strip_prefix(&self.base)?.strip_prefix('/')?;
        if let Some(verb) = rest.strip_prefix("bridge/request/") {
            return Some(Inbound::Request { verb });
        }
        let (device, verb) = rest.split_once('/')?;
        match verb {
            "set" => Some(Inbound::Set { device, key: None }),
            "get" => Some(Inbound::Get { device }),
            "set/result" => None,
            _ => verb.strip_prefix("set/").map(|key| Inbound::Set { device, key: Some(key) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_kept_no_more_than_a_set() {
        let topics = Topics::new("hearth");
        assert!(topics.commands().contains(&"hearth/bridge/request/#".to_owned()));
        assert!(topics.commands().iter().all(|filter| topics.subscriptions().contains(filter)));
    }

    /// With and without a node (Home Assistant, MQTT discovery).
    #[test]
    fn nobody_else_tells_home_assistant_what_there_is() {
        let reserved = Topics::new("hearth").reserved();
        for filter in ["hearth/#", "homeassistant/+/+/config", "homeassistant/+/+/+/config"] {
            assert!(reserved.iter().any(|reserved| reserved == filter), "{filter}");
        }
    }

    #[test]
    fn topics_to_the_hub_are_told_apart() {
        let topics = Topics::new("hearth");
        let cases = [
            ("hearth/bath/set", Some(Inbound::Set { device: "bath", key: None })),
            ("hearth/bath/set/system_mode", Some(Inbound::Set { device: "bath", key: Some("system_mode") })),
            ("hearth/bath/get", Some(Inbound::Get { device: "bath" })),
            ("hearth/bridge/request/device/rename", Some(Inbound::Request { verb: "device/rename" })),
            ("homeassistant/status", Some(Inbound::HomeAssistant)),
            ("hearth/bath/set/result", None),
            ("hearth/bath", None),
            ("hearthx/bath/set", None),
            ("other/bath/set", None),
        ];
        for (topic, expected) in cases {
            assert_eq!(topics.parse(topic), expected, "{topic}");
        }
    }
}
