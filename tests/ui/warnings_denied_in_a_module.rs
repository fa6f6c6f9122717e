// `deny(warnings)` on a module makes its warnings errors of the rules, whatever the program allows.
#![allow(deprecated)]

tsd::rules! {
    #![deny(warnings)]
    type A(#id: string)
    rule r : {a: A, b: A} / ==> Print(a.id)
}

tsd::rules! {
    #[deny(warnings)]
    pub mod other;
    type A(#id: string)
    rule r : {a: A} / a.id IS MISSING ==> Print(a.id)
}

tsd::rules! {
    #[deny(deprecated)]
    mod third;
    type A(#id: string)
    rule r : {a: A} / a.id IS PRESENT ==> Print(a.id)
}

tsd::rules! {
    mod silent;
    type A(#id: string)
    rule r : {a: A} / a.id IS PRESENT ==> Print(a.id)
}

// The modules are there all the same.
struct App;
impl rules::Actions for App {}
impl other::Actions for App {}
impl third::Actions for App {}
impl silent::Actions for App {}

fn main() {}
