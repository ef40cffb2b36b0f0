//! A stand-in for Amazon: profiles, tokens and events over HTTP, with an ear for what it is sent.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use super::head;

pub(crate) const CLIENT_SECRET: &str = "amzn1.oa2-cs.v1.0123456789abcdef";
/// What a code and then each refresh give.
pub(crate) const REFRESH: &str = "Atzr|the-refresh+token/==";
pub(crate) const ACCESS: &str = "Atza|the-access+token/==";

/// A request to another service than that of the profiles.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) path: String,
    /// Of the `authorization` header.
    pub(crate) bearer: Option<String>,
    pub(crate) body: String,
}

pub(crate) struct Amazon {
    pub(crate) address: SocketAddr,
    pub(crate) asked: mpsc::Receiver<Asked>,
    /// Statuses and bodies for the next requests, whatever they are.
    instead: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
}

impl Amazon {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (told, asked) = mpsc::channel();
        let instead = Arc::<Mutex<VecDeque<_>>>::default();
        let scripted = Arc::clone(&instead);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map(Result::unwrap) {
                let (asked, user) = read(&mut stream);
                let (status, body) = if asked.path == "/user/profile" {
                    (200, format!("{{\"user_id\":\"{user}\"}}"))
                } else {
                    // Before the test hears of it and writes down what the next ones get.
                    let scripted: Option<(u16, &str)> = scripted.lock().unwrap().pop_front();
                    let usual = usual(&asked.path);
                    // The test may have ended.
                    let _ = told.send(asked);
                    scripted.map_or(usual, |(status, body)| (status, body.to_owned()))
                };
                write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
            }
        });
        Self { address, asked, instead }
    }

    pub(crate) fn instead(&self, status: u16, body: &'static str) {
        self.instead.lock().unwrap().push_back((status, body));
    }

    /// The next request; a test that waits in vain ends.
    pub(crate) fn next(&self) -> Asked {
        self.asked.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// The next event, with the exchange before it.
    pub(crate) fn event(&self) -> Asked {
        let exchange = self.next();
        assert_eq!(exchange.path, "/auth/o2/token");
        assert!(exchange.body.contains("grant_type=refresh_token&refresh_token=Atzr%7Cthe-refresh%2Btoken%2F%3D%3D&"));
        self.next()
    }
}

fn usual(path: &str) -> (u16, String) {
    match path {
        "/auth/o2/token" => {
            let tokens = format!(
                "{{\"access_token\":\"{ACCESS}\",\"refresh_token\":\"{REFRESH}\",\"token_type\":\"bearer\",\"expires_in\":3600}}"
            );
            (200, tokens)
        }
        "/v3/events" => (202, String::new()),
        _ => (404, String::new()),
    }
}

/// A request, and the user whose token it bears.
fn read(stream: &mut TcpStream) -> (Asked, &'static str) {
    let head = String::from_utf8(head(stream)).unwrap();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    let bearer = header("authorization").and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned));
    let user = if bearer.as_deref() == Some("owner's") { "amzn1.owner" } else { "amzn1.other" };
    let path = head.split(' ').nth(1).unwrap().to_owned();
    (Asked { path, bearer, body: String::from_utf8(body).unwrap() }, user)
}
