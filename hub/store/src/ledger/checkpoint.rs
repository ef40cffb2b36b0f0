//! Checkpoints: entries by which the ledger signs its head.
//!
//! The body of a checkpoint is the ledger's public key (32 bytes) and an Ed25519 signature (64 bytes) over: the 28 bytes
//! `hearth-ledger-1 checkpoint:\n`, the number of the entry before it (8), that entry's hash (32), and the time of the
//! checkpoint (8).

use super::chain::{Head, Recorded};
use super::entry::{Entry, Kind};
use super::key::{Key, PublicKey};

const CHECKPOINT: &[u8] = b"hearth-ledger-1 checkpoint:\n";

/// Signs `head` at the time `at`.
pub(super) fn sign(key: &Key, head: Head, at: u64) -> Recorded {
    let body = [&key.public().0[..], &key.sign(&message(head, at))].concat();
    let entry = Entry::any(at, None, Kind::Checkpoint, String::new(), body).expect("96 bytes are no more than 16 KiB");
    Recorded::after(head, entry)
}

/// Whether a checkpoint was signed by `key`, and signs the entry before it.
pub(super) fn is_signed(checkpoint: &Recorded, key: &PublicKey) -> bool {
    let Some((signer, signature)) = checkpoint.entry.body().split_first_chunk::<32>() else { return false };
    let Ok(signature) = signature.try_into() else { return false };
    let head = Head { number: checkpoint.number.saturating_sub(1), hash: checkpoint.previous };
    *signer == key.0 && key.verifies(&message(head, checkpoint.entry.at()), signature)
}

fn message(head: Head, at: u64) -> Vec<u8> {
    [CHECKPOINT, &head.number.to_be_bytes(), &head.hash.0, &at.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::chain::Hash;

    #[test]
    fn a_checkpoint_signs_number_hash_and_time() {
        let key = Key::from_seed(&[7; 32]);
        let head = Head { number: 41, hash: Hash([1; 32]) };
        let checkpoint = sign(&key, head, 1000);
        assert!(is_signed(&checkpoint, &key.public()));
        assert!(!is_signed(&checkpoint, &Key::from_seed(&[8; 32]).public()));
        assert!(!is_signed(&Recorded { number: 43, ..checkpoint.clone() }, &key.public()));
        assert!(!is_signed(&Recorded { previous: Hash([2; 32]), ..checkpoint.clone() }, &key.public()));
        let body = checkpoint.entry.body().to_vec();
        let later = Entry::any(1001, None, Kind::Checkpoint, String::new(), body.clone()).unwrap();
        assert!(!is_signed(&Recorded { entry: later, ..checkpoint.clone() }, &key.public()));
        for length in [0, 31, 32, 95] {
            let entry = Entry::any(1000, None, Kind::Checkpoint, String::new(), body[..length].to_vec()).unwrap();
            assert!(!is_signed(&Recorded { entry, ..checkpoint.clone() }, &key.public()), "{length}");
        }
    }
}
