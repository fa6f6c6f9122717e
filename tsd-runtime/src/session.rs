//! A host program inserts, changes and retracts facts, and runs the rules that they activate.

mod batch;
mod builder;
mod changed;
mod context;
mod core;
mod fire;
mod limit;
mod listeners;
mod names;
mod network;
mod program;
mod rule_base;
mod switch;
mod tally;

use std::sync::Arc;

use tsd_ir::{FactHandle, Rule, Schema, TypeId, Value};

pub(crate) use self::limit::RunLimit;
use crate::base::Handle;
use crate::error::Error;
use crate::matcher::Matcher;
use crate::report::Report;
use crate::statistics::Statistics;
use crate::strategy::Strategy;

pub use self::batch::Batch;
pub use self::builder::SessionBuilder;
pub use self::changed::{Change, ChangeKind};
pub use self::context::Context;
pub(crate) use self::core::Core;
pub use self::fire::Activation;
#[cfg(feature = "dynamic")]
pub(crate) use self::names::fact as fact_name;
pub use self::network::LiveNetwork;
pub use self::program::{Compiled, FactOf, Module, Program, Wired};
pub use self::rule_base::RuleBase;

/// Facts, rules and the match between them, with the host program's actions.
///
/// Inserting, updating and retracting facts bring the match up to date at once. Actions run only in
/// [`run`](Self::run).
///
/// A change costs a hash probe for each join that the fact takes part in, and a few nanoseconds for
/// each joined tuple that some rule still matches. It does not depend on the number of facts, with
/// one exception: a join input that has not been probed for a long time is rebuilt by the next
/// probe. That costs at most as much as the updates it saved
/// ([`set_eviction_threshold`](Self::set_eviction_threshold)).
///
/// A session is `Send` and `Sync` if its host and the structs of its `extern` types are.
///
/// # Panics
/// A panic of the host program leaves a session consistent, if it is caught. When an action, an
/// observer or a sink of `Print` or `Log` panics, its activation has fired. Its earlier effects
/// have taken place, and its later effects have not. All other activations stay on the agenda for
/// the next [`run`](Self::run). A closure or an iterator that panics has not given the session
/// anything more.
///
/// A panic inside the session is a fault of this crate, or of a struct of an `extern` type that
/// panics when it is dropped. If it interrupts a change, the session is *poisoned*, because its
/// match may be wrong. Every call that returns a `Result` then returns [`Error::Poisoned`], and the
/// others panic instead of returning an answer that may be wrong.
/// [`is_poisoned`](Self::is_poisoned) never panics.
pub struct Session<P: Program> {
    pub(crate) host: P::Host,
    pub(crate) core: Core<P>,
}

impl<P: Compiled> Session<P> {
    /// A session of the compiled rules, with the facts written in them. The network of the rules is
    /// built once per process: see [`RuleBase`].
    pub fn new(host: P::Host) -> Self {
        Self::with_rule_base(host, &RuleBase::compiled())
    }
}

impl<P: Program> Session<P> {
    /// A session of the rules of a base, with the facts written in them.
    ///
    /// Costs a few microseconds and a few kilobytes, whatever the number of rules.
    pub fn with_rule_base(host: P::Host, rules: &RuleBase<P>) -> Self {
        Self::begin(host, rules, |_| {})
    }

    /// A session that is prepared before the facts written in the rules are inserted.
    fn begin(host: P::Host, rules: &RuleBase<P>, prepare: impl FnOnce(&mut Core<P>)) -> Self {
        let mut core = Core::new(Arc::clone(&rules.base));
        prepare(&mut core);
        if !rules.facts.is_empty() {
            core.insert_initial(&rules.facts);
        }
        core.initial = rules.facts.clone();
        Self { host, core }
    }

    /// The rules of the session, for other sessions.
    ///
    /// Costs nothing if the session has not changed its rules, and otherwise about as much as
    /// building their network.
    pub fn rule_base(&self) -> RuleBase<P> {
        RuleBase::new(self.core.sound().share(), self.core.initial.clone())
    }

