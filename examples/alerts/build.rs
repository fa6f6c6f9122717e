//! Compiles the rules in `rules/alerts`.

fn main() -> Result<(), tsd_build::Error> {
    tsd_build::Builder::new().dir("../../rules/alerts").compile()
}
