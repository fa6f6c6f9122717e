//! Compiled rules, from the macro to the session.
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

tsd::rules! {
    /// The example of the README, and other things that an action can do.
    pub mod shop;

    type Customer(#id: string, tier: string)
    type Order(#id: string, customer: Customer?, customer_id: string, value: number, type: string)
    type Audit(order: Order, note: string)

    action reward(customer: string, value: number)
    action restock(order: Order, by: int?, why: string? = "none") @context

    rule vip : {c: Customer, o: Order}
        / o.customer_id == c.id AND c.tier == "GOLD" AND o.value > 1000 ==> reward(c.id, o.value)
    rule refill salience 5 : {o: Order} / o.type == "refill" ==> restock(o, LENGTH(o.id))
    rule half : {o: Order} / o.type MATCHES "^half"
        ==> Update(o, {value: o.value / 2, type: "done"}), reward(o.id, o.value)
    rule audited salience 9 : {c: Customer, o: Order}
        / o.customer == c AND c.tier == "WATCHED" ==> InsertLogical(Audit(order: o, note: "of " + c.id))
    rule zero : {o: Order} / o.type == "zero" ==> reward(o.id, 1 / o.value)
}

#[derive(Debug, Default)]
struct App {
    rewards: Vec<(String, f64)>,
    restocked: Vec<(Handle<shop::Order>, Option<i64>, Option<String>)>,
}

impl shop::Actions for App {
    fn reward(&mut self, customer: &str, value: f64) {
        self.rewards.push((customer.to_owned(), value));
    }

    fn restock(
        &mut self,
        context: &mut shop::Context<'_, Self>,
        order: Handle<shop::Order>,
        by: Option<i64>,
        why: Option<&str>,
    ) {
        self.restocked.push((order, by, why.map(str::to_owned)));
        context.update(order, |order| order.type_of("filled")).expect("the order is there");
        context.insert(shop::Audit { order, note: "restocked".into() }).expect("an audit has no key");
    }
}

impl shop::Order {
    fn type_of(&mut self, kind: &str) {
        self.r#type = kind.to_owned();
    }
}

fn order(id: &str, value: f64, kind: &str) -> shop::Order {
    shop::Order { id: id.into(), customer: None, customer_id: "c1".into(), value, r#type: kind.into() }
}

fn gold() -> shop::Customer {
    shop::Customer { id: "c1".into(), tier: "GOLD".into() }
}

#[test]
fn an_order_comes_and_goes() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    session.insert(gold())?;
    let handle = session.insert(order("o1", 1200.0, "plain"))?;
    let report = session.run()?;
    assert_eq!(report.total(), 1);
    assert_eq!(session.host().rewards, [("c1".to_owned(), 1200.0)]);
    assert_eq!(session.get(handle), Some(order("o1", 1200.0, "plain")));

    session.update(handle, |order| order.value = 20.0)?;
    assert_eq!(session.run()?.total(), 0);
    session.update(handle, |order| order.value = 2000.0)?;
    session.retract(handle)?;
    assert_eq!(session.run()?.total(), 0);
    assert_eq!(session.get(handle), None);
    Ok(())
}

/// Activations of one rule that differ only in their facts fire in a row; the limit and the
/// observer still see each.
#[test]
fn activations_of_one_rule_fire_one_by_one() -> Result<(), tsd::Error> {
    for is_observed in [false, true] {
        let seen = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = std::sync::Arc::clone(&seen);
        let mut session = shop::Session::new(App::default());
        if is_observed {
            session.observe(move |activation| {
                assert_eq!(activation.bindings().count(), 2);
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            });
        }
        session.insert(gold())?;
        session.insert_all((0..6).map(|at| order(&format!("o{at}"), 1000.0 + f64::from(at), "")))?;
        session.set_run_limit(3);
        assert!(session.run().is_err(), "two are left");
        assert_eq!(session.host().rewards.len(), 3);
        session.set_run_limit(9);
        assert_eq!(session.run()?.total(), 2);
        assert_eq!(seen.load(std::sync::atomic::Ordering::Relaxed), if is_observed { 5 } else { 0 });
        let values: Vec<f64> = session.host().rewards.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [1001.0, 1002.0, 1003.0, 1004.0, 1005.0]);
    }
    Ok(())
}

tsd::rules! {
    /// A rule with two calls, of which one may have no value.
    pub mod shares;

    type Cake(#id: int, guests: number)
    action serve(cake: int, share: number)
    action count(cake: int)
    rule share : {c: Cake} / c.id > 0 ==> serve(c.id, 12 / c.guests), count(c.id)
}

#[derive(Debug, Default)]
struct Party(Vec<String>);

impl shares::Actions for Party {
    fn serve(&mut self, cake: i64, share: f64) {
        self.0.push(format!("{cake}: {share}"));
    }

    fn count(&mut self, cake: i64) {
        self.0.push(format!("{cake}"));
    }
}

#[test]
fn a_call_without_a_value_holds_up_neither_the_next_call_nor_the_next_activation() -> Result<(), tsd::Error> {
    let mut session = shares::Session::new(Party::default());
    let guests = [4.0, 0.0, 0.0, 3.0, 2.0, 0.0];
    session.insert_all((1..).zip(guests).map(|(id, guests)| shares::Cake { id, guests }))?;
    let report = session.run()?;
    assert_eq!((report.total(), report.problem_count()), (6, 3));
    let facts: Vec<&str> =
        report.problems().iter().flat_map(|problem| &problem.facts).map(|fact| &**fact).collect();
    assert_eq!(facts, ["c=Cake~2", "c=Cake~3", "c=Cake~6"]);
    assert!(report.problems().iter().all(|problem| problem.effect == "serve"));
    assert_eq!(session.host().0, ["1: 3", "1", "2", "3", "4: 4", "4", "5: 6", "5", "6"]);
    Ok(())
}

#[test]
fn rules_come_and_go() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    session.insert(gold())?;
    session.insert(order("o1", 6000.0, "plain"))?;
    session.add_rule("rule big : {o: Order} / o.value > 5000 ==> reward(o.customer_id, -o.value)")?;
    session.remove_rule("vip")?;
    assert_eq!(session.run()?.total(), 1);
    assert_eq!(session.host().rewards, [("c1".to_owned(), -6000.0)]);
    session.remove_rule("big")?;
    session.restore_rule("vip")?;
    assert_eq!(session.run()?.total(), 1);
    Ok(())
}

/// A restored rule has its place in the order of declaration, and starts afresh: what fired before
/// fires again.
#[test]
fn a_restored_rule_has_its_place_in_the_order_of_declaration() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    let names = |session: &shop::Session<App>| session.rules().map(str::to_owned).collect::<Vec<_>>();
    let declared = names(&session);
    assert_eq!(declared, ["vip", "refill", "half", "audited", "zero"]);
    session.insert(gold())?;
    session.insert(order("o1", 2000.0, "zero"))?;
    let rewards = [("c1".to_owned(), 2000.0), ("o1".to_owned(), 0.0005)];
    assert_eq!(session.run()?.total(), 2);
    assert_eq!(session.host().rewards, rewards);
    session.add_rule("rule more : {o: Order} / o.value > 5000 ==> reward(o.customer_id, -o.value)")?;
    for name in ["zero", "vip", "half", "audited"] {
        session.remove_rule(name)?;
    }
    assert_eq!(names(&session), ["refill", "more"]);
    for name in ["half", "zero", "vip", "audited"] {
        session.restore_rule(name)?;
    }
    assert_eq!(names(&session), [&declared[..], &["more".to_owned()]].concat());
    assert_eq!(session.restore_rule("vip"), Err(tsd::Error::DuplicateRule("vip".into())));
    assert_eq!(session.restore_rule("more"), Err(tsd::Error::UnknownRule("more".into())));
    // `zero` was restored in an earlier change than `vip`; within one change, the order is that of
    // declaration.
    session.host_mut().rewards.clear();
    assert_eq!(session.run()?.total(), 2);
    assert_eq!(session.host().rewards, [rewards[1].clone(), rewards[0].clone()]);
    session.host_mut().rewards.clear();
    session.insert(order("o2", 3000.0, "zero"))?;
    let _ = session.run()?;
    assert_eq!(session.host().rewards.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["c1", "o2"]);
    Ok(())
}