    /// Takes over the rules of a base: removes the rules that it lacks, and adds those that it has
    /// in addition. Rules that are the same in both keep their matches and their state. The facts
    /// written in the rules of the base are not inserted.
    ///
    /// ```
    /// # #[cfg(feature = "dynamic")] {
    /// use tsd_runtime::Engine;
    ///
    /// let rules = "type Lamp(#id: string, on: bool) rule lit : {l: Lamp} / l.on ==> Print(l.id)
    ///              Lamp(id: \"hall\", on: true)";
    /// let mut session = Engine::from_text("lamps.tsd", rules, ())?;
    /// session.on_print(|_| {});
    /// let dark = "rule dark : {l: Lamp} / NOT l.on ==> Print(l.id)";
    /// let (more, _) = session.rule_base().with_rules(dark)?;
    /// session.switch_to(&more)?;
    /// assert_eq!(session.rules().collect::<Vec<_>>(), ["lit", "dark"]);
    /// # }
    /// # Ok::<(), tsd_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OtherSchema`] when the base has other types or actions, [`Error::TooManyViews`].
    /// The session is then as before.
    pub fn switch_to(&mut self, rules: &RuleBase<P>) -> Result<(), Error> {
        self.core.switch_to(&rules.base)?;
        self.core.initial = rules.facts.clone();
        Ok(())
    }

    /// Removes all facts, those written in the rules included. The rules, the settings and the
    /// memory allocated for rows are kept for the next decision of the same kind. Handles from
    /// before become invalid.
    pub fn clear(&mut self) {
        self.core.sound();
        self.core.clear();
    }

    /// An independent session with the same facts and the same agenda, for what-if runs. Handles to
    /// facts that exist now are valid in both. Observers and sinks are not copied.
    ///
    /// Costs a copy of what the session holds, several times less than inserting its facts again.
    #[must_use]
    pub fn fork(&self) -> Self
    where
        P::Host: Clone,
    {
        self.fork_with(self.host.clone())
    }

    /// Forks the session for another host; see [`fork`](Self::fork).
    #[must_use]
    pub fn fork_with(&self, host: P::Host) -> Self {
        Self { host, core: self.core.fork() }
    }

    /// Whether a panic has interrupted a change, so that the session is of no more use.
    pub fn is_poisoned(&self) -> bool {
        self.core.check().is_err()
    }

    /// Makes a change on behalf of a method that cannot return an error.
    fn change_matcher<R>(&mut self, change: impl FnOnce(&mut Matcher) -> R) -> R {
        self.core.sound();
        self.core.change(|core| change(&mut core.matcher))
    }

    /// Inserts a fact and returns its handle.
    ///
    /// # Errors
    /// [`Error::DuplicateKey`] when a fact of the type has the same primary key,
    /// [`Error::InvalidValue`] when a field cannot hold its value (NaN, for example),
    /// [`Error::NoSuchFact`] when a reference field has a handle of another session. The session is
    /// then as before.
    pub fn insert<T: FactOf<P>>(&mut self, fact: T) -> Result<Handle<T>, Error> {
        self.core.insert(fact)
    }

    /// Inserts facts of one type and returns how many were inserted; use [`facts`](Self::facts) or
    /// [`insert`](Self::insert) where you need handles.
    ///
    /// It differs from [`insert`](Self::insert) for each fact in two ways. It is faster, because
    /// cache misses of many facts overlap. And `EXISTS`, aggregates and followed references are
    /// read only once all facts are in, so nothing fires because of an intermediate result.
    ///
    /// # Errors
    /// That of the first fact that [`insert`](Self::insert) would refuse. The facts before it are
    /// then in the session, and those after it are not.
    pub fn insert_all<T: FactOf<P>>(&mut self, facts: impl IntoIterator<Item = T>) -> Result<usize, Error> {
        Batch::begin(&mut self.core).insert_all(facts)
    }

