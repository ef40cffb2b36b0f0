//! One frame: its bytes, what is in it, sealing and opening. Knows nothing of what came before, so nothing of replays.
//!
//! ```text
//! frame, 16384 bytes:  version 1 | nonce 24 | ciphertext 16343 | tag 16
//! plain, 16343 bytes:  kind 1 | request id 16 | issued 8 | vendor 2 | length 2 | body | zeros
//! ```
//! Numbers are big-endian. Authenticated beside the plain text: version, kind, and for a reply the id of the request it answers.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{Tag, XNonce};
use zeroize::Zeroizing;

use crate::key::{Cipher, NoRandomness};

/// Bytes of each frame.
pub const FRAME: usize = 16_384;
/// Bytes that a body can have at most.
pub const MAX_BODY: usize = PLAIN - HEADER;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const PLAIN: usize = FRAME - 1 - NONCE - TAG;
const HEADER: usize = 1 + 16 + 8 + 2 + 2;

/// [`FRAME`] bytes that say nothing to who lacks the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(Vec<u8>);

/// Names one request. Random; it does not tell what is asked, so it may be seen by who carries frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub [u8; 16]);

/// Whose message the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// A directive of Alexa's Smart Home interface, or the answer to one.
    Alexa,
    /// A fulfilment request of Google's, or the answer to one.
    Google,
}

/// What was in a frame.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Of the request, also in its reply.
    pub id: RequestId,
    /// When it was sealed, in milliseconds of Unix time by the sealer's clock.
    pub issued: u64,
    /// Whose message it is.
    pub vendor: Vendor,
    /// The vendor's bytes, which may hold a PIN.
    pub body: Zeroizing<Vec<u8>>,
}

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The body does not fit a frame.
    #[error("a body of {0} bytes, of which a frame holds {MAX_BODY}")]
    TooLong(usize),
    /// No nonce could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Why a frame is not opened, as far as the frame alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not [`FRAME`] bytes.
    #[error("a frame of {0} bytes, where all have {FRAME}")]
    Size(usize),
    /// A version that we do not speak.
    #[error("a frame of version {0}, where we speak {VERSION}")]
    Version(u8),
    /// Not sealed with our key, for us, for this request; or changed on the way.
    #[error("a frame that is not for us, or was changed")]
    Tag,
    /// Sealed with our key, and yet not as we write frames: the other side is another version, or broken.
    #[error("a frame with wrong content")]
    Content,
}

/// What a frame is for. The value is on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request = 1,
    Reply = 2,
    Push = 3,
}

impl Frame {
    /// The bytes to send.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl AsRef<[u8]> for Frame {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl RequestId {
    pub(crate) fn random() -> Result<Self, NoRandomness> {
        random().map(Self)
    }
}

impl Vendor {
    fn word(self) -> u16 {
        match self {
            Self::Alexa => 1,
            Self::Google => 2,
        }
    }

    fn from_word(word: u16) -> Option<Self> {
        [Self::Alexa, Self::Google].into_iter().find(|vendor| vendor.word() == word)
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("issued", &self.issued)
            .field("vendor", &self.vendor)
            .field("bytes", &self.body.len())
            .finish()
    }
}

/// Seals `body`, padded to the one size, under a nonce made for it.
pub(crate) fn seal(
    cipher: &Cipher,
    kind: Kind,
    (id, issued, vendor): (RequestId, u64, Vendor),
    body: &[u8],
) -> Result<Frame, SealError> {
    let length = u16::try_from(body.len()).ok().filter(|_| body.len() <= MAX_BODY);
    let length = length.ok_or(SealError::TooLong(body.len()))?;
    let nonce: [u8; NONCE] = random()?;
    let mut frame = Vec::with_capacity(FRAME);
    frame.push(VERSION);
    frame.extend_from_slice(&nonce);
    frame.push(kind as u8);
    frame.extend_from_slice(&id.0);
    frame.extend_from_slice(&issued.to_be_bytes());
    frame.extend_from_slice(&vendor.word().to_be_bytes());
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(body);
    frame.resize(FRAME - TAG, 0);
    let (_, plain) = frame.split_at_mut(1 + NONCE);
    let tag = cipher
        .0
        .encrypt_inout_detached(&XNonce::from(nonce), &beside(kind, id), plain.into())
        .expect("a frame is shorter than the 256 GiB that the cipher takes");
    frame.extend_from_slice(&tag);
    Ok(Frame(frame))
}

/// Opens a frame of this kind. `answers` is the request that a reply must be for.
pub(crate) fn open(
    cipher: &Cipher,
    kind: Kind,
    answers: Option<RequestId>,
    frame: &[u8],
) -> Result<Message, OpenError> {
    let frame: &[u8; FRAME] = frame.try_into().map_err(|_| OpenError::Size(frame.len()))?;
    let Some((&version, rest)) = frame.split_first() else { return Err(OpenError::Size(0)) };
    if version != VERSION {
        return Err(OpenError::Version(version));
    }
    let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(OpenError::Content)?;
    let (cipher_text, tag) = rest.split_last_chunk::<TAG>().ok_or(OpenError::Content)?;
    let mut plain = Zeroizing::new(cipher_text.to_vec());
    let beside = beside(kind, answers.unwrap_or(RequestId([0; 16])));
    cipher
        .0
        .decrypt_inout_detached(&XNonce::from(*nonce), &beside, plain.as_mut_slice().into(), &Tag::from(*tag))
        .map_err(|_| OpenError::Tag)?;
    let message = read(kind, &plain).ok_or(OpenError::Content)?;
    if answers.is_some_and(|id| id != message.id) { Err(OpenError::Content) } else { Ok(message) }
}

/// What is authenticated beside the plain text.
fn beside(kind: Kind, id: RequestId) -> [u8; 18] {
    let mut beside = [0; 18];
    let answered = if kind == Kind::Reply { id.0 } else { [0; 16] };
    for (to, from) in beside.iter_mut().zip([VERSION, kind as u8].into_iter().chain(answered)) {
        *to = from;
    }
    beside
}

/// `None` if the plain text is not exactly as [`seal`] writes it.
fn read(kind: Kind, plain: &[u8]) -> Option<Message> {
    let (&said, rest) = plain.split_first()?;
    let (id, rest) = rest.split_first_chunk()?;
    let (issued, rest) = rest.split_first_chunk()?;
    let (vendor, rest) = rest.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (body, padding) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let vendor = Vendor::from_word(u16::from_be_bytes(*vendor))?;
    let as_written = said == kind as u8 && padding.iter().all(|byte| *byte == 0);
    as_written.then(|| Message {
        id: RequestId(*id),
        issued: u64::from_be_bytes(*issued),
        vendor,
        body: Zeroizing::new(body.to_vec()),
    })
}

fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
