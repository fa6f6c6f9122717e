//! Aggregate variables: derived values over the rows of a group, which the facts of the first block
//! form.

use super::Session;
use super::story::{NOTHING, Story as _};

const FIRM: &str = "
    type Dept(#id: string, budget: number)
    type Emp(#id: string, dept: string, salary: number, bonus: number?)
    type Grade(#id: string, emp: string, score: int)
    Dept(id: \"dev\", budget: 100)
    Dept(id: \"ops\", budget: 10)
";

fn firm(rule: &str) -> Session {
    Session::new(&format!("{FIRM} rule r : {rule}"))
}

fn hire(firm: &mut Session, id: &str, dept: &str, salary: i64) {
    firm.insert(&format!("Emp(id: \"{id}\", dept: \"{dept}\", salary: {salary})"));
}

#[test]
fn there_is_one_activation_for_each_group_with_its_derived_values() {
    let mut firm = firm(
        "{d: Dept, pay: SUM(e.salary), n: COUNT(e)} / {e: Emp} / e.dept == d.id AND pay / n > 4 \
         ==> Print(d.id, pay, n)",
    );
    hire(&mut firm, "e1", "dev", 5);
    hire(&mut firm, "e2", "dev", 6);
    hire(&mut firm, "e3", "ops", 4);
    assert_eq!(firm.matches(), ["dev"]);
    assert_eq!(firm.run(), ["dev 11 2"]);
    firm.set("Emp~e3", "salary: 9");
    assert_eq!(firm.run(), ["ops 9 1"]);
    firm.set("Emp~e2", "dept: \"ops\", salary: 0");
    assert_eq!(firm.run(), ["dev 5 1", "ops 9 2"]);
}

#[test]
fn a_group_without_rows_does_not_match() {
    let mut firm = firm("{d: Dept, n: COUNT(e)} / {e: Emp} / e.dept == d.id AND n >= 0 ==> Print(d.id)");
    assert_eq!(firm.matches(), NOTHING);
    hire(&mut firm, "e1", "dev", 5);
    assert_eq!(firm.matches(), ["dev"]);
    firm.retract("Emp~e1");
    assert_eq!(firm.matches(), NOTHING);
}

#[test]
fn every_aggregate_function_may_be_a_variable() {
    let mut firm = firm(
        "{d: Dept, s: SUM(e.bonus), a: AVG(e.bonus), l: MIN(e.bonus), g: MAX(e.bonus), n: \
         COUNT(e.bonus), all: COUNT(e)}
         / {e: Emp} / e.dept == d.id ==> Print(s, a, l, g, n, all)",
    );
    hire(&mut firm, "e1", "dev", 1);
    hire(&mut firm, "e2", "dev", 1);
    hire(&mut firm, "e3", "dev", 1);
    assert_eq!(firm.ran(), (vec![], 1), "three of them have no value, so nothing is printed");
    firm.set("Emp~e1", "bonus: 3");
    firm.set("Emp~e2", "bonus: 0");
    assert_eq!(firm.run(), ["3 1.5 0 3 2 3"]);
}

#[test]
fn a_fact_counts_once_in_a_group_however_many_rows_it_is_in() {
    let mut firm = firm(
        "{d: Dept, pay: SUM(e.salary), n: COUNT(e), score: AVG(g.score), grades: COUNT(g)} / {e: Emp} \
         / {g: Grade}
         / e.dept == d.id AND g.emp == e.id ==> Print(d.id, pay, n, score, grades)",
    );
    hire(&mut firm, "e1", "dev", 5);
    hire(&mut firm, "e2", "dev", 6);
    hire(&mut firm, "e3", "dev", 100);
    firm.insert("Grade(id: \"g1\", emp: \"e1\", score: 1)");
    firm.insert("Grade(id: \"g2\", emp: \"e1\", score: 2)");
    firm.insert("Grade(id: \"g3\", emp: \"e2\", score: 6)");
    assert_eq!(firm.run(), ["dev 11 2 3 3"], "who has no grade is in no row");
    firm.retract("Grade~g1");
    assert_eq!(firm.run(), ["dev 11 2 4 2"]);
    firm.retract("Grade~g2");
    assert_eq!(firm.run(), ["dev 6 1 6 1"]);
}

#[test]
fn every_fact_belongs_to_every_group_when_no_condition_connects_them() {
    let mut firm = firm("{d: Dept, n: COUNT(e)} / {e: Emp} / ==> Print(d.id, n)");
    hire(&mut firm, "e1", "dev", 5);
    hire(&mut firm, "e2", "ops", 5);
    assert_eq!(firm.run(), ["dev 2", "ops 2"]);
}

#[test]
fn some_conditions_are_about_rows_and_some_about_the_group() {
    let mut firm = firm(
        "{d: Dept, pay: SUM(e.salary)} / {e: Emp}
         / e.dept == d.id AND (e.salary > 4 OR e.id == \"e3\") AND d.budget > 50 AND (pay > d.budget \
         OR pay == 0)
         ==> Print(d.id, pay)",
    );
    hire(&mut firm, "e1", "dev", 5);
    hire(&mut firm, "e2", "dev", 4);
    hire(&mut firm, "e3", "dev", 96);
    hire(&mut firm, "e4", "ops", 900);
    assert_eq!(firm.run(), ["dev 101"]);
    firm.set("Emp~e1", "salary: 4");
    assert_eq!(firm.matches(), NOTHING);
    firm.set("Dept~ops", "budget: 51");
    assert_eq!(firm.run(), ["ops 900"]);
}

#[test]
fn several_facts_may_form_a_group() {
    let mut firm = firm(
        "{d: Dept, other: Dept, pay: SUM(e.salary)} / {e: Emp}
         / e.dept == d.id AND e.salary < other.budget AND d != other ==> Print(d.id, other.id, pay)",
    );
    hire(&mut firm, "e1", "dev", 5);
    hire(&mut firm, "e2", "dev", 50);
    hire(&mut firm, "e3", "ops", 50);
    assert_eq!(firm.matches(), ["dev ops", "ops dev"]);
    assert_eq!(firm.run(), ["dev ops 5", "ops dev 50"]);
    firm.set("Dept~ops", "budget: 51");
    assert_eq!(firm.run(), ["dev ops 55"]);
}

#[test]
fn the_value_of_an_aggregate_variable_may_be_computed_and_read_the_group() {
    let mut firm = firm(
        "{d: Dept, share: SUM(e.salary * 100 / d.budget)} / {e: Emp} / e.dept == d.id ==> Print(d.id, share)",
    );
    hire(&mut firm, "e1", "dev", 5);
    hire(&mut firm, "e2", "ops", 5);
    assert_eq!(firm.run(), ["dev 5", "ops 50"]);
    firm.set("Dept~ops", "budget: 5");
    assert_eq!(firm.run(), ["ops 100"]);
}

#[test]
fn an_update_moves_a_fact_from_group_to_group() {
    let mut firm = firm(
        "{d: Dept, least: MIN(e.salary), most: MAX(e.salary)} / {e: Emp} / e.dept == d.id AND most - least > 3
         ==> Print(d.id, least, most)",
    );
    hire(&mut firm, "e1", "dev", 1);
    hire(&mut firm, "e2", "dev", 5);
    hire(&mut firm, "e3", "ops", 9);
    assert_eq!(firm.run(), ["dev 1 5"]);
    firm.set("Emp~e2", "dept: \"ops\"");
    assert_eq!(firm.run(), ["ops 5 9"]);
}
