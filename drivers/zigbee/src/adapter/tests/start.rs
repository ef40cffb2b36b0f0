use super::port::Fate;
use super::*;
use crate::znp::nv;
use crate::znp::sys::Product;
use crate::znp::util::DeviceState;

/// Frames of a forming with the values of [`Counting`], as the facts sheet has them; pings and reads left out.
const FORMING: &[&str] = &[
    "FE 04 21 12 21 00 74 00 62",
    "FE 05 21 09 03 00 00 01 03 2C",
    "FE 01 41 00 01 41",
    "FE 05 21 09 03 00 00 01 00 2F",
    "FE 05 21 09 87 00 00 01 00 AB",
    "FE 05 21 09 8F 00 00 01 01 A2",
    "FE 08 21 09 84 00 00 04 00 80 00 00 20",
    "FE 06 21 09 83 00 00 02 01 02 AC",
    "FE 0C 21 09 2D 00 00 08 04 05 06 07 08 09 0A 0B 01",
    "FE 0C 21 09 47 00 00 08 04 05 06 07 08 09 0A 0B 6B",
    "FE 05 21 09 63 00 00 01 00 4F",
    "FE 14 21 09 62 00 00 10 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1A 1B 4E",
    "FE 05 2F 08 01 00 80 00 00 A3",
    "FE 05 2F 08 00 00 00 00 00 22",
    "FE 01 2F 05 04 2F",
];

fn is_read(frame: &Frame) -> bool {
    matches!(
        Sreq::decode(frame),
        Ok(Sreq::SysPing
            | Sreq::SysVersion
            | Sreq::NvLength(_)
            | Sreq::NvRead(_)
            | Sreq::UtilGetDeviceInfo
            | Sreq::ZdoExtNwkInfo)
    )
}

