//! The vectors of the wire decide here: bytes in, bytes out.

use zigbee::mt::Decoder;

use super::*;
use crate::air::{Body, Delivery, Uplink, Zcl};
use crate::hex;

const DEVICE: (u16, Ieee) = (0x1234, Ieee(0x1122_3344_5566_7788));

struct Bench {
    stack: Stack,
    now: Duration,
    outputs: Vec<Output>,
}

impl Bench {
    fn new() -> Self {
        let mut rng = Rng::new(1);
        let nv = Nv::new(Ieee(0x0012_4B00_0000_0001), &mut rng);
        Self { stack: Stack::new(nv, Timing::REAL, rng), now: Duration::ZERO, outputs: Vec::new() }
    }

    /// In the network that the vectors form, with endpoint 1 open.
    fn formed() -> Self {
        let mut bench = Self::new();
        for request in ["FE 05 2F 08 01 00 80 00 00 A3", "FE 05 2F 08 00 00 00 00 00 22", "FE 01 2F 05 04 2F"] {
            bench.send(request);
        }
        bench.send_frame(&Sreq::AfRegister(register(1)).encode());
        bench.run(2000);
        bench
    }

    /// Sends a vector and gives the frames that follow within 10 ms.
    fn send(&mut self, vector: &str) -> Vec<String> {
        let frames = Decoder::new().feed(&bytes(vector));
        assert_eq!(frames.len(), 1, "{vector}");
        self.send_frame(&frames[0])
    }

    fn send_frame(&mut self, frame: &Frame) -> Vec<String> {
        self.stack.handle_frame(self.now, frame);
        self.run(10)
    }

    fn run(&mut self, ms: u64) -> Vec<String> {
        let end = self.now + Duration::from_millis(ms);
        let mut frames = Vec::new();
        loop {
            while let Some(output) = self.stack.poll() {
                if let Output::Frame(frame) = &output {
                    frames.push(text(&frame.encode()));
                }
                self.outputs.push(output);
            }
            let Some(at) = self.stack.deadline().filter(|at| *at <= end) else { break };
            self.now = at;
            self.stack.handle_timeout(at);
        }
        self.now = end;
        frames
    }
}

fn register(endpoint: u8) -> af::Register {
    af::Register {
        endpoint,
        profile: 0x0104,
        device: 0x0005,
        version: 0,
        latency: 0,
        in_clusters: [].into(),
        out_clusters: [].into(),
    }
}

