//! Commands from their words to their output, against a daemon that is not there.

mod commands;
mod failures;
mod fake;
mod live;
