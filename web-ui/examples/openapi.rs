//! Prints the API's description, from which the page's types are made.

use std::io::Write;
use std::net::IpAddr;
use std::sync::Arc;

use home::admin::{Request, Secret};
use serde_json::Value;
use tokio::sync::{broadcast, mpsc};
use web_ui::{Answer, Caller, Change, House, Login, PasskeyKey, People, Proof, Refused, SessionId};

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{:#}", web_ui::openapi_document::<Nobody>())
}

/// The house of the description: there is none.
#[derive(Clone)]
enum Nobody {}

impl House for Nobody {
    type People = Self;

    async fn ask(&self, _: &Caller, _: Request) -> Answer {
        match *self {}
    }

    fn watch(&self) -> broadcast::Receiver<Arc<str>> {
        match *self {}
    }

    fn people(&self) -> &Self {
        match *self {}
    }

    fn export(&self) -> mpsc::Receiver<Result<String, String>> {
        match *self {}
    }

    async fn metrics(&self) -> String {
        match *self {}
    }
}

impl People for Nobody {
    fn needs_setup(&self) -> bool {
        match *self {}
    }

    async fn set_up(&self, _: Secret, _: &str, _: Secret) -> Result<(), Refused> {
        match *self {}
    }

    async fn log_in(&self, _: &str, _: Secret, _: Option<Secret>) -> Login {
        match *self {}
    }

    async fn begin_session(&self, _: &str, _: IpAddr) -> Result<Secret, Refused> {
        match *self {}
    }

    fn session(&self, _: SessionId) -> Option<Caller> {
        match *self {}
    }

    fn end_session(&self, _: SessionId) {
        match *self {}
    }

    fn end_sessions(&self, _: &str, _: Option<SessionId>) {
        match *self {}
    }

    fn token(&self, _: &str) -> Option<Caller> {
        match *self {}
    }

    async fn prove(&self, _: &str, _: &Secret) -> Proof {
        match *self {}
    }

    fn account(&self, _: &str, _: SessionId) -> Option<Value> {
        match *self {}
    }

    async fn change_account(&self, _: &str, _: Change) -> Answer {
        match *self {}
    }

    fn passkey(&self, _: &[u8]) -> Option<(String, PasskeyKey)> {
        match *self {}
    }

    fn passkeys(&self, _: &str) -> Vec<Vec<u8>> {
        match *self {}
    }

    fn passkey_used(&self, _: &str, _: &[u8], _: u32) {
        match *self {}
    }
}
