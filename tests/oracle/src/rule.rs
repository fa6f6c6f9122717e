//! A rule, and the brute force that finds the facts which satisfy it.

use std::collections::{BTreeMap, BTreeSet};

use tsd_compiler::syntax::ast::{self, AggregateFunction, BindingKind, Expr, ExprKind};

use crate::derived_value::derived_value;
use crate::evaluate::Scope;
use crate::facts::Facts;
use crate::loops::Loops;
use crate::schema::Schema;
use crate::value::{FactId, Kind, Operand, Value};
use crate::walk::{arguments, conjuncts, for_each, for_each_path, mentions};

/// Facts in the order of a rule's patterns.
pub type Tuple = Vec<FactId>;

/// The derived values that a rule's effects read for a tuple: aggregates and followed references.
pub type DerivedValues = Vec<Option<Value>>;

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The tree.
    pub ast: ast::Rule,
    /// When it was added, counted in rules.
    pub rank: usize,
    /// Variable and type of each pattern. In a rule with aggregate variables these are the patterns
    /// of its first block, whose facts form a group.
    pub patterns: Vec<(String, usize)>,
    /// Variable and type of the sources of aggregate variables: the patterns of the other blocks.
    pub sources: Vec<(String, usize)>,
    /// For each pattern, the fields that the rule mentions, in its condition or its effects.
    pub reads: Vec<BTreeSet<usize>>,
    aggregates: Vec<AggregateVariable>,
}

/// `pay: SUM(e.salary)`
#[derive(Clone, Debug)]
struct AggregateVariable {
    name: String,
    function: AggregateFunction,
    value: Expr,
}

impl Rule {
    /// A rule of a program that the checker accepts.
    pub fn new(schema: &Schema, ast: ast::Rule, rank: usize) -> Self {
        let (mut patterns, mut later, mut aggregates) = (Vec::new(), Vec::new(), Vec::new());
        for (index, block) in ast.blocks.iter().enumerate() {
            for ast::Binding { variable, kind, .. } in &block.bindings {
                let name = variable.text.clone();
                match kind {
                    BindingKind::Fact(ty) => {
                        let pattern = (name, schema.type_index(&ty.text));
                        if index == 0 { patterns.push(pattern) } else { later.push(pattern) }
                    }
                    BindingKind::Aggregate { function, value } => {
                        let (function, value) = (*function, value.clone());
                        aggregates.push(AggregateVariable { name, function, value });
                    }
                }
            }
        }
        let mut sources = Vec::new();
        if aggregates.is_empty() {
            patterns.append(&mut later);
        } else {
            sources = later;
        }
        let mut reads = vec![BTreeSet::new(); patterns.len()];
        let values = aggregates.iter().map(|aggregate| &aggregate.value);
        for expr in ast.condition.iter().chain(ast.calls.iter().flat_map(arguments)).chain(values) {
            for_each_path(expr, &mut |path| {
                let at = patterns.iter().position(|(variable, _)| *variable == path.root.text);
                if let (Some(at), Some(field)) = (at, path.fields.first()) {
                    reads[at].insert(schema.types[patterns[at].1].field_index(&field.text));
                }
            });
        }
        Self { ast, rank, patterns, sources, reads, aggregates }
    }

    /// The rule's name.
    pub fn name(&self) -> &str {
        &self.ast.name.text
    }

    /// Its salience.
    pub fn salience(&self) -> i64 {
        self.ast.salience.map_or(0, |salience| salience.value)
    }

    /// Every tuple of facts that satisfies the rule, with the derived values that its effects read.
    /// All facts are tried for every pattern, in nested loops.
    pub fn satisfied(&self, facts: &Facts) -> BTreeMap<Tuple, DerivedValues> {
        let tuples = Loops::new(&self.patterns, self.conjuncts(Part::Facts));
        let of_group: Vec<&Expr> = self.conjuncts(Part::Group).collect();
        let read = self.derived_values();
        let mut found = BTreeMap::new();
        tuples.for_each(facts, &mut Scope::new(facts), &mut |scope, tuple| {
            let mut group = scope.clone();
            if self.aggregate(facts, &mut group) && of_group.iter().all(|part| group.holds(part)) {
                let derived_values =
                    read.iter().map(|derived_value| group.value(derived_value).and_then(Operand::settled));
                found.insert(tuple.clone(), derived_values.collect());
            }
        });
        found
    }

