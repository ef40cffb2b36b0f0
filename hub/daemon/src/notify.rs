//! What systemd is told: ready, alive, stopping.

use std::time::Duration;

use home::admin::Request;
use sd_notify::NotifyState;

use crate::desk::Desk;
use crate::wake::Asker;

/// Says that everything is open and known.
pub(crate) fn ready() {
    tracing::info!("ready");
    tell(&[NotifyState::Ready]);
}

/// Says that the daemon is about to end.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Feeds systemd's watchdog for as long as the house answers questions. Returns at once if there is none.
pub(crate) async fn watchdog(desk: Desk) {
    let Some(period) = sd_notify::watchdog_enabled() else { return };
    let period = (period / 3).max(Duration::from_millis(100));
    loop {
        tokio::time::sleep(period).await;
        if desk.ask(Asker::owner(), Request::Status).await.is_ok() {
            tell(&[NotifyState::Watchdog]);
        }
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd does not listen");
    }
}
