//! An MQTT 3.1.1 client that writes and reads bytes. A thread reads and notes when each message came.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde_json::Value;

use super::{PATIENCE, now};

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub topic: String,
    pub payload: Vec<u8>,
    pub retained: bool,
    /// When it was read, on the steady clock.
    pub at: Duration,
}

impl Message {
    /// The payload as JSON; text that is none comes as a string.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).unwrap_or_else(|_| String::from_utf8_lossy(&self.payload).into())
    }
}

/// What the reading thread hands on.
enum Heard {
    Message(Message),
    /// An acknowledgement: its first byte and its body.
    Answer(u8, Vec<u8>),
}

/// A connection with a clean session.
pub struct Client {
    stream: TcpStream,
    heard: Receiver<Heard>,
    /// What came and was not asked for yet, by topic.
    waiting: HashMap<String, VecDeque<Message>>,
    answers: VecDeque<(u8, Vec<u8>)>,
    last_id: u16,
}

static CLIENTS: AtomicU32 = AtomicU32::new(0);

impl Client {
    /// Logs in; the test fails if the broker refuses.
    pub fn connect(port: u16, user: &str, password: &str) -> Self {
        Self::try_connect(port, user, password).unwrap_or_else(|code| panic!("CONNACK {code}"))
    }

    /// Logs in; the broker's return code if it refuses.
    pub fn try_connect(port: u16, user: &str, password: &str) -> Result<Self, u8> {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let number = CLIENTS.fetch_add(1, Ordering::Relaxed);
        let id = format!("test-{}-{number}", std::process::id());
        // Protocol level 4; user name, password and clean session; no keep-alive.
        let connect = [text("MQTT"), vec![4, 0xc2, 0, 0], text(&id), text(user), text(password)].concat();
        let (sender, heard) = channel();
        let reader = stream.try_clone().unwrap();
        std::thread::spawn(move || read(reader, &sender));
        let mut client = Self { stream, heard, waiting: HashMap::new(), answers: VecDeque::new(), last_id: 0 };
        client.write(0x10, &connect);
        match client.answer(0x20)[1] {
            0 => Ok(client),
            code => Err(code),
        }
    }

    fn write(&mut self, first: u8, body: &[u8]) {
        self.stream.write_all(&packet(first, body)).unwrap();
    }

    fn next_id(&mut self) -> u16 {
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.last_id
    }

    /// Subscribes at QoS 0; the retained messages follow.
    pub fn subscribe(&mut self, filter: &str) {
        let id = self.next_id().to_be_bytes();
        self.write(0x82, &[&id[..], &text(filter), &[0]].concat());
        let answer = self.answer(0x90);
        assert_eq!(answer, [id[0], id[1], 0], "SUBACK for {filter}");
    }

    /// Publishes at QoS 0. Says when, on the steady clock: just before the bytes go out.
    pub fn publish(&mut self, topic: &str, payload: impl AsRef<[u8]>) -> Duration {
        let body = [&text(topic)[..], payload.as_ref()].concat();
        let bytes = packet(0x30, &body);
        let at = now();
        self.stream.write_all(&bytes).unwrap();
        at
    }

    /// Publishes at QoS 1, retained or not, and waits for the acknowledgement.
    pub fn publish_acknowledged(&mut self, topic: &str, payload: impl AsRef<[u8]>, retain: bool) {
        let id = self.next_id().to_be_bytes();
        let body = [&text(topic)[..], &id, payload.as_ref()].concat();
        self.write(0x32 | u8::from(retain), &body);
        assert_eq!(self.answer(0x40), id, "PUBACK");
    }

    /// Publishes at QoS 1 as after a lost acknowledgement, with the DUP flag.
    pub fn publish_again(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        let id = self.next_id().to_be_bytes();
        self.write(0x3a, &[&text(topic)[..], &id, payload.as_ref()].concat());
        assert_eq!(self.answer(0x40), id, "PUBACK");
    }

    /// The next acknowledgement, which must be of this kind.
    fn answer(&mut self, first: u8) -> Vec<u8> {
        let deadline = now() + PATIENCE;
        while self.answers.is_empty() {
            self.hear(deadline).unwrap_or_else(|error| panic!("no answer {first:#04x}: {error}"));
        }
        let (kind, body) = self.answers.pop_front().unwrap();
        assert_eq!(kind, first, "kind of answer");
        body
    }

    fn hear(&mut self, deadline: Duration) -> Result<(), RecvTimeoutError> {
        match self.heard.recv_timeout(deadline.saturating_sub(now()))? {
            Heard::Message(message) => {
                self.waiting.entry(message.topic.clone()).or_default().push_back(message);
            }
            Heard::Answer(first, body) => self.answers.push_back((first, body)),
        }
        Ok(())
    }

    /// The next message on a topic that `fits`; earlier ones on the same topic are passed over.
    pub fn message(&mut self, topic: &str, mut fits: impl FnMut(&Message) -> bool) -> Message {
        let deadline = now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            while let Some(message) = self.waiting.get_mut(topic).and_then(VecDeque::pop_front) {
                if fits(&message) {
                    return message;
                }
                seen.push(String::from_utf8_lossy(&message.payload).into_owned());
            }
            if let Err(error) = self.hear(deadline) {
                panic!("nothing that fits on {topic}: {error}; passed over: {seen:#?}");
            }
        }
    }

    /// As [`Client::message`], with the payload as JSON.
    pub fn json(&mut self, topic: &str, mut fits: impl FnMut(&Value) -> bool) -> Value {
        self.message(topic, |message| fits(&message.json())).json()
    }

    /// Takes all messages that came so far on topics that `fit`, by topic, in the order in which they came.
    pub fn take(&mut self, fits: impl Fn(&str) -> bool) -> Vec<Message> {
        let mut taken = Vec::new();
        while self.hear(Duration::ZERO).is_ok() {}
        for (_, messages) in self.waiting.iter_mut().filter(|(topic, _)| fits(topic)) {
            taken.extend(messages.drain(..));
        }
        taken.sort_by_key(|message| message.at);
        taken
    }

    /// Takes whatever comes for this long.
    pub fn listen(&mut self, time: Duration) -> Vec<Message> {
        let deadline = now() + time;
        while self.hear(deadline).is_ok() {}
        self.take(|_| true)
    }

    /// Goes to the broker and back, after which everything that was said to it before has been taken in by it.
    pub fn ping(&mut self) {
        self.write(0xc0, &[]);
        assert!(self.answer(0xd0).is_empty());
    }
}

fn text(text: &str) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat()
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length % 128).unwrap();
        length /= 128;
        bytes.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

/// Reads until the connection ends. Subscriptions are at QoS 0, so nothing needs an acknowledgement from here.
fn read(stream: TcpStream, heard: &Sender<Heard>) {
    let mut stream = io::BufReader::with_capacity(1 << 16, stream);
    while let Ok((first, body)) = read_packet(&mut stream) {
        let at = now();
        let item = if first >> 4 == 3 {
            let end = 2 + usize::from(u16::from_be_bytes([body[0], body[1]]));
            let topic = String::from_utf8_lossy(&body[2..end]).into_owned();
            Heard::Message(Message { topic, payload: body[end..].to_vec(), retained: first & 1 != 0, at })
        } else {
            Heard::Answer(first, body)
        };
        if heard.send(item).is_err() {
            return;
        }
    }
}

fn read_packet(stream: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    let first = byte[0];
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        stream.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((first, body))
}

impl Drop for Client {
    fn drop(&mut self) {
        // Ends the reading thread too. The other side may be gone already.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}
