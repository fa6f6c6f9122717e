//! An OR whose alternatives join the same patterns, some of which read other facts. Such a rule is
//! matched branch by branch, but to its author a tuple is one activation, whichever alternative
//! holds.

use super::Session;
use super::story::{NOTHING, Story as _};

const DECLARATIONS: &str = "
    type T(#id: string, on: bool)
    type A(#id: string, t: T, n: int)
    type B(#id: string)
    type C(#id: string)
    t1 = T(id: \"t1\", on: false)
    t2 = T(id: \"t2\", on: true)
";

fn session(condition: &str) -> Session {
    Session::new(&format!("{DECLARATIONS} rule r : {{a: A, t: T}} / {condition} ==> Print(a.id)"))
}

#[test]
fn a_tuple_that_goes_from_one_alternative_to_another_holds_throughout() {
    let mut session = session("(a.t == t AND EXISTS (b: B)) OR (a.t == t AND (t.on OR t.id == \"zz\"))");
    session.insert("A(id: \"a1\", t: t2, n: 0)");
    assert_eq!(session.run(), ["a1"]);
    session.insert("B(id: \"b\")");
    assert_eq!(session.run(), NOTHING);
    session.retract("B~b");
    assert_eq!(session.run(), NOTHING);
}

#[test]
fn an_activation_that_goes_from_one_alternative_to_another_while_it_waits_stays_as_old_as_it_is() {
    let mut session = session("(a.t == t AND EXISTS (b: B)) OR (a.t == t AND (t.on OR t.id == \"zz\"))");
    session.insert("A(id: \"a0\", t: t1, n: 0)");
    session.insert("A(id: \"a1\", t: t2, n: 0)");
    session.insert("B(id: \"b\")");
    assert_eq!(session.run(), ["a1", "a0"]);
}

#[test]
fn alternatives_that_all_read_views_count_as_one_activation() {
    let mut session = session(
        "(a.t == t AND a.n > 0 AND EXISTS (b: B)) OR (t == a.t AND t.on AND EXISTS (c: C))
         OR (a.id == t.id AND COUNT(x: C) > 1)",
    );
    session.insert("A(id: \"t2\", t: t2, n: 1)");
    assert_eq!(session.run(), NOTHING);
    session.insert("B(id: \"b\")");
    assert_eq!(session.run(), ["t2"]);
    session.insert("C(id: \"c1\")");
    session.retract("B~b");
    session.insert("C(id: \"c2\")");
    session.set("A~t2", "n: 1");
    assert_eq!(session.run(), NOTHING);
    session.retract("C~c1");
    session.retract("C~c2");
    session.insert("B(id: \"b\")");
    assert_eq!(session.run(), ["t2"], "in between it did not hold");
}

#[test]
fn a_row_that_goes_from_one_alternative_of_a_view_to_another_stays_found() {
    let mut session = session(
        "a.t == t AND EXISTS (x: A / (x.t == t AND EXISTS (b: B)) OR (x.t == t AND (t.on OR t.id \
         == \"zz\")))",
    );
    session.insert("A(id: \"a1\", t: t2, n: 0)");
    assert_eq!(session.run(), ["a1"]);
    session.insert("B(id: \"b\")");
    session.retract("B~b");
    assert_eq!(session.run(), NOTHING);
}

#[test]
fn a_change_that_ends_one_alternative_and_begins_another_is_no_activation() {
    let mut session = session("(a.t == t AND COUNT(b: B) == 1) OR (a.t == t AND COUNT(b: B) == 2)");
    session.insert("B(id: \"b1\")");
    session.insert("A(id: \"a1\", t: t1, n: 0)");
    assert_eq!(session.run(), ["a1"]);
    session.insert("B(id: \"b2\")");
    assert_eq!(session.run(), NOTHING);
    session.insert("B(id: \"b3\")");
    session.retract("B~b1");
    assert_eq!(session.run(), ["a1"], "three are neither one nor two");
}
