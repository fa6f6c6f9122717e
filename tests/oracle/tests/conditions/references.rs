//! `o.customer.name`: references are followed with dots.

use super::Session;
use super::story::{NOTHING, Story as _};

const OFFICE: &str = "
    type Place(#id: string, country: string)
    type Person(#id: string, name: string, place: Place?)
    type Order(#id: string, customer: Person?, total: number)
    rome = Place(id: \"rome\", country: \"it\")
    oslo = Place(id: \"oslo\", country: \"no\")
    ada = Person(id: \"ada\", name: \"Ada\", place: rome)
    bob = Person(id: \"bob\", name: \"Bob\")
    Order(id: \"o1\", customer: ada, total: 1)
    Order(id: \"o2\", customer: bob, total: 2)
    Order(id: \"o3\", total: 3)
";

fn office(rule: &str) -> Session {
    Session::new(&format!("{OFFICE} rule r : {rule}"))
}

#[test]
fn a_reference_is_followed_to_a_field_of_the_other_fact() {
    let mut office = office("{o: Order} / o.customer.name == \"Ada\" ==> Print(o.id)");
    assert_eq!(office.matches(), ["o1"]);
    office.set("Person~bob", "name: \"Ada\"");
    assert_eq!(office.matches(), ["o1", "o2"]);
    office.set("Order~o1", "customer: bob");
    office.set("Person~bob", "name: \"Bob\"");
    assert_eq!(office.matches(), NOTHING);
    office.set("Order~o3", "customer: ada");
    assert_eq!(office.matches(), ["o3"]);
}

#[test]
fn several_references_are_followed_one_after_the_other() {
    let mut office = office("{o: Order} / o.customer.place.country == \"it\" ==> Print(o.id)");
    assert_eq!(office.matches(), ["o1"]);
    office.set("Person~bob", "place: rome");
    assert_eq!(office.matches(), ["o1", "o2"]);
    office.set("Place~rome", "country: \"va\"");
    assert_eq!(office.matches(), NOTHING);
    office.set("Person~ada", "place: oslo");
    office.set("Place~oslo", "country: \"it\"");
    assert_eq!(office.matches(), ["o1"]);
}

#[test]
fn a_missing_reference_leads_to_no_value() {
    let mut office =
        office("{o: Order} / o.customer.name == \"Ada\" OR o.customer.name != \"Ada\" ==> Print(o.id)");
    office.add("rule none : {o: Order} / o.customer.place.country IS MISSING ==> Print(o.id)");
    office.add("rule not : {o: Order} / NOT (o.customer.name != \"Ada\") ==> Print(o.id)");
    assert_eq!(office.matches(), ["o1", "o2"]);
    assert_eq!(office.matches_of("none"), ["o2", "o3"]);
    assert_eq!(office.matches_of("not"), ["o1", "o3"]);
}

#[test]
fn a_reference_to_a_retracted_fact_leads_to_no_value() {
    let mut office = office("{o: Order} / o.customer.name IS PRESENT ==> Print(o.id)");
    assert_eq!(office.matches(), ["o1", "o2"]);
    office.retract("Person~ada");
    assert_eq!(office.matches(), ["o2"]);
    office.insert("Person(id: \"ada\", name: \"Ada\")");
    assert_eq!(office.matches(), ["o2"], "it refers to the fact, not to the key");
    office.set("Order~o1", "customer: ada");
    assert_eq!(office.matches(), ["o1", "o2"]);
}

#[test]
fn values_that_references_lead_to_are_joined() {
    let mut office =
        office("{o: Order, p: Place} / o.customer.place == p AND p.country != \"no\" ==> Print(o.id, p.id)");
    office.add(
        "rule same : {o: Order, p: Order} / o.customer.name == p.customer.name AND o != p \
        ==> Print(o.id, p.id)",
    );
    assert_eq!(office.matches(), ["o1 rome"]);
    assert_eq!(office.matches_of("same"), NOTHING);
    office.set("Person~bob", "place: rome, name: \"Ada\"");
    assert_eq!(office.matches(), ["o1 rome", "o2 rome"]);
    assert_eq!(office.matches_of("same"), ["o1 o2", "o2 o1"]);
    office.set("Person~ada", "place: oslo");
    assert_eq!(office.matches(), ["o2 rome"]);
}

#[test]
fn values_that_references_lead_to_may_be_compared_and_computed_with() {
    let mut office = office(
        "{o: Order} / LENGTH(o.customer.name + o.customer.place.country) == 5 AND o.customer.name \
         < \"B\" ==> Print(o.id)",
    );
    assert_eq!(office.matches(), ["o1"]);
    office.set("Place~rome", "country: \"ita\"");
    assert_eq!(office.matches(), NOTHING);
}

#[test]
fn effects_may_follow_references() {
    let mut office =
        office("{o: Order} / o.total < 3 ==> Print(o.id, o.customer.name), Update(o, {total: 9})");
    office.add("rule after : {o: Order} / o.total == 9 ==> Print(o.customer.place.country)");
    assert_eq!(office.ran(), (vec!["o1 Ada".into(), "o2 Bob".into(), "it".into()], 1));
}

#[test]
fn a_value_that_a_reference_leads_to_is_a_join_key_and_its_fact_is_no_part_of_the_match() {
    let mut office = office("{o: Order, p: Place} / o.customer.name == p.country ==> Print(o.id, p.id)");
    assert_eq!(office.matches(), NOTHING);
    office.set("Place~oslo", "country: \"Ada\"");
    assert_eq!(office.matches(), ["o1 oslo"]);
    assert_eq!(office.run(), ["o1 oslo"]);
    office.set("Person~ada", "place: oslo");
    assert_eq!(office.run(), NOTHING, "nobody reads where they live");
    office.set("Order~o2", "customer: ada");
    assert_eq!(office.run(), ["o2 oslo"]);
    office.set("Person~ada", "name: \"Ida\"");
    assert_eq!(office.matches(), NOTHING);
    office.set("Person~ada", "name: \"Ada\"");
    assert_eq!(office.run(), ["o1 oslo", "o2 oslo"]);
    office.set("Order~o1", "customer: bob");
    office.retract("Person~ada");
    assert_eq!(office.matches(), NOTHING);
    office.insert("Person(id: \"ada\", name: \"Ada\")");
    assert_eq!(office.matches(), NOTHING, "it refers to the fact, not to the key");
}

#[test]
fn a_tuple_that_matches_before_and_after_a_followed_field_changes_does_not_fire_again() {
    let mut office =
        office("{o: Order, p: Place} / UPPER(o.customer.name) == UPPER(p.country) ==> Print(o.id, p.id)");
    office.add(
        "rule same : {o: Order, p: Order} / o.customer.name == p.customer.name AND o != p \
        ==> Print(o.id, p.id)",
    );
    office.set("Place~oslo", "country: \"ada\"");
    office.set("Order~o2", "customer: ada");
    assert_eq!(office.run(), ["o1 oslo", "o2 oslo", "o1 o2", "o2 o1"]);
    office.set("Person~ada", "name: \"ADA\"");
    assert_eq!(office.run(), NOTHING);
    office.set("Person~ada", "name: \"Ida\"");
    assert_eq!(office.matches(), NOTHING);
}

#[test]
fn a_view_may_find_its_facts_by_followed_references() {
    let mut office = office(
        "{p: Place} / EXISTS (o: Order / LOWER(o.customer.place.country) + \"!\" == p.id) ==> Print(p.id)",
    );
    office.add("rule sum : {p: Place} / SUM(o: Order / o.customer.place == p ; o.total) > 1 ==> Print(p.id)");
    assert_eq!((office.matches(), office.matches_of("sum")), (vec![], vec![]));
    office.set("Place~rome", "country: \"ROME\"");
    office.insert("Place(id: \"rome!\", country: \"no\")");
    assert_eq!(office.matches(), ["rome!"]);
    office.set("Person~bob", "place: rome");
    assert_eq!(office.matches_of("sum"), ["rome"]);
    office.set("Person~ada", "place: oslo");
    assert_eq!(office.matches(), ["rome!"]);
    office.retract("Order~o2");
    assert_eq!((office.matches(), office.matches_of("sum")), (vec![], vec![]));
}

#[test]
fn a_changed_reference_activates_a_no_loop_rule_tuple_by_tuple() {
    let mut office = Session::new(&format!(
        "{OFFICE} rule r no-loop : {{o: Order, p: Place}} / o.customer.name == p.country AND o.total < 9
         ==> Print(o.id, o.total), Update(o, {{total: o.total + 1}})"
    ));
    office.set("Place~oslo", "country: \"Ada\"");
    assert_eq!(office.run(), ["o1 1"]);
    assert_eq!(office.matches(), ["o1 oslo"]);
    office.set("Person~ada", "name: \"Ida\"");
    office.set("Person~ada", "name: \"Ada\"");
    assert_eq!(office.run(), ["o1 2"]);
}
