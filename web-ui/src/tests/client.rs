//! A small HTTP/1.1 client: one request a connection.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Status line and headers, in lower case.
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect(&self.body)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A client with the headers it always sends.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) address: SocketAddr,
    pub(super) headers: Vec<(String, String)>,
}

impl Client {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, headers: Vec::new() }
    }

    /// The same client with one header more, or another value for it.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.retain(|(known, _)| known != name);
        headers.push((name.to_owned(), value.to_owned()));
        Self { address: self.address, headers }
    }

    /// Sends a request and leaves the answer unread.
    pub(super) async fn begin(&self, method: &str, path: &str, body: Option<&str>) -> TcpStream {
        let mut client = self.clone();
        if !client.headers.iter().any(|(name, _)| name == "host") {
            client = client.with("host", &self.address.to_string());
        }
        let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        for (name, value) in &client.headers {
            text.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        if let Some(body) = body {
            if !client.headers.iter().any(|(name, _)| name == "content-type") {
                text += "content-type: application/json\r\n";
            }
            text.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(format!("{text}\r\n{}", body.unwrap_or("")).as_bytes()).await.unwrap();
        stream
    }

    /// Sends a request and reads the whole answer.
    pub(super) async fn ask(&self, method: &str, path: &str, body: Option<&str>) -> Reply {
        let mut bytes = Vec::new();
        // A server that refuses a body in the middle may reset the connection once it has answered.
        let _ = self.begin(method, path, body).await.read_to_end(&mut bytes).await;
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect(&text);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &str) -> Reply {
        self.ask("POST", path, Some(body)).await
    }

    /// The same client, logged in as who may do everything.
    pub(super) async fn logged_in(&self) -> Self {
        self.logged_in_as("ada").await
    }

    /// The same client, logged in as somebody.
    pub(super) async fn logged_in_as(&self, name: &str) -> Self {
        let body = format!(r#"{{"user":"{name}","password":"correct horse"}}"#);
        let reply = self.post("/api/v1/session", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        self.with("cookie", &cookie)
    }
}
