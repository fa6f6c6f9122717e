//! Any text parses without a panic, and what parses prints to a text that parses to the same print.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tsd_compiler::diagnostics::Diagnostics;
use tsd_compiler::source::SourceMap;
use tsd_compiler::syntax;

fn print(text: &str) -> Option<String> {
    let mut sources = SourceMap::new();
    let file = sources.add("fuzz.tsd", text);
    let mut sink = Diagnostics::new();
    let program = syntax::parse(&sources, file, &mut sink);
    let has_errors = sink.has_errors();
    let _ = sink.finish();
    (!has_errors).then(|| syntax::print(&program))
}

fuzz_target!(|text: &str| {
    if let Some(printed) = print(text) {
        assert_eq!(print(&printed).as_deref(), Some(printed.as_str()), "printing is not stable");
    }
});
