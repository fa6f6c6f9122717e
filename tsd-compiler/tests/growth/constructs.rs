//! Programs of any size, each of one construct of the language.

/// What is done with a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is compiled.
    Rules,
    /// It is compiled to Rust code.
    Code,
    /// It is compiled as a script.
    Script,
    /// It is compiled, and has faults, which are shown.
    Faults,
}

use Way::{Code, Faults, Rules, Script};

/// A construct of the language as often as one likes.
pub(crate) struct Construct {
    pub(crate) name: &'static str,
    /// How often it occurs in the smaller program.
    pub(crate) size: usize,
    pub(crate) way: Way,
    pub(crate) text: fn(usize) -> String,
}

const fn new(name: &'static str, size: usize, way: Way, text: fn(usize) -> String) -> Construct {
    Construct { name, size, way, text }
}

/// A type that most programs are about.
const A: &str = "type A(#id: string, n: int, s: string, o: int?)\n";

/// A text for each number, one a line.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    joined(count, "\n", line)
}

/// A text for each number, with something between them.
fn joined(count: usize, between: &str, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(between)
}

/// A text for each number, with commas between them.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    joined(count, ", ", item)
}

/// A rule on facts of [`A`] with a condition.
fn rule(patterns: &str, condition: &str) -> String {
    format!("{A}rule r : {{{patterns}}} / {condition} ==> Print(1)")
}

/// A rule whose condition has a part for each number.
fn parts(patterns: &str, count: usize, operator: &str, part: impl Fn(usize) -> String) -> String {
    rule(patterns, &joined(count, &format!(" {operator} "), part))
}

/// A rule for each number, on one fact of [`A`].
fn rules(count: usize, rest: impl Fn(usize) -> String) -> String {
    format!("{A}{}", lines(count, |i| format!("rule r{i} : {{a: A}} / {}", rest(i))))
}

/// A fact of [`A`] for each number.
fn facts(count: usize) -> String {
    lines(count, |i| format!("A(id: \"{i}\", n: {i}, s: \"x\")"))
}

/// A type with a field for each number.
fn wide(count: usize) -> String {
    format!("type T(#id: string, {})\n", list(count, |i| format!("f{i}: int")))
}

