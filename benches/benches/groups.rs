//! What inserting and retracting one fact costs in a group of ten and in one of a hundred thousand,
//! for `EXISTS` and every aggregate: the same, whatever the size of the group. Also what it costs
//! when a thousand rules each have a threshold on one aggregate, which share one filter index.

use tsd::{TypeId, Value};
use tsd_benches::engine::Interpretable;
use tsd_benches::measure::{Table, is_test, median_of_five, timed};

const CUSTOMER: TypeId = TypeId(0);
const ORDER: TypeId = TypeId(1);

/// The condition of each rule. All hold with the permanent facts, and none does without the orders.
const CONDITIONS: [(&str, &str); 6] = [
    ("EXISTS", "EXISTS (o: Order / o.customer == c.id)"),
    ("COUNT", "COUNT(o: Order / o.customer == c.id) > 5"),
    ("SUM", "SUM(o: Order / o.customer == c.id ; o.value) > 5"),
    ("AVG", "AVG(o: Order / o.customer == c.id ; o.value) > 0.5"),
    ("MIN", "MIN(o: Order / o.customer == c.id ; o.value) < 2000"),
    ("MAX", "MAX(o: Order / o.customer == c.id ; o.value) > 0.5"),
];

fn main() {
    let (sizes, changes) = if is_test() { ([10, 1_000], 100) } else { ([10, 100_000], 100_000) };
    let [small, large] = sizes.map(|size| format!("ns, group of {size}"));
    let mut table = Table::new(
        "one order in and out again (CPU, median of five)",
        &["aggregate", &small, &large, "ratio"],
    );
    for (name, condition) in CONDITIONS {
        let [small, large] = sizes.map(|size| in_and_out(&[condition.to_owned()], size, changes));
        let (of_small, of_large) = (format!("{small:.0}"), format!("{large:.0}"));
        table.row([name.to_owned(), of_small, of_large, format!("{:.2}", large / small)]);
    }
    let mut thresholds = Table::new(
        "one order in and out again, with so many rules (CPU, median of five)",
        &["aggregate", "ns, 1 rule", "ns, 1000 rules", "ratio"],
    );
    for aggregate in ["COUNT(o: Order / o.customer == c.id)", "SUM(o: Order / o.customer == c.id ; o.value)"]
    {
        let [one, many] = [1, 1_000].map(|rules| {
            // The first holds; the values of a group are far from the others.
            let limits = (0..rules).map(|rule| rule * 1_000_000 + 5);
            let conditions: Vec<String> = limits.map(|limit| format!("{aggregate} > {limit}")).collect();
            in_and_out(&conditions, 1_000, changes)
        });
        let name = aggregate.split('(').next().unwrap_or_default().to_owned();
        thresholds.row([name, format!("{one:.0}"), format!("{many:.0}"), format!("{:.2}", many / one)]);
    }
    if !is_test() {
        println!("{table}\n{thresholds}");
    }
}

/// The nanoseconds to insert an order into a group of this size and to retract it, with a rule for
/// each of these conditions, of which the first holds.
fn in_and_out(conditions: &[String], size: i64, changes: u32) -> f64 {
    let rule = |(number, condition): (usize, &String)| {
        format!("rule found{number} : {{c: Customer}} / {condition} ==> hit(0)\n")
    };
    let rules: String = conditions.iter().enumerate().map(rule).collect();
    let program = Interpretable::new(&format!(
        "type Customer(#id: int)\ntype Order(#id: int, customer: int, value: number)\n\
         action hit(rule: int)\n{rules}"
    ));
    let timing = median_of_five(|| {
        let mut engine = program.engine();
        engine.insert_values(CUSTOMER, &[Value::Int(1)]).expect("the key is new");
        let order = |id: i64| [Value::Int(id), Value::Int(1), Value::Number((id * 7919 % 1000) as f64 + 1.0)];
        engine.insert_all_values(ORDER, (0..size).map(order)).expect("the keys are new");
        assert_eq!(engine.matches("found0").expect("it is there").len(), 1);
        let (timing, ()) = timed(|| {
            for change in 0..i64::from(changes) {
                let handle = engine.insert_values(ORDER, &order(size + change)).expect("the key is new");
                engine.retract_fact(handle).expect("it is there");
            }
        });
        assert_eq!(engine.matches("found0").expect("it is there").len(), 1);
        timing
    });
    timing.cpu.as_secs_f64() * 1e9 / f64::from(changes)
}
