//! `tsd check`.

use crate::arguments::Rules;
use crate::commands::{Stop, Streams};
use crate::rules::{compile, counted};

/// Compiles the rules and says what they hold.
pub(crate) fn check(rules: &Rules, streams: &mut Streams) -> Result<(), Stop> {
    let compiled = compile(rules, streams)?;
    let module = &compiled.module;
    let parts = [
        counted(module.schema.types.len(), "type"),
        counted(module.schema.actions.len(), "action"),
        counted(module.rules.len(), "rule"),
        counted(module.facts.len(), "fact"),
    ];
    let warnings = match compiled.warnings {
        0 => "no warnings".to_owned(),
        some => counted(some, "warning"),
    };
    writeln!(streams.out, "{}: {warnings}", parts.join(", "))?;
    Ok(())
}