#[test]
fn an_empty_adapter_is_formed_with_the_frames_of_the_facts_sheet() {
    let mut bench = Bench::new(Port::empty(), None);
    bench.connect();
    bench.pass(millis(400));
    assert!(bench.is_up(), "{:?}", bench.said);
    let wrote: Vec<Vec<u8>> = bench.sent.iter().filter(|frame| !is_read(frame)).map(Frame::encode).collect();
    let expected: Vec<Vec<u8>> = FORMING.iter().map(|text| hex(text)).collect();
    assert_eq!(wrote.iter().take(FORMING.len()).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
    assert_eq!(bench.port.nv[&nv::HAS_CONFIGURED], [nv::CONFIGURED]);
    assert_eq!(bench.port.endpoints, [1, 11].into());
}

#[test]
fn a_network_is_kept_before_and_after_it_is_formed() {
    let mut bench = Bench::new(Port::empty(), None);
    bench.keeps = false;
    bench.connect();
    bench.pass(millis(1000));
    let Some(Indication::KeepNetwork(first)) = bench.said.pop() else { panic!("nothing to keep") };
    assert!(!first.formed);
    assert_eq!((first.pan_id, first.channel), (0x0201, 15));
    assert_eq!(bench.port.writes, 0, "written before it was kept");

    bench.znp.handle_network_kept(bench.now);
    bench.pass(millis(1000));
    let Some(Indication::KeepNetwork(second)) = bench.said.pop() else { panic!("nothing to keep") };
    assert_eq!(second, Network { formed: true, ..first });
    bench.znp.handle_network_kept(bench.now);
    bench.pass(millis(100));
    assert!(bench.is_up());
}

#[test]
fn the_pan_id_that_the_adapter_chose_is_kept() {
    let mut bench = Bench::new(Port::empty(), None);
    bench.keeps = false;
    bench.connect();
    bench.znp.handle_network_kept(bench.now);
    // The port forms at once; a neighbour's conflict shows as another PAN id in the running network.
    bench.port.neighbour = Some(0x0202);
    bench.pass(millis(400));
    let kept = bench.said.iter().rev().find_map(|said| match said {
        Indication::KeepNetwork(network) => Some((network.pan_id, network.formed)),
        _ => None,
    });
    assert_eq!(kept, Some((0x0202, true)));
}

#[test]
fn a_forming_cut_short_is_done_again_with_the_same_values() {
    let kept = Network { formed: false, ..ours() };
    let mut bench = Bench::new(Port::empty(), Some(kept));
    bench.connect();
    bench.pass(millis(400));
    assert!(bench.is_up(), "{:?}", bench.said);
    assert_eq!(bench.port.nv[&nv::PRECFGKEY], [0xA5; 16]);
    assert!(bench.said.contains(&Indication::KeepNetwork(ours())));
}

#[test]
fn a_forming_cut_short_after_the_network_ran_is_seen_through() {
    let mut port = Port::formed();
    port.nv.remove(&nv::HAS_CONFIGURED);
    let mut bench = Bench::new(port, Some(Network { formed: false, ..ours() }));
    bench.connect();
    assert!(bench.is_up());
    assert!(bench.said.contains(&Indication::KeepNetwork(ours())));
    assert_eq!(bench.port.nv[&nv::HAS_CONFIGURED], [nv::CONFIGURED]);
    assert_eq!(bench.port.state, DeviceState::Coordinator);
}

#[test]
fn our_network_is_resumed_at_once_and_nothing_is_written() {
    let mut bench = Bench::new(Port::formed(), Some(ours()));
    bench.connect();
    let Some(Indication::Up(running)) = bench.said.first() else { panic!("{:?}", bench.said) };
    assert_eq!(running.firmware, "Z-Stack 3.x.0 build 20230507");
    assert_eq!((running.channel, running.pan_id), (15, 0x1A62));
    assert_eq!(running.ieee, Ieee(0x0012_4B00_1234_ABCD));
    assert_eq!(bench.port.writes, 0);
    assert_eq!(bench.sent.first().map(Frame::encode), Some(hex("FE 00 21 01 20")));
    assert!(bench.sent.iter().any(|frame| frame.encode() == hex("FE 03 21 08 21 00 00 0B")));
    assert!(bench.sent.len() <= 14, "{} frames", bench.sent.len());
}

#[test]
fn a_network_at_rest_is_started() {
    let mut port = Port::formed();
    port.state = DeviceState::Hold;
    let mut bench = Bench::new(port, Some(ours()));
    bench.connect();
    assert!(bench.is_up());
    assert_eq!((bench.port.state, bench.port.writes), (DeviceState::Coordinator, 0));
}

fn refused(port: Port, kept: Option<Network>) -> String {
    let mut bench = Bench::new(port, kept);
    bench.connect();
    bench.pass(Duration::from_secs(120));
    assert!(matches!(bench.said.as_slice(), [Indication::Refused { .. }]), "{:?}", bench.said);
    assert_eq!(bench.port.writes, 0, "an adapter left alone was written");
    assert!(bench.sent.iter().all(is_read), "an adapter left alone was told something");
    bench.hear_bytes(&hex("FE 06 41 80 00 02 01 02 07 01 C0"));
    let said = bench.said.len();
    bench.send(1, Resend::Safe);
    assert_eq!(bench.result(1), Some(Err(SendError::LinkDown)));
    assert_eq!(bench.said.len(), said + 1);
    bench.said.swap_remove(0);
    bench.connect();
    bench.reason().to_owned()
}

#[test]
fn a_foreign_network_is_shown_field_by_field_and_left_alone() {
    let reason = refused(Port::formed(), None);
    assert!(reason.contains("\nPAN id: expected none, found 0x1a62\n"), "{reason}");
    assert!(reason.contains("\nchannel: expected none, found 15\n"), "{reason}");

    let other = Network {
        pan_id: 0x0001,
        extended_pan_id: 2,
        key: NetworkKey(Zeroizing::new([1; 16])),
        channel: 11,
        formed: true,
    };
    let reason = refused(Port::formed(), Some(other.clone()));
    assert!(reason.contains("\nPAN id: expected 0x0001, found 0x1a62\n"), "{reason}");
    assert!(reason.contains("\nextended PAN id: expected 0x0000000000000002, found 0x1122334455667788\n"), "{reason}");
    assert!(reason.contains("\nnetwork key: differs\n"), "{reason}");

    // Also in the middle of a forming: the stick was exchanged.
    refused(Port::formed(), Some(Network { formed: false, ..other }));
    let reason = refused(Port::formed(), Some(Network { key: NetworkKey(Zeroizing::new([1; 16])), ..ours() }));
    assert_eq!(reason.lines().filter(|line| line.contains("differs")).count(), 1);
    assert!(!reason.contains("PAN id:"), "{reason}");
}

#[test]
fn a_network_without_a_mark_is_a_network() {
    // Formed by a host that leaves none.
    let mut port = Port::formed();
    port.nv.remove(&nv::HAS_CONFIGURED);
    refused(port, None);
}

#[test]
fn an_empty_adapter_is_not_formed_if_this_hub_has_a_network() {
    assert!(refused(Port::empty(), Some(ours())).contains("found none"));
    let mut marked = Port::empty();
    marked.nv.insert(nv::HAS_CONFIGURED, vec![nv::CONFIGURED]);
    assert!(refused(marked, None).contains("mark"));
}

#[test]
fn memory_or_firmware_that_we_do_not_know_is_left_alone() {
    let mut port = Port::formed();
    port.nv.insert(nv::NIB, vec![0; 100]);
    assert!(refused(port, Some(ours())).contains("item 0x0021"));
    let mut port = Port::formed();
    port.product = Product::Home12;
    assert!(refused(port, Some(ours())).contains("found Z-Stack Home 1.2"));
}

#[test]
fn every_lost_answer_of_a_forming_is_made_up_for() {
    let mut whole = Bench::new(Port::empty(), None);
    whole.connect();
    whole.pass(millis(400));
    let count = whole.requests().len();
    for fate in [Fate::Lost, Fate::Unheard] {
        for lost in 0..count {
            let mut bench = Bench::new(Port::empty(), None);
            let mut seen = 0;
            bench.port.fate = Box::new(move |request| {
                seen += usize::from(*request != Sreq::SysPing);
                if seen == lost + 1 && *request != Sreq::SysPing { fate } else { Fate::Arrives }
            });
            bench.connect();
            let time = bench.until(Duration::from_secs(120), |said| matches!(said, Indication::Up(_)));
            assert!(time < Duration::from_secs(90), "{fate:?} of request {lost}: {time:?}");
            assert_eq!(bench.port.endpoints, [1, 11].into());
        }
    }
}

#[test]
fn a_reset_in_the_middle_of_any_step_only_delays() {
    let mut whole = Bench::new(Port::empty(), None);
    whole.connect();
    whole.pass(millis(400));
    for step in 0..whole.requests().len() {
        let mut bench = Bench::new(Port::empty(), None);
        bench.port.reset_after = Some(step);
        bench.connect();
        bench.until(Duration::from_secs(30), |said| matches!(said, Indication::Up(_)));
        assert_eq!(bench.port.endpoints, [1, 11].into(), "step {step}");
        let keys: Vec<_> = bench
            .said
            .iter()
            .filter_map(|said| match said {
                Indication::KeepNetwork(network) => Some(network.key.clone()),
                _ => None,
            })
            .collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "another key was drawn in step {step}");
    }
}

