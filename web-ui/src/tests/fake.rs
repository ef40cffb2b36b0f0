//! A house that answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};

use home::admin::{ErrorKind, Request};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::client::Client;
use super::few::Few;
use crate::answer::{Caller, Refused};
use crate::house::House;

#[derive(Clone)]
pub(super) struct Fake {
    pub(super) asked: Arc<Mutex<Vec<(String, Request)>>>,
    pub(super) answer: Arc<Mutex<Result<Value, Refused>>>,
    pub(super) people: Few,
    pub(super) lines: broadcast::Sender<Arc<str>>,
}

impl House for Fake {
    type People = Few;

    async fn ask(&self, caller: &Caller, request: Request) -> Result<Value, Refused> {
        self.asked.lock().unwrap().push((caller.user.to_string(), request));
        self.answer.lock().unwrap().clone()
    }

    fn watch(&self) -> broadcast::Receiver<Arc<str>> {
        self.lines.subscribe()
    }

    fn people(&self) -> &Few {
        &self.people
    }

    fn export(&self) -> mpsc::Receiver<Result<String, String>> {
        let (lines, export) = mpsc::channel(4);
        for line in ["{\"number\":1}\n", "{\"number\":2}\n"] {
            lines.try_send(Ok(line.to_owned())).unwrap();
        }
        export
    }

    async fn metrics(&self) -> String {
        "hearth_devices 2\n".to_owned()
    }
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            asked: Arc::default(),
            answer: Arc::new(Mutex::new(Ok(json!({ "outcome": "done" })))),
            people: Few::default(),
            lines: broadcast::channel(4).0,
        }
    }

    pub(super) fn answer(&self, answer: Value) {
        *self.answer.lock().unwrap() = Ok(answer);
    }

    pub(super) fn refuse(&self, kind: ErrorKind, error: &str) {
        *self.answer.lock().unwrap() = Err(Refused { kind, error: error.to_owned() });
    }

    /// What was asked since the last call, as JSON.
    pub(super) fn questions(&self) -> Vec<Value> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.into_iter().map(|(_, request)| serde_json::to_value(request).unwrap()).collect()
    }

    /// Serves this house on a free port; it ends when the sender does.
    pub(super) async fn serve(&self) -> (Client, oneshot::Sender<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = Client::new(listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(crate::serve(listener, self.clone(), None, stopped));
        (client, stop)
    }
}