/// The constructs.
pub(crate) const CONSTRUCTS: &[Construct] = &[
    // Rules
    new("rules", 20, Rules, |n| rules(n, |i| format!("a.n > {i} ==> Print(a.id)"))),
    new("rules, to code", 8, Code, |n| rules(n, |i| format!("a.n + {i} > a.o ==> Print(a.id + \"{i}\")"))),
    new("rules of one join", 10, Rules, |n| {
        let rules = lines(n, |i| {
            format!("rule r{i} : {{a: A, b: B}} / b.a == a AND a.n > {i} AND b.k < a.n + {i} ==> Print(b.k)")
        });
        format!("{A}type B(#id: string, a: A, k: int)\n{rules}")
    }),
    new("rules of many joins", 6, Rules, |n| {
        let rules = lines(n, |i| {
            let (one, other) = (i % 60, i / 60 % 60);
            format!(
                "rule r{i} : {{a: A, b: B, c: B}} / b.f{one} == a.n AND c.f{other} == b.f{one} ==> Print(1)"
            )
        });
        format!("{A}type B(#id: string, {})\n{rules}", list(60, |i| format!("f{i}: int")))
    }),
    new("joins, to code", 4, Code, |n| {
        lines(n, |i| {
            format!(
                "type T{i}(#id: string, n: int)\nrule r{i} : {{a: T{i}, b: T{i}}} / a.n == b.n ==> Print(1)"
            )
        })
    }),
    new("shapes, to code", 4, Code, |n| {
        let sign = |i: usize, bit: usize| if i >> bit & 1 == 1 { "<" } else { ">" };
        rules(n, |i| joined(9, " AND ", |bit| format!("a.n + {bit} {} a.o", sign(i, bit))) + " ==> Print(1)")
    }),
    new("rules in blocks", 10, Rules, |n| {
        let rule = |i| format!("rule \"r{i}\" when A($x : n, s == \"{i}\") A(n == $x) then Print($x); end");
        format!("{A}{}", lines(n, rule))
    }),
    // Declarations
    new("types", 40, Rules, |n| lines(n, |i| format!("type T{i}(#id: string, n: int)"))),
    new("types, to code", 4, Code, |n| lines(n, |i| format!("type T{i}(#id: string, n: int)"))),
    new("types that refer", 40, Rules, |n| {
        let types = lines(n, |i| format!("type T{}(#id: string, n: T{i})", i + 1));
        format!("type T0(#id: string)\n{types}")
    }),
    new("extern types, to code", 4, Code, |n| {
        lines(n, |i| format!("extern type T{i}(#id: string, n: int) = crate::m::T{i}"))
    }),
    new("fields", 40, Rules, |n| {
        let (tests, values) =
            (joined(n, " AND ", |i| format!("t.f{i} > {i}")), list(n, |i| format!("f{i}: {i}")));
        let change = format!("rule u : {{t: T}} / ==> Update(t, {{{values}}})");
        format!("{}rule r : {{t: T}} / {tests} ==> Print(1)\nT(id: \"a\", {values})\n{change}", wide(n))
    }),
    new("fields, to code", 10, Code, wide),
    new("fields of a key", 20, Rules, |n| {
        let asked = joined(n, " AND ", |i| format!("u.f{i} == t.f{i}"));
        let values = list(n, |i| format!("f{i}: {i}"));
        let fields = list(n, |i| format!("#f{i}: int"));
        format!("type T({fields})\nrule r : {{t: T}} / EXISTS (u: T / {asked}) ==> Print(1)\nT({values})")
    }),
    new("actions", 80, Rules, |n| lines(n, |i| format!("action f{i}(a: int)"))),
    new("actions, to code", 4, Code, |n| rules(n, |i| format!("==> f{i}(a.n)"))),
    new("actions that are only called", 20, Rules, |n| rules(n, |i| format!("==> g{i}(a.n)"))),
    new("parameters", 40, Rules, |n| {
        let (parameters, values) = (list(n, |i| format!("p{i}: int")), list(n, |_| "a.n".into()));
        format!("{A}action f({parameters})\nrule r : {{a: A}} / ==> f({values})")
    }),
    new("parameters that are only given", 40, Rules, |n| {
        format!("{A}rule r : {{a: A}} / ==> g({})", list(n, |_| "a.n".into()))
    }),
    new("annotations", 200, Faults, |n| format!("type A(#id: string) {}", "@rows(1) ".repeat(n))),
    // Facts
    new("facts", 60, Rules, |n| format!("{A}{}", facts(n))),
    new("facts, to code", 20, Code, |n| format!("{A}{}", facts(n))),
    new("facts that refer", 20, Rules, |n| {
        let facts = lines(n, |i| format!("a{i} = A(id: \"{i}\", n: {i}, s: \"x\")\nB(id: \"{i}\", a: a{i})"));
        format!("{A}type B(#id: string, a: A)\n{facts}")
    }),
    new("words without quotes", 20, Rules, |n| {
        format!("{A}{}", lines(n, |i| format!("A(id: w{i}, n: 1, s: x)")))
    }),
    // Effects
    new("effects", 20, Rules, |n| {
        let effects = list(n, |i| format!("Insert(A(id: \"{i}\", n: {i}, s: \"x\")), Update(a, {{n: {i}}})"));
        format!("{A}rule r : {{a: A}} / ==> {effects}")
    }),
    new("actions in blocks", 60, Rules, |n| {
        let calls = joined(n, " ", |i| format!("Print($x + {i});"));
        format!("{A}rule \"r\" when A($x : n) then {calls} end")
    }),
    new("printed values", 40, Rules, |n| {
        format!("{A}rule r : {{a: A}} / ==> Print({})", list(n, |i| format!("a.n + {i}")))
    }),
    new("printed derived_values", 30, Rules, |n| {
        format!("{A}rule r : {{a: A}} / ==> Print({})", list(n, |i| format!("COUNT(b: A / b.n == {i})")))
    }),
    // Conditions
    new("AND on a field", 80, Rules, |n| parts("a: A", n, "AND", |i| format!("a.n != {i}"))),
    new("OR on a field", 80, Rules, |n| parts("a: A", n, "OR", |i| format!("a.n == {i}"))),
    new("AND of tests", 40, Rules, |n| parts("a: A", n, "AND", |i| format!("a.n + {i} != a.o"))),
    new("OR of tests", 40, Rules, |n| parts("a: A", n, "OR", |i| format!("a.n + {i} == a.o"))),
    new("AND of tests, to code", 18, Code, |n| parts("a: A", n, "AND", |i| format!("a.n + {i} != a.o"))),
    new("AND on pairs", 40, Rules, |n| parts("a: A, b: A", n, "AND", |i| format!("a.n + {i} != b.n"))),
    new("OR on pairs", 40, Rules, |n| parts("a: A, b: A", n, "OR", |i| format!("a.n == b.n + {i}"))),
    new("OR of ANDs", 20, Rules, |n| parts("a: A, b: A", n, "OR", |i| format!("(a.n == b.n AND b.o > {i})"))),
    new("NOT of ORs", 40, Rules, |n| {
        rule("a: A, b: A", &format!("NOT ({})", joined(n, " OR ", |i| format!("a.n == b.n + {i}"))))
    }),
    new("a list of numbers", 200, Rules, |n| {
        rule("a: A", &format!("a.n IN [{}]", list(n, |i| i.to_string())))
    }),
    new("a list of strings", 100, Rules, |n| {
        rule("a: A", &format!("a.s IN [{}]", list(n, |i| format!("\"x{i}\""))))
    }),
    new("a list, to code", 80, Code, |n| {
        rule("a: A", &format!("a.n IN [{}]", list(n, |i| (2 * i).to_string())))
    }),
    new("a list for a derived_value", 120, Rules, |n| {
        rule("a: A", &format!("COUNT(b: A) IN [{}]", list(n, |i| i.to_string())))
    }),
    new("a list for a sum", 120, Rules, |n| {
        rule("a: A", &format!("a.n + 1 IN [{}]", list(n, |i| i.to_string())))
    }),
    new("sums", 40, Rules, |n| rule("a: A", &format!("{} > 1", joined(n, " + ", |i| format!("a.n * {i}"))))),
    new("sums of constants", 300, Rules, |n| {
        rule("a: A", &format!("a.n > {}", joined(n, " + ", |i| i.to_string())))
    }),
    new("strings put together", 40, Rules, |n| {
        format!("{A}rule r : {{a: A}} / ==> Print({})", joined(n, " + ", |i| format!("a.s + \"x{i}\" + a.n")))
    }),
    new("casts", 60, Rules, |n| parts("a: A", n, "AND", |i| format!("(number) a.n > {i}.5"))),
    new("functions", 20, Rules, |n| parts("a: A", n, "OR", |i| format!("LENGTH(UPPER(TRIM(a.s))) > {i}"))),
    new("CONTAINS", 60, Rules, |n| parts("a: A", n, "OR", |i| format!("a.s CONTAINS \"x{i}\""))),
    new("a long pattern", 2000, Rules, |n| rule("a: A", &format!("a.s LIKE \"{}\"", "%x".repeat(n)))),
    new("a pattern on a constant", 4, Rules, |n| {
        rule("a: A", &format!("\"{}\" LIKE \"%{}b\" OR a.n > 1", "a".repeat(100), "a%".repeat(n)))
    }),
    new("a long regular expression", 100, Rules, |n| {
        rule("a: A", &format!("a.s MATCHES \"{}b\"", "a|".repeat(n)))
    }),
    new("regular expressions, to code", 4, Code, |n| {
        parts("a: A", n, "OR", |i| format!("a.s MATCHES \"a{i}b\""))
    }),
    new("constraints in a block", 50, Rules, |n| {
        format!("{A}rule \"r\" when A({}) then Print(1); end", list(n, |i| format!("n != {i}")))
    }),
    new("variables in a block", 50, Rules, |n| {
        let (bound, used) = (list(n, |i| format!("$x{i} : n")), list(n, |i| format!("$x{i}")));
        format!("{A}rule \"r\" when A({bound}) then Print({used}); end")
    }),
    new("not in a block", 18, Rules, |n| {
        let nots = joined(n, " ", |i| format!("not A(n == $x, o > {i})"));
        format!("{A}rule \"r\" when A($x : n) {nots} then Print(1); end")
    }),
    // Questions
    new("EXISTS", 16, Rules, |n| parts("a: A", n, "AND", |i| format!("EXISTS (b: A / b.n > a.n + {i})"))),
    new("COUNT", 16, Rules, |n| {
        parts("a: A", n, "AND", |i| format!("COUNT(b: A / b.n == a.n AND b.o > {i}) > {i}"))
    }),
    new("rules that COUNT", 8, Rules, |n| {
        rules(n, |i| format!("COUNT(b: A / b.n == a.n AND b.o > {i}) > {i} ==> Print(1)"))
    }),
    new("COUNT, to code", 4, Code, |n| {
        rules(n, |i| format!("COUNT(b: A / b.n == a.n AND b.o > {i}) > {i} ==> Print(1)"))
    }),
    new("bounds of one derived_value", 10, Rules, |n| {
        rules(n, |i| format!("COUNT(b: A / b.n == a.n) > {i} ==> Print(1)"))
    }),
    new("tests of one derived_value", 20, Rules, |n| {
        parts("a: A", n, "AND", |i| format!("COUNT(b: A / b.n == a.n) != {i}"))
    }),
    new("aggregate variables", 18, Rules, |n| {
        let (bound, used) = (list(n, |i| format!("x{i}: SUM(b.n + {i})")), list(n, |i| format!("x{i}")));
        format!("{A}rule r : {{a: A, {bound}}} / {{b: A}} / b.n == a.n ==> Print({used})")
    }),
    new("aggregate variables, asked", 12, Rules, |n| {
        let bound = list(n, |i| format!("x{i}: SUM(b.n + {i})"));
        let asked = joined(n, " AND ", |i| format!("EXISTS (c: A / c.n > x{i} AND c.o IS MISSING)"));
        format!("{A}rule r : {{a: A, {bound}}} / {{b: A}} / b.n == a.n AND {asked} ==> Print(1)")
    }),
    new("parameters of a question", 40, Rules, |n| {
        let asked = joined(n, " AND ", |i| format!("u.f{i} > t.f{i}"));
        format!("{}rule r : {{t: T}} / EXISTS (u: T / {asked}) ==> Print(1)", wide(n))
    }),
    new("questions in a question", 16, Rules, |n| {
        let asked = joined(n, " AND ", |i| format!("b.n > COUNT(c: A / c.n == a.n + {i})"));
        rule("a: A", &format!("EXISTS (b: A / {asked})"))
    }),
    new("references, AND", 50, Rules, |n| {
        let tests = joined(n, " AND ", |i| format!("b.a.n != {i}"));
        format!("{A}type B(#id: string, a: A)\nrule r : {{b: B}} / {tests} ==> Print(1)")
    }),
    new("references, OR", 30, Rules, |n| {
        let tests = joined(n, " OR ", |i| format!("b.a.n + {i} == b.a.o"));
        format!("{A}type B(#id: string, a: A)\nrule r : {{b: B}} / {tests} ==> Print(1)")
    }),
    new("references to many fields", 50, Rules, |n| {
        let tests = joined(n, " AND ", |i| format!("b.t.f{i} > 1"));
        format!("{}type B(#id: string, t: T)\nrule r : {{b: B}} / {tests} ==> Print(1)", wide(n))
    }),
    new("references printed", 80, Rules, |n| {
        let values = list(n, |_| "b.a.n".into());
        format!("{A}type B(#id: string, a: A)\nrule r : {{b: B}} / ==> Print({values})")
    }),
    new("a reference after another", 20, Rules, |n| {
        let types = lines(n, |i| format!("type T{}(#id: string, r: T{i})", i + 1));
        let path = ".r".repeat(n);
        format!("type T0(#id: string)\n{types}\nrule r : {{t: T{n}}} / t{path}.id == \"x\" ==> Print(1)")
    }),
    // What is between the words
    new("a long string", 5000, Rules, |n| rule("a: A", &format!("a.s == \"{}\"", "x".repeat(n)))),
    new("escapes", 1600, Rules, |n| rule("a: A", &format!("a.s == \"{}\"", "\\u{e9}".repeat(n)))),
    new("long names", 5000, Rules, |n| {
        let name = "a".repeat(n);
        format!("type A(#id: string, {name}: int)\nrule r : {{x: A}} / x.{name} == 1 ==> Print(1)")
    }),
    new("names beyond ASCII", 1000, Rules, |n| {
        let name = "e\u{301}".repeat(n);
        format!("type A(#id: string, {name}: int)\nrule r : {{x: A}} / x.{name} == 1 ==> Print(1)")
    }),
    new("comments", 500, Rules, |n| format!("{A}{}/*{}*/", "// x\n/* y */\n".repeat(n), "z".repeat(n))),
    new("empty lines", 5000, Rules, |n| format!("{A}{}", "\n".repeat(n))),
    new("semicolons", 1000, Rules, |n| format!("{A}{}", ";".repeat(n))),
    new("warnings", 20, Rules, |n| {
        format!("{A}{}", lines(n, |i| format!("rule r{i} : {{a: A, b: A}} / ==> Print(1)")))
    }),
    new("warnings on one line", 20, Rules, |n| {
        format!("{A}{}", joined(n, " ", |i| format!("rule r{i} : {{a: A, b: A}} / ==> Print(1)")))
    }),
    // Scripts
    new("remove rule", 20, Script, |n| {
        let rules = rules(n, |i| format!("a.n > {i} ==> Print(a.id)"));
        format!("{rules}\n{}", lines(n, |i| format!("remove rule r{i}")))
    }),
    new("remove rule, in turn", 10, Script, |n| {
        rules(n, |i| format!("a.n > {i} ==> Print(a.id)\nremove rule r{i}"))
    }),
    new("remove fact", 20, Script, |n| {
        format!("{A}{}\n{}", facts(n), lines(n, |i| format!("remove fact A \"{i}\"")))
    }),
    new("remove fact, in turn", 20, Script, |n| {
        let both = |i| format!("A(id: \"{i}\", n: {i}, s: \"x\")\nremove fact A \"{i}\"");
        format!("{A}{}", lines(n, both))
    }),
    new("reset", 20, Script, |n| lines(n, |_| format!("{A}{}\nreset", facts(1)))),
    // Faults
    new("duplicate keys", 80, Faults, |n| format!("type A(#id: string)\n{}", "A(id: \"1\")\n".repeat(n))),
    new("duplicate types", 80, Faults, |n| "type A(#id: string)\n".repeat(n + 1)),
    new("duplicate fields", 200, Faults, |n| format!("type A(#id: string, x: int{})", ", x: int".repeat(n))),
    new("duplicate rules", 40, Faults, |n| {
        format!("{A}{}", "rule r : {a: A} / ==> Print(1)\n".repeat(n + 1))
    }),
    new("duplicate actions", 80, Faults, |n| {
        format!("action f(a: int)\n{}", "action f(a: bool)\n".repeat(n))
    }),
    new("duplicate names of facts", 80, Faults, |n| {
        format!("type A(id: string)\n{}", "a = A(id: \"1\")\n".repeat(n + 1))
    }),
    new("duplicate variables", 200, Faults, |n| rule(&list(n + 1, |_| "a: A".into()), "")),
    new("too many patterns", 100, Faults, |n| rule(&list(n, |i| format!("a{i}: A")), "")),
    new("faults on one line", 40, Faults, |n| parts("a: A", n, "AND", |_| "a.zz == 1".into())),
    new("unknown variables", 80, Faults, |n| parts("a: A", n, "AND", |i| format!("b{i}.n == 1"))),
    new("unknown variables in a block", 40, Faults, |n| {
        let (bound, used) = (list(n, |i| format!("$x{i} : n")), list(n, |i| format!("$y{i}")));
        format!("{A}rule \"r\" when A({bound}) then Print({used}); end")
    }),
    new("unknown types", 40, Faults, |n| {
        let types = lines(n, |i| format!("type T{i}(#id: string)"));
        format!("{types}\n{}", lines(n, |i| format!("rule r{i} : {{a: X{i}}} / ==> Print(1)")))
    }),
    new("unknown fields", 40, Faults, |n| {
        format!(
            "{}rule r : {{t: T}} / {} ==> Print(1)",
            wide(n),
            joined(n, " AND ", |i| format!("t.g{i} > 1"))
        )
    }),
    new("unknown facts", 40, Faults, |n| {
        let facts = lines(n, |i| format!("a{i} = A(id: \"{i}\", n: {i}, s: \"x\")\nB(id: \"{i}\", a: b{i})"));
        format!("{A}type B(#id: string, a: A)\n{facts}")
    }),
    new("missing fields", 200, Faults, |n| format!("{}{}", wide(n), "T()\n".repeat(5))),
    new("wrong values", 20, Faults, |n| {
        format!("{A}{}", lines(n, |i| format!("A(id: \"{i}\", n: \"{i}\", s: \"x\", zz: 1)")))
    }),
    new("circles", 40, Faults, |n| lines(n, |i| format!("type T{i}(#id: string, n: T{})", (i + 1) % n))),
    new("never true", 20, Rules, |n| rules(n, |_| "a.n > 1 AND a.n < 1 ==> Print(1)".into())),
    new("syntax errors", 40, Faults, |n| rules(n, |_| "a.n = 1 ==> Print(1)".into())),
    new("syntax errors on one line", 40, Faults, |n| {
        rules(n, |_| "a.n = 1 ==> Print(1)".into()).replace('\n', " ")
    }),
    new("a syntax error on a long line", 400, Faults, |n| {
        format!("type A(#id: string, {}!)", "a: int, ".repeat(n))
    }),
    new("words", 200, Faults, |n| "foo bar ".repeat(n)),
    new("words on lines", 200, Faults, |n| "foo bar\n".repeat(n)),
    new("signs", 40, Faults, |n| "& ! ".repeat(n)),
    new("the word rule", 40, Faults, |n| "rule ".repeat(n)),
    new("blocks without end", 40, Faults, |n| lines(n, |i| format!("rule r{i} when A(x = ) "))),
    new("unknown escapes", 600, Faults, |n| rule("a: A", &format!("a.s == \"{}\"", "\\d".repeat(n)))),
    new("braces in a string", 600, Faults, |n| rule("a: A", &format!("a.s == \"{}\"", "\\u{".repeat(n)))),
    new("strings without end", 200, Faults, |n| rules(n, |_| "a.s == \"x ==> Print(1)".into())),
    new("comments without end", 100, Faults, |n| format!("{A}{}", "/* x ".repeat(n))),
    new("brackets without end", 200, Faults, |n| rule("a: A", &"(".repeat(n))),
    new("salience", 200, Faults, |n| {
        format!("{A}rule r {}: {{a: A}} / ==> Print(1)", "salience 1 ".repeat(n))
    }),
    new("two long names", 600, Faults, |n| {
        let name = "a".repeat(n);
        format!("type A(#id: string, {name}a: int)\nrule r : {{x: A}} / x.{name}b == 1 ==> Print(1)")
    }),
];
