//! Sockets of network adapters: set so that a vanished peer is noticed and a small frame leaves at once.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::OpenError;

/// Name look-up and connection together take no longer.
const CONNECT: Duration = Duration::from_secs(5);
/// An idle peer is probed after this long: adapters are restarted without saying goodbye.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Then this often,
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// and after so many probes without an answer it is gone.
const PROBES: u32 = 3;
/// Bytes that nobody acknowledges for this long end the connection; keepalive does not run while bytes are under way.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// Look `host` up anew and connect to the first of its addresses that accepts.
pub(super) async fn open(host: &str, port: u16) -> Result<TcpStream, OpenError> {
    timeout(CONNECT, connect(host, port)).await.unwrap_or_else(|_| {
        Err(OpenError::Connect { address: format!("{host}:{port}"), source: io::ErrorKind::TimedOut.into() })
    })
}

async fn connect(host: &str, port: u16) -> Result<TcpStream, OpenError> {
    let addresses = lookup_host((host, port))
        .await
        .map_err(|source| OpenError::Host { host: host.to_owned(), source: Some(source) })?;
    let mut refusal = OpenError::Host { host: host.to_owned(), source: None };
    for address in addresses {
        let attempt = match TcpStream::connect(address).await {
            Ok(stream) => set(&stream).map(|()| stream),
            Err(source) => Err(source),
        };
        match attempt {
            Ok(stream) => return Ok(stream),
            Err(source) => refusal = OpenError::Connect { address: address.to_string(), source },
        }
    }
    Err(refusal)
}

fn set(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(PROBE_INTERVAL).with_retries(PROBES);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_socket_is_set_for_small_frames_and_lost_peers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = open("127.0.0.1", listener.local_addr().unwrap().port()).await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(stream.nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(UNACKNOWLEDGED));
    }

    #[tokio::test]
    async fn a_refusal_names_the_address() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let error = open("127.0.0.1", port).await.unwrap_err();
        assert_eq!(error.to_string(), format!("cannot connect to 127.0.0.1:{port}"));
    }

    #[tokio::test]
    async fn an_unknown_host_is_named() {
        let error = open("a host that cannot be", 6638).await.unwrap_err();
        assert_eq!(error.to_string(), "cannot find the host a host that cannot be");
    }
}
