//! The daemon's admin socket: one line of JSON a question, one an answer (`home::admin`).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use home::admin::{ErrorKind, Request};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// An answer comes within so long; the daemon's own limit is 30 s.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest line of an answer, in bytes.
const LINE: u64 = 64 * 1024 * 1024;

/// A connection to the daemon.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: BufReader<UnixStream>,
}

impl Socket {
    /// Connects to the daemon at `path`.
    pub(crate) fn connect(path: &Path) -> Result<Self, Failure> {
        let stream = UnixStream::connect(path).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => Failure::Forbidden(path.to_owned()),
            _ => Failure::Unreachable { path: path.to_owned(), error },
        })?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|_| Failure::HungUp)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Asks one question and returns the answer's data.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Value, Failure> {
        // The line may hold a PIN.
        let mut line = Zeroizing::new(serde_json::to_vec(request).map_err(|_| Failure::Nonsense)?);
        line.push(b'\n');
        self.stream.get_mut().write_all(&line).map_err(|_| Failure::HungUp)?;
        let mut answer = self.line()?.ok_or(Failure::HungUp)?;
        match answer.get("status").and_then(Value::as_str) {
            Some("ok") => Ok(answer.get_mut("data").map_or(Value::Null, Value::take)),
            Some("error") => Err(refusal(&answer).unwrap_or(Failure::Nonsense)),
            _ => Err(Failure::Nonsense),
        }
    }

    /// Asks for changes. From now on [`Self::line`] returns one each; it waits for as long as it takes.
    pub(crate) fn watch(mut self) -> Result<Self, Failure> {
        self.ask(&Request::Watch)?;
        self.stream.get_mut().set_read_timeout(None).map_err(|_| Failure::HungUp)?;
        Ok(self)
    }

    /// Asks for the ledger and has each of its lines taken. A connection that ends before the empty line at the end was cut.
    pub(crate) fn export(&mut self, mut take: impl FnMut(&[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
        self.ask(&Request::LedgerExport)?;
        loop {
            let mut line = Vec::new();
            match (&mut self.stream).take(LINE).read_until(b'\n', &mut line) {
                Ok(_) if line == b"\n" => return Ok(()),
                Ok(_) if line.ends_with(b"\n") => take(&line)?,
                _ => return Err(Failure::Cut),
            }
        }
    }

    /// The next line, or `None` at the end.
    pub(crate) fn line(&mut self) -> Result<Option<Value>, Failure> {
        let mut line = Vec::new();
        let read = (&mut self.stream).take(LINE).read_until(b'\n', &mut line);
        match read {
            Ok(0) => Ok(None),
            Ok(_) => serde_json::from_slice(&line).map(Some).map_err(|_| Failure::Nonsense),
            Err(_) => Err(Failure::HungUp),
        }
    }
}

fn refusal(answer: &Value) -> Option<Failure> {
    let kind: ErrorKind = serde_json::from_value(answer.get("kind")?.clone()).ok()?;
    Some(Failure::Refused { kind, error: answer.get("error")?.as_str()?.to_owned() })
}
