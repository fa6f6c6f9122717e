//! The numbers that the seed documents promise for sharing, beside those of the engine.
//!
//! Rule sets like the seeds' ([`seeds`](tsd_benches::generator::seeds)) run with sharing and
//! without, over 10,000 facts in batches of 1,000, with a run after each. Results must be the same,
//! down to the order in which rules fire, before any number is printed. Memory is what a session
//! holds at the end. The peak is what the session adds to that of a process with the compiled rules
//! and the facts, including the allocator's overhead. Times are CPU times, medians of five.
//!
//! The seeds measured another engine on another machine: the reductions can be compared, the
//! absolute numbers show the order of magnitude.

use std::cell::RefCell;
use std::hint::black_box;
use std::time::Duration;

use tsd::ir::{Network, Signature};
use tsd::{Context, Engine, Host, Interpreted};
use tsd::{Sharing, TypeId, Value};
use tsd_benches::generator::SplitMix64;
use tsd_benches::generator::seeds::{Domain, RuleSet, Size};
use tsd_benches::measure::{ROUNDS, Table, is_test, median, median_of_five, memory, timed};
use tsd_compiler::diagnostics::Diagnostics;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Module, Planning, check, normalize, plan, syntax};

const FACTS: usize = 10_000;
const BATCH: usize = 1_000;
const SHARINGS: [Sharing; 2] = [Sharing::Off, Sharing::On];

/// What the seeds report for a domain: joins without and with sharing, megabytes without and with,
/// percents of time saved.
struct Claims {
    domain: Domain,
    joins: [usize; 2],
    megabytes: [f64; 2],
    /// The percentage of joins saved; at least as much must be saved here.
    fewer: f64,
    faster: &'static str,
}

const CLAIMS: [Claims; 3] = [
    Claims {
        domain: Domain::ECommerce,
        joins: [257, 98],
        megabytes: [12.0, 5.0],
        fewer: 62.0,
        faster: "60 % compiling",
    },
    Claims {
        domain: Domain::Finance,
        joins: [480, 215],
        megabytes: [22.0, 10.0],
        fewer: 55.0,
        faster: "46 % activating",
    },
    Claims {
        domain: Domain::Iot,
        joins: [156, 52],
        megabytes: [8.0, 3.0],
        fewer: 67.0,
        faster: "57 % processing",
    },
];

/// Counts what fired, with a checksum over everything in order.
#[derive(Clone, Debug, Default, PartialEq)]
struct Fired {
    count: u64,
    checksum: u64,
}

impl Host for Fired {
    fn perform(&mut self, _: &str, arguments: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
        self.count += 1;
        for argument in arguments {
            let Value::Int(number) = argument else { continue };
            self.checksum = SplitMix64::mix(self.checksum.wrapping_add(*number as u64 + 1));
        }
    }
}

fn main() {
    if memory::serve(serve) {
        return;
    }
    if is_test() {
        let (set, module) = (Domain::Iot.rule_set(), compile(&Domain::Iot.rule_set()));
        let facts = set.facts(500);
        let [apart, shared] = SHARINGS.map(|sharing| run(module.clone(), &facts, sharing).into_host());
        assert_eq!(apart, shared);
        assert!(shared.count > 0, "some rule fires");
        for claims in &CLAIMS {
            joins(&compile(&claims.domain.rule_set()), Some(claims));
        }
        return;
    }
    println!("{}", nodes());
    println!("{}", sessions());
    println!("{}", registry());
}

fn compile(set: &RuleSet) -> Module {
    let mut sources = SourceMap::new();
    let file = sources.add("seeds.tsd", set.text.as_str());
    let compilation = tsd_compiler::compile(&sources, &[file]);
    compilation.module.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics))
}

fn network(module: &Module, rules: usize, sharing: Sharing) -> Network {
    let mut network = Network::new(sharing);
    module.rules.iter().take(rules).for_each(|planned| drop(network.add_rule(&planned.rule)));
    network
}