/// Facts that a rule inserted logically are withdrawn with it, and inserted again when it is
/// restored.
#[test]
fn what_a_rule_supports_comes_back_with_it() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    let customer = session.insert(shop::Customer { id: "c9".into(), tier: "WATCHED".into() })?;
    session.insert(shop::Order { customer: Some(customer), ..order("o1", 1.0, "plain") })?;
    let _ = session.run()?;
    assert_eq!(session.facts::<shop::Audit>().count(), 1);
    session.remove_rule("audited")?;
    assert_eq!(session.facts::<shop::Audit>().count(), 0);
    session.restore_rule("audited")?;
    assert_eq!(session.run()?.count("audited"), 1);
    assert_eq!(session.facts::<shop::Audit>().count(), 1);
    Ok(())
}

/// A handle names a fact of its own session and of its own type, and nothing else.
#[test]
fn a_handle_of_another_session_or_type_names_no_fact() -> Result<(), tsd::Error> {
    let [mut one, mut other] = [(); 2].map(|()| shop::Session::new(App::default()));
    let customers = [one.insert(gold())?, other.insert(gold())?];
    let orders = [one.insert(order("o1", 1.0, "plain"))?, other.insert(order("o1", 1.0, "plain"))?];
    assert_ne!(customers[0], customers[1]);
    let gone = Err(tsd::Error::NoSuchFact);
    assert_eq!(other.retract(customers[0]), gone);
    assert_eq!(other.update(orders[0], |order| order.value = 2.0), gone);
    assert_eq!(other.get(orders[0]), None);
    let refers = shop::Order { customer: Some(customers[0]), ..order("o2", 1.0, "plain") };
    assert_eq!(other.insert(refers.clone()).map(drop), gone);
    assert_eq!(other.insert_from_slice(std::slice::from_ref(&refers)).map(drop), gone);
    assert_eq!(other.insert_all([refers]).map(drop), gone);
    assert_eq!(other.update(orders[1], |order| order.customer = Some(customers[0])), gone);
    let disguised: Handle<shop::Order> = Handle::from_raw(customers[1].raw());
    assert_eq!(other.retract(disguised), gone);
    assert_eq!(other.update(disguised, |_| {}), gone);
    assert_eq!(other.get(disguised), None);
    assert_eq!(other.len(), 2);
    one.retract(customers[0])?;
    other.retract(customers[1])?;
    Ok(())
}

