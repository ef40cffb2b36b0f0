//! Who asks the house, and what it answers.

use std::sync::Arc;

use home::Access;
use home::admin::ErrorKind;
use serde_json::Value;

/// Somebody whose question it is.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person's name; for a program with a token, the person's and the token's, with a slash between.
    pub user: Arc<str>,
    /// What they may do.
    pub access: Arc<Access>,
}

/// What a question is answered with: the `data` of [`home::admin`], or why there is none.
pub type Answer = Result<Value, Refused>;

/// The house did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why, for programs.
    pub kind: ErrorKind,
    /// Why, for people: lower case, no full stop, no secret.
    pub error: String,
}
