//! Values at their edges: integers that numbers no longer tell apart, and results that are beyond the range.

use tsd_oracle::{Step, Value};

use crate::regressions::Trio;

/// Conditions on one fact, and what they must say.
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
fn so_it_is_in_joins_and_bounds() {
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

/// Overflow has no value, of numbers too; an infinity that is there is followed as IEEE 754 does.
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
