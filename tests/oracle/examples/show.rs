//! Shows a random program: `cargo run -p tsd-oracle --example show -- SEED`.

use tsd_oracle::generate::Plan;

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(0);
    println!("{}", Plan::from_seed(seed, 6, 20).program());
}
