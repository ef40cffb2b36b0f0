//! A service on the internet, called over a connection of its own each time. Knows where it is, not what it does.

use std::sync::Arc;

use axum::http::header::{ACCEPT, CONNECTION, HOST};
use axum::http::uri::{PathAndQuery, Scheme};
use axum::http::{HeaderValue, Request, Response, Uri};
use bytes::Bytes;
use http_body_util::Full;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::fetch::{FetchError, fetch};

/// Longest answer that is read.
const ANSWER: usize = 16 * 1024;

/// Where a service is.
#[derive(Debug)]
pub(crate) struct Remote {
    host: String,
    port: u16,
    path: Uri,
    /// Host and port as they were written.
    authority: HeaderValue,
    /// `None` for plain HTTP, on this machine.
    tls: Option<(TlsName, Arc<ClientConfig>)>,
}

type TlsName = ServerName<'static>;

/// No HTTPS address; plain HTTP is for this machine alone.
#[derive(Debug, thiserror::Error)]
#[error("{key} = {url:?} is no https:// address")]
pub struct AddressError {
    /// Which key of the configuration.
    pub key: &'static str,
    /// What stands there.
    pub url: String,
}

impl Remote {
    /// The service at `url`, which `key` of the configuration names.
    pub(crate) fn new(key: &'static str, url: &str, tls: &Arc<ClientConfig>) -> Result<Self, AddressError> {
        Self::read(url, tls).ok_or_else(|| AddressError { key, url: url.to_owned() })
    }

    fn read(url: &str, tls: &Arc<ClientConfig>) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let (host, authority) = (uri.host()?.to_owned(), uri.authority()?);
        let local = host == "127.0.0.1" || host == "localhost";
        let tls = match uri.scheme()? {
            scheme if *scheme == Scheme::HTTPS => Some((ServerName::try_from(host.clone()).ok()?, Arc::clone(tls))),
            scheme if *scheme == Scheme::HTTP && local => None,
            _ => return None,
        };
        let path = uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
        Some(Self {
            port: uri.port_u16().unwrap_or(if tls.is_some() { 443 } else { 80 }),
            authority: HeaderValue::from_str(authority.as_str()).ok()?,
            path: path.into(),
            host,
            tls,
        })
    }

    /// Sends a request with this method, these headers and this body there, and reads the answer, whatever it is. Follows no redirection.
    pub(crate) async fn send(&self, mut request: Request<Full<Bytes>>) -> Result<Response<Bytes>, FetchError> {
        *request.uri_mut() = self.path.clone();
        let headers = request.headers_mut();
        headers.insert(HOST, self.authority.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        match &self.tls {
            Some((name, tls)) => {
                let connector = TlsConnector::from(Arc::clone(tls));
                fetch(connector.connect(name.clone(), stream).await?, request, ANSWER).await
            }
            None => fetch(stream, request, ANSWER).await,
        }
    }
}
