//! The tree of a program, where printing it would not show a difference.

mod common;

use common::{bare, parse};
use tsd_compiler::diagnostics::Code;
use tsd_compiler::syntax::ast::{Argument, Expr, ExprKind, Literal, Number, Statement};
use tsd_compiler::syntax::print;

/// A condition in prefix form, every node in parentheses.
fn shape(expr: &Expr) -> String {
    let all = |word: &str, parts: &[Expr]| {
        format!("({word} {})", parts.iter().map(shape).collect::<Vec<_>>().join(" "))
    };
    match &expr.kind {
        ExprKind::Literal(Literal::Number(Number::Int(value))) => format!("int:{value}"),
        ExprKind::Literal(Literal::Number(Number::Float(value))) => format!("float:{value:?}"),
        ExprKind::Literal(Literal::Text(text)) => format!("{text:?}"),
        ExprKind::Literal(Literal::Bool(value)) => value.to_string(),
        ExprKind::Path(path) => std::iter::once(&path.root)
            .chain(&path.fields)
            .map(|name| &*name.text)
            .collect::<Vec<_>>()
            .join("."),
        ExprKind::List(items) => all("list", items),
        ExprKind::Negate(inner) => format!("(- {})", shape(inner)),
        ExprKind::Cast { to, operand } => format!("(as-{} {})", to.text(), shape(operand)),
        ExprKind::Arithmetic { first, rest } => {
            let steps = rest.iter().map(|step| format!(" {} {}", step.op.text(), shape(&step.operand)));
            format!("({}{})", shape(first), steps.collect::<String>())
        }
        ExprKind::Function { function, arguments, .. } => all(function.text(), arguments),
        ExprKind::Compare { op, left, right, .. } => {
            format!("({} {} {})", op.text(), shape(left), shape(right))
        }
        ExprKind::Presence { operand, missing } => format!("(missing={missing} {})", shape(operand)),
        ExprKind::And(parts) => all("and", parts),
        ExprKind::Or(parts) => all("or", parts),
        ExprKind::Not(inner) => format!("(not {})", shape(inner)),
        ExprKind::Exists(exists) => {
            format!(
                "(exists {} {})",
                exists.variable.text,
                exists.condition.as_ref().map(shape).unwrap_or_default()
            )
        }
        ExprKind::Aggregate(aggregate) => {
            format!("({} {})", aggregate.function.text(), aggregate.variable.text)
        }
        ExprKind::Invalid => "invalid".into(),
    }
}

fn check(condition: &str, expected: &str) {
    let (_, program, diagnostics) = parse(&format!("rule r : {{o: Order}} / {condition} ==> f"));
    assert!(diagnostics.iter().all(|found| !found.is_error()), "{condition}: {diagnostics:?}");
    let [Statement::Rule(rule)] = &program.statements[..] else { panic!("{program:?}") };
    assert_eq!(rule.condition.as_ref().map(shape).as_deref(), Some(expected), "{condition}");
}

#[test]
fn precedence() {
    check("a OR b AND c OR d", "(or a (and b c) d)");
    check("a AND (b AND c)", "(and a (and b c))");
    check("a + b * c - d > e / f % g", "(> (a + (b * c) - d) (e / f % g))");
    check("NOT a == b AND c", "(and (not (== a b)) c)");
    check("NOT (a) OR NOT NOT b", "(or (not a) (not (not b)))");
    check("(a == b) == c", "(== (== a b) c)");
    check("a + b IS MISSING AND c IS PRESENT", "(and (missing=true (a + b)) (missing=false c))");
    check("(int) a + -b * -2", "((as-int a) + ((- b) * int:-2))");
    check("x IN [1, [a]] OR x like 'a'", "(or (IN x (list int:1 (list a))) (LIKE x \"a\"))");
}

#[test]
fn numbers_keep_how_they_were_written() {
    check("12 == 12.0", "(== int:12 float:12.0)");
    check("1e3 == -0", "(== float:1000.0 int:0)");
    check(
        "9223372036854775807 < 9223372036854775808",
        "(< int:9223372036854775807 float:9.223372036854776e18)",
    );
    check("-9223372036854775808 < -(9)", "(< int:-9223372036854775808 (- int:9))");
}

#[test]
fn casts_and_variables_of_the_same_name() {
    check("(number) > 1", "(> number int:1)");
    check("(number) o.a > 1", "(> (as-number o.a) int:1)");
    check("(string) (a) == \"x\"", "(== (as-string a) \"x\")");
}

#[test]
fn both_notations_give_one_tree() {
    let block = "rule r salience 5 when Customer($id : id, type == \"premium\") \
                 $o : Order(customerId == $id, amount > 100 AND late) not Payment(orderId == $o.id) \
                 exists Payment() then act($id, $o.customer.name); end";
    let arrow = "rule r salience 5 : {customer: Customer, o: Order} / customer.type == \"premium\" \
                 AND o.customerId == customer.id AND o.amount > 100 AND o.late \
                 AND NOT (EXISTS (payment: Payment / payment.orderId == o.id)) AND EXISTS \
                 (payment_2: Payment) \
                 ==> act(customer.id, o.customer.name)";
    let ((_, block, faults), (_, arrow, _)) = (parse(block), parse(arrow));
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(print(&block), print(&arrow));
    assert_eq!(bare(&block), bare(&arrow));
}

#[test]
fn an_unbound_name_like_its_field_is_bound_by_it() {
    let short = "rule r when Order(total == $total) Line($price == price, price < $total, total \
        == $total) then f($price); end";
    let long = "rule r when Order($total : total) Line($price : price, price < $total, total == $total) \
        then f($price); end";
    let ((_, short, faults), (_, long, _)) = (parse(short), parse(long));
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(bare(&short), bare(&long));
}

#[test]
fn spans_cover_what_was_written() {
    let text = "reset\nrule vip : {c: Customer} / (c.points + 1) > 10 ==> f(UPPER(c.tier))";
    let (sources, program, _) = parse(text);
    let [Statement::Reset(_), Statement::Rule(rule)] = &program.statements[..] else { panic!("{program:?}") };
    let condition = rule.condition.as_ref().unwrap();
    let ExprKind::Compare { op_span, left, .. } = &condition.kind else { panic!("{condition:?}") };
    assert_eq!(sources.slice(rule.span), text.strip_prefix("reset\n").unwrap());
    assert_eq!(sources.slice(rule.name.span), "vip");
    assert_eq!(sources.slice(*op_span), ">");
    assert_eq!(sources.slice(left.span), "c.points + 1");
    let Argument::Value(argument) = &rule.calls[0].arguments[0] else { panic!("{:?}", rule.calls) };
    assert_eq!(sources.slice(argument.span), "UPPER(c.tier)");
    assert_eq!(sources.slice(rule.blocks[0].bindings[0].span), "c: Customer");
}

#[test]
fn statements_after_a_fault_are_kept() {
    let (_, program, diagnostics) =
        parse("type A(#id string)\nA(id: 1)\nrule r : {a: A / ==> f\nremove rule r");
    assert_eq!(program.statements.len(), 2);
    assert_eq!(diagnostics.len(), 2);
    assert!(diagnostics.iter().all(|found| found.code == Code::Syntax));
}
