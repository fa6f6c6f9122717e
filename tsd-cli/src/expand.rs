//! `tsd expand`.

use tsd_compiler::codegen::{Options, module_text};

use crate::arguments::Rules;
use crate::outcome::{Stop, Streams};
use crate::rules::compile;

/// Shows the Rust source that the rules compile to.
pub(crate) fn expand(rules: &Rules, streams: &mut Streams) -> Result<(), Stop> {
    let compiled = compile(rules, streams)?;
    let text = module_text(&compiled.module, &compiled.sources, &Options::default());
    streams.out.write_all(text.as_bytes())?;
    Ok(())
}
