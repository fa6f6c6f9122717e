//! Extreme values: integers that numbers no longer distinguish, and results beyond the range.

use tsd_oracle::{Outcome, Ran, Step, Value};

use crate::regressions::Trio;

/// Conditions on one fact, and their expected results.
fn hold(declarations: &str, head: &str, cases: &[(&str, bool)]) {
    let mut program = declarations.to_owned() + "\n";
    for (index, (condition, _)) in cases.iter().enumerate() {
        program += &format!("rule r{index} : {{{head}}} / {condition} ==> Print({index})\n");
    }
    let mut trio = Trio::new(&program);
    trio.run();
    for (index, (condition, expected)) in cases.iter().enumerate() {
        assert_eq!(!trio.oracle.matches(&format!("r{index}")).is_empty(), *expected, "{condition}");
    }
}

/// An `int` beside a `number` is widened, whether the number is written or read from a fact.
#[test]
fn an_int_beside_a_number_is_widened_wherever_the_number_comes_from() {
    hold(
        "type A(i: int, o: int?, n: number, least: int)
         A(i: 9007199254740993, o: 9007199254740993, n: 9007199254740992.0, least: -9223372036854775808)",
        "a: A",
        &[
            ("a.i == a.n", true),
            ("a.i == 9007199254740992.0", true),
            ("9007199254740992.0 == a.i", true),
            ("a.i != 9007199254740992.0", false),
            ("a.i > 9007199254740992.0", false),
            ("a.i > a.n", false),
            ("a.i <= 9007199254740992.0 AND a.i >= 9007199254740992.0", true),
            ("a.i < 9007199254740994.0 AND a.i < 9007199254740992.5e0", false),
            ("NOT (a.o > 9007199254740992.0) AND a.o == 9007199254740992.0", true),
            ("a.i IN [1.5, 9007199254740992.0]", true),
            ("(number) a.i == 9007199254740992.0 AND (number) a.i + 0.0 == 9007199254740992.0", true),
            ("(number) a.i IN [9007199254740992.0]", true),
            ("(int) ((number) a.i) == 9007199254740992", true),
            // Beside an integer literal nothing is widened.
            ("a.i == 9007199254740992", false),
            ("a.i == 9007199254740993 AND a.i > 9007199254740992", true),
            ("a.least == -9223372036854775808 AND a.least < -9223372036854775807", true),
            ("a.least == -9223372036854775808.0 AND a.least <= -9.223372036854775808e18", true),
            ("a.least > -9223372036854775808.0", false),
            ("a.i < 1e300 AND a.i > -1e300 AND a.i != 1e19 AND NOT (a.i == 1e19)", true),
            ("a.i < 9223372036854775807.5 AND a.i < 9223372036854775808.0", true),
        ],
    );
}

#[test]
fn an_int_beside_a_number_is_widened_in_joins_and_bounds() {
    let mut trio = Trio::new(
        "type I(i: int)
         type N(n: number)
         rule key : {i: I, n: N} / i.i == n.n ==> Print(i, n)
         rule both : {i: I, j: I, n: N} / i.i == n.n AND (number) j.i == (number) i.i ==> Print(i, j)
         rule found : {n: N} / EXISTS (i: I / i.i == n.n) ==> Print(n)
         rule greatest : {n: N} / MAX(i: I ; i.i) == n.n ==> Print(n)
         rule bound : {n: N} / MAX(i: I ; i.i) == 9007199254740992.0 ==> Print(n)
         rule listed : {n: N} / MAX(i: I ; i.i) IN [1.5, 9007199254740992.0] ==> Print(n)
         rule above : {n: N} / MAX(i: I ; i.i) > 9007199254740992.0 ==> Print(n)
         rule below : {n: N} / NOT (MIN(i: I ; i.i) < -9007199254740992.0) ==> Print(n)
         rule half : {n: N} / COUNT(i: I) > 1.5 AND COUNT(i: I) != 2.5 ==> Print(n)
         N(n: 9007199254740992.0)",
    );
    for int in [9_007_199_254_740_993, 9_007_199_254_740_992, -9_007_199_254_740_993, i64::MAX] {
        trio.step(&Step::Insert { ty: 0, fields: vec![Some(Value::Int(int))] });
        let holds: Vec<bool> = ["key", "found", "greatest", "bound", "listed", "above", "below", "half"]
            .map(|rule| !trio.oracle.matches(rule).is_empty())
            .into();
        let is_last = int == i64::MAX;
        let has_two = int != 9_007_199_254_740_993;
        assert_eq!(holds, [true, true, !is_last, !is_last, !is_last, is_last, true, has_two], "{int}");
    }
    assert_eq!(trio.oracle.matches("key").len(), 2);
    assert_eq!(trio.oracle.matches("both").len(), 4);
}

/// Overflow has no value, of numbers too; operations on an existing infinity follow IEEE 754.
#[test]
fn a_number_does_not_overflow_to_an_infinity() {
    let cases = [
        ("a.big * 10 IS MISSING AND a.big + a.big IS MISSING AND -a.big - a.big IS MISSING", true),
        ("a.big / 0.1 IS MISSING AND 1 / a.tiny IS MISSING", true),
        ("a.big * 10 > 0 OR a.big * 10 <= 0", false),
        ("NOT (a.big * 10 > 0) AND NOT (a.big * 10 / a.big > 0)", true),
        ("1e308 * 10 IS MISSING AND NOT (a.big > 1e308 * 10) AND NOT (a.big < 1e308 * 10)", true),
        ("(number) \"1e999\" IS MISSING AND ROUND(a.big * 10) IS MISSING", true),
        ("SUM(x: A ; x.big) IS PRESENT AND SUM(x: A ; x.big * 10) == 0", true),
        ("SUM(x: A ; x.big) + a.big IS MISSING", true),
        ("\"\" + a.big * 10 IS MISSING", true),
        ("a.big % 0.7 IS PRESENT AND a.tiny * 0.1 == 0 AND ABS(-a.big) == a.big", true),
    ];
    hold(
        "type A(big: number, tiny: number)
         A(big: 1.7e308, tiny: 0.000000000000000000001e-303)",
        "a: A",
        &cases,
    );
}

