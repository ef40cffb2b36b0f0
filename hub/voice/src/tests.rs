//! What crosses the crate: directives in, bodies out. Vendors' schemas, laws, and sizes.

mod directives;
mod finite;
mod laws;
mod samples;
mod schemas;
mod sizes;
