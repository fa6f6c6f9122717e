//! Tests of one derived value against constants form a filter index: single values and intervals,
//! few and many, of every kind of derived value, with and without a value, bounded twice by one
//! rule, and negated.

use tsd_oracle::{Step, Value};

use crate::regressions::Trio;

#[test]
fn many_bounds_on_one_derived_value_are_each_kept() {
    let mut program = String::from(
        "type P(#id: int, vip: bool)
         type C(#id: int, best: P?)
         type O(c: int, v: number)
         rule none : {c: C} / NOT (EXISTS (o: O / o.c == c.id)) ==> Print(c)
         rule some : {c: C} / EXISTS (o: O / o.c == c.id) ==> Print(c)
         rule zero : {c: C} / MIN(o: O / o.c == c.id ; 0 - o.v * 0) == 0 ==> Print(c)
         rule between : {c: C} / SUM(o: O / o.c == c.id ; o.v) > 2 AND SUM(o: O / o.c == c.id ; o.v) <= \
         5 ==> Print(c)
         rule not_five : {c: C} / NOT (AVG(o: O / o.c == c.id ; o.v) == 5) ==> Print(c)
         rule no_mean : {c: C} / NOT (AVG(o: O / o.c == c.id ; o.v) >= 0) ==> Print(c)
         rule best_vip : {c: C} / c.best.vip ==> Print(c)
         rule best_not : {c: C} / NOT c.best.vip ==> Print(c)
         rule best_two : {c: C} / c.best.id == 2 ==> Print(c)\n",
    );
    for bound in 0..12 {
        program += &format!(
            "rule sum{bound} : {{c: C}} / SUM(o: O / o.c == c.id ; o.v) > {bound} ==> Print(c)
             rule mean{bound} : {{c: C}} / AVG(o: O / o.c == c.id ; o.v) == {bound} ==> Print(c)
             rule count{bound} : {{c: C}} / NOT (COUNT(o: O / o.c == c.id) == {bound}) ==> Print(c)\n"
        );
    }
    program +=
        "p = P(id: 1, vip: true); q = P(id: 2, vip: false); C(id: 1, best: p) C(id: 2, best: q) C(id: 3)";
    let mut trio = Trio::new(&program);
    let orders = |orders: &[(i64, f64)]| Step::InsertAll {
        parts: vec![(
            2,
            orders.iter().map(|(c, v)| vec![Some(Value::Int(*c)), Some(Value::Number(*v))]).collect(),
        )],
    };
    trio.run();
    trio.step(&orders(&[(1, 5.0), (2, -0.0)]));
    trio.run();
    trio.step(&orders(&[(1, 5.0), (2, 2.5), (3, 11.0), (3, 0.25)]));
    trio.run();
    trio.set("P~2", 1, Value::Bool(true));
    trio.set("P~1", 1, Value::Bool(false));
    trio.run();
    trio.set("O~#1", 1, Value::Number(0.0));
    trio.set("O~#4", 0, Value::Int(1));
    trio.run();
}
