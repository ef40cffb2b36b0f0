//! Connections: who gets one, how long it may dawdle, and how all of them end.

use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::app::{App, Peer, Transport};
use crate::doorstep;
use crate::house::House;
use crate::routes;
use crate::stop::Stop;
use crate::tls::Tls;

/// Connections at a time: together, and from one address.
const CONNECTIONS: (usize, usize) = (64, 16);
/// A connection must bring its next request's headers within so long.
const HEADER_PATIENCE: Duration = Duration::from_secs(30);
/// Where there is TLS, its handshake must be done within so long.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);
/// The first byte of a TLS handshake (RFC 8446, 5.1); no HTTP request begins with it.
const HANDSHAKE: u8 = 0x16;
/// Bytes that a connection may buffer; headers must fit.
const BUFFER: usize = 16 * 1024;
/// Requests that are under way when the server stops have so long.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What is served.
#[derive(Clone)]
enum Services {
    /// The house as it is.
    Plain(TowerToHyperService<Router>),
    /// The house through TLS, and on the doorstep those who come without.
    Tls { acceptor: TlsAcceptor, house: TowerToHyperService<Router>, doorstep: TowerToHyperService<Router> },
}

impl Services {
    fn new(house: impl House, tls: Option<&Tls>, stopping: Stop) -> Self {
        let names: Arc<[String]> = house.host_names().into();
        let router = routes::router(Arc::new(App::new(house, stopping)));
        let Some(tls) = tls else { return Self::Plain(TowerToHyperService::new(router)) };
        let authority = tls.authority();
        Self::Tls {
            acceptor: TlsAcceptor::from(tls.config()),
            house: TowerToHyperService::new(router.merge(doorstep::pages(Arc::clone(&names), &authority))),
            doorstep: TowerToHyperService::new(doorstep::doorstep(names, &authority)),
        }
    }
}

/// Serves the page and the API of `house` on `listener` until `shutdown` is done, with TLS if `tls` is there: then a
/// connection without it gets a redirect and the authority's certificate, and nothing else. Streams end at once when
/// it stops, other requests within 2 s.
pub async fn serve(listener: TcpListener, house: impl House, tls: Option<Tls>, shutdown: impl Future) {
    let (stop, stopping) = Stop::new();
    let services = Services::new(house, tls.as_ref(), stopping.clone());
    let places = Places::default();
    tokio::select! {
        () = accept(&listener, &services, &places, &stopping) => {}
        _ = shutdown => {}
    }
    drop(listener);
    stop.send_replace(true);
    let all = u32::try_from(CONNECTIONS.0).unwrap_or(u32::MAX);
    // Either every place is free again, or time is up and the connections end with the runtime.
    let _ = tokio::time::timeout(LAST_WORDS, places.free.acquire_many(all)).await;
}

async fn accept(listener: &TcpListener, services: &Services, places: &Places, stopping: &Stop) {
    loop {
        let Ok(permit) = Arc::clone(&places.free).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, address)) => {
                let peer = address.ip().to_canonical();
                if let Some(place) = places.take(peer, permit) {
                    tokio::spawn(receive(stream, peer, services.clone(), place, stopping.clone()));
                }
            }
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to come back.
                tracing::warn!(%error, "can't accept a connection");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// One connection, from its first byte to its end.
async fn receive(stream: TcpStream, peer: IpAddr, services: Services, _place: Place, mut stopping: Stop) {
    // Only latency is lost without it.
    let _ = stream.set_nodelay(true);
    let (acceptor, house, doorstep) = match services {
        Services::Plain(house) => return converse(stream, (peer, Transport::Plain), house, stopping).await,
        Services::Tls { acceptor, house, doorstep } => (acceptor, house, doorstep),
    };
    let opened = tokio::select! {
        opened = tokio::time::timeout(HANDSHAKE_PATIENCE, open(stream, &acceptor)) => opened,
        () = stopping.wait() => return,
    };
    match opened {
        Ok(Ok(Opened::Tls(stream))) => converse(*stream, (peer, Transport::Tls), house, stopping).await,
        Ok(Ok(Opened::Plain(stream))) => converse(stream, (peer, Transport::Plain), doorstep, stopping).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS with this one"),
        Err(_) => tracing::debug!(%peer, "a handshake took too long"),
    }
}

/// How a connection began.
enum Opened {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

async fn open(stream: TcpStream, acceptor: &TlsAcceptor) -> std::io::Result<Opened> {
    let mut first = [0];
    // Looked at, not taken: the handshake needs it too. Nothing at all is the end of the connection.
    let length = stream.peek(&mut first).await?;
    match (length, first) {
        (0, _) => Err(std::io::ErrorKind::UnexpectedEof.into()),
        (_, [HANDSHAKE]) => Ok(Opened::Tls(Box::new(acceptor.accept(stream).await?))),
        _ => Ok(Opened::Plain(stream)),
    }
}

/// The requests of one connection.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    (peer, transport): (IpAddr, Transport),
    router: TowerToHyperService<Router>,
    mut stopping: Stop,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(transport);
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_PATIENCE)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopping.wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

/// Room for connections.
#[derive(Debug)]
struct Places {
    free: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(CONNECTIONS.0)), taken: Arc::default() }
    }
}

impl Places {
    /// A place for `peer`, unless it has too many already.
    fn take(&self, peer: IpAddr, permit: OwnedSemaphorePermit) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(peer).or_default();
        if *count >= CONNECTIONS.1 {
            return None;
        }
        *count += 1;
        Some(Place { peer, taken: Arc::clone(&self.taken), _permit: permit })
    }
}

/// The place of one connection; free again when dropped.
#[derive(Debug)]
struct Place {
    peer: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.peer);
            }
        }
    }
}
