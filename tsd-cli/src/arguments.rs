//! What the command understands.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use tsd_compiler::JoinOrder;
use tsd_runtime::Strategy;

use crate::load::FactFile;

const EXIT_CODES: &str = "\
Exit codes: 0 all is well (warnings included, unless they are denied), 1 errors in rules or data, a \
run that exceeded its limit or had effects that could not take place, 2 wrong usage or files that \
cannot be read or written.";

/// Checks, runs and expands business rules.
#[derive(Debug, Parser)]
#[command(name = "tsd", version, after_help = EXIT_CODES, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check rules: show every error and warning.
    Check(Check),
    /// Run rules: execute a script, or rules and their facts, interpreted; then fire, and show what
    /// fires.
    Run(Box<Run>),
    /// Show the Rust source that the rules compile to.
    Expand(Rules),
    /// Draw the network that the rules share: as DOT, as SVG, or as a page to look around in.
    Graph(Graph),
    /// Explain a rule's plan: what is joined in which order and why, and what is shared with whom.
    Explain(Explain),
    /// Count the nodes of the network with and without sharing; with facts, also what they hold.
    Stats(Stats),
    /// Write a shell completion script.
    #[command(after_help = COMPLETIONS)]
    Completions(Completions),
}

const COMPLETIONS: &str = "\
To have them in every new shell:
  bash   tsd completions bash > ~/.local/share/bash-completion/completions/tsd
  zsh    tsd completions zsh > ~/.zfunc/_tsd   (a directory that is in fpath)
  fish   tsd completions fish > ~/.config/fish/completions/tsd.fish";

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// Rule files. Several make one program. The order of rules, facts and commands in it is that
    /// of the files. A directory stands for all `.tsd` files in it and below, sorted by their
    /// paths, and `-` for standard input.
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    /// Join order, except for rules that set their own. It changes
    /// time and memory, never a result.
    #[arg(long, value_parser = plan(), value_name = "STRATEGY")]
    pub(crate) plan: Option<JoinOrder>,
    /// Plan with this profile instead of the .profile file beside the first rule file,
    /// if there is one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) use_profile: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Treat warnings as errors.
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Facts:
  In a CSV file the header says which column is which field; columns that the type lacks are
  ignored. An empty cell and NA are missing values, which only a field declared with `?` may have; in
  quotes they are text. In a JSONL file each line is an object; null and an absent key are missing
  values. A field that refers to a fact contains that fact's primary key, the parts of a composite
  key joined by `_`. The format of standard input (`--facts Order=-`) follows from its first letter:
  `{` begins JSONL.

