//! The adapter against a port that answers at the byte level, whole or faulty.

mod faults;
mod port;
mod requests;
mod start;

use std::time::Duration;

use home::{Ieee, Now, Timestamp};
use zeroize::Zeroizing;

use self::port::Port;
use super::{Settings, Stats, Znp};
use crate::mt::{Decoder, Frame, Kind};
use crate::ncp::{
    Entropy, Indication, Ncp, Network, NetworkKey, Request, Resend, SendError, Tag, Unicast, ZdoRequest, ZdoResponse,
};
use crate::znp::{Areq, Sreq};

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Random bytes that are not: 1, 2, 3 and so on.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 += 1;
            *byte = self.0;
        }
    }
}

/// The network on a formed [`Port`], as the daemon keeps it.
fn ours() -> Network {
    Network {
        pan_id: 0x1A62,
        extended_pan_id: 0x1122_3344_5566_7788,
        channel: 15,
        key: NetworkKey(Zeroizing::new([0xA5; 16])),
        formed: true,
    }
}

/// One in fifty, the same each time for the same seed.
fn one_in_fifty(seed: u64) -> impl FnMut() -> (bool, u64) {
    let mut random = seed | 1;
    move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random.is_multiple_of(50), random / 50)
    }
}

/// What happens to bytes on their way.
type Line = Box<dyn FnMut(&mut [u8])>;

/// An adapter, its port, a clock, and what was said.
struct Bench {
    znp: Znp,
    port: Port,
    now: Now,
    /// Frames that the port got, in order.
    sent: Vec<Frame>,
    said: Vec<Indication>,
    /// Keep what is to be kept at once.
    keeps: bool,
    /// What happens to the bytes of each write, in either direction.
    line: Line,
}

impl Bench {
    fn new(port: Port, network: Option<Network>) -> Self {
        let settings = Settings { channel: Some(15), network };
        let znp = Znp::new(settings, Box::new(Counting(0)));
        let now = Now { wall: Timestamp(0), up: Duration::from_secs(100) };
        Self { znp, port, now, sent: Vec::new(), said: Vec::new(), keeps: true, line: Box::new(|_| {}) }
    }

    /// A bench whose network runs.
    fn up() -> Self {
        let mut bench = Self::new(Port::formed(), Some(ours()));
        bench.connect();
        assert!(matches!(bench.said.as_slice(), [Indication::Up(_)]), "{:?}", bench.said);
        bench.said.clear();
        bench.sent.clear();
        bench
    }

    fn connect(&mut self) {
        self.znp.handle_link_up(self.now);
        self.exchange();
    }

    /// Carries bytes to and fro until both sides wait.
    fn exchange(&mut self) {
        loop {
            let mut idle = true;
            while let Some(mut bytes) = self.znp.poll_transmit() {
                idle = false;
                (self.line)(&mut bytes);
                let frames = self.port.take(self.now.up, &bytes);
                self.sent.extend(frames);
            }
            while let Some(mut bytes) = self.port.give(self.now.up) {
                idle = false;
                (self.line)(&mut bytes);
                self.znp.handle_bytes(self.now, &bytes);
            }
            while let Some(indication) = self.znp.poll_indication() {
                idle = false;
                if matches!(indication, Indication::KeepNetwork(_)) && self.keeps {
                    self.znp.handle_network_kept(self.now);
                }
                self.said.push(indication);
            }
            if idle {
                return;
            }
        }
    }

    /// Lets time pass, with each deadline met on the dot.
    fn pass(&mut self, time: Duration) {
        let end = self.now.up + time;
        loop {
            self.exchange();
            let next = self.znp.poll_timeout().into_iter().chain(self.port.due()).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            let step = next.saturating_sub(self.now.up);
            self.now = self.now.after(step);
            self.znp.handle_timeout(self.now);
        }
        self.now = self.now.after(end.saturating_sub(self.now.up));
    }

    /// Lets time pass until something was said that fits, and gives how long that took.
    fn until(&mut self, limit: Duration, fits: impl Fn(&Indication) -> bool) -> Duration {
        let start = self.now.up;
        while !self.said.iter().any(&fits) {
            assert!(self.now.up < start + limit, "not within {limit:?}; said {:?}", self.said);
            self.pass(millis(1));
        }
        self.now.up.saturating_sub(start)
    }

    /// The port says this.
    fn hear(&mut self, message: &Areq) {
        self.hear_bytes(&message.encode().encode());
    }

    fn hear_bytes(&mut self, bytes: &[u8]) {
        self.znp.handle_bytes(self.now, bytes);
        self.exchange();
    }

    fn send(&mut self, tag: u32, resend: Resend) {
        self.send_to(tag, 0x1234, resend);
    }

    fn send_to(&mut self, tag: u32, nwk: u16, resend: Resend) {
        let payload = Zeroizing::new(vec![0x00, 0x05, 0x02, 0x12, 0x00, 0x29, 0x66, 0x08]);
        let frame = Unicast { nwk, endpoint: 1, source: 1, cluster: 0x0201, payload, resend, sleepy: false };
        self.znp.handle_request(self.now, Request::Data { tag: Tag(tag), frame });
        self.exchange();
    }

    fn ask(&mut self, tag: u32, request: ZdoRequest) {
        self.znp.handle_request(self.now, Request::Zdo { tag: Tag(tag), request });
        self.exchange();
    }

    /// What became of a request.
    fn result(&self, tag: u32) -> Option<Result<(), SendError>> {
        let mut results = self.said.iter().filter_map(|indication| match indication {
            Indication::Sent { tag: found, result } if *found == Tag(tag) => Some(*result),
            _ => None,
        });
        let first = results.next();
        assert_eq!(results.next(), None, "two outcomes");
        first
    }

    /// The requests that the port got, pings left out.
    fn requests(&self) -> Vec<Sreq> {
        let requests = self.sent.iter().filter(|frame| frame.kind() == Kind::Sreq);
        requests.filter_map(|frame| Sreq::decode(frame).ok()).filter(|request| *request != Sreq::SysPing).collect()
    }

    /// How many data frames the port got.
    fn data_sent(&self) -> usize {
        self.requests().iter().filter(|request| matches!(request, Sreq::AfDataRequest(_))).count()
    }

    fn is_up(&self) -> bool {
        matches!(self.last_state(), Some(Indication::Up(_)))
    }

    /// The reason of the last refusal or failure.
    fn reason(&self) -> &str {
        match self.last_state() {
            Some(Indication::Down { reason } | Indication::Refused { reason }) => reason,
            state => panic!("{state:?}"),
        }
    }

    fn last_state(&self) -> Option<&Indication> {
        self.said
            .iter()
            .rev()
            .find(|said| matches!(said, Indication::Up(_) | Indication::Down { .. } | Indication::Refused { .. }))
    }
}
