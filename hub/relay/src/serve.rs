//! The relay as a server: HTTP or HTTPS, and which path leads where. Knows nothing of what is in a body.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::Shared;
use crate::alexa::Skill;
use crate::config::Listen;
use crate::oauth::OAuth;

mod routes;

/// Connections at a time.
const CONNECTIONS: usize = 64;
/// From the first byte to a TLS session; from one request's end to the next one's headers.
const HANDSHAKE: Duration = Duration::from_secs(5);
const HEADERS: Duration = Duration::from_secs(30);
/// A connection may be used so long; Google opens another one.
const LIFE: Duration = Duration::from_secs(600);
/// Bytes that a connection may buffer.
const BUFFER: usize = 32 * 1024;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not of this machine.
    #[error("can't listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Nothing to serve.
    #[error("neither [alexa] nor [google] is configured")]
    Nothing,
}

/// Serves until dropped.
pub(crate) async fn run(
    listen: Listen,
    bridge: Shared,
    alexa: Option<Skill>,
    google: Option<OAuth>,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    if alexa.is_none() && google.is_none() {
        return Err(ServeError::Nothing);
    }
    let refused = |source| ServeError::Listen { address: listen.address, source };
    let listener = TcpListener::bind(listen.address).await.map_err(refused)?;
    listening(listener.local_addr().map_err(refused)?);
    let service = TowerToHyperService::new(routes::router(bridge, alexa, google));
    let tls = listen.tls.map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (tls, service) = (tls.clone(), service.clone());
                tokio::spawn(async move {
                    let _place = place;
                    let _ = timeout(LIFE, converse(stream, tls, service)).await;
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to come back.
                tracing::warn!(%error, "can't accept a connection");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// One connection. The handshake is here, not where connections are accepted: who dawdles keeps nobody else waiting.
async fn converse(stream: TcpStream, tls: Option<TlsAcceptor>, service: TowerToHyperService<Router>) {
    match tls {
        None => speak(stream, service).await,
        Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, service).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS session"),
            Err(_) => tracing::debug!("a TLS session took too long"),
        },
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin, service: TowerToHyperService<Router>) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early");
    }
}