Output of --format json, one line an activation, in firing order:
  {\"rule\":\"vip\",\"bindings\":{\"c\":\"Customer~c1\"},\
\"actions\":[{\"name\":\"reward\",\"args\":[\"c1\",1200]}]}
  `actions` is what the rule did, one effect after another: the calls of the program's actions, the
  lines of Print and Log as calls with one argument, and what changed facts:
  {\"name\":\"Insert\",\"args\":[\"Alert~a1\",{\"id\":\"a1\",\"order\":\"Order~o1\"}]} (and InsertLogical)
  {\"name\":\"Update\",\"args\":[\"Order~o1\",{\"total\":20}]}, {\"name\":\"Retract\",\"args\":[\"Order~o1\"]}
  Effects that could not take place are left out there and reported on standard error. A fact of
  --final-facts:
  {\"fact\":\"Customer\",\"fields\":{\"id\":\"c1\",\"tier\":\"GOLD\"}}
  A fact is written Type~key or, without a key, Type~#n by insertion number; a missing value is null.")]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Facts of a type: a .csv or .jsonl file, with .zst after it when compressed, or `-` for
    /// standard input. May be given often, also for one type.
    #[arg(long, value_name = "TYPE=FILE")]
    pub(crate) facts: Vec<FactFile>,
    /// How to show what fires.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write to this file what was observed of facts, filters and joins, for the planner.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) profile: Option<PathBuf>,
    /// Show all facts at the end, by type and then in the order of insertion.
    #[arg(long)]
    pub(crate) final_facts: bool,
    /// Leave out activations and counts: show only what the rules print (and the final facts).
    #[arg(long, short, conflicts_with = "format")]
    pub(crate) quiet: bool,
    /// Stop with an error after this many activations.
    #[arg(long, value_name = "N")]
    pub(crate) run_limit: Option<u64>,
    /// Succeed also when effects could not take place: report them as warnings.
    #[arg(long)]
    pub(crate) allow_problems: bool,
    /// In which order activations of one salience fire.
    #[arg(long, value_parser = strategy(), default_value_t)]
    pub(crate) strategy: Strategy,
    /// Whether rules share what they have in common. It changes time and memory, never a result.
    #[arg(long, value_enum, default_value_t = Sharing::On)]
    pub(crate) sharing: Sharing,
}

#[derive(Debug, Args)]
pub(crate) struct Graph {
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// What to draw it as. Left out, it follows from the output's name; DOT if that says nothing.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Drawing>,
    /// Draw only what this rule uses. May be given often.
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: Vec<String>,
    /// Where to write the drawing; standard output when left out.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Load the facts that the rules contain, and show what each node holds. --facts and --run do
    /// so, too.
    #[arg(long)]
    pub(crate) counts: bool,
    #[command(flatten)]
    pub(crate) facts: Facts,
    /// Whether rules share what they have in common.
    #[arg(long, value_enum, default_value_t = Sharing::On)]
    pub(crate) sharing: Sharing,
}

/// Facts to be loaded in order to see what nodes hold.
#[derive(Debug, Args)]
pub(crate) struct Facts {
    /// Facts of a type, as for `tsd run`. May be given often.
    #[arg(long, value_name = "TYPE=FILE")]
    pub(crate) facts: Vec<FactFile>,
    /// Fire the rules, too. Actions do nothing, and what the rules print is not shown.
    #[arg(long)]
    pub(crate) run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// The rule.
    #[arg(required = true, value_name = "RULE")]
    pub(crate) rule: String,
}

#[derive(Debug, Args)]
pub(crate) struct Stats {
    #[command(flatten)]
    pub(crate) rules: Rules,
    #[command(flatten)]
    pub(crate) facts: Facts,
    /// How to show them.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    /// For Graphviz.
    Dot,
    /// A picture.
    Svg,
    /// A page with pan, zoom and search, in a single file.
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: a JSON object a line.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sharing {
    On,
    Off,
}

impl From<Sharing> for tsd_runtime::ir::Sharing {
    fn from(sharing: Sharing) -> Self {
        match sharing {
            Sharing::On => Self::On,
            Sharing::Off => Self::Off,
        }
    }
}

/// One of the orders of joins, by name.
fn plan() -> impl TypedValueParser<Value = JoinOrder> {
    let values = JoinOrder::ALL.map(|order| {
        PossibleValue::new(order.name()).help(match order {
            JoinOrder::Declared => "As the rules declare them",
            JoinOrder::Greedy => "The most selective join first, and so on",
            JoinOrder::Optimal => "What costs least by estimate",
        })
    });
    PossibleValuesParser::new(values).try_map(|name| name.parse::<JoinOrder>())
}

/// One of the strategies of firing, by name.
fn strategy() -> impl TypedValueParser<Value = Strategy> {
    let values = Strategy::ALL.map(|strategy| {
        PossibleValue::new(strategy.name()).help(match strategy {
            Strategy::Breadth => "What the oldest change brought about first",
            Strategy::Depth => "What the newest change brought about first",
            Strategy::Lex => "The most recent facts first",
            Strategy::Mea => "The most recent fact of the first pattern first, then as lex",
            Strategy::Complexity => "The rule with more tests first",
            Strategy::Simplicity => "The rule with fewer tests first",
            // A later runtime may have more.
            _ => "See the documentation of the runtime",
        })
    });
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Strategy>())
}
