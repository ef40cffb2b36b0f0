//! The API over real HTTP against a house that is not there.

mod client;
mod fake;

mod documents;
mod doors;
mod questions;
mod stream;
