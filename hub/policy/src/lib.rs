//! The owner's grants: what may be said to a voice assistant, and what it may have done.
//!
//! [`Policy`] is `policy.toml`, read and found right; [`Bound`] is a policy applied to the house; [`Engine`] looks at the
//! house, freezes at each audience's beat what it may see, and answers from that alone. [`Disclosure`] and [`Permitted`]
//! are made by the engine and nowhere else. No I/O, no clock: time comes in as [`home::Now`].

mod bound;
mod check;
mod diff;
mod disclosure;
mod engine;
mod error;
mod file;
mod grant;
mod guard;
mod key;
mod model;
mod number;
mod permitted;
mod plan;
mod rule;
mod sample;
mod source;
mod value;

pub use bound::{Bound, BoundError};
pub use diff::{Difference, Direction, diff, diff_bound, widens};
pub use disclosure::Disclosure;
pub use engine::{Engine, PinCheck, SavedError};
pub use error::{PolicyErrors, Problem};
pub use key::EndpointKey;
pub use model::Policy;
pub use permitted::Permitted;
