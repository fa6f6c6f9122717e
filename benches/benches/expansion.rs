//! The work of a macro or build script with 20 and with 1,000 rules over shared joins: reading,
//! planning and generating.
//!
//! The compiler is optimised as the workspace's `[profile.dev.package]` optimises it in debug
//! builds. The time that rustc needs for the generated code is not included.

use tsd_benches::engine::shared_joins;
use tsd_benches::measure::{Table, is_test, median_of_five, timed};
use tsd_compiler::codegen::{Options, module_tokens};
use tsd_compiler::source::SourceMap;

fn main() {
    let mut table =
        Table::new("expansion (CPU, median of five)", &["rules", "joins", "CPU ms", "generated KB"]);
    for rules in [20, 1_000] {
        let text = shared_joins(rules);
        let expand = || {
            let mut sources = SourceMap::new();
            let file = sources.add("shop.tsd", text.as_str());
            let module = tsd_compiler::compile(&sources, &[file]).module.expect("the rules have no errors");
            assert_eq!(module.rules.len(), rules);
            let mut network = tsd::ir::Network::default();
            for planned in &module.rules {
                network.add_rule(&planned.rule);
            }
            let tokens = module_tokens(&module, &sources, &Options::default()).to_string();
            (network.joins().count(), tokens.len())
        };
        let (joins, bytes) = expand();
        assert_eq!(joins, 2, "all rules share two joins");
        let timing = median_of_five(|| timed(expand).0);
        let millis = format!("{:.1}", timing.cpu.as_secs_f64() * 1e3);
        table.row([rules.to_string(), joins.to_string(), millis, (bytes / 1000).to_string()]);
    }
    if !is_test() {
        println!("{table}");
    }
}
