use proptest::collection::vec;
use proptest::prelude::*;

use super::port::Fate;
use super::*;
use crate::znp::Status;

fn is_data(request: &Sreq) -> bool {
    matches!(request, Sreq::AfDataRequest(_))
}

/// Answers to data meet these fates in turn, later ones arrive.
fn data_fates(fates: &'static [Fate]) -> Box<dyn FnMut(&Sreq) -> Fate> {
    let mut fates = fates.iter();
    Box::new(
        move |request| {
            if is_data(request) { fates.next().copied().unwrap_or(Fate::Arrives) } else { Fate::Arrives }
        },
    )
}

#[test]
fn a_lost_answer_costs_a_moment_when_the_confirm_came() {
    let mut bench = Bench::up();
    bench.port.fate = data_fates(&[Fate::Lost]);
    bench.send(1, Resend::Safe);
    bench.send(2, Resend::Safe);
    assert_eq!((bench.result(1), bench.result(2)), (Some(Ok(())), None));
    bench.pass(millis(60));
    assert_eq!(bench.result(2), Some(Ok(())));
    assert_eq!(bench.data_sent(), 2);
}

#[test]
fn a_lost_answer_holds_the_others_up_for_300_ms() {
    let mut bench = Bench::up();
    bench.port.data = (Status::Success, None);
    bench.port.fate = data_fates(&[Fate::Lost]);
    bench.send_to(1, 0x1234, Resend::Never);
    bench.port.data = (Status::Success, Some(Status::Success));
    bench.send_to(2, 0x5678, Resend::Safe);
    bench.pass(millis(299));
    assert_eq!(bench.result(2), None);
    bench.pass(millis(1));
    assert_eq!((bench.result(1), bench.result(2)), (None, Some(Ok(()))));
    bench.pass(millis(1200));
    assert_eq!(bench.result(1), Some(Err(SendError::Unclear)));
    assert_eq!(bench.data_sent(), 2, "an unlock went out twice");
}

#[test]
fn a_frame_that_was_not_heard_goes_out_again_only_if_that_is_safe() {
    let mut bench = Bench::up();
    bench.port.fate = data_fates(&[Fate::Unheard, Fate::Unheard, Fate::Arrives, Fate::Unheard]);
    bench.send(1, Resend::Safe);
    bench.pass(millis(600));
    assert_eq!((bench.result(1), bench.data_sent()), (Some(Ok(())), 3));
    bench.send(2, Resend::Never);
    bench.pass(millis(1500));
    assert_eq!((bench.result(2), bench.data_sent()), (Some(Err(SendError::Unclear)), 4));
}

#[test]
fn a_late_answer_is_not_taken_for_the_next_ones() {
    let mut bench = Bench::up();
    // The first was refused, and the word of it is late; the second is accepted.
    bench.port.data = (Status::InvalidParameter, None);
    bench.port.fate = data_fates(&[Fate::Late(400)]);
    bench.send_to(1, 0x1234, Resend::Never);
    bench.port.data = (Status::Success, Some(Status::Success));
    bench.send_to(2, 0x5678, Resend::Never);
    bench.pass(millis(500));
    assert_eq!((bench.result(1), bench.result(2)), (Some(Err(SendError::Refused(2))), Some(Ok(()))));
    assert_eq!(bench.data_sent(), 2);
}

#[test]
fn an_adapter_that_resets_works_again_at_once() {
    let mut bench = Bench::up();
    bench.port.data = (Status::Success, None);
    bench.send(1, Resend::Never);
    bench.ask(2, ZdoRequest::NetworkAddress { ieee: Ieee(7) });
    bench.port.reset(bench.now.up);
    bench.pass(millis(300));
    assert_eq!(bench.result(1), Some(Err(SendError::Unclear)));
    assert!(bench.said.iter().any(|said| matches!(said, Indication::Down { .. })));
    assert!(bench.is_up(), "{:?}", bench.said);
    assert_eq!(bench.port.endpoints, [1, 11].into());
}

#[test]
fn a_short_silence_is_sat_out() {
    let mut bench = Bench::up();
    bench.port.silent = true;
    bench.send(1, Resend::Safe);
    bench.send(2, Resend::Never);
    bench.pass(millis(2500));
    assert_eq!(bench.said, []);
    // It was pulled and put back, and nobody told.
    bench.port.endpoints.clear();
    bench.port.silent = false;
    bench.pass(millis(500));
    assert_eq!((bench.result(1), bench.result(2)), (Some(Ok(())), Some(Ok(()))));
    assert_eq!(bench.port.endpoints, [1, 11].into());
    assert_eq!(bench.said.len(), 2, "{:?}", bench.said);
}