#[test]
fn an_action_with_a_context_changes_facts() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    let handle = session.insert(order("o123", 1.0, "refill"))?;
    assert_eq!(session.run()?.total(), 1);
    assert_eq!(session.host().restocked, [(handle, Some(4), Some("none".to_owned()))]);
    assert_eq!(session.get(handle).map(|order| order.r#type), Some("filled".to_owned()));
    assert_eq!(session.facts::<shop::Audit>().count(), 1);
    Ok(())
}

#[test]
fn what_an_activation_supports_goes_with_it() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    let customer = session.insert(shop::Customer { id: "c9".into(), tier: "WATCHED".into() })?;
    let order = session.insert(shop::Order { customer: Some(customer), ..order("o1", 1.0, "plain") })?;
    let _ = session.run()?;
    let audits: Vec<_> = session.facts::<shop::Audit>().collect();
    let [(handle, audit)] = audits.as_slice() else { panic!("{audits:?}") };
    assert_eq!((audit.order, &*audit.note), (order, "of c9"));
    assert!(session.is_logical(handle.raw()) && !session.is_logical(order.raw()));
    session.update(customer, |customer| customer.tier = "GOLD".into())?;
    assert_eq!(session.facts::<shop::Audit>().count(), 0);
    Ok(())
}

#[test]
fn later_effects_see_the_facts_that_matched() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    let handle = session.insert(order("o1", 8.0, "half-price"))?;
    let _ = session.run()?;
    assert_eq!(session.host().rewards, [("o1".to_owned(), 8.0)]);
    assert_eq!(session.get(handle).map(|order| order.value), Some(4.0));
    Ok(())
}

#[test]
fn an_argument_without_a_value_stops_the_call() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App::default());
    session.insert(order("o1", 0.0, "zero"))?;
    let report = session.run()?;
    assert!(session.host().rewards.is_empty());
    assert!(!report.problems().is_empty());
    Ok(())
}

