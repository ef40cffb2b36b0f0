use super::*;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

fn keeper(path: PathBuf) -> Keeper {
    let (events, _) = mpsc::channel(1);
    Keeper { port: Port::Tty(path), settings: Settings::default(), events }
}

#[tokio::test(start_paused = true)]
async fn a_stick_that_returns_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("adapter");
    let keeper = keeper(path.clone());
    let start = Instant::now();
    let (returned, ()) = tokio::join!(keeper.pause(Duration::from_secs(3600), None), async {
        sleep(Duration::from_secs(3)).await;
        std::fs::write(&path, "").unwrap();
    });
    assert!(returned);
    assert!(start.elapsed() <= Duration::from_secs(3) + LOOK, "paused time: exact");
}

#[tokio::test(start_paused = true)]
async fn a_stick_that_was_swapped_between_two_looks_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, old, new) = (folder.path().join("adapter"), folder.path().join("old"), folder.path().join("new"));
    std::fs::write(&old, "").unwrap();
    std::fs::write(&new, "").unwrap();
    symlink(&old, &path).unwrap();
    let keeper = keeper(path.clone());
    let before = keeper.node();
    std::fs::remove_file(&path).unwrap();
    symlink(&new, &path).unwrap();
    assert!(keeper.pause(Duration::from_secs(3600), before).await);
}

#[tokio::test(start_paused = true)]
async fn a_stick_that_stays_gets_the_whole_delay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("adapter");
    std::fs::write(&path, "").unwrap();
    let keeper = keeper(path);
    let start = Instant::now();
    assert!(!keeper.pause(Duration::from_millis(250), keeper.node()).await);
    assert!(start.elapsed() >= Duration::from_millis(250));
}

#[tokio::test]
async fn a_full_queue_and_a_lost_port_are_told_apart() {
    let (writer, orders) = Writer::new();
    for _ in 0..FRAMES {
        writer.send(vec![0]).unwrap();
    }
    assert_eq!(writer.send(vec![0]), Err(SendError::Full));
    drop(orders);
    assert_eq!(writer.send(vec![0]), Err(SendError::Lost));
}
