#[allow(unused_imports)]
mod shop {
    include!("../../target/ui/missing.rs");
}

fn main() {}
