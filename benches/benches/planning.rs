//! Join orders on misleading data: as declared, by rules of thumb, by a profile, and the best of
//! all.
//!
//! Two of the rule's types have filters that look highly selective but pass everything. They are
//! joined on two fields, one of which follows from the other. A third type has a filter that looks
//! harmless and passes a thousandth. So the rules of thumb begin with the first two types: millions
//! of pairs. The engine itself writes the profile, in a session over the same facts.
//!
//! The order from the profile is compared with the best of all orders without cross products, each
//! forced by declaring the patterns in that order, and measured. Every order must find the same
//! matches, which a nested loop over indexes finds too.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tsd::{Context, Engine, Host, Interpreted};
use tsd::{Profile, Sharing, TypeId, Value};
use tsd_benches::generator::SplitMix64;
use tsd_benches::measure::{Program, Timing, is_test, median_timing, race, ratios, timed};
use tsd_benches::outcome::Outcome;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{JoinOrder, Module, Planning, compile_with};

const TYPES: &str = "
type Account(#id: int, status: string)
type Login(#id: int, account: int, device: int, site: int, channel: string, kind: string)
type Transfer(#id: int, account: int, amount: number)
type Alert(#id: int, device: int, site: int, source: string, level: string)
action hit(account: int, login: int, transfer: int, alert: int)
";

const PATTERNS: [&str; 4] = ["a: Account", "l: Login", "t: Transfer", "d: Alert"];

/// As an author might write it who thinks of alerts first.
const DECLARED: [usize; 4] = [1, 3, 0, 2];

const CONDITION: &str = "
    l.account == a.id AND t.account == a.id AND d.device == l.device AND d.site == l.site
    AND l.channel == \"web\" AND l.kind == \"password\" AND d.source == \"agent\" AND d.level == \"high\"
    AND t.amount > 9990";

fn rule(order: &[usize]) -> String {
    let patterns: Vec<&str> = order.iter().map(|pattern| PATTERNS[*pattern]).collect();
    format!("{TYPES}rule r : {{{}}} / {CONDITION} ==> hit(a.id, l.id, t.id, d.id)", patterns.join(", "))
}

/// The facts, by type.
struct Facts {
    tables: [Vec<Vec<Value>>; 4],
    outcome: Outcome,
}

impl Facts {
    fn new(accounts: u64) -> Self {
        let mut random = SplitMix64::new(45);
        let (logins, transfers, alerts, devices) = (accounts * 10, accounts * 10, accounts, 20);
        let int = |value: u64| Value::Int(value as i64);
        let text = |value: &str| Value::Text(value.into());
        let mut below = |n: u64| ((random.next_u64() >> 32) * n) >> 32;
        let mut tables: [Vec<Vec<Value>>; 4] = Default::default();
        tables[0] = (0..accounts).map(|id| vec![int(id), text("open")]).collect();
        let mut of_account: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
        for id in 0..logins {
            let (account, device) = (below(accounts), below(devices));
            of_account.entry(account).or_default().push((id, device));
            tables[1].push(vec![
                int(id),
                int(account),
                int(device),
                int(device % 7),
                text("web"),
                text("password"),
            ]);
        }
        let mut large: Vec<(u64, u64)> = Vec::new();
        for id in 0..transfers {
            let (account, amount) = (below(accounts), below(10_000));
            if amount > 9990 {
                large.push((id, account));
            }
            tables[2].push(vec![int(id), int(account), Value::Number(amount as f64)]);
        }
        let mut of_device: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for id in 0..alerts {
            let device = below(devices);
            of_device.entry(device).or_default().push(id);
            tables[3].push(vec![int(id), int(device), int(device % 7), text("agent"), text("high")]);
        }
        let mut outcome = Outcome::traced(1);
        for (transfer, account) in large {
            for (login, device) in of_account.get(&account).into_iter().flatten() {
                for alert in of_device.get(device).into_iter().flatten() {
                    outcome.record(0, &[account, *login, transfer, *alert].map(|id| id as i64));
                }
            }
        }
        Self { tables, outcome }
    }
}

/// Writes down what is hit.
#[derive(Debug)]
struct Hits(Outcome);

impl Host for Hits {
    fn perform(&mut self, _: &str, arguments: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
        let ids = arguments.iter().map(|id| if let Value::Int(id) = id { *id } else { -1 });
        self.0.record(0, &ids.collect::<Vec<_>>());
    }
}

fn module(text: &str, strategy: Option<JoinOrder>, profile: Option<&Profile>) -> Module {
    let mut sources = SourceMap::new();
    let file = sources.add("bench.tsd", text);
    let profile = profile.map(|profile| sources.add("bench.profile", profile.to_string()));
    let planning =
        Planning { strategy, profile: profile.map(|file| (&sources, file)), ..Planning::default() };
    let compilation = compile_with(&sources, &[file], &planning);
    compilation.module.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics))
}

/// Inserts all facts and fires what matches.
fn run(module: &Module, facts: &Facts) -> (Timing, Engine<Hits>) {
    let module = module.clone();
    timed(|| {
        let mut engine = Engine::from_module(module, Hits(Outcome::traced(1)), Sharing::On);
        for (ty, table) in facts.tables.iter().enumerate() {
            for values in table {
                engine.insert_values(TypeId(ty as u16), values).expect("the keys differ");
            }
        }
        let _ = engine.run().expect("no rule loops");
        engine
    })
}

fn program<'a>(name: &'static str, module: &'a Module, facts: &'a Facts) -> Program<'a> {
    Program::new(name, move || {
        let (timing, engine) = run(module, facts);
        (timing, engine.into_host().0)
    })
}

