//! `extern` types: rules that work on structs of the program.
#![deny(
    missing_docs,
    unsafe_code,
    unused,
    clippy::all,
    unreachable_pub,
    missing_debug_implementations,
    rust_2018_idioms
)]

use tsd::Handle;

/// A struct of the program's own.
#[derive(Clone, Debug, PartialEq, tsd::Fact)]
struct Account {
    id: std::sync::Arc<str>,
    limit: f32,
    /// Unknown to the rules.
    notes: Vec<String>,
}

tsd::rules! {
    mod bank;
    extern type Account(#id: string, limit: number) = super::Account
    action close(account: Account)
    rule over : {a: Account} / a.limit > 100 ==> Update(a, {limit: 100}), close(a)
}

#[derive(Debug, Default)]
struct Bank(Vec<Handle<Account>>);

impl bank::Actions for Bank {
    fn close(&mut self, account: Handle<bank::Account>) {
        self.0.push(account);
    }
}

#[test]
fn rules_work_on_structs_of_the_program() -> Result<(), tsd::Error> {
    let mut session = bank::Session::new(Bank::default());
    let notes = vec!["kept".to_owned()];
    let handle = session.insert(Account { id: "a1".into(), limit: 250.0, notes: notes.clone() })?;
    let _ = session.run()?;
    assert_eq!(session.host().0, [handle]);
    assert_eq!(session.get(handle), Some(Account { id: "a1".into(), limit: 100.0, notes }));
    session.update(handle, |account| account.notes.clear())?;
    assert_eq!(session.get(handle).map(|account| account.notes.len()), Some(0));
    Ok(())
}

#[test]
fn facts_in_a_slice_stay_where_they_are() -> Result<(), tsd::Error> {
    let mut session = bank::Session::new(Bank::default());
    let account = |id: &str| Account { id: id.into(), limit: 250.0, notes: vec!["mine".to_owned()] };
    let accounts = [account("a1"), account("a2"), account("a1")];
    let inserted = session.batch(|batch| batch.insert_from_slice(&accounts[..2]));
    assert_eq!(inserted, Ok(2));
    assert!(session.insert_from_slice(&accounts[2..]).is_err(), "the key is taken");
    let _ = session.run()?;
    // The session changed its own.
    let limits: Vec<f32> = session.facts::<Account>().map(|(_, account)| account.limit).collect();
    assert_eq!(limits, [100.0, 100.0]);
    assert_eq!(accounts[0], account("a1"));
    Ok(())
}

/// A struct whose fields can hold less than their columns.
#[derive(Clone, Debug, PartialEq, tsd::Fact)]
struct Gauge {
    id: String,
    level: u8,
    small: Option<i16>,
    unsigned: u64,
    rough: f32,
    whole: i32,
}

tsd::rules! {
    mod gauges;
    extern type Gauge(#id: string, level: int, small: int?, unsigned: int, rough: number,
        whole: number) = super::Gauge
    type Set(#what: string, id: string, int: int, number: number)
    action seen(what: string)
    rule level : {g: Gauge, s: Set} / s.id == g.id AND s.what == "level"
        ==> Update(g, {level: s.int}), seen("level")
    rule two : {g: Gauge, s: Set} / s.id == g.id AND s.what == "two" ==> Update(g, {id: "new", small: s.int})
    rule unsigned : {g: Gauge, s: Set} / s.id == g.id AND s.what == "unsigned"
        ==> Update(g, {unsigned: s.int})
    rule rough : {g: Gauge, s: Set} / s.id == g.id AND s.what == "rough" ==> Update(g, {rough: s.number})
    rule whole : {g: Gauge, s: Set} / s.id == g.id AND s.what == "whole" ==> Update(g, {whole: s.number})
}

#[derive(Debug, Default)]
struct Seen(usize);

impl gauges::Actions for Seen {
    fn seen(&mut self, _: &str) {
        self.0 += 1;
    }
}

fn gauge() -> Gauge {
    Gauge { id: "g".into(), level: 7, small: None, unsigned: 1, rough: 0.5, whole: 3 }
}

/// Lets a rule set a field, and returns the struct afterwards and the effect that did not take
/// place.
fn set_by_a_rule(what: &str, int: i64, number: f64) -> Result<(Gauge, Vec<String>), tsd::Error> {
    let mut session = gauges::Session::new(Seen::default());
    let handle = session.insert(gauge())?;
    session.insert(gauges::Set { what: what.into(), id: "g".into(), int, number })?;
    let report = session.run()?;
    let problems = report.problems().iter().map(|problem| format!("{}: {}", problem.effect, problem.reason));
    let problems: Vec<String> = problems.collect();
    let after = session.get(handle).expect("the gauge is there");
    // A row and its struct say the same: what the struct says, inserted, is that row.
    let mut other = gauges::Session::new(Seen::default());
    let twin = other.insert(after.clone())?;
    assert_eq!(session.values(handle.raw()), other.values(twin.raw()), "{what} {int} {number}");
    assert_eq!(session.host().0, usize::from(what == "level"), "the other effects take place");
    Ok((after, problems))
}

#[test]
fn an_update_that_does_not_fit_the_struct_takes_no_effect_and_is_reported() -> Result<(), tsd::Error> {
    let unfit = |field: &str| {
        vec![format!("Update: Gauge.{field} has a value that the field's Rust type cannot hold")]
    };
    for (what, field, int, number) in [
        ("level", "level", 256, 0.0),
        ("level", "level", -1, 0.0),
        ("two", "small", 40_000, 0.0),
        ("unsigned", "unsigned", -1, 0.0),
        ("rough", "rough", 0, 1e39),
        ("whole", "whole", 0, 2.5),
        ("whole", "whole", 0, 3e9),
    ] {
        assert_eq!(set_by_a_rule(what, int, number)?, (gauge(), unfit(field)), "{what} {int} {number}");
    }
    let fine = vec![];
    let expected = Gauge { level: 255, ..gauge() };
    assert_eq!(set_by_a_rule("level", 255, 0.0)?, (expected, fine.clone()));
    let expected = Gauge { id: "new".into(), small: Some(-7), ..gauge() };
    assert_eq!(set_by_a_rule("two", -7, 0.0)?, (expected, fine.clone()));
    let expected = Gauge { unsigned: i64::MAX as u64, ..gauge() };
    assert_eq!(set_by_a_rule("unsigned", i64::MAX, 0.0)?, (expected, fine.clone()));
    let expected = Gauge { rough: 0.1, ..gauge() };
    assert_eq!(set_by_a_rule("rough", 0, 0.1)?, (expected, fine.clone()), "the nearest number is kept");
    let expected = Gauge { whole: -4, ..gauge() };
    assert_eq!(set_by_a_rule("whole", 0, -4.0)?, (expected, fine));
    Ok(())
}

#[test]
fn bare_values_that_do_not_fit_the_struct_are_refused() -> Result<(), tsd::Error> {
    use tsd::rt::Value::{Int, Missing, Number, Text};
    let mut session = gauges::Session::new(Seen::default());
    let handle = session.insert(gauge())?;
    let ty = handle.raw().ty();
    let values = |id: &str, level, number| {
        let [zero, three] = [0, 3].map(|number| Number(f64::from(number)));
        [Text(id.into()), Int(level), Missing, Int(1), zero, if number { Number(2.5) } else { three }]
    };
    let before = session.values(handle.raw());
    let is_refused = |refused: Result<(), tsd::Error>| {
        assert!(matches!(refused, Err(tsd::Error::InvalidValue(_))), "{refused:?}");
    };
    is_refused(session.update_values(handle.raw(), &values("other", 256, false)));
    is_refused(session.update_values(handle.raw(), &values("other", 25, true)));
    assert_eq!((session.values(handle.raw()), session.get(handle)), (before, Some(gauge())));
    is_refused(session.insert_values(ty, &values("other", 256, false)).map(drop));
    let batch = [values("one", 1, false), values("two", -2, false), values("three", 3, false)];
    is_refused(session.insert_all_values(ty, &batch).map(drop));
    assert_eq!(session.len(), 2, "what came before stays");
    session.update_values(handle.raw(), &values("other", 25, false))?;
    assert_eq!(session.get(handle).map(|gauge| (gauge.id, gauge.level)), Some(("other".to_owned(), 25)));
    // What a struct cannot hold is refused on insertion, too.
    is_refused(session.insert(Gauge { id: "huge".into(), unsigned: u64::MAX, ..gauge() }).map(drop));
    Ok(())
}