#[test]
fn a_stick_that_resets_during_each_start_says_so_and_not_each_time() {
    let mut bench = Bench::new(Port::empty(), None);
    bench.connect();
    let mut resets = 0;
    while resets < 20 {
        if bench.port.reset_after.is_none() {
            bench.port.reset_after = Some(1);
            resets += 1;
        }
        bench.pass(millis(1));
    }
    let reasons: Vec<_> = bench
        .said
        .iter()
        .filter_map(|said| if let Indication::Down { reason } = said { Some(reason.as_str()) } else { None })
        .collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(reasons[2].starts_with("the stick resets during its start, 12 times"), "{reasons:?}");
    bench.port.reset_after = None;
    bench.pass(Duration::from_secs(1));
    assert!(bench.is_up(), "{:?}", bench.said);
}

#[test]
fn doubled_messages_change_nothing() {
    let mut bench = Bench::new(Port::empty(), None);
    bench.port.doubles = true;
    bench.connect();
    bench.pass(millis(400));
    assert!(bench.is_up(), "{:?}", bench.said);
    assert_eq!(bench.said.iter().filter(|said| matches!(said, Indication::Up(_))).count(), 1);
}

#[test]
fn memory_that_cannot_be_written_is_said_and_tried_again() {
    let mut port = Port::empty();
    port.nv.remove(&nv::PRECFGKEY);
    let mut bench = Bench::new(port, None);
    bench.connect();
    bench.pass(millis(400));
    assert!(bench.reason().contains("item 0x0062"), "{}", bench.reason());
    bench.port.nv.insert(nv::PRECFGKEY, vec![0]);
    bench.until(Duration::from_secs(5), |said| matches!(said, Indication::Up(_)));
}

#[test]
fn a_port_without_an_adapter_is_asked_for_ever_and_said_once() {
    let mut bench = Bench::new(Port::formed(), Some(ours()));
    bench.port.silent = true;
    bench.connect();
    let time = bench.until(Duration::from_secs(10), |said| matches!(said, Indication::Down { .. }));
    assert!(time < Duration::from_secs(3), "{time:?}");
    assert!(bench.reason().contains("wrong port"));
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.said.len(), 1);
    bench.port.silent = false;
    assert!(bench.until(Duration::from_secs(2), |said| matches!(said, Indication::Up(_))) <= millis(500));
}

#[test]
fn an_adapter_in_its_boot_loader_is_woken() {
    let mut bench = Bench::new(Port::formed(), Some(ours()));
    bench.port.silent = true;
    bench.znp.handle_link_up(bench.now);
    assert_eq!(bench.znp.poll_transmit(), Some(hex("FE 00 21 01 20")));
    bench.now = bench.now.after(millis(250));
    bench.znp.handle_timeout(bench.now);
    assert_eq!(bench.znp.poll_transmit(), Some(vec![0xEF; 256]));
    assert_eq!(bench.znp.poll_transmit(), None);
    bench.port.silent = false;
    // It says that it restarted, and is answered at once.
    bench.hear_bytes(&hex("FE 06 41 80 00 02 01 02 07 01 C0"));
    assert!(bench.is_up());
}

#[test]
fn what_a_lock_says_during_the_start_is_told_after_it() {
    let mut bench = Bench::new(Port::formed(), Some(ours()));
    bench.znp.handle_link_up(bench.now);
    bench.znp.handle_bytes(
        bench.now,
        &hex("FE 06 41 80 00 02 01 02 07 01 C0 FE 1C 44 81 00 00 01 02 34 12 01 01 00 B4 00 00 00 00 00 2A 08 18 2A 0A 00 00 29 66 08 00 00 1D 08"),
    );
    bench.exchange();
    assert!(matches!(bench.said.as_slice(), [Indication::Up(_), Indication::Data(_)]), "{:?}", bench.said);
}

#[test]
fn a_reset_whose_word_is_lost_is_asked_for_again() {
    let mut bench = Bench::new(Port::empty(), None);
    bench.connect();
    bench.port.mute();
    bench.until(Duration::from_secs(10), |said| matches!(said, Indication::Up(_)));
}