/// The joins of a module without and with sharing.
fn joins(module: &Module, claims: Option<&Claims>) -> [usize; 2] {
    let counts = SHARINGS.map(|sharing| network(module, usize::MAX, sharing).joins().count());
    if let Some(Claims { joins: [without, _], fewer: promised, .. }) = claims {
        assert_eq!(counts[0], *without, "the rule set is as large as the seed's");
        assert!(
            fewer(counts.map(|count| count as f64)) >= *promised,
            "fewer joins go than promised: {counts:?}"
        );
    }
    counts
}

/// By how many percent the second number is less than the first.
fn fewer([without, with]: [f64; 2]) -> f64 {
    (1.0 - with / without) * 100.0
}

fn percent(pair: [f64; 2]) -> String {
    format!("{:.0} %", fewer(pair))
}

/// The joins of all sets.
fn nodes() -> Table {
    let header =
        ["rule set", "types", "rules", "seed: joins", "with sharing", "joins", "with sharing", "fewer"];
    let mut table = Table::new("joins, without sharing and with it", &header);
    let domains = CLAIMS.iter().map(|claims| (claims.domain.rule_set(), Some(claims)));
    let sizes = [Size::Small, Size::Medium, Size::Large, Size::Stress].map(|size| (size.rule_set(), None));
    for (set, claims) in domains.chain(sizes) {
        let module = compile(&set);
        let [without, with] = joins(&module, claims);
        let [claimed, claimed_with] = match claims {
            Some(claims) => {
                [claims.joins[0].to_string(), format!("{} ({:.0} % fewer)", claims.joins[1], claims.fewer)]
            }
            None => ["-".to_owned(), "-".to_owned()],
        };
        table.row([
            set.name.to_owned(),
            module.schema.types.len().to_string(),
            set.rules.to_string(),
            claimed,
            claimed_with,
            without.to_string(),
            with.to_string(),
            percent([without as f64, with as f64]),
        ]);
    }
    table
}

/// A session after inserting all facts and running.
fn run(module: Module, facts: &[(TypeId, Vec<Value>)], sharing: Sharing) -> Engine<Fired> {
    let mut engine = Engine::from_module(module, Fired::default(), sharing);
    take_in(&mut engine, facts);
    engine
}

/// Inserts the facts batch by batch; returns the milliseconds of asserting and of firing.
fn take_in(engine: &mut Engine<Fired>, facts: &[(TypeId, Vec<Value>)]) -> [f64; 2] {
    let mut sums = [Duration::ZERO; 2];
    for batch in facts.chunks(BATCH) {
        let (asserting, ()) = timed(|| {
            for (ty, values) in batch {
                engine.insert_values(*ty, values).expect("the keys differ");
            }
        });
        let (firing, _) = timed(|| engine.run().expect("no rule loops"));
        sums[0] += asserting.cpu;
        sums[1] += firing.cpu;
    }
    sums.map(|sum| sum.as_secs_f64() * 1e3)
}

/// The times of the phases, in milliseconds: compiling, asserting, firing.
fn phases(set: &RuleSet, facts: &[(TypeId, Vec<Value>)], sharing: Sharing) -> ([f64; 3], Fired) {
    let (compiling, mut engine) = timed(|| Engine::from_module(compile(set), Fired::default(), sharing));
    let [asserting, firing] = take_in(&mut engine, facts);
    let millis = [compiling.cpu.as_secs_f64() * 1e3, asserting, firing];
    (millis, engine.into_host())
}

