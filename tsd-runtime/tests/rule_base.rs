//! One rule base under many sessions: what they share, and what each has for itself.

use std::sync::{Arc, Mutex, RwLock};

use tsd_runtime::ir::{FactHandle, TypeId, Value};
use tsd_runtime::{Engine, Error, Interpreted, RuleBase, Session, Strategy};

const ORDER: TypeId = TypeId(0);

type Rules = RuleBase<Interpreted<()>>;

/// Rules about orders with filters on strings and numbers, and one with a test of a view. For a
/// large `count`, the rule sets of their tree are interned.
fn rules(count: usize) -> Rules {
    let mut text = "type Order(#id: int, customer: string, value: number)\n".to_owned();
    for index in 0..count {
        text += &format!(
            "rule r{index} : {{o: Order}} / o.value > {index} AND o.customer != \"nobody {index}\" \
             ==> Print(o.id)\n"
        );
    }
    text += "rule many : {o: Order} / COUNT(p: Order / p.customer == o.customer) > 1 ==> Print(o.customer)\n";
    text += "rule pair : {o: Order, p: Order} / o.customer == p.customer AND o.id < p.id ==> Print(p.id)\n";
    Rules::from_text("orders.tsd", &text).unwrap().0
}

fn session(rules: &Rules) -> Session<Interpreted<()>> {
    let mut session = Engine::with_rule_base((), rules);
    session.on_print(|_| {});
    session
}

fn insert(session: &mut Engine<()>, id: i64, customer: &str, value: f64) -> FactHandle {
    let values = [Value::Int(id), Value::Text(customer.to_owned()), Value::Number(value)];
    session.insert_values(ORDER, &values).unwrap()
}

/// What fires of three orders, by rule, with the lines that are printed.
fn outcome(session: &mut Engine<()>) -> (Vec<(String, u64)>, Vec<String>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    session.on_print(move |line| sink.lock().unwrap().push(line.to_owned()));
    insert(session, 1, "ada", 2.5);
    insert(session, 2, "bob", 50.0);
    insert(session, 3, "ada", 7.0);
    let report = session.run().unwrap();
    let counts = session.rules().map(|rule| (rule.to_owned(), report.count(rule))).collect();
    let lines = lines.lock().unwrap().clone();
    (counts, lines)
}

#[test]
fn sessions_on_one_base_do_what_a_session_of_their_own_would() {
    for count in [3, 40] {
        let rules = rules(count);
        let expected = outcome(&mut session(&rules));
        assert_eq!(expected.0.iter().filter(|(_, fired)| *fired > 0).count(), count + 2, "{expected:?}");
        // In two threads, each with several sessions one after another.
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..3 {
                        assert_eq!(outcome(&mut session(&rules)), expected);
                    }
                });
            }
        });
    }
}

#[test]
fn a_session_that_changes_its_rules_leaves_the_others_alone() {
    for count in [3, 40] {
        let rules = rules(count);
        let (mut changing, mut other) = (session(&rules), session(&rules));
        let expected = outcome(&mut session(&rules));
        changing.add_rule("rule late : {o: Order} / o.customer == \"eve\" ==> Print(o.id)").unwrap();
        changing.remove_rule("many").unwrap();
        insert(&mut changing, 9, "eve", 0.5);
        assert_eq!(changing.run().unwrap().count("late"), 1);
        assert_eq!(outcome(&mut other), expected);
        assert_eq!(rules.rules().count(), count + 2);
        // Another session takes over the changed rules, without the facts.
        let handed_on = changing.rule_base();
        assert_eq!(handed_on.rules().last(), Some("late"));
        let mut heir = session(&handed_on);
        assert!(heir.is_empty());
        insert(&mut heir, 1, "eve", 0.5);
        insert(&mut heir, 2, "eve", 1.5);
        let report = heir.run().unwrap();
        assert_eq!((report.count("late"), report.count("pair"), report.count("many")), (2, 1, 0));
    }
}

#[test]
fn bases_are_made_of_others_without_a_session() {
    let rules = rules(2);
    let more = rules.with_rules("rule dear : {o: Order} / o.value > 1000 ==> Print(o.id)").unwrap().0;
    let fewer = more.without("many").unwrap();
    assert_eq!(fewer.rules().collect::<Vec<_>>(), ["r0", "r1", "pair", "dear"]);
    assert_eq!(more.rules().count(), 5);
    assert_eq!(rules.rules().count(), 4);
    assert_eq!(rules.without("dear").unwrap_err(), Error::UnknownRule("dear".to_owned()));
    assert!(matches!(
        rules.with_rules("rule r0 : {o: Order} / ==> Print(o.id)"),
        Err(Error::DuplicateRule(_))
    ));
    assert!(matches!(rules.with_rules("rule x"), Err(Error::Rules(_))));
}

