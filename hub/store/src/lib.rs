//! The house on disk.
//!
//! Three redb files lie in the state directory: `core.redb` (devices, their last values, networks, users, people, retained
//! messages, the log, what the policy and the gateway need kept), `history.redb` (samples) and `ledger.redb` (what left
//! the house, see [`ledger`]), each with one writer thread. What must not be lost goes through
//! [`Store::commit`], which calls back once it is durable; everything else is told to the store in passing
//! ([`Store::report`], [`Store::log`], [`Store::retain`]) and written every [`Options::flush`], or along with a commit
//! that happens anyway. One commit costs some 30 KB whatever is in it: that is why nothing is committed for itself that
//! can wait.
//!
//! After a crash the last values are those in core with the samples of the history on top: never older than what was
//! acknowledged.
//!
//! The store knows rows and files. It does not know what a change means, reads no clock, and needs no runtime: what
//! reads ([`Store::events`], [`Store::history`]) does so on the caller's thread and may wait for the disk.

mod batch;
mod file;
mod health;
mod history;
pub mod ledger;
mod model;
mod open;
mod registry;
mod row;
mod shared;
mod snapshot;
mod stage;
mod store;
mod tables;

pub use batch::{Batch, CommitError, Done};
pub use health::{FileHealth, Health};
pub use history::MAX_SAMPLES;
pub use model::{
    Kept, Passkey, PasswordHash, People, Person, Retained, Session, Setting, Token, TotpSecret, User, Value,
};
pub use store::{OpenError, Options, ReadError, Store};
