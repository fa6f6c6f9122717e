//! Compiles the rules in `rules/flights`.

fn main() -> Result<(), tsd_build::Error> {
    tsd_build::Builder::new().dir("../../rules/flights").compile()
}
