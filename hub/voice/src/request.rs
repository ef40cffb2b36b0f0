//! A vendor's message, read: what it asks, and what has to be said back. Knows bounds, no grant.

use std::fmt;

use sha2::{Digest, Sha256};
use summary::{Ask, Vendor};
use zeroize::Zeroizing;

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
    grant: Option<GrantCode>,
}

/// What comes with a grant: whoever has it can tell the vendor something unasked in the owner's name. Does not print.
pub struct GrantCode(Zeroizing<String>);

impl GrantCode {
    /// The longest that is taken, in bytes.
    pub const LONGEST: usize = 4096;

    /// The code itself: 1 to [`Self::LONGEST`] printable ASCII characters.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for GrantCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GrantCode(_)")
    }
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
        let grant = if ask == Ask::Grant { code(&tree) } else { None };
        Self { ask, form, digest: Sha256::digest(body).into(), grant }
    }

    /// The code of an [`Ask::Grant`], if there is one that can be used.
    pub fn grant(&self) -> Option<&GrantCode> {
        self.grant.as_ref()
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

/// `directive.payload.grant.code` of Alexa's `AcceptGrant`, whose grant is of the one type that there is; Google has no such message.
fn code(tree: &Tree) -> Option<GrantCode> {
    let grant = tree.get("directive")?.get("payload")?.get("grant")?;
    if grant.get("type")?.text()? != "OAuth2.AuthorizationCode" {
        return None;
    }
    grant.get("code")?.token(GrantCode::LONGEST).map(|code| GrantCode(Zeroizing::new(code.to_owned())))
}