/// Compares with the same changes made one by one, for every strategy. There are facts, and
/// activations on the agenda.
#[test]
fn switching_is_the_single_changes() {
    let from = rules(36);
    let late = "rule late : {o: Order} / o.value < 10 ==> Print(o.id)";
    let to = from.without("r1").unwrap().without("pair").unwrap().with_rules(late).unwrap().0;
    for strategy in Strategy::ALL {
        let [mut switched, mut changed] = [0; 2].map(|_| {
            let mut session = session(&from);
            session.set_strategy(strategy);
            insert(&mut session, 1, "ada", 2.5);
            let _ = session.run().unwrap();
            insert(&mut session, 2, "ada", 50.0);
            session
        });
        switched.switch_to(&to).unwrap();
        changed.remove_rule("pair").unwrap();
        changed.remove_rule("r1").unwrap();
        changed.add_rule(late).unwrap();
        assert_eq!(switched.rules().collect::<Vec<_>>(), to.rules().collect::<Vec<_>>());
        let fired = |session: &mut Engine<()>| {
            let fired = Arc::new(Mutex::new(Vec::new()));
            let log = Arc::clone(&fired);
            session.observe(move |activation| log.lock().unwrap().push(activation.rule().to_owned()));
            let _ = session.run().unwrap();
            fired.lock().unwrap().clone()
        };
        let (one, other) = (fired(&mut switched), fired(&mut changed));
        assert!(one.contains(&"late".to_owned()) && !one.contains(&"pair".to_owned()));
        assert_eq!(one, other, "{strategy:?}");
        // Switching back does not affect the rules that both have.
        switched.switch_to(&from).unwrap();
        let again = fired(&mut switched);
        assert!(again.iter().all(|rule| rule == "pair" || rule == "r1"), "{again:?}");
        assert_eq!(again.len(), 3, "{again:?}");
    }
    let other = Rules::from_text("other.tsd", "type Order(#id: int)").unwrap().0;
    assert_eq!(session(&from).switch_to(&other), Err(Error::OtherSchema));
}

#[test]
fn a_fork_goes_its_own_way_with_the_same_facts_and_agenda() {
    for count in [3, 40] {
        let rules = rules(count);
        let mut session = session(&rules);
        let first = insert(&mut session, 1, "ada", 2.5);
        insert(&mut session, 2, "ada", 50.0);
        let mut fork = session.fork();
        fork.on_print(|_| {});
        // Both have the same agenda, and handles of the first name facts of the fork.
        let late = insert(&mut session, 3, "ada", 9.0);
        assert_eq!(fork.values(first), session.values(first));
        assert_eq!((fork.values(late), fork.retract_fact(late)), (None, Err(Error::NoSuchFact)));
        let own = insert(&mut fork, 3, "ada", 9.0);
        assert_eq!((session.values(own), fork.values(own)), (None, session.values(late)));
        assert_eq!(fork.run().unwrap().total(), session.run().unwrap().total());
        fork.retract_fact(first).unwrap();
        assert!(fork.values(first).is_none() && session.values(first).is_some());
        assert_eq!(fork.matches("pair").unwrap().len(), 1);
        assert_eq!(session.matches("pair").unwrap().len(), 3);
        // Another fact at the same slot is not the one that the handle names.
        insert(&mut fork, 4, "eve", 1.0);
        assert!(fork.values(first).is_none());
        let grandchild = fork.clone();
        assert_eq!(grandchild.values(own), fork.values(own));
        assert!(grandchild.values(late).is_none());
    }
}

#[test]
fn a_cleared_session_begins_anew_with_the_rules_that_it_has() {
    for count in [3, 40] {
        let rules = rules(count);
        let expected = outcome(&mut session(&rules));
        let mut session = session(&rules);
        let handle = insert(&mut session, 7, "ada", 2.5);
        session.clear();
        assert!(session.is_empty() && session.values(handle).is_none());
        assert_eq!(session.run().unwrap().total(), 0);
        assert_eq!(outcome(&mut session), expected);
        session.remove_rule("many").unwrap();
        session.clear();
        assert_eq!(session.rules().count(), count + 1);
        assert_eq!(outcome(&mut session).1.len(), expected.1.len() - 2);
    }
}

#[test]
fn facts_that_stand_in_the_rules_come_with_each_session() {
    let text = "type Rate(#name: string, value: number)
                rule rate : {r: Rate} / r.value > 1 ==> Print(r.name)
                Rate(name: \"high\", value: 2) Rate(name: \"low\", value: 0.5)";
    let (rules, warnings) = Rules::from_text("rates.tsd", text).unwrap();
    assert!(warnings.is_empty());
    for _ in 0..2 {
        let mut session = session(&rules);
        assert_eq!((session.len(), session.run().unwrap().total()), (2, 1));
    }
}

/// The memory of a session does not grow with the rules, except for a pointer to each node.
#[test]
fn an_empty_session_is_small() {
    let rules = rules(200);
    drop(session(&rules));
    let info = allocation_counter::measure(|| drop(Engine::with_rule_base((), &rules)));
    assert!(info.bytes_max < 16_384, "{info:?}");
}

#[test]
fn a_session_is_read_by_many_at_once() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    let rules = rules(3);
    is_shared(&rules);
    let mut session = session(&rules);
    is_shared(&session);
    insert(&mut session, 1, "ada", 2.5);
    insert(&mut session, 2, "ada", 50.0);
    let session = RwLock::new(session);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let session = session.read().unwrap();
                assert_eq!(session.matches("pair").unwrap().len(), 1);
                assert_eq!(session.handles(ORDER).count(), 2);
                assert_eq!(session.statistics().rules.len(), 5);
                assert!(!session.network().to_string().is_empty() && session.profile() != Default::default());
            });
        }
    });
    let _ = session.write().unwrap().run().unwrap();
}
