//! The whole hub from outside: the real daemon, its broker, redb and page, with the simulated adapter on a pty.

#[path = "../support/mod.rs"]
mod support;

mod adapters;
mod bridge;
mod https;
mod joining;
mod lasting;
mod locking;
mod outside;
mod setting;
mod stopping;
