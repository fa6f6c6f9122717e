// Warnings that are switched off are none, be it in the rules or for rustc.
#![deny(warnings)]

tsd::rules! {
    @allow(bare-word);
    pub mod shop @allow(undeclared-action);
    type A(#id: string)
    A(id: a1)
    rule r @allow(cross-product, unreachable-rule) : {a: A, b: A} / ==> told(a.id)
}

tsd::rules! {
    #![allow(deprecated)]
    type A(#id: string)
    rule r : {a: A, b: A} / ==> Print(a.id)
}

tsd::rules! {
    #[allow(deprecated)]
    mod other;
    type A(#id: string)
    rule r : {a: A, b: A} / ==> Print(a.id)
}

// A control fact is nothing to warn of.
tsd::rules! {
    mod control;
    type Phase(number: int) @rows(1)
    type Order(#id: string)
    rule r : {p: Phase, o: Order} / p.number == 1 ==> Print(o.id)
}

struct App;
impl shop::Actions for App {
    fn told(&mut self, _: &str) {}
}
impl rules::Actions for App {}
impl other::Actions for App {}
impl control::Actions for App {}

fn main() {
    let _ = (shop::Session::new(App), rules::Session::new(App));
    let _ = (other::Session::new(App), control::Session::new(App));
}
