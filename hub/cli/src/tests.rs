//! Commands from their words to their output, against a daemon that is not there.

mod assistants;
mod commands;
mod failures;
mod fake;
mod live;
