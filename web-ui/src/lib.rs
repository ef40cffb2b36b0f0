//! The page and its HTTP API.
//!
//! It knows HTTP, sessions and the questions of [`home::admin`]. It does not know how the house answers them, holds
//! no state of the house, and can't open its files: the daemon gives it a [`House`].

mod api;
mod app;
mod assistants;
mod attempts;
mod body;
mod changes;
mod guard;
mod house;
mod login;
mod openapi;
mod page;
mod problem;
mod readable;
mod routes;
mod server;
mod session;
mod stop;

#[cfg(test)]
mod tests;

pub use house::{Answer, Caller, House, Refused};
pub use server::serve;
