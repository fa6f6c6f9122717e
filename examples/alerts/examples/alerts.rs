//! 100,000 readings of two hundred devices under rules that raise alerts, and withdraw them without
//! an explicit command.
//!
//! `cargo run --release --example alerts`

use std::time::{Duration, Instant};

use tsd_alerts::{Board, ControlRoom, Past, Stream};

/// How many minutes of the stream make a line of the table.
const MINUTES: usize = 50;

fn main() -> Result<(), tsd::Error> {
    let minutes: Vec<_> = Stream::default().collect();
    let mut room = ControlRoom::new()?;
    let (mut readings, mut took) = (0, Duration::ZERO);

    println!(
        "{:>8}{:>10}{:>9}{:>11}{:>10}{:>14}",
        "minute", "readings", "raised", "withdrawn", "standing", "readings/s"
    );
    for part in minutes.chunks(MINUTES) {
        let (raised, withdrawn) = (raised(room.session.host()), room.session.host().past.len());
        let start = Instant::now();
        part.iter().try_for_each(|minute| room.minute(minute))?;
        let elapsed = start.elapsed();
        let came: usize = part.iter().map(|minute| minute.readings.len()).sum();
        (readings, took) = (readings + came, took + elapsed);
        let board = room.session.host();
        println!(
            "{:>8}{readings:>10}{:>9}{:>11}{:>10}{:>14.0}",
            board.now,
            self::raised(board) - raised,
            board.past.len() - withdrawn,
            board.standing.len(),
            came as f64 / elapsed.as_secs_f64(),
        );
    }
    room.close()?;

    let board = room.session.host();
    println!("\n{:14}{:>9}{:>11}{:>26}", "alert", "raised", "withdrawn", "minutes: mean, longest");
    for (kind, raised) in &board.raised {
        let minutes: Vec<u32> =
            board.past.iter().filter(|alert| alert.kind == *kind).map(Past::minutes).collect();
        let mean = f64::from(minutes.iter().sum::<u32>()) / minutes.len() as f64;
        let longest = minutes.iter().max().copied().unwrap_or_default();
        println!("{kind:14}{raised:>9}{:>11}{mean:>16.1}, {longest:>8}", minutes.len());
    }
    println!(
        "\nat the end, with every device off: {} alerts stand\n{readings} readings came, counted for \
         ten minutes and \
         went, in {:.0} ms: {:.0} a second",
        board.standing.len(),
        took.as_secs_f64() * 1000.0,
        readings as f64 / took.as_secs_f64(),
    );
    Ok(())
}

fn raised(board: &Board) -> u64 {
    board.raised.values().sum()
}
