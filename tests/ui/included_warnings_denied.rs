// What a build script generates warns, too, and says which file and line of the rules it means.
#![deny(deprecated)]

mod shop {
    include!("../../target/ui/warned.rs");
}

fn main() {}
