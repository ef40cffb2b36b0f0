//! The API over real HTTP against a house that is not there.

mod client;
mod fake;

mod doors;
mod questions;
mod stream;
