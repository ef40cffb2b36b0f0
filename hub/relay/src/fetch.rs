//! One HTTP request over a connection of its own, with a bound on the answer. Knows no service.

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No connection.
    #[error("can't be reached")]
    Connect(#[from] std::io::Error),
    /// A connection that broke, or did not speak HTTP.
    #[error("did not answer in HTTP")]
    Http(#[from] hyper::Error),
    /// An answer that is too long or broke off.
    #[error("answered at too great length, or not to the end")]
    Body,
}

/// Sends `request` over `stream` and reads at most `longest` bytes of the answer's body.
pub(crate) async fn fetch(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
    longest: usize,
) -> Result<Response<Bytes>, FetchError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, longest).collect().await.map_err(|_| FetchError::Body)?;
        Ok(Response::from_parts(head, body.to_bytes()))
    };
    let mut connection = std::pin::pin!(connection);
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => answer,
        // The connection's end may bring the last of the answer.
        _ = &mut connection => exchange.await,
    }
}