    /// What the effects of an activation see: the facts of the tuple and the aggregate variables.
    pub fn scope<'a>(&'a self, facts: &'a Facts, tuple: &Tuple) -> Scope<'a> {
        let mut scope = Scope::new(facts);
        self.patterns.iter().zip(tuple).for_each(|((variable, _), fact)| scope.bind(variable, *fact));
        self.aggregate(facts, &mut scope);
        scope
    }

    /// Binds the aggregate variables for a group, and returns whether it has any row. Without
    /// aggregate variables there are no groups, and nothing to compute.
    fn aggregate<'a>(&'a self, facts: &'a Facts, group: &mut Scope<'a>) -> bool {
        if self.aggregates.is_empty() {
            return true;
        }
        // For each source, the facts that are in some row: each counts once.
        let mut in_rows = vec![BTreeSet::new(); self.sources.len()];
        let rows = Loops::new(&self.sources, self.conjuncts(Part::Rows));
        rows.for_each(facts, &mut group.clone(), &mut |_, row| {
            in_rows.iter_mut().zip(row).for_each(|(facts, fact)| facts.extend([*fact]));
        });
        let derived_values: Vec<_> =
            self.aggregates.iter().map(|aggregate| self.derived_value(aggregate, &in_rows, group)).collect();
        for (aggregate, (kind, derived_value)) in self.aggregates.iter().zip(derived_values) {
            group.bind_derived(&aggregate.name, kind, derived_value);
        }
        in_rows.iter().all(|facts| !facts.is_empty())
    }

    /// The value of an aggregate variable, and its kind.
    fn derived_value<'a>(
        &'a self,
        aggregate: &'a AggregateVariable,
        in_rows: &[BTreeSet<FactId>],
        group: &Scope<'a>,
    ) -> (Kind, Option<Value>) {
        let is_mentioned = |source: &(String, usize)| mentions(&aggregate.value, &|name| name == source.0);
        let source = self.sources.iter().position(is_mentioned).expect("the checker demands a source");
        let (variable, ty) = &self.sources[source];
        let mut scope = group.clone();
        scope.declare(variable, *ty);
        let kind = scope.kind(&aggregate.value);
        let mut values = Vec::new();
        for fact in &in_rows[source] {
            scope.bind(variable, *fact);
            values.extend(scope.settled(&aggregate.value, kind));
            scope.unbind();
        }
        let kind_of_derived = match aggregate.function {
            AggregateFunction::Count | AggregateFunction::CountDistinct => Kind::Int,
            AggregateFunction::Avg => Kind::Number,
            AggregateFunction::Sum | AggregateFunction::Min | AggregateFunction::Max => kind,
        };
        (kind_of_derived, derived_value(aggregate.function, kind, values))
    }

    /// The conjuncts of the condition about one of the three things that a conjunct may be about.
    fn conjuncts(&self, wanted: Part) -> impl Iterator<Item = &Expr> {
        let all = self.ast.condition.iter().flat_map(conjuncts);
        all.filter(move |conjunct| wanted == self.part(conjunct))
    }

    fn part(&self, conjunct: &Expr) -> Part {
        let of_group = |name: &str| self.aggregates.iter().any(|aggregate| aggregate.name == name);
        let of_rows = |name: &str| self.sources.iter().any(|(source, _)| source == name);
        match (mentions(conjunct, &of_group), mentions(conjunct, &of_rows)) {
            (true, true) => panic!("the checker admits no such mixture: {conjunct:?}"),
            (true, false) => Part::Group,
            (false, true) => Part::Rows,
            (false, false) => Part::Facts,
        }
    }

    /// The derived values that the effects read, in their order. What is inside an aggregate
    /// belongs to it.
    fn derived_values(&self) -> Vec<&Expr> {
        let mut derived_values = Vec::new();
        for argument in self.ast.calls.iter().flat_map(arguments) {
            for_each(argument, &mut |expr| {
                let is_derived = match &expr.kind {
                    ExprKind::Aggregate(_) => true,
                    ExprKind::Path(path) => {
                        path.fields.len() > 1
                            || self.aggregates.iter().any(|aggregate| aggregate.name == path.root.text)
                    }
                    _ => false,
                };
                if is_derived {
                    derived_values.push(expr);
                }
                !is_derived
            });
        }
        derived_values
    }
}

/// What a conjunct of a condition is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The facts of the tuple alone.
    Facts,
    /// The rows of a group: it mentions a source.
    Rows,
    /// The group as a whole: it mentions an aggregate variable.
    Group,
}