fn bytes(vector: &str) -> Vec<u8> {
    hex::decode(&vector.replace(' ', "").to_lowercase()).unwrap()
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn it_answers_a_ping_and_tells_of_a_restart() {
    let mut bench = Bench::new();
    assert_eq!(bench.send("FE 00 21 01 20"), ["FE 02 61 01 59 06 3D"]);
    assert!(bench.send("FE 01 41 00 01 41").is_empty());
    assert!(bench.send("FE 00 21 01 20").is_empty(), "it hears nothing while it restarts");
    assert_eq!(bench.run(1000), ["FE 06 41 80 00 02 01 02 07 01 C0"]);
    assert_eq!(bench.send("FE 00 21 01 20").len(), 1);
}

#[test]
fn memory_is_created_once_and_deleted_by_its_length() {
    let mut bench = Bench::new();
    let init = "FE 06 21 07 60 00 01 00 01 55 15";
    assert_eq!(bench.send(init), ["FE 01 61 07 09 6E"], "created");
    assert_eq!(bench.send(init), ["FE 01 61 07 00 67"], "there");
    assert_eq!(bench.send("FE 03 21 08 60 00 00 4A"), ["FE 03 61 08 00 01 55 3E"]);
    assert_eq!(bench.send("FE 05 21 09 03 00 00 01 03 2C"), ["FE 01 61 09 00 69"]);
    assert_eq!(bench.send("FE 03 21 08 21 00 00 0B"), ["FE 02 61 08 02 00 69"], "no network yet");
    assert_eq!(bench.send("FE 04 21 12 60 00 02 00 55"), ["FE 01 61 12 0C 7E"], "another length");
    assert_eq!(bench.send("FE 04 21 12 60 00 01 00 56"), ["FE 01 61 12 00 72"]);
    assert_eq!(bench.send("FE 02 21 13 82 00 B2"), ["FE 02 61 13 18 00 68"], "24 bytes, by which hosts tell the chip");
}

#[test]
fn extended_memory_has_its_tables() {
    let mut bench = Bench::new();
    let mut length = |item: u16, row: u16| {
        let key = zigbee::znp::sys::NvKey { system: 1, item, sub: row };
        let frames = bench.send_frame(&Sreq::Nv2Length(key).encode());
        bytes(&frames[0])[4]
    };
    assert_eq!([length(1, 0), length(1, 256), length(1, 257)], [12, 12, 0]);
    assert_eq!([length(4, 0), length(4, 199), length(4, 200)], [20, 20, 0]);
    assert_eq!([length(6, 2), length(6, 3), length(7, 4), length(7, 5)], [24, 0, 12, 0]);
}

#[test]
fn forming_ends_in_state_9() {
    let mut bench = Bench::new();
    assert_eq!(bench.send("FE 05 2F 08 01 00 80 00 00 A3"), ["FE 01 6F 08 00 66"]);
    assert_eq!(bench.send("FE 05 2F 08 00 00 00 00 00 22"), ["FE 01 6F 08 00 66"]);
    let begun = bench.send("FE 01 2F 05 04 2F");
    assert_eq!(begun[0], "FE 01 6F 05 00 6B");
    let mut rest = bench.run(520);
    assert!(rest.contains(&"FE 01 45 C0 09 8D".to_owned()), "{rest:?}");
    assert_eq!(bench.stack.nv().network(), None, "state 9 is not ready: the memory lags");
    rest = bench.run(1000);
    assert!(rest.is_empty(), "{rest:?}");
    let network = bench.stack.nv().network().unwrap();
    assert_eq!((network.channel, network.channels), (15, 1 << 15));
    let info = bench.send("FE 00 25 50 75");
    assert_eq!(bytes(&info[0]).len(), 24 + 5);
    assert_eq!(bytes(&info[0])[27], 15);
}

#[test]
fn what_is_on_a_network_resumes_it() {
    let mut bench = Bench::formed();
    bench.send("FE 01 41 00 01 41");
    bench.run(1000);
    assert_eq!(bench.stack.state(), DeviceState::Hold);
    assert_eq!(bench.stack.endpoints().count(), 0, "a restart loses them");
    assert_eq!(bench.send("FE 02 25 40 64 00 03"), ["FE 01 65 40 00 24"]);
    assert_eq!(bench.run(200), ["FE 01 45 C0 09 8D"]);
    bench.send("FE 01 41 00 01 41");
    bench.run(1000);
    bench.send("FE 01 2F 05 04 2F");
    let resumed = bench.run(1000);
    assert_eq!(resumed[0], "FE 01 45 C0 09 8D");
    assert_eq!(resumed.last().unwrap(), "FE 03 4F 80 08 04 00 C0", "nothing to form, and all is well");
}

#[test]
fn the_startup_option_forgets_the_network() {
    let mut bench = Bench::formed();
    bench.send("FE 05 21 09 03 00 00 01 03 2C");
    bench.send("FE 01 41 00 01 41");
    bench.run(1000);
    assert!(bench.outputs.contains(&Output::Forgot));
    assert_eq!(bench.stack.nv().network(), None);
    assert_eq!(bench.stack.nv().byte(item::STARTUP_OPTION), Some(0));
}

#[test]
fn it_opens_for_joining_and_lists_who_joined() {
    let mut bench = Bench::formed();
    assert_eq!(bench.send("FE 05 25 36 0F FC FF 3C 01 27"), ["FE 01 65 36 00 52", "FE 03 45 B6 00 00 00 F0"]);
    assert!(bench.outputs.contains(&Output::Open(true)));
    assert!(bench.stack.is_open(bench.now));
    bench.stack.handle_join(bench.now, DEVICE.0, DEVICE.1);
    assert_eq!(bench.run(1), ["FE 0C 45 CA 34 12 88 77 66 55 44 33 22 11 00 00 2D"]);
    assert_eq!(bench.stack.children().collect::<Vec<_>>(), [DEVICE]);
    bench.run(60_000);
    assert!(!bench.stack.is_open(bench.now));
    bench.send("FE 05 25 36 02 00 00 3C 01 29");
    assert!(bench.stack.is_open(bench.now), "the coordinator alone");
}

#[test]
fn a_message_gets_its_confirm_when_its_fate_is_known() {
    let mut bench = Bench::formed();
    bench.stack.handle_join(bench.now, DEVICE.0, DEVICE.1);
    let write = "FE 12 24 01 34 12 01 01 01 02 05 10 1E 08 00 05 02 12 00 29 66 08 43";
    for (fate, confirm) in [
        (Delivery::Done, "FE 03 44 80 00 01 05 C3"),
        (Delivery::Expired, "FE 03 44 80 F0 01 05 33"),
        (Delivery::NoAck, "FE 03 44 80 E9 01 05 2A"),
    ] {
        bench.outputs.clear();
        assert!(bench.send(write).contains(&"FE 01 64 01 00 64".to_owned()));
        let sent = bench.outputs.iter().find_map(|output| match output {
            Output::Air(message) => Some(message.clone()),
            _ => None,
        });
        let sent = sent.unwrap();
        assert_eq!(sent.destination, DEVICE.0);
        let frame = bytes("00 05 02 12 00 29 66 08");
        assert_eq!(sent.body, Body::Zcl(Zcl { source: 1, destination: 1, cluster: 0x0201, frame }));
        bench.stack.handle_delivery(bench.now, sent.ticket.unwrap(), fate);
        assert_eq!(bench.run(1), [confirm]);
    }
    bench.stack.handle_leave(bench.now, DEVICE.0, DEVICE.1, false);
    bench.run(1);
    bench.send(write);
    assert_eq!(bench.run(200), ["FE 03 44 80 CD 01 05 0E"], "no route to a stranger");
}

#[test]
fn a_report_comes_in_as_the_vector_has_it() {
    let mut bench = Bench::formed();
    let report = |destination| Uplink {
        source: DEVICE.0,
        broadcast: false,
        body: Body::Zcl(Zcl { source: 1, destination, cluster: 0x0201, frame: bytes("18 2A 0A 00 00 29 66 08") }),
    };
    bench.stack.handle_uplink(bench.now, report(1));
    let vector = "FE 1C 44 81 00 00 01 02 34 12 01 01 00 B4 00 00 00 00 00 2A 08 18 2A 0A 00 00 29 66 08 00 00 1D 08";
    assert_eq!(bench.run(1), [vector]);
    bench.stack.handle_uplink(bench.now, report(2));
    assert!(bench.run(1).is_empty(), "endpoint 2 is not open");
}

#[test]
fn what_it_does_not_know_is_refused() {
    let mut bench = Bench::new();
    assert_eq!(bench.send("FE 00 21 77 56"), ["FE 03 60 00 02 21 77 37"], "no such command");
    assert_eq!(bench.send("FE 00 2E 01 2F"), ["FE 03 60 00 01 2E 01 4D"], "no such subsystem");
    assert_eq!(bench.send("FE 01 21 08 21 09"), ["FE 03 60 00 04 21 08 4E"], "too short");
    assert_eq!(bench.send("FE 02 25 21 00 00 06").len(), 1);
    assert_eq!(bench.stack.complaints().len(), 2);
}

#[test]
fn one_request_at_a_time() {
    let mut bench = Bench::new();
    let ping = Sreq::SysPing.encode();
    bench.stack.handle_frame(bench.now, &ping);
    bench.stack.handle_frame(bench.now, &ping);
    assert_eq!(bench.run(10).len(), 2);
    assert_eq!(bench.stack.complaints().len(), 1);
}

#[test]
fn an_endpoint_opens_once_and_shows_in_its_descriptors() {
    let mut bench = Bench::formed();
    let again = bench.send_frame(&Sreq::AfRegister(register(1)).encode());
    assert_eq!(again, ["FE 01 64 00 B8 DD"]);
    bench.send_frame(&Sreq::AfRegister(register(11)).encode());
    // Active endpoints of the coordinator: the newest first.
    assert_eq!(bench.send("FE 04 25 05 00 00 00 00 24")[1], "FE 08 45 85 00 00 00 00 00 02 0B 01 C0");
}

#[test]
fn zdo_goes_through_the_data_service_too() {
    let mut bench = Bench::formed();
    bench.send("FE 02 25 3E FF FF 19");
    let short = "02 00 00 00 00 00 00 00 00";
    let ask = bytes(&format!("{short} 00 00 00 00 05 00 2A 00 1E 03 00 2A 00 00"));
    let frame = Frame::new(Kind::Sreq, zigbee::mt::Command::new(Subsystem::Af, 0x02), ask).unwrap();
    let frames = bench.send_frame(&frame);
    assert_eq!(frames[0], "FE 01 64 02 00 67");
    assert!(frames.last().unwrap().starts_with("FE 0E 45 FF 00 00 00 05 80 00 2A 00 00 00 00 00 01 01"), "{frames:?}");
    assert_eq!(frames.len(), 3, "no confirm");
}

#[test]
fn the_association_table_has_rows_of_36_bytes() {
    let mut bench = Bench::formed();
    let rows = |bench: &mut Bench| bytes(&bench.send("FE 01 27 49 00 6F")[0]);
    assert_eq!(rows(&mut bench).len(), 36 + 5);
    bench.stack.handle_join(bench.now, DEVICE.0, DEVICE.1);
    bench.run(1);
    let row = rows(&mut bench);
    assert_eq!((row.len(), &row[4..6]), (36 + 5, &[0x34, 0x12][..]));
}
