//! A stick on the network: raw bytes over TCP.

use std::io;

use tokio::net::{TcpListener, TcpStream};

use super::engine::Engine;

/// Serves one host after the other. While one is there, the next waits, as with most network sticks.
pub(super) async fn serve(engine: &mut Engine, listener: TcpListener) -> io::Result<()> {
    loop {
        let stream: TcpStream = engine.until(listener.accept()).await?.0;
        stream.set_nodelay(true)?;
        match engine.session(stream).await {
            Ok(()) => tracing::debug!("the host closed the connection"),
            Err(error) => tracing::debug!(%error, "the connection ended"),
        }
    }
}
