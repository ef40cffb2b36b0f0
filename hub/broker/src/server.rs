//! Listening: accepted connections, their limits, and a stop that says goodbye.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::{error, warn};

use crate::{
    client::{self, Shared},
    mailbox::Reason,
};

/// Connections at present, by address.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection's place; given back when dropped.
struct Place {
    doors: Arc<Doors>,
    address: IpAddr,
}

/// How long clients are given to take their last packet when the broker stops.
const GOODBYE: Duration = Duration::from_secs(2);
/// Pause after an accept failed, for instance for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

impl Doors {
    /// Connections open now.
    pub(crate) fn count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    fn enter(self: &Arc<Self>, address: IpAddr, max: usize, max_per_address: usize) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = open.values().sum();
        let here = open.get(&address).copied().unwrap_or(0);
        if total >= max || here >= max_per_address {
            return None;
        }
        open.insert(address, here + 1);
        Some(Place { doors: Arc::clone(self), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.doors.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// Accepts connections until `shutdown`, then says goodbye to all of them.
pub(crate) async fn serve(
    shared: &Arc<Shared>,
    doors: &Arc<Doors>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let mut clients = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => accept(shared, doors, stream, peer, &mut clients),
                Err(error) => {
                    warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(ended) = clients.join_next(), if !clients.is_empty() => {
                // A task that panicked is gone like one that ended; the others go on.
                if let Err(error) = ended {
                    error!(%error, "an MQTT connection failed");
                    shared.hub.counters.failed_connections.add(1);
                }
            }
        }
    }
    drop(listener);
    shared.hub.close_all(Reason::ServerShuttingDown);
    let all_gone = async { while clients.join_next().await.is_some() {} };
    // Whoever has not gone by then is aborted with the set.
    let _ = timeout(GOODBYE, all_gone).await;
}

fn accept(shared: &Arc<Shared>, doors: &Arc<Doors>, stream: TcpStream, peer: SocketAddr, clients: &mut JoinSet<()>) {
    let counters = &shared.hub.counters;
    counters.accepted.add(1);
    let config = &shared.config;
    let Some(place) = doors.enter(peer.ip(), config.max_connections, config.max_connections_per_address) else {
        counters.refused_connections.add(1);
        return;
    };
    // Without it small packets wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let shared = Arc::clone(shared);
    clients.spawn(async move {
        client::serve(shared, stream, peer).await;
        drop(place);
    });
}
