//! The page and its HTTP API.
//!
//! It knows HTTP, sessions and the questions of [`home::admin`]. It does not know how the house answers them, holds
//! no state of the house, and can't open its files: the daemon gives it a [`House`].

mod account;
mod answer;
mod api;
mod app;
mod asked;
mod assistants;
mod attempts;
mod authority;
mod body;
mod challenges;
mod changes;
mod codes;
mod csv;
mod describe;
mod doors;
mod doorstep;
mod edits;
mod etag;
mod guard;
mod house;
mod hub;
mod login;
mod need;
mod openapi;
mod page;
mod passkey;
mod people;
mod problem;
mod readable;
mod residents;
mod routes;
mod schema;
mod server;
mod stop;
mod tape;
mod tls;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Caller, Refused};
pub use authority::{Authority, CertificateError, ServerCertificate};
pub use house::House;
pub use people::{Change, Login, PasskeyKey, People, Proof, SessionId};
pub use routes::description as openapi_document;
pub use server::serve;
pub use tls::{Tls, TlsError};