tsd::rules! {
    mod keywords;
    type Self(#self: string, match: number, _: bool, crate: string?)
    type A(fn: Self, Session: int)
    type String(values: int)
    type Option(x: String?)
    action facts(constants: string, self: number?, context: Option?)
    action into()
    rule r : {type: Self, a: A} / a.fn == type AND type.match > a.Session AND type._
        ==> facts(type.crate, 1), into
}

#[derive(Debug, Default)]
struct Calls(usize);

impl keywords::Actions for Calls {
    fn facts(&mut self, _: &str, _: Option<f64>, _: Option<Handle<keywords::Option>>) {
        self.0 += 1;
    }

    fn into(&mut self) {
        self.0 += 10;
    }
}

#[test]
fn names_that_rust_has_taken_may_name_types_fields_and_variables() -> Result<(), tsd::Error> {
    let mut session = keywords::Session::new(Calls::default());
    let this =
        keywords::Self_ { self_: "x".into(), r#match: 2.0, underscore: true, crate_: Some("c".into()) };
    let this = session.insert(this)?;
    session.insert(keywords::A { r#fn: this, Session: 1 })?;
    let _ = session.run()?;
    assert_eq!(session.host().0, 11);
    Ok(())
}

tsd::rules! {
    mod staff;
    type Firm(#name: string)
    type Dept(#id: string, firm: Firm?)
    type Emp(#id: string, dept: Dept, salary: int?, boss: bool)
    action tell(rule: string, dept: string)
    action pay(dept: string, sum: int, heads: int)
    rule nobody : {d: Dept} / NOT (EXISTS (e: Emp / e.dept == d)) ==> tell("nobody", d.id)
    rule best : {e: Emp} / e.boss AND e.salary >= MAX(x: Emp / x.dept == e.dept ; x.salary)
        ==> tell("best", e.id)
    rule cost : {d: Dept, sum: SUM(e.salary), heads: COUNT(e)} / {e: Emp} / e.dept == d AND sum > 10
        ==> pay(d.id, sum, heads)
    rule acme : {e: Emp} / e.dept.firm.name == "acme" AND e.boss ==> tell("acme", e.id)
}

#[derive(Debug, Default)]
struct Told(Vec<String>);

impl staff::Actions for Told {
    fn tell(&mut self, rule: &str, what: &str) {
        self.0.push(format!("{rule} {what}"));
    }

    fn pay(&mut self, dept: &str, sum: i64, heads: i64) {
        self.0.push(format!("cost {dept} {sum} {heads}"));
    }
}

#[test]
fn derived_values_of_other_facts_are_kept_up_to_date() -> Result<(), tsd::Error> {
    let mut session = staff::Session::new(Told::default());
    let told =
        |session: &mut staff::Session<Told>| session.run().map(|_| std::mem::take(&mut session.host_mut().0));
    let firm = session.insert(staff::Firm { name: "acme".into() })?;
    let dept = session.insert(staff::Dept { id: "d".into(), firm: Some(firm) })?;
    assert_eq!(told(&mut session)?, ["nobody d"]);

    let emp = |id: &str, salary, boss| staff::Emp { id: id.into(), dept, salary, boss };
    let ann = session.insert(emp("ann", Some(9), true))?;
    let bob = session.insert(emp("bob", Some(4), false))?;
    session.insert(emp("cy", None, false))?;
    assert_eq!(told(&mut session)?, ["best ann", "acme ann", "cost d 13 3"]);

    session.update(bob, |bob| bob.salary = Some(10))?;
    assert_eq!(told(&mut session)?, ["cost d 19 3"], "the sum is read, so it is told again");
    session.retract(bob)?;
    assert_eq!(told(&mut session)?, ["best ann"], "the next best is the greatest, once the extreme has gone");
    session.update(dept, |dept| dept.firm = None)?;
    session.update(ann, |ann| ann.salary = Some(11))?;
    assert_eq!(
        told(&mut session)?,
        ["best ann", "cost d 11 2"],
        "a reference that leads nowhere has no value"
    );
    Ok(())
}