#[test]
fn the_least_int_has_a_remainder_by_minus_one() {
    let cases = [
        ("a.least % -1 == 0 AND a.least % a.minus == 0", true),
        ("a.least / -1 IS MISSING AND a.least / a.minus IS MISSING", true),
        ("-9223372036854775808 % -1 == a.zero", true),
        ("a.least % 0 IS MISSING AND a.least % 10 == -8", true),
        ("-a.least IS MISSING AND ABS(a.least) IS MISSING AND a.least - 1 IS MISSING", true),
    ];
    hold(
        "type A(least: int, minus: int, zero: int)
         A(least: -9223372036854775808, minus: -1, zero: -9223372036854775808 % -1)",
        "a: A",
        &cases,
    );
}

const INTS: [i64; 11] = [
    0,
    1,
    -1,
    2,
    9_007_199_254_740_992,
    9_007_199_254_740_993,
    -9_007_199_254_740_993,
    i64::MAX - 1,
    i64::MAX,
    i64::MIN + 1,
    i64::MIN,
];

const NUMBERS: [f64; 12] = [
    0.0,
    0.5,
    -1.0,
    9_007_199_254_740_992.0,
    9_007_199_254_740_994.0,
    -9_007_199_254_740_992.0,
    9_223_372_036_854_775_808.0,
    -9_223_372_036_854_775_808.0,
    1e308,
    f64::MAX,
    -f64::MAX,
    5e-324,
];

const OPERATORS: [&str; 5] = ["+", "-", "*", "/", "%"];

/// An effect for each operator: what has no value is reported.
fn all_operators(left: &str, right: &str) -> String {
    let effects = OPERATORS.map(|op| format!("Print(\"{op}\", {left} {op} {right})"));
    effects.join(", ")
}

/// Every operator on every pair of such values, from facts and as constants that the compiler
/// evaluates.
#[test]
fn arithmetic_at_the_edges_is_the_same_everywhere() {
    let mut program = format!(
        "type I(x: int, y: int) type N(x: number, y: number) type One()
         rule ints : {{p: I}} / ==> {}
         rule numbers : {{p: N}} / ==> {}
         rule mixed : {{i: I, n: N}} / i.x == 2 AND i.y == 2 AND n.x == n.y ==> {}
         One()\n",
        all_operators("p.x", "p.y"),
        all_operators("p.x", "p.y"),
        all_operators("i.x", "n.x"),
    );
    let mut constants = |kind: &str, left: &dyn std::fmt::Display, right: &dyn std::fmt::Display| {
        let number = program.lines().count();
        let effects = all_operators(&format!("({kind}) \"{left}\""), &format!("({kind}) \"{right}\""));
        program += &format!(
            "rule c{number} : {{o: One}} / ==> {effects}, {}\n",
            all_operators(&left.to_string(), &right.to_string())
        );
    };
    let (mut ints, mut numbers) = (Vec::new(), Vec::new());
    for x in INTS {
        for y in INTS {
            constants("int", &x, &y);
            ints.push(vec![Some(Value::Int(x)), Some(Value::Int(y))]);
        }
    }
    for x in NUMBERS {
        for y in NUMBERS {
            constants("number", &format!("{x:?}"), &format!("{y:?}"));
            numbers.push(vec![Some(Value::Number(x)), Some(Value::Number(y))]);
        }
    }
    let mut trio = Trio::new(&program);
    trio.step(&Step::InsertAll { parts: vec![(0, ints), (1, numbers)] });
    // Of one long run, a report would not hold all that has no value.
    while matches!(trio.step(&Step::Run { limit: 10 }), Outcome::Ran(Ran { is_stopped: true, .. })) {}
}

/// Every comparison of every such integer with every such number, as a literal and from a fact, by
/// itself and in a list, and as a bound on a derived value.
#[test]
fn comparisons_at_the_edges_are_the_same_everywhere() {
    let mut program = String::from("type I(i: int, o: int?) type N(n: number)\n");
    let mut number = 0;
    for op in ["==", "!=", "<", "<=", ">", ">="] {
        program += &format!("rule field{number} : {{i: I, n: N}} / i.i {op} n.n ==> Print(i, n)\n");
        program +=
            &format!("rule derived_value{number} : {{n: N}} / MAX(i: I ; i.i) {op} n.n ==> Print(n)\n");
        for value in NUMBERS {
            number += 1;
            program += &format!(
                "rule constant{number} : {{i: I}} / i.i {op} {value:?} AND NOT (i.o {op} {value:?}) \
                 ==> Print(i)
                 rule bound{number} : {{n: N}} / MAX(i: I ; i.i) {op} {value:?} AND n.n == 0 ==> Print(n)
                 rule list{number} : {{i: I}} / i.i IN [0.25, {value:?}] ==> Print(i)\n"
            );
        }
    }
    let mut trio = Trio::new(&program);
    let numbers = NUMBERS.map(|number| vec![Some(Value::Number(number))]).to_vec();
    trio.step(&Step::InsertAll { parts: vec![(1, numbers)] });
    let mut rising = INTS;
    rising.sort_unstable();
    for int in rising {
        let other = if int % 2 == 0 { None } else { Some(Value::Int(-(int / 2))) };
        trio.step(&Step::Insert { ty: 0, fields: vec![Some(Value::Int(int)), other] });
    }
}
