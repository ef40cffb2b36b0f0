//! What a client asks for: publish, subscribe, acknowledge, leave. Each request is checked against the
//! standard, the user's rights and the topics that are the hub's own.

use std::sync::Arc;

use bytes::Bytes;
use rumqttd::protocol::{
    Filter, PubAckReason, PubRecReason, QoS, RetainForwardRule, SubscribeReasonCode, UnsubAckReason,
};
use tokio::time::Instant;

use super::{Client, Leave, TOPIC_ALIASES};
use crate::{
    hub::RetainHandling,
    mailbox::{Finished, Pending, RECEIVE_MAXIMUM, Reason, Ticket},
    message::{Message, Publisher, Qos},
    topic,
    tree::Subscription,
    wire::{Inbound, Incoming, Version, WireError},
};

/// Most QoS 2 messages of a 3.1.1 client received and not released; some send as many as they like.
const MAX_UNRELEASED: u16 = 8192;

/// A publish that waits for its PUBACK or PUBREC.
pub(super) struct Unanswered {
    packet_id: u16,
    qos: Qos,
    allowed: bool,
    done: bool,
}

impl Client {
    pub(super) fn handle(&mut self, incoming: Incoming, now: Instant) -> Result<(), Leave> {
        let hub = Arc::clone(&self.shared.hub);
        match incoming {
            Incoming::Publish(inbound) => self.publish(*inbound, now)?,
            Incoming::Acknowledged(id) | Incoming::Recorded { packet_id: id, accepted: false } => {
                hub.with(self.session, |session| session.acknowledged(id));
            }
            Incoming::Recorded { packet_id, accepted: true } => {
                hub.with(self.session, |session| session.recorded(packet_id));
                self.encoder.pubrel(packet_id, &mut self.out);
            }
            Incoming::Released(id) => {
                let known = hub.with(self.session, |session| session.received.remove(&id));
                self.encoder.pubcomp(id, known.unwrap_or(false), &mut self.out);
            }
            Incoming::Completed(id) => {
                hub.with(self.session, |session| session.completed(id));
            }
            Incoming::Subscribe { packet_id, filters, id } => {
                let codes = filters.iter().map(|filter| self.subscribe(filter, id)).collect();
                self.encoder.suback(packet_id, codes, &mut self.out);
            }
            Incoming::Unsubscribe { packet_id, filters } => {
                let removed = filters.iter().map(|filter| hub.unsubscribe(self.session, filter));
                let reasons =
                    removed.map(
                        |removed| {
                            if removed { UnsubAckReason::Success } else { UnsubAckReason::NoSubscriptionExisted }
                        },
                    );
                self.encoder.unsuback(packet_id, reasons.collect(), &mut self.out);
            }
            Incoming::Ping => self.encoder.pingresp(&mut self.out),
            Incoming::Disconnect { with_will, expiry } => return Err(Leave::Goodbye { with_will, expiry }),
        }
        Ok(())
    }

    fn publish(&mut self, mut inbound: Inbound, now: Instant) -> Result<(), Leave> {
        let topic = self.resolve_topic(&mut inbound)?;
        let (packet_id, qos) = (inbound.packet_id, inbound.qos);
        let rights = &self.identity.rights;
        let allowed = !self.shared.hub.rules.is_reserved(&topic) && rights.may_publish(&topic);
        if qos > Qos::AtMostOnce {
            if qos == Qos::ExactlyOnce && !self.is_first(packet_id, allowed)? {
                self.encoder.pubrec(packet_id, PubRecReason::Success, &mut self.out);
                return Ok(());
            }
            self.unanswered.push_back(Unanswered { packet_id, qos, allowed, done: !allowed });
        }
        if !allowed {
            self.shared.hub.counters.refused_publishes.add(1);
            return Ok(());
        }
        let message = Message {
            topic,
            // A copy, so that a small message does not keep a large read buffer alive.
            payload: Bytes::copy_from_slice(&inbound.payload),
            qos,
            retain: inbound.retain,
            again: inbound.again,
            publisher: Publisher::Client { user: Arc::clone(&self.identity.user), client_id: Arc::clone(&self.name) },
            session: self.session.id,
            durable: true,
            properties: inbound.properties.map(Box::new),
            arrived: now,
        };
        let ticket = Ticket::new(&self.mailbox, Finished { packet_id, qos }, message.cost());
        self.shared.switch.publish(message, Some(ticket));
        Ok(())
    }

