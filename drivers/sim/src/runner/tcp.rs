//! A stick on the network: raw bytes over TCP.

use std::io;

use tokio::net::TcpListener;

use super::engine::Engine;

/// Serves one host after the other. While one is there, the next waits, as with most network sticks. A stick that was
/// pulled comes back under the same address.
pub(super) async fn serve(engine: &mut Engine, mut listener: TcpListener) -> io::Result<()> {
    loop {
        if let Some(accepted) = engine.until(listener.accept()).await {
            let (stream, _) = accepted?;
            stream.set_nodelay(true)?;
            match engine.session(stream).await {
                Ok(()) => tracing::debug!("the host closed the connection"),
                Err(error) => tracing::debug!(%error, "the connection ended"),
            }
        }
        let address = listener.local_addr()?;
        if engine.is_unplugged() {
            drop(listener);
            engine.replug().await;
            listener = TcpListener::bind(address).await?;
        }
    }
}
