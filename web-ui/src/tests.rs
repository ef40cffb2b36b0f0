//! The API over real HTTP against a house that is not there.

mod client;
mod fake;
mod few;

mod documents;
mod doors;
mod people;
mod questions;
mod roles;
mod stream;
mod tls;
