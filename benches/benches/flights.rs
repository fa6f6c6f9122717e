//! The rules over nycflights13: all in one program, and each rule by itself.

mod harness;

use harness::Question;
use std::rc::Rc;
use tsd_benches::engine::{Interpretable, flights as engine};
use tsd_benches::flights_data::{self, FlightRule, Flights};
use tsd_benches::limit::flights::{self as limit, Found};
use tsd_benches::measure::{Program, timed};

fn main() {
    let rules = flights_data::rules().unwrap_or_else(|error| panic!("{error}"));
    let matches = rules.iter().map(|rule| rule.activations).sum();
    let mut questions = vec![Question::new("flights".to_owned(), Some(matches), || {
        let data = load();
        let (compiled, interpreted) = (Rc::clone(&data), Rc::clone(&data));
        let interpretable = Interpretable::new(engine::RULES);
        vec![
            Program::new("limit", move || {
                let (timing, found) = timed(|| limit::all_rules(&data));
                (timing, found.outcome())
            }),
            Program::new("tsd static", move || engine::compiled(&compiled)),
            Program::new("tsd interpreted", move || engine::interpreted(&interpreted, &interpretable)),
        ]
    })];
    questions.extend([
        one(&rules, "old_aircraft", limit::old_aircraft),
        one(&rules, "low_visibility_delay", limit::low_visibility_delay),
        one(&rules, "compensation", limit::compensation),
        one(&rules, "windy_small_jet", limit::windy_small_jet),
        one(&rules, "high_altitude_arrival", limit::high_altitude_arrival),
        one(&rules, "unregistered_aircraft", limit::unregistered_aircraft),
        one(&rules, "late_airline", limit::late_airline),
        one(&rules, "workhorse", limit::workhorse),
    ]);
    harness::run(&questions);
}

fn load() -> Rc<Flights> {
    Rc::new(Flights::load().unwrap_or_else(|error| panic!("{error}")))
}

/// The question of one rule.
fn one<const N: usize>(rules: &[FlightRule], name: &'static str, run: fn(&Flights) -> Found<N>) -> Question {
    let matches = rules.iter().find(|rule| rule.name == name).map(|rule| rule.activations);
    Question::new(format!("flights {name}"), matches, move || {
        let data = load();
        vec![Program::new("limit", move || {
            let (timing, found) = timed(|| run(&data));
            (timing, limit::outcome(&found))
        })]
    })
}
