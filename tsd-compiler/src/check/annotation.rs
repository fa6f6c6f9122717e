//! What `@rows(n)`, `@context`, `@plan(greedy)` and other annotations mean, and where.

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::plan::Strategy;
use crate::syntax::ast::{
    ActionDeclaration, Annotation, Expr, ExprKind, Literal, Name, Number, Path, TypeDeclaration,
};

/// How many facts of a type to expect.
pub(super) fn rows(declaration: &TypeDeclaration, sink: &mut Diagnostics) -> Option<u64> {
    let annotation = only(&declaration.annotations, Some("rows"), "a type", sink)?;
    let [Expr { kind, span }] = annotation.arguments.as_slice() else {
        let message = "`@rows` takes the expected number of facts";
        sink.report(
            Diagnostic::new(Code::WrongArity, annotation.span, message).hint("as in `@rows(100000)`"),
        );
        return None;
    };
    match kind {
        ExprKind::Literal(Literal::Number(Number::Int(rows @ 0..))) => Some(rows.unsigned_abs()),
        ExprKind::Invalid => None,
        _ => {
            let message = "`@rows` takes a whole number that is not negative";
            sink.report(Diagnostic::new(Code::TypeMismatch, *span, message).hint("as in `@rows(100000)`"));
            None
        }
    }
}

/// Whether an action is handed a context.
pub(super) fn context(declaration: &ActionDeclaration, sink: &mut Diagnostics) -> bool {
    let annotation = only(&declaration.annotations, Some("context"), "an action", sink);
    if let Some(annotation) = annotation.filter(|annotation| !annotation.arguments.is_empty()) {
        let message = "`@context` takes no arguments";
        sink.report(Diagnostic::new(Code::WrongArity, annotation.span, message));
    }
    annotation.is_some()
}

/// How the patterns of rules are put in order.
pub(super) fn plan(annotations: &[Annotation], place: &str, sink: &mut Diagnostics) -> Option<Strategy> {
    let annotation = only(annotations, Some("plan"), place, sink)?;
    let [Expr { kind, span }] = annotation.arguments.as_slice() else {
        let message = "`@plan` takes the name of a strategy";
        sink.report(Diagnostic::new(Code::WrongArity, annotation.span, message).hint(STRATEGIES));
        return None;
    };
    match kind {
        ExprKind::Invalid => None,
        ExprKind::Path(Path { root: Name { text, .. }, .. }) | ExprKind::Literal(Literal::Text(text)) => {
            let strategy = text.parse().ok();
            if strategy.is_none() {
                let message = format!("there is no plan `{text}`");
                let diagnostic = Diagnostic::new(Code::UnknownAnnotation, *span, message).hint(STRATEGIES);
                sink.report(diagnostic.did_you_mean(text, Strategy::ALL.map(Strategy::name)));
            }
            strategy
        }
        _ => {
            let message = "`@plan` takes the name of a strategy";
            sink.report(Diagnostic::new(Code::TypeMismatch, *span, message).hint(STRATEGIES));
            None
        }
    }
}

const STRATEGIES: &str = "a plan is `declared`, `greedy` or `optimal`, as in `@plan(greedy)`";

/// The one annotation that is known in a place, if it is there; reports all others.
fn only<'a>(
    annotations: &'a [Annotation],
    known: Option<&str>,
    place: &str,
    sink: &mut Diagnostics,
) -> Option<&'a Annotation> {
    let mut found: Option<&Annotation> = None;
    for annotation in annotations {
        let name = annotation.name.text.as_str();
        match found {
            _ if Some(name) != known => {
                let message = format!("`@{name}` means nothing on {place}");
                let diagnostic = Diagnostic::new(Code::UnknownAnnotation, annotation.span, message);
                let diagnostic = match known {
                    Some(known) => diagnostic.hint(format!("{place} can have `@{known}`")),
                    None => diagnostic,
                };
                sink.report(diagnostic.did_you_mean(name, known));
            }
            Some(first) => {
                let message = format!("`@{name}` is given twice");
                sink.report(
                    Diagnostic::new(Code::DuplicateDeclaration, annotation.span, message)
                        .also(first.span, "first given here"),
                );
            }
            None => found = Some(annotation),
        }
    }
    found
}