/// All orders of four patterns.
fn permutations() -> Vec<[usize; 4]> {
    let all = (0..256).map(|index| [index / 64, index / 16 % 4, index / 4 % 4, index % 4]);
    all.filter(|order| order.iter().collect::<BTreeSet<_>>().len() == 4).collect()
}

fn crosses(module: &Module) -> bool {
    module.rules[0].rule.branches[0].joins.iter().any(|join| join.keys.is_empty())
}

fn names(module: &Module) -> String {
    let rule = &module.rules[0].rule;
    let order = rule.branches[0].order.iter();
    order.map(|at| rule.patterns[at.index()].variable.to_string()).collect::<Vec<_>>().join(" ")
}

fn main() {
    let (accounts, rounds) = if is_test() { (50, 1) } else { (2_000, 3) };
    let facts = Facts::new(accounts);
    let unprofiled = module(&rule(&DECLARED), None, None);
    let declared = module(&rule(&DECLARED), Some(JoinOrder::Declared), None);
    let profile = run(&unprofiled, &facts).1.profile();
    let profiled = module(&rule(&DECLARED), None, Some(&profile));

    let orders =
        permutations().into_iter().map(|order| module(&rule(&order), Some(JoinOrder::Declared), None));
    let mut measured: Vec<(Duration, Module)> = Vec::new();
    for order in orders.filter(|order| !crosses(order)) {
        let timings: Vec<Timing> = (0..rounds)
            .map(|_| {
                let (timing, engine) = run(&order, &facts);
                assert_eq!(engine.into_host().0, facts.outcome, "{}", names(&order));
                timing
            })
            .collect();
        measured.push((median_timing(&timings).cpu, order));
    }
    measured.sort_by_key(|(time, _)| *time);
    for (time, order) in &measured {
        println!("planning: {} {time:?}", names(order));
    }
    let best = &measured[0].1;
    println!(
        "declared {}, unprofiled {}, profiled {}, best {}\n{profile}",
        names(&declared),
        names(&unprofiled),
        names(&profiled),
        names(best)
    );
    let programs = [
        program("best order", best, &facts),
        program("profiled", &profiled, &facts),
        program("unprofiled", &unprofiled, &facts),
        program("as declared", &declared, &facts),
    ];
    if is_test() {
        programs.iter().for_each(|program| assert_eq!(program.run().1, facts.outcome, "{}", program.name));
        return;
    }
    let standings = race("planning", &programs, Some(facts.outcome.total()));
    println!("{}", ratios("planning (CPU, median of five)", &standings, &[None; 4]));
    let cpu = |index: usize| standings[index].timing.cpu.as_secs_f64();
    println!(
        "profiled: {:.1} times faster than unprofiled (to reach: 10), {:.2} times the best order \
         (to reach: 1.2)",
        cpu(2) / cpu(1),
        cpu(1) / cpu(0)
    );
    assert!(cpu(2) >= 10.0 * cpu(1), "the profile helps less than ten times");
}