    /// Inserts facts that the caller keeps: [`insert_all`](Self::insert_all) without the clones. A
    /// session stores facts as rows of words. So only facts of `extern` types, whose structs the
    /// session keeps, are cloned.
    ///
    /// # Errors
    /// Those of [`insert_all`](Self::insert_all).
    pub fn insert_from_slice<T: FactOf<P>>(&mut self, facts: &[T]) -> Result<usize, Error> {
        Batch::begin(&mut self.core).insert_from_slice(facts)
    }

    /// Inserts facts of several types together. `fill` adds them to the batch, with one
    /// [`insert_all`](Batch::insert_all) for each type. `EXISTS`, aggregates and followed
    /// references are read once, when all facts are in. So a customer whose orders come in the same
    /// batch is never taken for one without orders.
    ///
    /// ```
    /// # #[cfg(feature = "dynamic")] {
    /// use tsd_runtime::{Engine, ir::{TypeId, Value}};
    ///
    /// let rules = "type Customer(#id: int) type Order(#id: int, customer: int)
    ///              rule idle : {c: Customer} / NOT (EXISTS (o: Order / o.customer == c.id))
    ///              ==> Print(c.id)";
    /// let mut session = Engine::from_text("shop.tsd", rules, ())?;
    /// let (customer, order) = (TypeId(0), TypeId(1));
    /// session.batch(|batch| {
    ///     batch.insert_all_values(customer, [[Value::Int(1)], [Value::Int(2)]])?;
    ///     batch.insert_all_values(order, [[Value::Int(7), Value::Int(1)]])
    /// })?;
    /// assert_eq!(session.run()?.total(), 1);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// That of `fill`. What it has inserted before stays in the session.
    pub fn batch<R>(&mut self, fill: impl FnOnce(&mut Batch<'_, P>) -> Result<R, Error>) -> Result<R, Error> {
        self.core.check()?;
        fill(&mut Batch::begin(&mut self.core))
    }

    /// Allocates room for `facts` more facts of a type, which saves growing the store while they
    /// come. It is only a hint: it allocates for at most 2^24 facts at once, and nothing if memory
    /// is short.
    pub fn reserve<T: FactOf<P>>(&mut self, facts: usize) {
        self.reserve_type(T::TYPE, facts);
    }

    /// Allocates room for `facts` more facts of the type with this number; see
    /// [`reserve`](Self::reserve).
    pub fn reserve_type(&mut self, ty: TypeId, facts: usize) {
        self.core.sound();
        if let Some(store) = self.core.matcher.state.memory.stores.get_mut(ty.index()) {
            store.reserve(facts);
        }
    }

    /// Changes a fact. Rules that read none of the changed fields are not affected.
    ///
    /// # Errors
    /// [`Error::NoSuchFact`], and those of [`insert`](Self::insert). The fact is then as before.
    pub fn update<T: FactOf<P>>(
        &mut self,
        handle: Handle<T>,
        change: impl FnOnce(&mut T),
    ) -> Result<(), Error> {
        self.core.update(handle, change)
    }

    /// Retracts a fact.
    ///
    /// # Errors
    /// [`Error::NoSuchFact`] if it has been retracted before.
    pub fn retract<T: FactOf<P>>(&mut self, handle: Handle<T>) -> Result<(), Error> {
        self.core.retract_typed(handle)
    }

    /// A copy of a fact; `None` if it has been retracted.
    pub fn get<T: FactOf<P>>(&self, handle: Handle<T>) -> Option<T> {
        self.core.sound();
        self.core.get(handle)
    }

    /// Copies of the facts of a type, with their handles, in the order of the slots they occupy.
    ///
    /// Each fact is copied when the iterator reaches it: a structure of its own for each, with its
    /// texts. [`handles`](Self::handles) copies nothing.
    pub fn facts<T: FactOf<P>>(&self) -> impl Iterator<Item = (Handle<T>, T)> + '_ {
        let store = self.core.sound().state.memory.store(T::TYPE);
        store.live_slots().filter_map(|slot| {
            let handle = Handle::from_raw(store.handle(slot));
            Some((handle, self.core.get(handle)?))
        })
    }

