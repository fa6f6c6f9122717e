//! From tree to canonical text.
//!
//! There is one canonical layout for a program, so that texts can be compared. Rules are printed in
//! arrow notation, whichever way they were written. Parentheses are printed where the tree needs
//! them, and around AND within OR, where a reader could wonder. Comments are not in the tree, so
//! they are not in the text.

mod expr;

use super::ast::{
    ActionDeclaration, Annotation, Argument, Binding, BindingKind, Call, FactLiteral, FieldValue, Name,
    Program, Remove, Rule, Statement, TypeDeclaration, TypeName,
};
use pest::unicode::{XID_CONTINUE, XID_START};

/// A line longer than this is broken where the layout allows it.
const WIDTH: usize = 110;

/// The program in canonical form. Ends in a newline unless it is empty.
pub fn print(program: &Program) -> String {
    let mut out = String::new();
    if !program.head.is_empty() {
        let mut head = String::new();
        print_annotations(&mut head, &program.head);
        out.push_str(head.trim_start());
        out.push_str(";\n");
    }
    if let Some(module) = &program.module {
        out.push_str(&format!("mod {}", module.text));
        print_annotations(&mut out, &program.annotations);
        out.push_str(";\n");
    }
    let mut previous: Option<&Statement> = None;
    for statement in &program.statements {
        let together = previous.is_some_and(|previous| same_kind(previous, statement));
        if !out.is_empty() && !together {
            out.push('\n');
        }
        print_statement(&mut out, statement);
        out.push('\n');
        previous = Some(statement);
    }
    out
}

/// An expression as text.
pub(crate) fn expression(expr: &super::ast::Expr) -> String {
    expr::text(expr)
}

/// Whether two statements are printed without an empty line between them.
fn same_kind(first: &Statement, second: &Statement) -> bool {
    !matches!(first, Statement::Rule(_)) && std::mem::discriminant(first) == std::mem::discriminant(second)
}

fn print_statement(out: &mut String, statement: &Statement) {
    match statement {
        Statement::Type(declaration) => print_type(out, declaration),
        Statement::Action(declaration) => print_action(out, declaration),
        Statement::Rule(rule) => print_rule(out, rule),
        Statement::Fact(fact) => {
            if let Some(variable) = &fact.variable {
                out.push_str(&variable.text);
                out.push_str(" = ");
            }
            print_fact(out, &fact.fact);
        }
        Statement::Remove(Remove::Rule { name, .. }) => {
            out.push_str("remove rule ");
            out.push_str(&rule_name(name));
        }
        Statement::Remove(Remove::Fact { type_name, key, .. }) => {
            let bare = |c: char| XID_CONTINUE(c) || "-.~%".contains(c);
            let plain = !key.text.is_empty() && key.text.chars().all(bare);
            let key = if plain { key.text.clone() } else { expr::quoted(&key.text) };
            out.push_str(&format!("remove fact {} {key}", type_name.text));
        }
        Statement::Reset(_) => out.push_str("reset"),
    }
}

fn print_type(out: &mut String, declaration: &TypeDeclaration) {
    out.push_str(if declaration.rust_path.is_some() { "extern type " } else { "type " });
    out.push_str(&declaration.name.text);
    let fields = declaration.fields.iter().map(|field| {
        let key = if field.key { "#" } else { "" };
        format!("{key}{}: {}", field.name.text, type_name(&field.kind))
    });
    list(out, ("(", ")"), fields.collect(), true);
    print_annotations(out, &declaration.annotations);
    if let Some(path) = &declaration.rust_path {
        let path: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        out.push_str(&format!(" = {}", path.join("::")));
    }
}

fn print_action(out: &mut String, declaration: &ActionDeclaration) {
    out.push_str("action ");
    out.push_str(&declaration.name.text);
    let parameters = declaration.parameters.iter().map(|parameter| {
        let default =
            parameter.default.as_ref().map_or_else(String::new, |value| format!(" = {}", expr::text(value)));
        format!("{}: {}{default}", parameter.name.text, type_name(&parameter.kind))
    });
    list(out, ("(", ")"), parameters.collect(), true);
    print_annotations(out, &declaration.annotations);
}

