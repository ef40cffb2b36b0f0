//! A hostile adapter: answers, messages, noise, silence and resets in any order, against the whole host stack, before and after its
//! network is up. The input is a script of one-byte moves, each followed by a length and data.

#![no_main]

use std::time::Duration;

use home::{AdapterName, AdapterStatus, Event, Now, Timestamp};
use libfuzzer_sys::fuzz_target;
use zigbee::adapter::{Settings, Znp};
use zigbee::coordinator::Coordinator;
use zigbee::mt::{Command, Decoder, Frame, Kind, Subsystem};
use zigbee::ncp::Entropy;

/// The same "random" bytes in each run, so that a crash can be run again. They become PAN id and key.
const NOISE: u8 = 0x5A;

struct Fixed;

impl Entropy for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(NOISE);
    }
}

/// More frames or events than this from one move would be a flood.
const FLOOD: usize = 1000;

const RESET: Command = Command::new(Subsystem::Sys, 0x00);
const RESET_DONE: Command = Command::new(Subsystem::Sys, 0x80);
const VERSION: Command = Command::new(Subsystem::Sys, 0x02);
const FORM: Command = Command::new(Subsystem::AppCnf, 0x05);
const STATE: Command = Command::new(Subsystem::Zdo, 0xC0);
const NETWORK: Command = Command::new(Subsystem::Zdo, 0x50);
const ENDPOINTS: Command = Command::new(Subsystem::Zdo, 0x05);
const NO_ENDPOINTS: Command = Command::new(Subsystem::Zdo, 0x85);
const NV_READ: Command = Command::new(Subsystem::Sys, 0x08);

/// The channel of the network that is formed.
const CHANNEL: u8 = 20;

/// Status, length and an aligned network information base whose PAN id and extended PAN id are [`NOISE`].
const STORED: [u8; 118] = {
    let mut answer = [NOISE; 118];
    (answer[0], answer[1], answer[2 + 24]) = (0, 116, CHANNEL);
    answer
};

/// "Done" and zeros; a firmware that is driven; the network that was formed.
fn good_answer(asked: Command) -> &'static [u8] {
    const N: u8 = NOISE;
    match asked {
        VERSION => &[2, 1, 2, 7, 1, 0xD9, 0x14, 0x34, 1],
        NETWORK => &[0, 0, 9, N, N, 0, 0, N, N, N, N, N, N, N, N, 0, 0, 0, 0, 0, 0, 0, 0, CHANNEL],
        NV_READ => &STORED,
        _ => &[0; 32],
    }
}

/// The stack and the line to it.
struct Bench {
    host: Coordinator<Znp>,
    now: Now,
    line: Decoder,
    asked: Command,
    online: bool,
}

impl Bench {
    fn new() -> Self {
        let now = Now { wall: Timestamp(1_700_000_000_000), up: Duration::ZERO };
        let znp = Znp::new(Settings { channel: Some(CHANNEL), network: None }, Box::new(Fixed));
        let mut host = Coordinator::new(AdapterName::new("fuzz"), znp, Vec::new());
        host.handle_link_up(now);
        Self { host, now, line: Decoder::new(), asked: RESET, online: false }
    }

    /// Plays a good adapter until the network is up.
    fn oblige(&mut self) {
        for _ in 0..200 {
            match self.drain() {
                Some(RESET) => self.frame(Kind::Areq, RESET_DONE, &[0, 2, 1, 2, 7, 1]),
                Some(FORM) => self.answer_and_tell(STATE, &[9]),
                Some(ENDPOINTS) => self.answer_and_tell(NO_ENDPOINTS, &[0; 6]),
                Some(asked) => self.frame(Kind::Srsp, asked, good_answer(asked)),
                None if self.online => return,
                None => {
                    self.host.handle_network_kept(self.now);
                    self.wait(Duration::from_secs(1));
                }
            }
        }
        panic!("a good adapter was not taken into use");
    }

    /// Takes what the host sent and told. The last request, if there is a new one.
    fn drain(&mut self) -> Option<Command> {
        let sent: Vec<Vec<u8>> = std::iter::from_fn(|| self.host.poll_transmit()).take(FLOOD).collect();
        let told: Vec<Event> = std::iter::from_fn(|| self.host.poll_event()).take(FLOOD).collect();
        assert!(sent.len() < FLOOD && told.len() < FLOOD, "a flood");
        for event in told {
            if let Event::Adapter { status, .. } = event {
                self.online = matches!(status, AdapterStatus::Online { .. });
            }
        }
        let asked = sent.iter().flat_map(|bytes| self.line.feed(bytes)).map(|frame| frame.command()).last();
        self.asked = asked.unwrap_or(self.asked);
        asked
    }

    fn answer_and_tell(&mut self, message: Command, data: &[u8]) {
        self.frame(Kind::Srsp, self.asked, good_answer(self.asked));
        self.frame(Kind::Areq, message, data);
    }

    fn frame(&mut self, kind: Kind, command: Command, data: &[u8]) {
        if let Ok(frame) = Frame::new(kind, command, data) {
            self.host.handle_bytes(self.now, &frame.encode());
        }
    }

    fn wait(&mut self, at_most: Duration) {
        let due = self.host.poll_timeout().unwrap_or(self.now.up + at_most);
        self.now = self.now.after(due.saturating_sub(self.now.up).min(at_most));
        self.host.handle_timeout(self.now);
    }

    /// One move; what is left of the script.
    fn play<'a>(&mut self, script: &'a [u8]) -> &'a [u8] {
        let [step, length, rest @ ..] = script else { return &[] };
        let (data, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        match (step % 8, data) {
            (0, _) => self.host.handle_bytes(self.now, data),
            (1, [subsystem, id, data @ ..]) => {
                self.frame(Kind::Areq, Command::new((subsystem & 0x1F).into(), *id), data);
            }
            // An answer to what was asked last: as the script has it, or a good one.
            (2, _) => self.frame(Kind::Srsp, self.asked, data),
            (3, _) => self.frame(Kind::Srsp, self.asked, good_answer(self.asked)),
            (4, _) => self.host.handle_network_kept(self.now),
            (5, []) => {
                self.host.handle_link_down(self.now, "fuzz");
                self.host.handle_link_up(self.now);
            }
            (6, _) => self.wait(Duration::from_millis(50)),
            _ => self.wait(Duration::from_secs(3600)),
        }
        rest
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((first, mut script)) = input.split_first() else { return };
    let mut bench = Bench::new();
    if first % 4 > 0 {
        bench.oblige();
    }
    while !script.is_empty() {
        script = bench.play(script);
        bench.drain();
    }
});