    /// The number of facts, of all types.
    pub fn len(&self) -> usize {
        self.core.sound().state.memory.count()
    }

    /// Whether there are no facts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fires every activation on the agenda, and those that their effects bring about, until none
    /// is left.
    ///
    /// A program may never come to rest, so the number of activations is limited. A run may fire
    /// what is on the agenda when it begins, and in addition a million activations, or ten for each
    /// fact and each of these activations if that is more. It is stopped earlier when more
    /// activations are on the agenda than it may fire, or when twenty times as many have come. That
    /// takes a second or two, unless the actions take longer than the rules. The same run is always
    /// stopped at the same place, because activations are counted and not time.
    /// [`set_run_limit`](Self::set_run_limit) sets another limit.
    ///
    /// # Errors
    /// [`Error::RunLimit`] when the run was stopped. It names the rules that kept firing and
    /// contains the report. The rest stays on the agenda, and the next run continues with it.
    pub fn run(&mut self) -> Result<Report, Error> {
        fire::run(self)
    }

    /// Sets how many activations a run may fire, in place of the limits described at
    /// [`run`](Self::run).
    pub fn set_run_limit(&mut self, limit: u64) {
        self.core.run_limit = RunLimit::Fixed(limit);
    }

    /// Sets the order in which activations of equal salience fire. The default is
    /// [`Strategy::Breadth`]. The activations on the agenda are re-ordered.
    pub fn set_strategy(&mut self, strategy: Strategy) {
        self.change_matcher(|matcher| matcher.set_strategy(strategy));
    }

    /// Sets how many updates a join input must absorb without a probe before it may be evicted. The
    /// default is 4096 updates.
    ///
    /// It is then evicted once these updates exceed the number of facts that a rebuild would visit,
    /// and rebuilt by the next probe. Lower numbers save memory where inputs are rarely probed;
    /// with `u32::MAX` nothing is evicted. Numbers below 1024 also make the agenda compact itself
    /// earlier.
    pub fn set_eviction_threshold(&mut self, changes: u32) {
        self.core.matcher.set_eviction_threshold(changes);
    }

    /// The order in which activations of equal salience fire.
    pub fn strategy(&self) -> Strategy {
        self.core.matcher.state.agenda.strategy()
    }

