//! Who guesses: addresses at passwords, people at door codes. It counts failures and says who has to wait; it knows no
//! secret.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many failures are free: people mistype.
const FREE: u32 = 5;
/// The wait after the first failure past the free ones; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// An address is forgotten after so long without a failure.
const MEMORY: Duration = Duration::from_secs(3600);
/// So many addresses are remembered; the one that failed longest ago makes room.
const LIMIT: usize = 256;

#[derive(Debug, Clone, Copy)]
struct Record {
    failures: u32,
    last: Instant,
}

/// Failures by who failed.
#[derive(Debug)]
pub(crate) struct Attempts<Who>(Mutex<HashMap<Who, Record>>);

impl<Who> Default for Attempts<Who> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// An address as failures are counted: whoever has one of a network's IPv6 addresses has 2^64 of them.
pub(crate) fn counted(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

impl<Who: Eq + Hash + Clone> Attempts<Who> {
    /// Whether they may try now.
    pub(crate) fn may_try(&self, who: &Who, now: Instant) -> bool {
        self.table().get(who).is_none_or(|record| now.saturating_duration_since(record.last) >= wait(record.failures))
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, who: Who, now: Instant) {
        let mut table = self.table();
        table.retain(|_, record| now.saturating_duration_since(record.last) < MEMORY);
        if !table.contains_key(&who)
            && table.len() >= LIMIT
            && let Some(oldest) = table.iter().min_by_key(|(_, record)| record.last).map(|(who, _)| who.clone())
        {
            table.remove(&oldest);
        }
        let record = table.entry(who).or_insert(Record { failures: 0, last: now });
        record.failures = record.failures.saturating_add(1);
        record.last = now;
    }

    /// Forgets somebody who knew it.
    pub(crate) fn succeeded(&self, who: &Who) {
        self.table().remove(who);
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Who, Record>> {
        // Every change to the table is one call: a panic elsewhere leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait(failures: u32) -> Duration {
    match failures.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(over) => FIRST_WAIT.saturating_mul(2_u32.saturating_pow(over)).min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn guessing_gets_slower_and_slower() {
        let (attempts, mut now) = (Attempts::<IpAddr>::default(), Instant::now());
        for _ in 0..FREE {
            assert!(attempts.may_try(&PEER, now));
            attempts.failed(PEER, now);
        }
        let mut waits = Vec::new();
        for _ in 0..7 {
            let start = now;
            while !attempts.may_try(&PEER, now) {
                now += Duration::from_secs(1);
            }
            waits.push((now - start).as_secs());
            attempts.failed(PEER, now);
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
        assert!(attempts.may_try(&"192.0.2.2".parse().unwrap(), now), "others do not wait");
    }

    #[test]
    fn success_and_time_wipe_the_slate() {
        let (attempts, now) = (Attempts::<IpAddr>::default(), Instant::now());
        for _ in 0..FREE {
            attempts.failed(PEER, now);
        }
        attempts.succeeded(&PEER);
        assert!(attempts.may_try(&PEER, now));
        for _ in 0..=FREE {
            attempts.failed(PEER, now);
        }
        attempts.failed(PEER, now + MEMORY);
        assert!(attempts.may_try(&PEER, now + MEMORY), "an old record does not count");
    }

    #[test]
    fn the_table_is_bounded() {
        let (attempts, now) = (Attempts::<IpAddr>::default(), Instant::now());
        for last in 0..2 * LIMIT {
            attempts.failed(IpAddr::V4(u32::try_from(last).unwrap().into()), now);
        }
        assert_eq!(attempts.table().len(), LIMIT);
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_count_as_one() {
        let counted = |text: &str| counted(text.parse().unwrap()).to_string();
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(counted("192.0.2.1"), "192.0.2.1");
    }
}
