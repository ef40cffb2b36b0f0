//! Everything that crosses the gateway's connection, of a house in which much happens and of one in which nothing does: asked
//! the same, both let the same number of TLS records of the same sizes cross.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use crate::chain::Chain;
use crate::support::now;
use crate::vendor;

/// Sizes of the records of application data, by direction; TLS 1.3 calls all that after the handshake so (RFC 8446, 5.1).
type Records = Arc<Mutex<[Vec<usize>; 2]>>;

/// A PINGREQ or PINGRESP in its record: the header, two bytes, the type of the content and the tag of the cipher.
const PING: usize = 5 + 2 + 1 + 16;

/// Passes bytes on and notes the records among them.
fn pass(mut from: TcpStream, mut to: TcpStream, records: &Records, direction: usize) {
    let mut record = Vec::new();
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        record.extend_from_slice(&bytes[..count]);
        while record.len() >= 5 {
            let length = 5 + usize::from(u16::from_be_bytes([record[3], record[4]]));
            if record.len() < length {
                break;
            }
            if record[0] == 23 {
                records.lock().unwrap()[direction].push(length);
            }
            record.drain(..length);
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // The other direction ends with this one.
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// Listens in front of the broker on that port.
fn listen_in(broker: u16, records: &Records) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let records = Arc::clone(records);
    std::thread::spawn(move || {
        for gateway in listener.incoming().map(Result::unwrap) {
            let broker = TcpStream::connect(("127.0.0.1", broker)).unwrap();
            for stream in [&gateway, &broker] {
                stream.set_nodelay(true).unwrap();
            }
            let ways = [(&gateway, &broker), (&broker, &gateway)].map(|(from, to)| (from.try_clone(), to.try_clone()));
            for (direction, (from, to)) in ways.into_iter().enumerate() {
                let records = Arc::clone(&records);
                std::thread::spawn(move || pass(from.unwrap(), to.unwrap(), &records, direction));
            }
        }
    });
    port
}

/// Doors that are opened and shut by hand, and a valve that is set, four times a second.
fn bustle(chain: &mut Chain, round: u64) {
    let order = if round.is_multiple_of(2) { "unlock" } else { "lock" };
    chain.scene.house.sim.tell(&format!("manual lock-1 {order}"));
    chain.scene.house.set("thermostat-1", &json!({"occupied_heating_setpoint": 15 + round % 8}).to_string());
}

/// One house for so long; what crossed its gateway's connection.
fn live(minutes: f64, is_busy: bool) -> Option<[Vec<usize>; 2]> {
    let records = Records::default();
    let mut chain = Chain::over(|broker| listen_in(broker, &records))?;
    let found = chain.alexa(&vendor::discover());
    let doors = vendor::endpoint(&found, "Doors");
    // Where the broker's pings fall, counts from here on.
    let before = records.lock().unwrap().each_ref().map(Vec::len);
    let began = now();
    let (mut asked, mut round) = (0, 0);
    while now().saturating_sub(began) < Duration::from_secs_f64(minutes * 60.0) {
        if is_busy {
            bustle(&mut chain, round);
        }
        round += 1;
        if now().saturating_sub(began) >= Duration::from_secs(10 * asked) {
            chain.alexa(&vendor::report(&doors));
            asked += 1;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    let happened = chain.scene.house.hub.events().len();
    assert!(!is_busy || happened > 50, "{happened} events");
    let all = records.lock().unwrap();
    let [up, down] = [&all[0][before[0]..], &all[1][before[1]..]].map(<[usize]>::to_vec);
    eprintln!("busy {is_busy}: {asked} questions, {} records up, {} down", up.len(), down.len());
    Some([up, down])
}

/// Sorted, without pings, and how many pings.
fn without_pings(mut records: Vec<usize>) -> (Vec<usize>, usize) {
    let all = records.len();
    records.retain(|&length| length != PING);
    records.sort_unstable();
    let pings = all - records.len();
    (records, pings)
}

fn same_for(minutes: f64) {
    let busy = std::thread::spawn(move || live(minutes, true));
    let still = live(minutes, false);
    let (Some(busy), Some(still)) = (busy.join().unwrap(), still) else { return };
    for (busy, still) in busy.into_iter().zip(still) {
        let ((busy, pings), (still, others)) = (without_pings(busy), without_pings(still));
        assert_eq!(busy, still);
        // They come by the clock of each connection: where one falls at the end, a busy machine decides.
        assert!(pings.abs_diff(others) <= 1, "{pings} and {others} pings");
    }
}

#[test]
fn events_in_the_house_change_nothing_that_crosses() {
    same_for(0.5);
}

/// Ten minutes, by hand: `cargo test -p hearthd --test voice ten_minutes -- --ignored --nocapture`.
#[test]
#[ignore = "takes ten minutes"]
fn ten_minutes_of_events_change_nothing_that_crosses() {
    same_for(10.0);
}
