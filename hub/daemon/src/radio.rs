//! The task that runs one adapter: its link, its driver, its timers. It only carries; the driver decides.

use std::time::Duration;

use home::AdapterName;
use serial::{Link, Writer};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::Instrument;
use zigbee::adapter::Znp;
use zigbee::coordinator::Coordinator;

use crate::clock::Clock;
use crate::wake::{FromHouse, Told, Wake};

/// When nothing is due the timer is set this far out.
const IDLE: Duration = Duration::from_secs(3600);
/// An adapter that says nothing for so long after its port was opened, though it was pinged, may sit in its boot loader.
const SILENT: Duration = Duration::from_secs(2);

/// One adapter and what it needs to run.
pub(crate) struct Radio {
    pub(crate) name: AdapterName,
    pub(crate) port: serial::Port,
    pub(crate) settings: serial::Settings,
    pub(crate) driver: Coordinator<Znp>,
    pub(crate) clock: Clock,
    pub(crate) line: FromHouse,
    pub(crate) house: mpsc::Sender<Wake>,
}

impl Radio {
    /// Runs until the house is gone.
    pub(crate) async fn run(self) {
        let span = tracing::info_span!("port", path = %self.port);
        self.pump().instrument(span).await;
    }

    async fn pump(mut self) {
        let mut link = Link::spawn(self.port.clone(), self.settings);
        let mut writer: Option<Writer> = None;
        let mut silence = Silence::default();
        loop {
            let due = self.driver.poll_timeout().map_or_else(|| Instant::now() + IDLE, |up| self.clock.instant(up));
            tokio::select! {
                event = link.next() => match event {
                    Some(event) => {
                        silence.note(&event, Instant::now());
                        self.link_event(event, &mut writer);
                    }
                    None => return,
                },
                told = self.line.next() => match told {
                    Some(Told::Order(order)) => self.driver.handle_order(self.clock.now(), order),
                    Some(Told::NetworkKept) => self.driver.handle_network_kept(self.clock.now()),
                    None => return link.close().await,
                },
                () = sleep_until(due) => self.driver.handle_timeout(self.clock.now()),
                () = sleep_until(silence.due().unwrap_or(due + IDLE)) => {
                    silence = Silence::default();
                    leave_bootloader(writer.as_ref());
                }
            }
            self.transmit(&mut writer);
            while let Some(event) = self.driver.poll_event() {
                if self.house.send(Wake::Event(event)).await.is_err() {
                    return;
                }
            }
        }
    }

    fn link_event(&mut self, event: serial::Event, writer: &mut Option<Writer>) {
        let now = self.clock.now();
        match event {
            serial::Event::Opened(opened) => {
                *writer = Some(opened);
                self.driver.handle_link_up(now);
            }
            serial::Event::Bytes(bytes) => self.driver.handle_bytes(now, &bytes),
            serial::Event::Lost(lost) => {
                *writer = None;
                self.driver.handle_link_down(now, &lost.to_string());
            }
        }
    }

    /// Hands the driver's bytes to the port. A port that takes none is closed and opened anew.
    fn transmit(&mut self, writer: &mut Option<Writer>) {
        while let Some(bytes) = self.driver.poll_transmit() {
            let Some(open) = writer else { continue };
            if let Err(error) = open.send(bytes) {
                tracing::debug!(adapter = %self.name, %error, "closing the port");
                *writer = None;
            }
        }
    }
}

/// How long an open port may stay silent: told once for each opening.
#[derive(Debug, Default)]
struct Silence(Option<Instant>);

impl Silence {
    fn note(&mut self, event: &serial::Event, now: Instant) {
        self.0 = match event {
            serial::Event::Opened(_) => Some(now + SILENT),
            serial::Event::Bytes(_) | serial::Event::Lost(_) => None,
        };
    }

    fn due(&self) -> Option<Instant> {
        self.0
    }
}

fn leave_bootloader(writer: Option<&Writer>) {
    if let Some(Err(error)) = writer.map(Writer::leave_bootloader) {
        tracing::debug!(%error, "no pulse on the port's lines");
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn only_an_adapter_that_never_spoke_is_taken_for_one_in_its_boot_loader() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap();
        let mut link = Link::spawn(port, serial::Settings::default());
        let opened = link.next().await.unwrap();
        let now = Instant::now();
        let mut silence = Silence::default();
        assert_eq!(silence.due(), None);
        silence.note(&opened, now);
        assert_eq!(silence.due(), Some(now + SILENT));
        silence.note(&serial::Event::Bytes(vec![0xFE]), now);
        assert_eq!(silence.due(), None, "it spoke");
        silence.note(&opened, now);
        silence.note(&serial::Event::Lost(serial::Lost::Closed), now);
        assert_eq!(silence.due(), None, "nobody is there");
    }
}
