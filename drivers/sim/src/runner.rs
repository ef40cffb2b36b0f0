//! Runs a simulated adapter on real ports and against the real clock.
//!
//! One task owns the adapter; everything else sends it orders through a [`Remote`].

mod clock;
mod engine;
pub mod pty;
mod tcp;
pub mod trace;

use std::io;

use serde_json::Value as Json;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use self::engine::Engine;
pub use self::engine::Options;
use self::trace::Trace;
use crate::adapter::Adapter;
use crate::control::{Order, ParseError};
use crate::scenario::Scenario;
use crate::world::OrderError;

/// Orders that may wait.
const ORDERS: usize = 16;

/// An order on its way, and where its outcome goes.
type Errand = (Order, oneshot::Sender<Result<Option<Json>, OrderError>>);

/// Why an order had no effect.
#[derive(Debug, Error)]
pub enum RemoteError {
    /// It is no order.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// It cannot be carried out.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The simulation has ended.
    #[error("the simulation has ended")]
    Ended,
}

/// Gives orders to a running simulation.
#[derive(Clone, Debug)]
pub struct Remote(mpsc::Sender<Errand>);

impl Remote {
    /// Carries out one line; see [`crate::control`]. `status` has an answer.
    pub async fn order(&self, line: &str) -> Result<Option<Json>, RemoteError> {
        let order = line.parse()?;
        let (answer, outcome) = oneshot::channel();
        self.0.send((order, answer)).await.map_err(|_| RemoteError::Ended)?;
        Ok(outcome.await.map_err(|_| RemoteError::Ended)??)
    }
}

/// An adapter that is ready to be plugged in somewhere.
#[derive(Debug)]
pub struct Simulation {
    engine: Engine,
}

impl Simulation {
    /// A simulation, and the means to give it orders.
    pub fn new(scenario: &Scenario) -> (Self, Remote) {
        Self::with(Adapter::new(scenario), scenario.speed, Options::default())
    }

    /// A simulation of this adapter.
    pub fn with(adapter: Adapter, speed: f64, options: Options) -> (Self, Remote) {
        let (orders, inbox) = mpsc::channel(ORDERS);
        (Self { engine: Engine::new(adapter, speed, options, inbox) }, Remote(orders))
    }

    /// Plays the stick on a stream until the host closes it.
    pub async fn attach(&mut self, stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        self.engine.session(stream).await
    }

    /// Plays a network stick: one host at a time, the next waits. Ends with an error of the port.
    pub async fn serve(&mut self, listener: TcpListener) -> io::Result<()> {
        tcp::serve(&mut self.engine, listener).await
    }

    /// Plays a stick on a pseudo-terminal, which hosts open and close as they like.
    pub async fn serve_pty(&mut self, pty: pty::Pty) -> io::Result<()> {
        pty::serve(&mut self.engine, pty).await
    }

    /// Writes the memory file, if there is one and something changed since.
    pub async fn save(&mut self) {
        self.engine.save().await;
    }
}

/// Runs a scenario as a network stick, for as long as the future is polled.
pub async fn serve(listener: TcpListener, scenario: Scenario) -> io::Result<()> {
    let (mut simulation, remote) = Simulation::new(&scenario);
    let ended = simulation.serve(listener).await;
    drop(remote);
    ended
}

/// Where adapters and hosts leave their traces.
pub fn trace_to(path: &std::path::Path) -> io::Result<Trace> {
    Trace::create(path)
}
