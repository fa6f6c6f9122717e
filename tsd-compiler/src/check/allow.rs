//! `@allow(cross-product)`: the warnings that an author switches off, in a rule, a file or a
//! module.
//!
//! Only warnings can be switched off. A name that is not a warning's is an error, as a misspelt
//! annotation is, because it was meant to have an effect.

use super::annotation;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Span;
use crate::syntax::ast::{self, Annotation, Expr, ExprKind, Literal, Statement};

/// Registers with the sink which warnings the programs of a module allow.
pub fn note_allowed(programs: &[ast::Program], sink: &mut Diagnostics) {
    for program in programs {
        annotation::report_unknown(&program.head, &annotation::FILE, sink);
        for (code, span) in allowed(&program.head, sink) {
            match code {
                // The warning is about the module, and this may be its only file.
                Code::StaleProfile => sink.allow(code),
                _ => sink.allow_in_file(code, span.file),
            }
        }
        for (code, _) in allowed(&program.annotations, sink) {
            sink.allow(code);
        }
        for statement in &program.statements {
            let Statement::Rule(rule) = statement else { continue };
            for (code, span) in allowed(&rule.annotations, sink) {
                match code {
                    Code::StaleProfile | Code::RepeatedAction => {
                        let message = format!("a rule draws no warning `{code}`");
                        let hint =
                            "allow it in the module: `mod shop @allow(…);`, or at the head of the file";
                        sink.report(Diagnostic::new(Code::UnknownAnnotation, span, message).hint(hint));
                    }
                    _ => sink.allow_within(code, rule.span),
                }
            }
        }
    }
}

/// The warnings that annotations name, and where.
fn allowed(annotations: &[Annotation], sink: &mut Diagnostics) -> Vec<(Code, Span)> {
    let mut allowed = Vec::new();
    for annotation in annotations.iter().filter(|annotation| annotation.name.text == "allow") {
        if annotation.arguments.is_empty() {
            let message = "`@allow` takes the names of warnings";
            sink.report(Diagnostic::new(Code::WrongArity, annotation.span, message).hint(EXAMPLE));
        }
        allowed.extend(annotation.arguments.iter().filter_map(|argument| warning(argument, sink)));
    }
    allowed
}

const EXAMPLE: &str = "as in `@allow(cross-product)`";

fn warning(argument: &Expr, sink: &mut Diagnostics) -> Option<(Code, Span)> {
    let name = match &argument.kind {
        ExprKind::Invalid => return None,
        ExprKind::Path(path) => &path.root.text,
        ExprKind::Literal(Literal::Text(text)) => text,
        _ => {
            let message = "`@allow` takes the names of warnings";
            sink.report(Diagnostic::new(Code::TypeMismatch, argument.span, message).hint(EXAMPLE));
            return None;
        }
    };
    match Code::from_name(name) {
        Some(code) if code.severity() == Severity::Warning => Some((code, argument.span)),
        Some(_) => {
            let message = format!("`{name}` is an error, and an error cannot be allowed");
            let diagnostic = Diagnostic::new(Code::UnknownAnnotation, argument.span, message);
            sink.report(diagnostic.label("not a warning").hint("correct the error instead"));
            None
        }
        None => {
            let warnings = Code::ALL.iter().filter(|code| code.severity() == Severity::Warning);
            let names: Vec<&str> = warnings.map(|code| code.name()).collect();
            let message = format!("there is no warning `{name}`");
            sink.report(
                Diagnostic::new(Code::UnknownAnnotation, argument.span, message)
                    .label("no such warning")
                    .hint(format!("the warnings are {}", names.join(", ")))
                    .did_you_mean(name, names),
            );
            None
        }
    }
}
