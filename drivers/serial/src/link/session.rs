//! One open port from its opening to its loss: bytes in become events, orders become bytes out, neither waits for the other.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::wire::Wire;

use super::{Event, Gone, Lost, Order};

/// The most bytes in one event.
const CHUNK: usize = 1024;
/// A frame that the port has not taken by then will not be taken.
const STALL: Duration = Duration::from_secs(10);

/// Why pumping stopped.
enum Stop {
    Lost(Lost),
    LeaveBootloader,
}

/// Pump until the port is lost, or until nobody listens any more.
pub(super) async fn run(
    wire: &mut Wire,
    mut orders: mpsc::Receiver<Order>,
    events: &mpsc::Sender<Event>,
) -> Result<Lost, Gone> {
    loop {
        let (reader, writer) = split(&mut *wire);
        let stop = tokio::select! {
            lost = read(reader, events) => Stop::Lost(lost?),
            stop = write(writer, &mut orders) => stop,
            () = events.closed() => return Err(Gone),
        };
        match stop {
            Stop::Lost(lost) => return Ok(lost),
            Stop::LeaveBootloader => wire.leave_bootloader().await,
        }
    }
}

/// May be dropped at any await without losing a byte: there is room for the event before anything is read.
async fn read(mut from: impl AsyncRead + Unpin, events: &mpsc::Sender<Event>) -> Result<Lost, Gone> {
    let mut buffer = [0; CHUNK];
    loop {
        let room = events.reserve().await.map_err(|_| Gone)?;
        match from.read(&mut buffer).await {
            Ok(0) => return Ok(Lost::Closed),
            Ok(count) => room.send(Event::Bytes(buffer.iter().take(count).copied().collect())),
            Err(error) => return Ok(Lost::Read(error)),
        }
    }
}

async fn write(mut to: impl AsyncWrite + Unpin, orders: &mut mpsc::Receiver<Order>) -> Stop {
    loop {
        let frame = match orders.recv().await {
            Some(Order::Write(frame)) => frame,
            Some(Order::LeaveBootloader) => return Stop::LeaveBootloader,
            None => return Stop::Lost(Lost::Dropped),
        };
        match timeout(STALL, to.write_all(&frame)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Stop::Lost(Lost::Write(error)),
            Err(_) => return Stop::Lost(Lost::Stalled),
        }
    }
}
