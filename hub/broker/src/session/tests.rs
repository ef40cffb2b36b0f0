//! Order, windows and who is held back.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::{mailbox::Finished, message::Publisher};

const BOUNDS: Bounds = Bounds { bytes: 1000, away_messages: 3 };

fn session(receive_maximum: u16) -> Session {
    let mut session = Session::new("c".into(), "u".into(), BOUNDS);
    session.connect(Arc::default(), receive_maximum);
    session
}

fn delivery(number: u8, qos: Qos) -> Delivery {
    let message = Message {
        topic: "t".into(),
        payload: Bytes::copy_from_slice(&[number; 100]),
        qos,
        retain: false,
        again: false,
        publisher: Publisher::Hub,
        session: 0,
        durable: true,
        properties: None,
        arrived: Instant::now(),
    };
    Delivery { message: Arc::new(message), qos, retain: false, ids: Vec::new() }
}

/// The next PUBLISH: its number, packet id and whether it is sent again.
fn next(session: &mut Session) -> Option<(u8, u16, bool)> {
    match session.next()? {
        Outgoing::Publish { delivery, packet_id, again } => Some((delivery.message.payload[0], packet_id, again)),
        Outgoing::Release { packet_id } => panic!("release of {packet_id}"),
    }
}

#[test]
fn the_window_is_kept_and_order_with_it() {
    let mut session = session(1);
    for (number, qos) in [(1, Qos::AtLeastOnce), (2, Qos::AtLeastOnce), (3, Qos::AtMostOnce)] {
        session.offer(delivery(number, qos), None, Instant::now());
    }
    assert_eq!(next(&mut session), Some((1, 1, false)));
    assert_eq!(next(&mut session), None, "not even QoS 0 overtakes");
    session.acknowledged(9);
    session.completed(1);
    assert_eq!(next(&mut session), None, "neither is an acknowledgement of it");
    session.acknowledged(1);
    assert_eq!(next(&mut session), Some((2, 2, false)));
    assert_eq!(next(&mut session), Some((3, 0, false)));
}

#[test]
fn after_a_reconnect_the_unacknowledged_come_first() {
    let mut session = session(10);
    for number in 1..=3 {
        session.offer(delivery(number, Qos::ExactlyOnce), None, Instant::now());
    }
    next(&mut session);
    next(&mut session);
    assert!(session.recorded(1));
    assert!(!session.recorded(7));
    session.disconnect();
    session.connect(Arc::default(), 10);
    assert!(matches!(session.next(), Some(Outgoing::Release { packet_id: 1 })));
    assert_eq!(next(&mut session), Some((2, 2, true)));
    assert_eq!(next(&mut session), Some((3, 3, false)));
    session.completed(1);
    session.recorded(2);
    session.completed(2);
    session.drop_inflight(3);
    assert_eq!(session.bytes, 0);
}

#[test]
fn an_away_client_keeps_a_bounded_number_and_no_qos_0() {
    let mut session = session(10);
    session.disconnect();
    assert_eq!(session.offer(delivery(0, Qos::AtMostOnce), None, Instant::now()), Offer::Dropped);
    for number in 1..=3 {
        assert_eq!(session.offer(delivery(number, Qos::AtLeastOnce), None, Instant::now()), Offer::Queued);
    }
    assert_eq!(session.offer(delivery(4, Qos::AtLeastOnce), None, Instant::now()), Offer::Dropped);
}

#[test]
fn a_full_queue_holds_publishers_until_there_is_room() {
    let mut session = session(10);
    let publisher = Arc::new(Mailbox::default());
    let mut finished = Vec::new();
    for id in 1..=5 {
        let ticket = Ticket::new(&publisher, Finished { packet_id: id, qos: Qos::AtLeastOnce }, 100);
        session.offer(delivery(1, Qos::AtLeastOnce), Some(&ticket), Instant::now());
    }
    assert_eq!(session.offer(delivery(1, Qos::AtMostOnce), None, Instant::now()), Offer::Dropped);
    assert_eq!(publisher.collect(&mut finished).messages, 2);
    assert_eq!(finished.len(), 3);
    assert!(session.blocking_since().is_some());
    for id in 1..=2 {
        next(&mut session);
        session.acknowledged(id);
    }
    assert_eq!(publisher.collect(&mut finished).messages, 0);
    assert!(session.blocking_since().is_none());
}

#[test]
fn what_cannot_be_held_back_is_cut_off() {
    let mut session = session(10);
    let mailbox = session.mailbox.clone().unwrap();
    while session.offer(delivery(1, Qos::AtLeastOnce), None, Instant::now()) == Offer::Queued {}
    assert_eq!(mailbox.close_reason(), Some(Reason::QuotaExceeded));
    assert!(session.bytes <= 4 * BOUNDS.bytes);
}

proptest! {
    /// Whatever is offered, sent, acknowledged or cut: QoS 1 arrives in order, none is lost, bytes add up.
    #[test]
    fn qos_1_is_complete_and_in_order(acts in prop::collection::vec(0_u8..4, 1..200)) {
        let mut session = Session::new("c".into(), "u".into(), Bounds { bytes: 1_000_000, away_messages: 1000 });
        session.connect(Arc::default(), 5);
        let mut offered = 0;
        let mut done = 0;
        let mut sent: VecDeque<(u8, u16)> = VecDeque::new();
        for act in acts {
            match act {
                0 => {
                    session.offer(delivery(offered, Qos::AtLeastOnce), None, Instant::now());
                    offered += 1;
                }
                1 => sent.extend(next(&mut session).map(|(number, id, _)| (number, id))),
                2 => {
                    if let Some((number, id)) = sent.pop_front() {
                        prop_assert_eq!(number, done);
                        done += 1;
                        session.acknowledged(id);
                    }
                }
                _ => {
                    sent.clear();
                    session.disconnect();
                    session.connect(Arc::default(), 5);
                }
            }
            prop_assert!(sent.len() <= 5);
        }
        session.disconnect();
        session.connect(Arc::default(), 5);
        while let Some((number, id, _)) = next(&mut session) {
            prop_assert_eq!(number, done);
            done += 1;
            session.acknowledged(id);
        }
        prop_assert_eq!(done, offered);
        prop_assert_eq!(session.bytes, 0);
        prop_assert_eq!(session.expiry, Duration::ZERO);
    }
}

#[test]
fn a_flood_puts_a_client_out_but_never_the_program_that_holds_the_broker() {
    for is_ahead in [false, true] {
        let mut session = session(u16::MAX);
        session.is_ahead = is_ahead;
        let offers = (0..100).map(|number| session.offer(delivery(number, Qos::AtLeastOnce), None, Instant::now()));
        assert_eq!(offers.last(), Some(Offer::Dropped));
        let closed = session.mailbox.as_ref().unwrap().close_reason();
        assert_eq!(closed.is_some(), !is_ahead);
    }
}