fn print_rule(out: &mut String, rule: &Rule) {
    let mut head = format!("rule {}", rule_name(&rule.name));
    if let Some(salience) = rule.salience {
        head.push_str(&format!(" salience {}", salience.value));
    }
    if rule.no_loop.is_some() {
        head.push_str(" no-loop");
    }
    print_annotations(&mut head, &rule.annotations);
    head.push_str(" : ");
    for block in &rule.blocks {
        list(&mut head, ("{", "}"), block.bindings.iter().map(binding).collect(), false);
        head.push_str(" / ");
    }
    if let Some(condition) = &rule.condition {
        let line = expr::text(condition);
        if head.chars().count() + line.chars().count() > WIDTH {
            head.truncate(head.trim_end().len());
            expr::lines(&mut head, condition);
        } else {
            head.push_str(&line);
        }
    }
    let head = head.trim_end();
    let calls: Vec<String> = rule.calls.iter().map(call).collect();
    let one_line = calls.join(", ");
    out.push_str(head);
    if head.chars().count() + one_line.chars().count() + 5 <= WIDTH && !head.contains('\n') {
        out.push_str(&format!(" ==> {one_line}"));
    } else {
        out.push_str(&format!("\n    ==> {}", calls.join(",\n        ")));
    }
}

fn binding(binding: &Binding) -> String {
    let what = match &binding.kind {
        BindingKind::Fact(name) => name.text.clone(),
        BindingKind::Aggregate { function, value } => {
            let value = expr::text(value);
            // Behind `DISTINCT` a sign would make a variable of it.
            let is_plain =
                value.starts_with(|first: char| first == '(' || crate::syntax::is_name_start(first));
            let value = if function.is_distinct() && !is_plain { format!("({value})") } else { value };
            format!("{}{value})", function.opening())
        }
    };
    format!("{}: {what}", binding.variable.text)
}

fn call(call: &Call) -> String {
    let mut out = call.name.text.clone();
    let arguments = call.arguments.iter().map(|argument| match argument {
        Argument::Value(value) => expr::text(value),
        Argument::Fact(fact) => {
            let mut out = String::new();
            print_fact(&mut out, fact);
            out
        }
        Argument::Changes { fields, .. } => {
            let mut out = String::new();
            list(&mut out, ("{", "}"), fields.iter().map(field_value).collect(), false);
            out
        }
    });
    list(&mut out, ("(", ")"), arguments.collect(), false);
    out
}

fn print_fact(out: &mut String, fact: &FactLiteral) {
    out.push_str(&fact.type_name.text);
    list(out, ("(", ")"), fact.fields.iter().map(field_value).collect(), false);
}

fn field_value(field: &FieldValue) -> String {
    format!("{}: {}", field.name.text, expr::text(&field.value))
}

fn print_annotations(out: &mut String, annotations: &[Annotation]) {
    for annotation in annotations {
        out.push_str(" @");
        out.push_str(&annotation.name.text);
        if !annotation.arguments.is_empty() {
            list(out, ("(", ")"), annotation.arguments.iter().map(expr::text).collect(), false);
        }
    }
}

fn type_name(kind: &TypeName) -> String {
    format!("{}{}", kind.name.text, if kind.optional { "?" } else { "" })
}

/// Items between brackets: on one line, or one to a line when that is too long and `breaks` allows
/// it.
fn list(out: &mut String, (open, close): (&str, &str), items: Vec<String>, breaks: bool) {
    let line = items.join(", ");
    let used = out.chars().rev().take_while(|c| *c != '\n').take(WIDTH).count();
    out.push_str(open);
    if breaks && used + line.chars().count() > WIDTH {
        for item in items {
            out.push_str(&format!("\n    {item},"));
        }
        out.push('\n');
    } else {
        out.push_str(&line);
    }
    out.push_str(close);
}

/// The name of a rule, in quotes if it is not an identifier.
fn rule_name(name: &Name) -> String {
    let mut chars = name.text.chars();
    let plain = chars.next().is_some_and(|c| c == '_' || XID_START(c)) && chars.all(XID_CONTINUE);
    if plain { name.text.clone() } else { expr::quoted(&name.text) }
}
