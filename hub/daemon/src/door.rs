//! The door: the only way on which something leaves the house, and on which an assistant's wish comes in.
//!
//! [`keeper`] belongs to the house's task: it holds the engine, asks the policy, and has everything written into the
//! ledger before anybody hears of it. [`socket`] runs on a thread of its own, carries sealed frames from and to the
//! gateway, and lets each answer go at its time, whatever the house is doing meanwhile. The socket is open only while
//! the keeper grants [`Access`].

mod apply;
mod keeper;
mod kept;
pub(crate) mod ledger;
mod names;
mod preview;
mod record;
mod rehearse;
mod requests;
mod schedule;
mod socket;
mod status;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use home::Now;
use policy::Permitted;
use seal::PairingKey;
use store::CommitError;
use tokio::sync::{mpsc, oneshot, watch};
use web_ui::Answer;

pub(crate) use keeper::{Keeper, Outside};
pub(crate) use kept::Change;
pub(crate) use requests::is_for_the_door;
pub(crate) use socket::Socket;
pub(crate) use status::Status;

/// What wakes the house at the door.
pub(crate) enum Knock {
    /// An assistant asks.
    Question(Question),
    /// What an assistant asked for may be done: the ledger has it. Received at this time.
    Permitted(Vec<Permitted>, Now),
    /// A change of the owner's has its PIN hashed, and can be written.
    Hashed(store::PasswordHash, oneshot::Sender<Answer>),
    /// A change of the owner's is written, or could not be.
    Written(Written),
}

/// A question of an assistant.
pub(crate) struct Question {
    /// What was asked.
    pub(crate) request: voice::Request,
    /// When it came in.
    pub(crate) received: Now,
    /// The PIN in it that was compared, and whether it was right.
    pub(crate) compared: Option<(summary::Pin, bool)>,
    /// The way back. Dropped without a word where nothing may be said.
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// What leaves, and when. The ledger has it.
pub(crate) struct Reply {
    /// The vendor's bytes.
    pub(crate) body: Vec<u8>,
    /// So long after the question came in.
    pub(crate) after: Duration,
}

/// Something that leaves unasked. The ledger has it.
pub(crate) struct Push {
    /// What is sealed: the vendor's bytes and the token with which they are delivered.
    pub(crate) body: zeroize::Zeroizing<Vec<u8>>,
    /// Whose it is.
    pub(crate) vendor: seal::Vendor,
    /// When it leaves, on the steady clock.
    pub(crate) at: Duration,
}

/// A change of the owner's, and who waits for it.
pub(crate) struct Written {
    pub(crate) change: Change,
    pub(crate) result: Result<(), CommitError>,
    /// Who waits, and what they are told if it is written.
    pub(crate) waiting: Option<(oneshot::Sender<Answer>, serde_json::Value)>,
}

/// What the socket needs to be open.
#[derive(Clone)]
pub(crate) struct Access {
    /// What frames are sealed with.
    pub(crate) key: PairingKey,
    /// Nothing opens that was sealed up to here, in milliseconds since 1970.
    pub(crate) not_before: u64,
}

impl Access {
    fn is_same(&self, other: &Self) -> bool {
        self.key.expose() == other.key.expose()
    }
}

/// The lines between keeper and socket.
pub(crate) struct Lines {
    pub(crate) access: watch::Receiver<Option<Access>>,
    pub(crate) pushes: mpsc::Receiver<Push>,
    pub(crate) status: Arc<Status>,
}

/// The first so many bytes, two digits each.
fn hex(bytes: &[u8], most: usize) -> String {
    bytes.iter().take(most).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// What it says of itself is that it is there: what was asked and told is nobody's who prints it.
impl fmt::Debug for Knock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Question(_) => "Question(..)",
            Self::Permitted(..) => "Permitted(..)",
            Self::Hashed(..) => "Hashed(..)",
            Self::Written(_) => "Written(..)",
        })
    }
}