    /// Notes the packet id of a QoS 2 message; false if the message is here already (MQTT 5.0, 4.3.3).
    fn is_first(&self, packet_id: u16, allowed: bool) -> Result<bool, Leave> {
        let most = usize::from(match self.encoder.version {
            Version::V4 => MAX_UNRELEASED,
            Version::V5 => RECEIVE_MAXIMUM,
        });
        let first = self.shared.hub.with(self.session, |session| {
            if session.received.len() >= most && !session.received.contains(&packet_id) {
                return Err(Leave::Told(Reason::ReceiveMaximumExceeded));
            }
            Ok(if allowed { session.received.insert(packet_id) } else { !session.received.contains(&packet_id) })
        });
        first.unwrap_or(Err(Leave::Told(Reason::SessionTakenOver)))
    }

    /// The topic of a publish, with its alias resolved or set (MQTT 5.0, 3.3.2.3.4).
    fn resolve_topic(&mut self, inbound: &mut Inbound) -> Result<Arc<str>, Leave> {
        let mut alias = None;
        if let Some(properties) = &mut inbound.properties {
            alias = properties.topic_alias.take();
            if !properties.subscription_identifiers.is_empty() {
                return Err(WireError::Protocol("subscription identifier from a client").into());
            }
        }
        if alias.is_some_and(|alias| alias == 0 || alias > TOPIC_ALIASES) {
            return Err(Leave::Told(Reason::TopicAliasInvalid));
        }
        let alias = alias.map(usize::from);
        if inbound.topic.is_empty()
            && let Some(alias) = alias
        {
            let known = self.aliases.get(alias).cloned().flatten();
            return known.ok_or(Leave::Told(Reason::ProtocolError));
        }
        let invalid = || Leave::Told(Reason::TopicNameInvalid);
        let name = str::from_utf8(&inbound.topic).map_err(|_| invalid())?;
        topic::check_name(name).map_err(|_| invalid())?;
        let name: Arc<str> = name.into();
        if let Some(alias) = alias {
            if self.aliases.len() <= alias {
                self.aliases.resize(alias + 1, None);
            }
            if let Some(slot) = self.aliases.get_mut(alias) {
                *slot = Some(Arc::clone(&name));
            }
        }
        Ok(name)
    }

    fn subscribe(&self, filter: &Filter, id: Option<u32>) -> SubscribeReasonCode {
        if filter.path.starts_with("$share/") {
            return SubscribeReasonCode::SharedSubscriptionsNotSupported;
        }
        if topic::check_filter(&filter.path).is_err() {
            return SubscribeReasonCode::TopicFilterInvalid;
        }
        if !self.identity.rights.may_subscribe(&filter.path) {
            self.shared.hub.counters.refused_subscriptions.add(1);
            return SubscribeReasonCode::NotAuthorized;
        }
        let subscription = Subscription {
            qos: Qos::from_level(filter.qos as u8).unwrap_or(Qos::AtMostOnce),
            no_local: filter.nolocal,
            keep_retain: filter.preserve_retain,
            id,
        };
        let handling = match filter.retain_forward_rule {
            RetainForwardRule::OnEverySubscribe => RetainHandling::Always,
            RetainForwardRule::OnNewSubscribe => RetainHandling::IfNew,
            RetainForwardRule::Never => RetainHandling::Never,
        };
        match self.shared.hub.subscribe(self.session, &filter.path, subscription, handling) {
            Some(()) => SubscribeReasonCode::Success(match subscription.qos {
                Qos::AtMostOnce => QoS::AtMostOnce,
                Qos::AtLeastOnce => QoS::AtLeastOnce,
                Qos::ExactlyOnce => QoS::ExactlyOnce,
            }),
            None => SubscribeReasonCode::QuotaExceeded,
        }
    }

    /// Acknowledges finished publishes in the order they came; says what is still under way.
    pub(super) fn answer(&mut self) -> Pending {
        let pending = self.mailbox.collect(&mut self.finished);
        for finished in self.finished.drain(..) {
            let same = |waiting: &&mut Unanswered| waiting.packet_id == finished.packet_id && !waiting.done;
            if let Some(waiting) = self.unanswered.iter_mut().find(same) {
                waiting.done = true;
            }
        }
        while let Some(next) = self.unanswered.pop_front_if(|next| next.done) {
            // 3.1.1 cannot say no; the refusal is counted.
            let refused = !next.allowed && self.encoder.version == Version::V5;
            if next.qos == Qos::AtLeastOnce {
                let reason = if refused { PubAckReason::NotAuthorized } else { PubAckReason::Success };
                self.encoder.puback(next.packet_id, reason, &mut self.out);
            } else {
                let reason = if refused { PubRecReason::NotAuthorized } else { PubRecReason::Success };
                self.encoder.pubrec(next.packet_id, reason, &mut self.out);
            }
        }
        pending
    }
}
