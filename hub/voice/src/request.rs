//! A vendor's message, read: what it asks, and what has to be said back. Knows bounds, no grant.

use sha2::{Digest, Sha256};
use summary::{Ask, Vendor};

use crate::tree::Tree;
use crate::{alexa, google};

/// The longest message that is read, in bytes. The longest that is of use has [`Ask::MOST`] ids and a token of 4 KiB.
pub const LARGEST_REQUEST: usize = 12 * 1024;

/// A message from a vendor's cloud. Not understood is also something to answer.
#[derive(Debug)]
pub struct Request {
    pub(crate) ask: Ask,
    pub(crate) form: Form,
    /// SHA-256 of the body.
    pub(crate) digest: [u8; 32],
}

/// What the answer repeats of the message.
#[derive(Debug)]
pub(crate) enum Form {
    Alexa(alexa::Form),
    Google(google::Form),
}

impl Request {
    /// Reads a body. Never fails: what is too long, is no JSON, says a key twice or asks for what nobody knows is
    /// [`Ask::Malformed`].
    pub fn parse(vendor: Vendor, body: &[u8]) -> Self {
        let tree = if body.len() > LARGEST_REQUEST { None } else { Tree::parse(body) };
        let tree = tree.unwrap_or(Tree::Null);
        let (ask, form) = match vendor {
            Vendor::Alexa => {
                let (ask, form) = alexa::parse(&tree);
                (ask, Form::Alexa(form))
            }
            Vendor::Google => {
                let (ask, form) = google::parse(&tree);
                (ask, Form::Google(form))
            }
        };
        Self { ask, form, digest: Sha256::digest(body).into() }
    }

    /// Whose message it is.
    pub fn vendor(&self) -> Vendor {
        match self.form {
            Form::Alexa(_) => Vendor::Alexa,
            Form::Google(_) => Vendor::Google,
        }
    }

    /// What it asks.
    pub fn ask(&self) -> &Ask {
        &self.ask
    }
}
