//! The meaning of `@rows(n)`, `@context`, `@plan(greedy)` and other annotations, and where they are
//! allowed. `@allow(…)` is in [`allow`](super::allow).

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::join_order::JoinOrder;
use crate::source::Span;
use crate::syntax::ast::{
    ActionDeclaration, Annotation, Expr, ExprKind, Literal, Name, Number, Path, TypeDeclaration,
};

/// How many facts of a type to expect.
pub(super) fn rows(declaration: &TypeDeclaration, sink: &mut Diagnostics) -> Option<u64> {
    let annotation = only(&declaration.annotations, "rows", &TYPE, sink)?;
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

/// Whether an action receives a context.
pub(super) fn context(declaration: &ActionDeclaration, sink: &mut Diagnostics) -> bool {
    let annotation = only(&declaration.annotations, "context", &ACTION, sink);
    if let Some(annotation) = annotation.filter(|annotation| !annotation.arguments.is_empty()) {
        let message = "`@context` takes no arguments";
        sink.report(Diagnostic::new(Code::WrongArity, annotation.span, message));
    }
    annotation.is_some()
}

/// The join order for the patterns of rules, and where it is given.
pub(super) fn plan(
    annotations: &[Annotation],
    place: &Place,
    sink: &mut Diagnostics,
) -> Option<(JoinOrder, Span)> {
    let annotation = only(annotations, "plan", place, sink)?;
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
                sink.report(diagnostic.did_you_mean(text, JoinOrder::ALL.map(JoinOrder::name)));
            }
            strategy.map(|strategy| (strategy, annotation.span))
        }
        _ => {
            let message = "`@plan` takes the name of a strategy";
            sink.report(Diagnostic::new(Code::TypeMismatch, *span, message).hint(STRATEGIES));
            None
        }
    }
}

const STRATEGIES: &str = "a plan is `declared`, `greedy` or `optimal`, as in `@plan(greedy)`";

/// Something that can have annotations.
pub(super) struct Place {
    name: &'static str,
    known: &'static [&'static str],
}

pub(super) const MODULE: Place = Place { name: "a module", known: &["plan", "allow"] };
pub(super) const FILE: Place = Place { name: "a file", known: &["allow"] };
pub(super) const RULE: Place = Place { name: "a rule", known: &["plan", "allow"] };
const TYPE: Place = Place { name: "a type", known: &["rows"] };
const ACTION: Place = Place { name: "an action", known: &["context"] };

/// Reports annotations that have no meaning at a place.
pub(super) fn report_unknown(annotations: &[Annotation], place: &Place, sink: &mut Diagnostics) {
    for annotation in annotations {
        let name = annotation.name.text.as_str();
        if !place.known.contains(&name) {
            let known: Vec<String> = place.known.iter().map(|known| format!("`@{known}`")).collect();
            let hint = match name {
                "allow" => {
                    "it belongs after the name of a rule or module, or at the beginning of a file".to_owned()
                }
                _ => format!("{} can have {}", place.name, known.join(" and ")),
            };
            let message = format!("`@{name}` means nothing on {}", place.name);
            sink.report(
                Diagnostic::new(Code::UnknownAnnotation, annotation.span, message)
                    .hint(hint)
                    .did_you_mean(name, place.known.iter().copied()),
            );
        }
    }
}

/// The one annotation with a name, if there is one. Reports annotations that are not allowed at the
/// place.
fn only<'a>(
    annotations: &'a [Annotation],
    wanted: &str,
    place: &Place,
    sink: &mut Diagnostics,
) -> Option<&'a Annotation> {
    report_unknown(annotations, place, sink);
    let mut wanted = annotations.iter().filter(|annotation| annotation.name.text == wanted);
    let first = wanted.next()?;
    for again in wanted {
        let message = format!("`@{}` is given twice", again.name.text);
        sink.report(
            Diagnostic::new(Code::DuplicateDeclaration, again.span, message)
                .also(first.span, "first given here"),
        );
    }
    Some(first)
}
