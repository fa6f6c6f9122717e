//! Shows a random program: `cargo run -p tsd-oracle --example show -- SEED`, with the whole
//! language after `all`.

use tsd_oracle::generate::{Features, Plan};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let features = match arguments.next().as_deref() {
        Some("all") => Features::ALL,
        _ => Features::default(),
    };
    println!("{}", Plan { features, ..Plan::from_seed(seed, 6, 20) }.program());
}