    /// Adds an observer, which is called with every activation just before its effects take place.
    pub fn observe(&mut self, observer: impl FnMut(&Activation<'_>) + Send + 'static) {
        self.core.listeners.observe(Box::new(observer));
    }

    /// Adds an observer, which is called with every change that `Insert`, `InsertLogical`, `Update`
    /// and `Retract` have made. It is not called for effects that change nothing, such as a
    /// `Retract` of a fact that is gone, nor for those that cannot take place.
    pub fn observe_changes(&mut self, observer: impl FnMut(&Change<'_>) + Send + 'static) {
        self.core.listeners.observe_changes(Box::new(observer));
    }

    /// Calls `sink` with every line of `Print`, instead of writing it to standard output.
    pub fn on_print(&mut self, sink: impl FnMut(&str) + Send + 'static) {
        *self.core.listeners.print.get() = Box::new(sink);
    }

    /// Calls `sink` with every line of `Log`, instead of writing it to standard error.
    pub fn on_log(&mut self, sink: impl FnMut(&str) + Send + 'static) {
        *self.core.listeners.log.get() = Box::new(sink);
    }

    /// The host program's value on which actions are called.
    pub fn host(&self) -> &P::Host {
        &self.host
    }

    /// The host program's value on which actions are called.
    pub fn host_mut(&mut self) -> &mut P::Host {
        &mut self.host
    }

    /// Ends the session and returns the value on which actions were called.
    pub fn into_host(self) -> P::Host {
        self.host
    }

    /// Removes a rule, compiled or added. Nodes that other rules share stay, and the others are
    /// freed.
    ///
    /// # Errors
    /// [`Error::UnknownRule`]
    pub fn remove_rule(&mut self, name: &str) -> Result<(), Error> {
        self.core.remove_rule(name)
    }

    /// Adds a planned rule, which sees the existing facts. Its effects must be those of this
    /// session's module.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`]
    pub fn add_planned_rule(&mut self, rule: Rule) -> Result<(), Error> {
        self.core.add_planned_rule(rule)
    }

    /// Restores a compiled rule that was removed, at its place in the order of declaration. Where
    /// salience and strategy leave the order open, it fires before the rules declared after it, as
    /// it did before.
    ///
    /// It starts afresh, like a rule that is [added](Self::add_rule): every tuple that satisfies it
    /// now is a new activation, whether or not it fired before the rule was removed. Facts that the
    /// rule inserted logically come back only as its activations fire. (A rule that is to pause and
    /// then continue needs a fact that says so.)
    ///
    /// # Errors
    /// [`Error::DuplicateRule`] when the rule is in use, [`Error::UnknownRule`] when the module has
    /// no rule of that name.
    pub fn restore_rule(&mut self, name: &str) -> Result<(), Error>
    where
        P: Compiled,
    {
        let mut rules = (0..).zip(P::module().rules);
        let declared = rules.find(|(_, rule)| rule.name == name);
        let (rank, rule) = declared.ok_or_else(|| Error::UnknownRule(name.to_owned()))?;
        self.core.restore_rule(rule.clone(), rank)
    }

    /// Adds a planned rule at a place in the order of declaration, counted from 0. It is
    /// `restore_rule` for a session whose program is not compiled.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`] when a rule in use has the name or the place.
    pub fn restore_planned_rule(&mut self, rule: Rule, place: u32) -> Result<(), Error> {
        self.core.restore_rule(rule, place)
    }

    /// The names of the rules in use, in order of declaration: first those of the module, then
    /// those that were added, in the order of their addition.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.core.sound().base.rules.iter().map(|live| &*live.rule.name)
    }

    /// The tuples that satisfy a rule now, whether or not they have fired: handles in the order of
    /// the rule's patterns. The order of the tuples is not specified.
    ///
    /// Costs a pass over the left input of the rule's last join. Evicted inputs are computed for
    /// the call, which costs at most a pass over the facts of the whole chain and its pairs.
    ///
    /// # Errors
    /// [`Error::UnknownRule`]
    pub fn matches(&self, rule: &str) -> Result<Vec<Vec<FactHandle>>, Error> {
        self.core.matches(rule)
    }

    /// The declarations of the module.
    pub fn schema(&self) -> &Schema {
        &self.core.matcher.base.schema
    }

    /// The network: its nodes, what they join, which rules use them, and how much they hold.
    pub fn network(&self) -> LiveNetwork<'_> {
        LiveNetwork::new(self.core.sound())
    }

    /// What the session has observed about its facts, for the planner: how many facts each type
    /// has, the share of them that passes each filter, and the share of pairs with equal keys.
    /// Written to a file beside the rules (`rules/shop.profile` for the module `shop`), it informs
    /// the next compilation.
    ///
    /// Costs a pass over the facts for each filtered field and each pair of types that rules join.
    pub fn profile(&self) -> tsd_ir::Profile {
        let matcher = self.core.sound();
        matcher.profile(matcher.base.natives.keys)
    }

    /// What the session holds and has done, by node and by rule. Sizes are in bytes.
    ///
    /// Costs a visit to each node and to each activation on the agenda.
    pub fn statistics(&self) -> Statistics {
        self.core.sound().statistics()
    }

    /// Reports to the `metrics` facade what the session holds: facts, tuples and bytes by node, and
    /// activations on the agenda. What runs do is reported at the end of each run.
    ///
    /// Costs as much as [`statistics`](Self::statistics), so it is meant to be called now and then.
    #[cfg(feature = "metrics")]
    pub fn emit_metrics(&self) {
        crate::telemetry::held(self.core.sound());
    }

