//! Any text passes through checking, planning and building without a panic; what compiles also
//! runs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tsd_compiler::source::SourceMap;
use tsd_runtime::{Engine, Planning};

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::new();
    let file = sources.add("fuzz.tsd", text);
    let mut engine = Engine::builder(()).build();
    if engine.execute_sources(&sources, &[file], &Planning::default()).is_err() {
        return;
    }
    engine.set_run_limit(1000);
    engine.on_print(|_| {});
    engine.on_log(|_| {});
    let _ = engine.run();
    let rules: Vec<String> = engine.rules().map(str::to_owned).collect();
    for rule in rules {
        engine.matches(&rule).expect("the rule is there");
        engine.remove_rule(&rule).expect("the rule is there");
    }
    assert!(engine.network().shape().is_empty());
});