#[test]
fn a_long_silence_is_told_and_ends_half_a_second_after_the_adapter_answers() {
    let mut bench = Bench::up();
    bench.port.silent = true;
    bench.send(1, Resend::Never);
    bench.send(2, Resend::Safe);
    let time = bench.until(Duration::from_secs(5), |said| matches!(said, Indication::Down { .. }));
    assert!(time <= millis(3600), "{time:?}");
    assert_eq!(bench.result(1), Some(Err(SendError::Unclear)));
    assert_eq!(bench.result(2), Some(Err(SendError::LinkDown)));
    bench.pass(Duration::from_secs(7));
    bench.port.silent = false;
    let sent = bench.data_sent();
    bench.until(millis(500), |said| matches!(said, Indication::Up(_)));
    assert_eq!(bench.data_sent(), sent, "a frame of before was sent");
}

#[test]
fn an_idle_adapter_is_asked_whether_it_is_there() {
    let mut bench = Bench::up();
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.sent.len(), 4);
    bench.port.silent = true;
    let time = bench.until(Duration::from_secs(30), |said| matches!(said, Indication::Down { .. }));
    assert!(time < Duration::from_secs(20), "{time:?}");
}

#[test]
fn a_pulled_link_ends_everything_and_a_new_one_starts_over() {
    let mut bench = Bench::up();
    bench.port.data = (Status::Success, None);
    bench.send(1, Resend::Never);
    bench.znp.handle_link_down(bench.now);
    bench.exchange();
    assert_eq!(bench.result(1), Some(Err(SendError::Unclear)));
    assert!(matches!(bench.last_state(), Some(Indication::Down { .. })));
    assert_eq!(bench.znp.poll_timeout(), None);
    bench.send(2, Resend::Safe);
    assert_eq!(bench.result(2), Some(Err(SendError::LinkDown)));
    bench.connect();
    assert!(bench.is_up());
}

/// Invariant 8: bad bytes are counted.
#[test]
fn a_false_start_of_a_frame_holds_the_rest_back_for_a_moment_only() {
    let mut bench = Bench::up();
    bench.hear_bytes(&hex("FE F0 41"));
    bench.hear_bytes(&hex("FE 0C 45 CA 34 12 88 77 66 55 44 33 22 11 00 00 2D"));
    assert_eq!(bench.said, []);
    bench.pass(millis(100));
    assert!(matches!(bench.said.as_slice(), [Indication::Joined { .. }]));
    assert_eq!(bench.znp.stats(), Stats { cut: 1, garbage: 3, ..Stats::default() });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_it_and_it_recovers(
        chunks in vec((vec(prop_oneof![3 => any::<u8>(), 1 => Just(0xFE), 1 => Just(0x44)], 0..64), 0_u64..400), 0..12),
    ) {
        let mut bench = Bench::new(Port::formed(), Some(ours()));
        bench.connect();
        for (tag, (bytes, pause)) in (0..).zip(chunks) {
            bench.send(tag, Resend::Safe);
            bench.hear_bytes(&bytes);
            bench.pass(millis(pause));
        }
        // Whatever the noise could be read as, a port that is opened again works.
        bench.znp.handle_link_down(bench.now);
        bench.connect();
        bench.pass(Duration::from_secs(10));
        prop_assert!(bench.is_up(), "{:?}", bench.said);
        bench.said.clear();
        bench.send(99, Resend::Safe);
        prop_assert_eq!(bench.result(99), Some(Ok(())));
    }

    #[test]
    fn two_percent_of_lost_answers_keep_commands_under_a_second(seed in any::<u64>()) {
        let mut bench = Bench::up();
        let mut draw = one_in_fifty(seed);
        bench.port.fate = Box::new(move |_| if draw().0 { Fate::Lost } else { Fate::Arrives });
        for tag in 0..60 {
            bench.send(tag, Resend::Safe);
            bench.pass(millis(250));
        }
        bench.pass(millis(750));
        for tag in 0..60 {
            prop_assert_eq!(bench.result(tag), Some(Ok(())));
        }
    }

    #[test]
    fn flipped_bytes_delay_commands_and_never_double_a_dangerous_one(seed in any::<u64>()) {
        let mut bench = Bench::up();
        let mut draw = one_in_fifty(seed);
        bench.line = Box::new(move |bytes| {
            let (hit, random) = draw();
            let index = usize::try_from(random).unwrap_or(0) % bytes.len();
            if hit {
                bytes[index] ^= 1 << (random % 8);
            }
        });
        for tag in 0_u16..60 {
            let resend = if tag % 2 == 0 { Resend::Safe } else { Resend::Never };
            bench.send_to(tag.into(), tag, resend);
            bench.pass(millis(250));
        }
        bench.pass(millis(1000));
        let arrivals = |bench: &Bench, tag: u16| {
            let to = |request: &&Sreq| matches!(request, Sreq::AfDataRequest(data) if data.destination == tag);
            bench.requests().iter().filter(to).count()
        };
        for tag in (0_u16..60).step_by(2) {
            prop_assert!(arrivals(&bench, tag) >= 1, "command {} was lost", tag);
        }
        bench.pass(millis(2000));
        for tag in (1_u16..60).step_by(2) {
            prop_assert!(arrivals(&bench, tag) <= 1, "command {} was doubled", tag);
            prop_assert!(bench.result(tag.into()).is_some());
        }
    }
}
