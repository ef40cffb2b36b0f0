//! One HTTP request and its answer, for a look at the page.

use std::io::{Read, Write};

use serde_json::Value;

use super::hub::{Hub, tcp};

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.body))
    }

    /// The session cookie that a login sets.
    pub fn cookie(&self) -> String {
        let line = self.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
        line.split(';').next().unwrap().to_owned()
    }
}

impl Hub {
    /// Asks the page's server. `cookie` is a session, `body` is JSON.
    pub fn web(&self, method: &str, path: &str, cookie: Option<&str>, body: Option<&Value>) -> Answer {
        let host = format!("127.0.0.1:{}", self.http);
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut lines =
            vec![format!("{method} {path} HTTP/1.1"), format!("host: {host}"), "connection: close".to_owned()];
        lines.extend(cookie.map(|cookie| format!("cookie: {cookie}")));
        if !body.is_empty() {
            lines.push("content-type: application/json".to_owned());
            lines.push(format!("content-length: {}", body.len()));
        }
        let request = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        let mut stream = tcp(self.http);
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("an HTTP answer");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }
}
