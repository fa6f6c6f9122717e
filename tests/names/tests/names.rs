//! Whatever the names in the rules, rustc compiles the code, and it does what the rules say.

/// Counts the calls of actions.
#[derive(Default)]
struct Calls(usize);

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

mod model {
    #[derive(Clone, tsd::Fact)]
    pub(crate) struct Sized {
        pub(crate) r#gen: i64,
        pub(crate) r#match: Option<String>,
    }
}

tsd::rules! {
    mod gen;
    extern type Option(#gen: int, match: string?) = super::model::Sized
    action Some(None: int, Rules: string?)
    rule r : {self: Option} / self.match != "y" ==> Some(self.gen, self.match)
}

impl r#gen::Actions for Calls {
    #[allow(non_snake_case)]
    fn Some(&mut self, none: i64, rules: Option<&str>) {
        assert_eq!((none, rules), (7, Some("x")));
        self.0 += 1;
    }
}

mod modules {
    include!(concat!(env!("OUT_DIR"), "/modules.rs"));
}

#[test]
fn names_that_rust_has_taken_compile_in_a_file_of_generated_code() {
    let mut session = written::Session::new(Calls::default());
    assert_eq!(session.run().expect("the rules come to rest").total(), WORDS as u64);
    assert_eq!(session.host().0, WORDS);
}

#[test]
fn names_that_rust_has_taken_compile_in_a_macro() {
    let mut session = expanded::rules::Session::new(Calls::default());
    assert_eq!(session.run().expect("the rules come to rest").total(), WORDS as u64);
    assert_eq!(session.host().0, WORDS);
}

#[test]
fn names_that_rust_has_taken_compile_in_structs_of_the_host() {
    let mut session = r#gen::Session::new(Calls::default());
    session.insert(model::Sized { r#gen: 7, r#match: Some("x".to_owned()) }).expect("the key is new");
    assert_eq!(session.run().expect("the rules come to rest").total(), 1);
    assert_eq!(session.host().0, 1);
}