    /// Starts counting. Joins count probes and the pairs that they find; views count lookups and
    /// changed results. Counts begin at 0 each time. Nothing is counted by default, and counting
    /// costs a few percent.
    pub fn enable_counters(&mut self) {
        self.change_matcher(|matcher| matcher.collect_counts(true));
    }

    /// Stops counting and drops the counts.
    pub fn disable_counters(&mut self) {
        self.change_matcher(|matcher| matcher.collect_counts(false));
    }

    /// The bytes that facts, strings, node memories, views, rule sets and the agenda occupy.
    pub fn bytes(&self) -> usize {
        self.core.sound().bytes()
    }

    /// The name of a fact: `Type~key` with the parts of a composite key joined by `_`, or `Type~#n`
    /// with its insertion number. `None` if it has been retracted.
    pub fn name_of(&self, handle: FactHandle) -> Option<String> {
        let slot = self.core.sound().find(handle)?;
        Some(names::fact(&self.core.matcher, handle.ty(), slot))
    }

    /// The insertion number of a fact, counted from 1 in its type. `None` if it has been retracted.
    pub fn number_of(&self, handle: FactHandle) -> Option<u64> {
        let slot = self.core.sound().find(handle)?;
        Some(self.core.matcher.state.memory.store(handle.ty()).number(slot))
    }

    /// Whether a fact exists only because rules inserted it logically (`InsertLogical`). It is
    /// withdrawn when the last activation that supports it stops holding. An update makes the fact
    /// stay.
    pub fn is_logical(&self, handle: FactHandle) -> bool {
        self.core.sound();
        self.core.is_logical(handle)
    }

    /// Inserts a fact by the number of its type, with a value for each field.
    ///
    /// # Errors
    /// Those of [`insert`](Self::insert), [`Error::UnknownType`], and [`Error::WrongCount`].
    pub fn insert_values(&mut self, ty: TypeId, values: &[Value]) -> Result<FactHandle, Error> {
        self.core.insert_values(ty, values)
    }

    /// Inserts facts by the number of their type; see [`insert_all`](Self::insert_all).
    ///
    /// # Errors
    /// That of the first fact that [`insert_values`](Self::insert_values) would refuse. The facts
    /// before it are then in the session, and those after it are not.
    pub fn insert_all_values<V: AsRef<[Value]>>(
        &mut self,
        ty: TypeId,
        facts: impl IntoIterator<Item = V>,
    ) -> Result<usize, Error> {
        Batch::begin(&mut self.core).insert_all_values(ty, facts)
    }

    /// Replaces all fields of a fact.
    ///
    /// # Errors
    /// Those of [`update`](Self::update), and [`Error::WrongCount`].
    pub fn update_values(&mut self, handle: FactHandle, values: &[Value]) -> Result<(), Error> {
        self.core.update_values(handle, values)
    }

    /// Retracts a fact by its handle alone.
    ///
    /// # Errors
    /// [`Error::NoSuchFact`] if it has been retracted before.
    pub fn retract_fact(&mut self, handle: FactHandle) -> Result<(), Error> {
        self.core.retract(handle)
    }

    /// The fields of a fact, in order of declaration; `None` if it has been retracted.
    pub fn values(&self, handle: FactHandle) -> Option<Vec<Value>> {
        self.core.sound();
        self.core.values(handle)
    }

    /// The handles of all facts of a type, in the order of the slots they occupy.
    pub fn handles(&self, ty: TypeId) -> impl Iterator<Item = FactHandle> + '_ {
        let store = self.core.sound().state.memory.stores.get(ty.index());
        store.into_iter().flat_map(|store| store.live_slots().map(|slot| store.handle(slot)))
    }
}

/// Forks the session; see [`fork`](Session::fork).
impl<P: Program> Clone for Session<P>
where
    P::Host: Clone,
{
    fn clone(&self) -> Self {
        self.fork()
    }
}

/// The number of facts, or that the session is poisoned.
impl<P: Program> std::fmt::Debug for Session<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.core, f)
    }
}
