//! The figures and faults by which Hearth wants to be better than what a user would pick instead, measured from outside:
//! the release daemon, the simulated adapter on a pty, a client on a socket.
//!
//! `cargo bench -p hearthd --bench peer -- [--quick] [ROW…]`; `--list` names the rows. Compare only figures of one run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "a bench is a test that prints"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod faults;
mod figures;
mod machine;
mod numbers;
mod recovery;
mod rows;
mod scene;
mod trace;

use rows::{ROWS, Row};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let is_set = |option: &str| arguments.iter().any(|argument| argument == option);
    if is_set("--list") {
        for row in ROWS {
            println!("{:<14} {}", row.name, row.figure);
        }
        return;
    }
    let names: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if let Some(unknown) = names.iter().find(|name| ROWS.iter().all(|row| row.name != ***name)) {
        eprintln!("there is no row {unknown}; --list names them");
        std::process::exit(64);
    }
    let chosen: Vec<_> =
        ROWS.iter().filter(|row| names.is_empty() || names.iter().any(|name| *name == row.name)).collect();
    let scale = rows::Scale { quick: is_set("--quick") };
    println!("{}", machine::describe());
    let measured: Vec<_> = chosen.into_iter().map(|row| (row, measure(row, scale))).collect();
    println!("\n{}", table(&measured));
}

/// Measures one row; a row that fails is shown as failed and leaves the others alone.
fn measure(row: &Row, scale: rows::Scale) -> rows::Measured {
    eprintln!("{}: {}", row.name, row.figure);
    let measured = std::panic::catch_unwind(|| (row.measure)(scale))
        .unwrap_or_else(|_| rows::Measured { text: "could not be measured".to_owned(), good: false });
    eprintln!("{}: {}", row.name, measured.text);
    measured
}

fn table(measured: &[(&Row, rows::Measured)]) -> String {
    let head = ["figure", "Zigbee2MQTT + mosquitto, 2026-11-23", "Hearth must", "Hearth measured"].map(str::to_owned);
    let rule = [const { String::new() }; 4];
    let mut lines = vec![head, rule];
    lines.extend(measured.iter().map(|(row, measured)| {
        let verdict = if measured.good { "" } else { "**missed** " };
        [row.figure.to_owned(), row.peer.to_owned(), row.must.to_owned(), format!("{verdict}{}", measured.text)]
    }));
    let widths: Vec<_> =
        (0..4).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap()).collect();
    let line = |(number, line): (usize, &[String; 4])| {
        let fill = if number == 1 { '-' } else { ' ' };
        let cells = line.iter().zip(&widths).map(|(cell, width)| {
            let missing = width - cell.chars().count();
            format!(" {cell}{} ", fill.to_string().repeat(missing))
        });
        format!("|{}|", cells.collect::<Vec<_>>().join("|"))
    };
    lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}