/// Memory and times of the domains, and the end-to-end numbers of the seed's 200 rules.
fn sessions() -> Table {
    let header = ["", "seed: without", "with", "less", "without", "with", "less", "to reach"];
    let mut table = Table::new(format!("sessions of {FACTS} facts, without sharing and with it"), &header);
    for claims in &CLAIMS {
        let set = claims.domain.rule_set();
        let facts = set.facts(FACTS);
        let mut rounds: [Vec<[f64; 3]>; 2] = Default::default();
        let mut fired: Option<Fired> = None;
        for _ in 0..ROUNDS {
            for (sharing, times) in SHARINGS.into_iter().zip(&mut rounds) {
                let (millis, found) = phases(&set, &facts, sharing);
                let first = fired.get_or_insert_with(|| found.clone());
                assert_eq!(*first, found, "{}: the answers differ", set.name);
                times.push(millis);
            }
        }
        let fired = fired.unwrap_or_default();
        let name = |what: &str| format!("{}, {what}", set.name);
        let [without, with] = claims.megabytes;
        let mut row = |what: &str, claimed: [String; 3], ours: [f64; 2], unit: &str, reach: &str| {
            let [one, other] = ours.map(|derived_value| format!("{derived_value:.1} {unit}"));
            let [first, second, third] = claimed;
            table.row([name(what), first, second, third, one, other, percent(ours), reach.to_owned()]);
        };
        let megabytes =
            |pair: [f64; 2]| [format!("{} MB", pair[0]), format!("{} MB", pair[1]), percent(pair)];
        let module = compile(&set);
        let held = SHARINGS.map(|sharing| run(module.clone(), &facts, sharing).bytes() as f64 / 1e6);
        row("memory", megabytes([without, with]), held, "MB", "58 %");
        row("peak", ["-", "-", "-"].map(str::to_owned), added_megabytes(set.name), "MB", "-");
        // The seed reports times for 200 rules.
        let end_to_end = claims.domain == Domain::Finance;
        let claimed = |pair: [u32; 2]| match end_to_end {
            true => [format!("{} ms", pair[0]), format!("{} ms", pair[1]), percent(pair.map(f64::from))],
            false => ["-", "-", "-"].map(str::to_owned),
        };
        let phase =
            |phase: usize| [0, 1].map(|sharing| middle(rounds[sharing].iter().map(|times| times[phase])));
        row("compiling", claimed([2_450, 1_120]), phase(0), "ms", "-");
        row("asserting", claimed([18_200, 11_400]), phase(1), "ms", "-");
        row("firing", claimed([8_600, 5_200]), phase(2), "ms", "-");
        let total = [0, 1].map(|sharing| middle(rounds[sharing].iter().map(|times| times.iter().sum())));
        let mut claimed = claimed([29_250, 17_720]);
        if !end_to_end {
            claimed[2] = claims.faster.to_owned();
        }
        row(&format!("total, {} fired", fired.count), claimed, total, "ms", "60 %");
    }
    table
}

fn middle(derived_values: impl Iterator<Item = f64>) -> f64 {
    let nanos = derived_values.map(|millis| Duration::from_nanos((millis * 1e6) as u64));
    median(nanos.collect()).as_secs_f64() * 1e3
}

/// What a session adds to the peak of a process with its rules and facts, without and with sharing.
fn added_megabytes(name: &str) -> [f64; 2] {
    let peak = |what: &str| {
        let bytes = memory::peak_of(&format!("{name}#{what}"));
        bytes.unwrap_or_else(|error| panic!("no peak of memory: {error}")) as f64 / 1e6
    };
    let input = peak("input");
    ["without", "with"].map(|what| peak(what) - input)
}

/// In a child: one of the cases of [`added_megabytes`].
fn serve(case: &str) {
    let (name, what) = case.split_once('#').unwrap_or((case, ""));
    let sets = CLAIMS.iter().map(|claims| claims.domain.rule_set());
    let set =
        sets.into_iter().find(|set| set.name == name).unwrap_or_else(|| panic!("no rule set is {name}"));
    let (module, facts) = (compile(&set), set.facts(FACTS));
    memory::reset_peak();
    let sharing = match what {
        "without" => Sharing::Off,
        "with" => Sharing::On,
        _ => return,
    };
    drop(black_box(run(module, &facts, sharing)));
}

