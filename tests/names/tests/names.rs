//! Whatever the rules call things, rustc compiles the code, and it does what the rules say.

/// Counts the calls of actions.
#[derive(Default)]
struct Calls(usize);

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

mod modules {
    include!(concat!(env!("OUT_DIR"), "/modules.rs"));
}

#[test]
fn a_file_of_generated_code() {
    let mut session = written::Session::new(Calls::default());
    assert_eq!(session.run().expect("the rules come to rest").total(), WORDS as u64);
    assert_eq!(session.host().0, WORDS);
}

#[test]
fn rules_in_a_macro() {
    let mut session = expanded::rules::Session::new(Calls::default());
    assert_eq!(session.run().expect("the rules come to rest").total(), WORDS as u64);
    assert_eq!(session.host().0, WORDS);
}