/// The numbers of the registry of joins, and of large sets.
fn registry() -> Table {
    let mut table = Table::new("the registry of joins", &["", "seed", "measured", "to reach"]);
    let mut row = |what: &str, seed: &str, measured: String, reach: &str| {
        table.row([what.to_owned(), seed.to_owned(), measured, reach.to_owned()]);
    };
    let set = Size::Stress.rule_set();
    let module = compile(&set);
    let hashing = signature_micros(&module);
    row("hashing a join's signature", "120 to 420 µs", format!("{hashing:.2} µs"), "10 µs");
    let hit = hit_micros(&module);
    row("finding a join that is there", "80 µs", format!("{hit:.3} µs"), "1 µs");
    let (planning, building) = planning_millis(&set);
    row("planning 5,000 rules", "-", format!("{planning:.0} ms"), "1000 ms with the next");
    row("building their network", "-", format!("{building:.0} ms"), "1000 ms with the one before");
    let session = median_of_five(|| {
        let module = module.clone();
        timed(|| Engine::from_module(module, Fired::default(), Sharing::On)).0
    });
    row("a session of them, no facts", "-", format!("{:.0} ms", session.cpu.as_secs_f64() * 1e3), "-");
    let network = network(&module, 2_000, Sharing::On);
    let nodes = network.roots().count() + network.joins().count() + network.rules().count();
    row("nodes of 2,000 of them, with one for each rule's end", "15000", nodes.to_string(), "15000");
    table
}

/// All joins of a module: the signature on the left, the types there, the join.
fn all_joins(module: &Module) -> Vec<(Signature, Vec<TypeId>, tsd::ir::Join)> {
    let mut all = Vec::new();
    for branch in module.rules.iter().flat_map(|planned| planned.rule.branches.iter()) {
        let types = branch.types();
        let mut left = Signature::of_type(&module.schema, branch.ty);
        for (index, join) in branch.joins.iter().enumerate() {
            all.push((left, types[..=index].to_vec(), join.clone()));
            left = join.signature;
        }
    }
    all
}

fn signature_micros(module: &Module) -> f64 {
    let joins = all_joins(module);
    let timing = median_of_five(|| {
        let hash = || {
            for (left, types, join) in &joins {
                let signature = Signature::of_join(&module.schema, *left, types, join.ty, &join.keys);
                assert_eq!(signature, join.signature);
            }
        };
        timed(hash).0
    });
    timing.cpu.as_secs_f64() * 1e6 / joins.len() as f64
}

/// What a join costs when a rule is added whose joins all exist already.
fn hit_micros(module: &Module) -> f64 {
    let network = RefCell::new(network(module, usize::MAX, Sharing::On));
    let mut again: Vec<tsd::ir::Rule> = module.rules.iter().map(|planned| planned.rule.clone()).collect();
    again.iter_mut().for_each(|rule| rule.name = format!("{} again", rule.name).into());
    let joins: usize =
        again.iter().flat_map(|rule| rule.branches.iter()).map(|branch| branch.joins.len()).sum();
    let timing = median_of_five(|| {
        let mut network = network.borrow_mut();
        let before = network.joins().count();
        let (timing, ()) = timed(|| again.iter().for_each(|rule| drop(network.add_rule(rule))));
        assert_eq!(network.joins().count(), before, "all joins were there");
        again.iter().for_each(|rule| drop(network.remove_rule(&rule.name)));
        timing
    });
    timing.cpu.as_secs_f64() * 1e6 / joins as f64
}

/// The times to plan and to build the network, medians of five.
fn planning_millis(set: &RuleSet) -> (f64, f64) {
    let mut times: [Vec<f64>; 2] = Default::default();
    for _ in 0..ROUNDS {
        let mut sources = SourceMap::new();
        let file = sources.add("seeds.tsd", set.text.as_str());
        let mut sink = Diagnostics::new();
        let programs = [syntax::parse(&sources, file, &mut sink)];
        let program = check::check(&programs, Default::default(), &mut sink);
        let schema = program.schema;
        let normal = program.rules.into_iter().map(|rule| {
            let normal = normalize::normalize(&schema, &rule, &mut sink);
            (rule, normal)
        });
        let normal = normal.collect();
        let (planning, rules) = timed(|| plan::plan(&schema, normal, &Planning::default(), &mut sink));
        let (building, _) = timed(|| {
            let mut network = Network::new(Sharing::On);
            rules.iter().for_each(|planned| drop(network.add_rule(&planned.rule)));
            network
        });
        times[0].push(planning.cpu.as_secs_f64() * 1e3);
        times[1].push(building.cpu.as_secs_f64() * 1e3);
    }
    let [planning, building] = times.map(|times| middle(times.into_iter()));
    (planning, building)
}
