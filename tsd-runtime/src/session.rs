//! Sessions: facts in, activations out.

mod batch;
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

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use tsd_ir::{FactHandle, InitialFact, Rule, Schema, Sharing, TypeId, Value};

pub(crate) use self::limit::RunLimit;
use crate::base::Handle;
use crate::error::Error;
use crate::matcher::{Base, Matcher};
use crate::report::Report;
use crate::statistics::Statistics;
use crate::strategy::Strategy;

pub use self::batch::Batch;
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
/// Inserting, updating and retracting facts bring the match up to date at once; actions run only in [`run`](Self::run).
///
/// The cost of a change is that of the tuples it touches: a hash probe for each join that the fact takes part in, and a
/// few nanoseconds for each joined tuple that some rule still wants. It does not depend on how many facts there are, but for
/// what was put off: who looks for partners where nobody has looked for long has them computed and indexed first, which
/// costs no more than the changes that were spared it ([`set_patience`](Self::set_patience)).
///
/// # Panics
/// A panic of the host program leaves a session consistent, if it is caught. When an action panics (or an
/// observer, or what takes the lines of `Print`), its activation has fired; of its effects those that came
/// before have taken place, and those behind have not; all others wait for the next [`run`](Self::run). A
/// closure or an iterator that panics has given the session nothing more.
///
/// A panic inside of the session is a fault of this crate, or of a struct of an `extern` type that panics
/// when it is dropped. If it interrupts a change, the session is *poisoned*: it cannot know any more what
/// holds. Every call that returns a `Result` then returns [`Error::Poisoned`], and the others panic, instead
/// of giving an answer that may be wrong; [`is_poisoned`](Self::is_poisoned) tells.
pub struct Session<P: Program> {
    pub(crate) host: P::Host,
    pub(crate) core: Core<P>,
}

impl<P: Compiled> Session<P> {
    /// A session of the compiled rules, with the facts that stand in them. The rules are wired once in a process: see
    /// [`RuleBase`].
    pub fn new(host: P::Host) -> Self {
        Self::with_rule_base(host, &RuleBase::compiled())
    }

    /// A session in which rules share nodes or do not. Without sharing every result is the same; it serves to measure
    /// what sharing saves.
    pub fn with_sharing(host: P::Host, sharing: Sharing) -> Self {
        let module = P::module();
        match sharing {
            Sharing::On => Self::new(host),
            Sharing::Off => Self::begin(host, module.wire(sharing), Cow::Borrowed(module.facts)),
        }
    }
}

impl<P: Program> Session<P> {
    /// A session of the rules of a base, with the facts that stand in them.
    ///
    /// Costs a few microseconds, whatever the number of rules, and a few kilobytes.
    pub fn with_rule_base(host: P::Host, rules: &RuleBase<P>) -> Self {
        Self::begin(host, Arc::clone(&rules.base), rules.facts.clone())
    }

    fn begin(host: P::Host, base: Arc<Base>, facts: Cow<'static, [InitialFact]>) -> Self {
        let mut core = Core::new(base);
        if !facts.is_empty() {
            core.insert_initial(&facts);
        }
        core.initial = facts;
        Self { host, core }
    }

    /// The rules of the session, for others. Costs nothing where the session has changed none of its rules; otherwise about what
    /// it takes to wire them.
    pub fn rule_base(&self) -> RuleBase<P> {
        let (base, facts) = (self.core.sound().share(), self.core.initial.clone());
        RuleBase { base, facts, program: PhantomData }
    }

    /// Takes over the rules of a base, with exactly the effect of removing those that it lacks and adding those that it has
    /// beside. Rules that are the same in both go on as if nothing had happened.
    ///
    /// ```
    /// # #[cfg(feature = "dynamic")] {
    /// use tsd_runtime::Engine;
    ///
    /// let rules = "type Lamp(#id: string, on: bool) rule lit : {l: Lamp} / l.on ==> Print(l.id)
    ///              Lamp(id: \"hall\", on: true)";
    /// let mut session = Engine::from_text("lamps.tsd", rules, ())?;
    /// session.on_print(|_| {});
    /// let (more, _) = session.rule_base().with_rules("rule dark : {l: Lamp} / NOT l.on ==> Print(l.id)")?;
    /// session.switch_to(&more)?;
    /// assert_eq!(session.rules().collect::<Vec<_>>(), ["lit", "dark"]);
    /// # }
    /// # Ok::<(), tsd_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OtherSchema`] when the base has other types or actions, [`Error::TooManyViews`]. The session is then as before.
    pub fn switch_to(&mut self, rules: &RuleBase<P>) -> Result<(), Error> {
        self.core.switch_to(&rules.base)?;
        self.core.initial = rules.facts.clone();
        Ok(())
    }

    /// Forgets all facts, and keeps the rules and the room that the facts took: for the next decision of the same kind. Handles
    /// from before name nothing any more.
    pub fn clear(&mut self) {
        self.core.sound();
        self.core.clear();
    }

    /// An independent session with the same facts and the same agenda, for what-if runs. Handles of this session name the
    /// same facts there, as far as they were there when it was forked; observers and sinks are not taken along.
    ///
    /// Costs a copy of what the session holds, several times less than inserting its facts again.
    #[must_use]
    pub fn fork(&self) -> Self
    where
        P::Host: Clone,
    {
        self.fork_with(self.host.clone())
    }

    /// [Forks](Self::fork) the session for another host.
    #[must_use]
    pub fn fork_with(&self, host: P::Host) -> Self {
        Self { host, core: self.core.fork() }
    }

    /// Whether a panic has interrupted a change to the session, which is of no use since.
    pub fn is_poisoned(&self) -> bool {
        self.core.check().is_err()
    }

    /// A change that has no way to return an error.
    fn change_matcher<R>(&mut self, change: impl FnOnce(&mut Matcher) -> R) -> R {
        self.core.sound();
        self.core.change(|core| change(&mut core.matcher))
    }

    /// Inserts a fact and returns its handle.
    ///
    /// # Errors
    /// [`Error::DuplicateKey`] when a fact of the type has the same primary key, [`Error::InvalidValue`] when a number is
    /// NaN. The session is then as before.
    pub fn insert<T: FactOf<P>>(&mut self, fact: T) -> Result<Handle<T>, Error> {
        self.core.insert(fact)
    }

    /// Inserts facts of one type and returns how many. It is as if each of them came by [`insert`](Self::insert), but for
    /// two things. It is faster, for many facts wait for memory together. And what `EXISTS`, aggregates and followed
    /// references find is looked at when all of them are there, so nothing fires because of what was found in between.
    /// Who needs the facts' handles finds them in [`facts`](Self::facts), or inserts them one by one.
    ///
    /// # Errors
    /// That of the first fact that [`insert`](Self::insert) would refuse. The facts before it are then in the session,
    /// and those after it are not.
    pub fn insert_all<T: FactOf<P>>(&mut self, facts: impl IntoIterator<Item = T>) -> Result<usize, Error> {
        Batch::begin(&mut self.core).insert_all(facts)
    }

    /// Inserts facts that stay the caller's: [`insert_all`](Self::insert_all) without the clones. Facts are rows of words in
    /// a session, so only those of `extern` types, whose structs the session keeps, are cloned.
    ///
    /// # Errors
    /// Those of [`insert_all`](Self::insert_all).
    pub fn insert_from_slice<T: FactOf<P>>(&mut self, facts: &[T]) -> Result<usize, Error> {
        Batch::begin(&mut self.core).insert_from_slice(facts)
    }

    /// Inserts facts of several types together: `fill` gives them to the batch, one [`insert_all`](Batch::insert_all) for
    /// each type, and what `EXISTS`, aggregates and followed references find is looked at once, when all of them are there.
    /// So a customer whose orders come in the same batch is never taken for one without orders.
    ///
    /// ```
    /// # #[cfg(feature = "dynamic")] {
    /// use tsd_runtime::{Engine, ir::{TypeId, Value}};
    ///
    /// let rules = "type Customer(#id: int) type Order(#id: int, customer: int)
    ///              rule idle : {c: Customer} / NOT (EXISTS (o: Order / o.customer == c.id)) ==> Print(c.id)";
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

    /// Makes room for so many more facts of a type, which saves the time of growing while they come. It is only a hint:
    /// for more than 2^24 facts at once, or more than there is memory for, room is made when they come.
    pub fn reserve<T: FactOf<P>>(&mut self, facts: usize) {
        self.reserve_type(T::TYPE, facts);
    }

    /// Makes room for so many more facts of the type with this number, as [`reserve`](Self::reserve) does.
    pub fn reserve_type(&mut self, ty: TypeId, facts: usize) {
        self.core.sound();
        if let Some(store) = self.core.matcher.state.memory.stores.get_mut(ty.index()) {
            store.reserve(facts);
        }
    }

    /// Changes a fact. Rules that read none of the changed fields notice nothing.
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
    /// [`Error::NoSuchFact`] when it was retracted before.
    pub fn retract<T: FactOf<P>>(&mut self, handle: Handle<T>) -> Result<(), Error> {
        self.core.retract_typed(handle)
    }

    /// A copy of a fact; `None` after it was retracted.
    pub fn get<T: FactOf<P>>(&self, handle: Handle<T>) -> Option<T> {
        self.core.sound();
        self.core.get(handle)
    }

    /// The facts of a type, with their handles. Their order is that of the slots they occupy.
    pub fn facts<T: FactOf<P>>(&self) -> impl Iterator<Item = (Handle<T>, T)> + '_ {
        let store = self.core.sound().state.memory.store(T::TYPE);
        store.live_slots().filter_map(|slot| {
            let handle = Handle::from_raw(store.handle(slot));
            Some((handle, self.core.get(handle)?))
        })
    }

    /// How many facts there are, of all types.
    pub fn len(&self) -> usize {
        self.core.sound().state.memory.count()
    }

    /// Whether there are no facts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fires every activation on the agenda, and those that its effects bring about, until none is left.
    ///
    /// A program may never come to rest, so a run is stopped when it has fired what waited when it began, and
    /// of the activations that it brought about itself a million more; or ten for each fact and each
    /// activation that waited, where these are more. It is stopped earlier when more wait than it may fire,
    /// or when twenty times as many have come, most of them taken back before they fired. That is a second or
    /// two, unless the actions take longer than the rules. Activations are counted, not time: the same run is
    /// always stopped at the same place. [`set_run_limit`](Self::set_run_limit) sets another limit.
    ///
    /// # Errors
    /// [`Error::RunLimit`] when the run was stopped; it names the rules that kept firing and has the report.
    /// What is left stays on the agenda, and the next run goes on with it.
    pub fn run(&mut self) -> Result<Report, Error> {
        fire::run(self)
    }

    /// How many activations a run may fire, in place of the limits that [`run`](Self::run) tells of.
    pub fn set_run_limit(&mut self, limit: u64) {
        self.core.run_limit = RunLimit::Fixed(limit);
    }

    /// Sets in which order activations of one salience fire; [`Strategy::Breadth`] unless set. What waits already is put
    /// in the new order.
    pub fn set_strategy(&mut self, strategy: Strategy) {
        self.change_matcher(|matcher| matcher.set_strategy(strategy));
    }

    /// Sets how many changes one side of a join takes in without being looked at before it may be given up,
    /// to be computed anew when somebody looks there; 4096 unless set. It is then given up when it would take
    /// fewer looks at facts to compute it than it had changes. Lower numbers save memory where facts hardly
    /// ever meet; with `u32::MAX` nothing is given up. Numbers below 1024 also let the agenda keep fewer
    /// activations that have fired or were cancelled.
    pub fn set_eviction_threshold(&mut self, changes: u32) {
        self.core.matcher.set_eviction_threshold(changes);
    }

    /// In which order activations of one salience fire.
    pub fn strategy(&self) -> Strategy {
        self.core.matcher.state.agenda.strategy()
    }

    /// Calls `observer` with every activation, just before its effects take place, beside those that observe already.
    pub fn observe(&mut self, observer: impl FnMut(&Activation<'_>) + Send + 'static) {
        self.core.listeners.observe(Box::new(observer));
    }

    /// Calls `observer` with every change that `Insert`, `InsertLogical`, `Update` and `Retract` make, just after they have
    /// taken place. What changes nothing (a `Retract` of a fact that is gone) and what could not take place is not told.
    pub fn observe_changes(&mut self, observer: impl FnMut(&Change<'_>) + Send + 'static) {
        self.core.listeners.observe_changes(Box::new(observer));
    }

    /// Calls `sink` with every line that `Print` makes, in place of writing it to standard output.
    pub fn on_print(&mut self, sink: impl FnMut(&str) + Send + 'static) {
        *self.core.listeners.print.get() = Box::new(sink);
    }

    /// Calls `sink` with every line that `Log` makes, in place of writing it to standard error.
    pub fn on_log(&mut self, sink: impl FnMut(&str) + Send + 'static) {
        *self.core.listeners.log.get() = Box::new(sink);
    }

    /// Who performs the actions.
    pub fn host(&self) -> &P::Host {
        &self.host
    }

    /// Who performs the actions.
    pub fn host_mut(&mut self) -> &mut P::Host {
        &mut self.host
    }

    /// Ends the session and returns who performed the actions.
    pub fn into_host(self) -> P::Host {
        self.host
    }

    /// Removes a rule, compiled or added. What is shared with other rules stays; the rest is freed.
    ///
    /// # Errors
    /// [`Error::UnknownRule`]
    pub fn remove_rule(&mut self, name: &str) -> Result<(), Error> {
        self.core.remove_rule(name)
    }

    /// Adds a planned rule, which sees the facts that are there. Its effects must be those of this session's module.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`]
    pub fn add_planned_rule(&mut self, rule: Rule) -> Result<(), Error> {
        self.core.add_planned_rule(rule)
    }

    /// Puts back a compiled rule that was removed, at its place in the order of declaration: where salience
    /// and strategy leave the order open it fires before the rules that are declared behind it, as it did
    /// before.
    ///
    /// It begins afresh, as a rule that is [added](Self::add_rule) does. What satisfies it now is an
    /// activation of this change, whether or not it fired before the rule was removed: a rule that is gone
    /// leaves nothing behind, neither what it inserted logically, which comes again with its activations, nor
    /// a memory of what has fired. (A rule that is to rest for a while and then to go on where it was asks
    /// for a fact that says so.)
    ///
    /// # Errors
    /// [`Error::DuplicateRule`] when it is there, [`Error::UnknownRule`] when the module has no rule of that name.
    pub fn restore_rule(&mut self, name: &str) -> Result<(), Error>
    where
        P: Compiled,
    {
        let mut rules = (0..).zip(P::module().rules);
        let declared = rules.find(|(_, rule)| rule.name == name);
        let (rank, rule) = declared.ok_or_else(|| Error::UnknownRule(name.to_owned()))?;
        self.core.restore_rule(rule.clone(), rank)
    }

    /// Puts a planned rule at a place of the order of declaration, counted from 0: `restore_rule` for a
    /// session whose program is not compiled, of whoever has kept the rule.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`] when a rule has the name or the place.
    pub fn restore_planned_rule(&mut self, rule: Rule, place: u32) -> Result<(), Error> {
        self.core.restore_rule(rule, place)
    }

    /// The names of the rules in use, in the order of their declaration: first those of the module, as they
    /// stand there, then those that were added, one after another.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.core.sound().base.rules.iter().map(|live| &*live.rule.name)
    }

    /// The tuples that satisfy a rule now, whether or not they fired: handles in the order of the rule's patterns. Their
    /// order is not specified. Costs a pass over the facts on the right of the rule's last join; over those of the whole chain
    /// where its tuples are not kept.
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

    /// The network: its nodes, what they join, who uses them, and how much they hold.
    pub fn network(&self) -> LiveNetwork<'_> {
        LiveNetwork::new(self.core.sound())
    }

    /// What is to be observed of the facts that are there, for the planner: how many there are of each type, which share
    /// of them passes each filter, and which share of the pairs of two facts has equal keys. Written to a file beside the
    /// rules (`rules/shop.profile` for the module `shop`), it makes the next compilation plan with it.
    ///
    /// Costs a pass over the facts for each filter's place and each pair of types that rules join.
    pub fn profile(&self) -> tsd_ir::Profile {
        let matcher = self.core.sound();
        matcher.profile(matcher.base.natives.keys)
    }

    /// What the session holds and has done, node by node and rule by rule. Costs a look at each node and at each
    /// activation that waits.
    pub fn statistics(&self) -> Statistics {
        self.core.sound().statistics()
    }

    /// Tells the `metrics` facade what the session holds: facts, tuples and bytes, node by node, and activations that wait.
    /// What runs do is told at the end of each run; this costs as much as [`statistics`](Self::statistics), so it is
    /// for whoever gathers derived values now and then.
    #[cfg(feature = "metrics")]
    pub fn emit_metrics(&self) {
        crate::telemetry::held(self.core.sound());
    }

    /// Whether joins count what passes through them, from now on: probes, and the pairs that they find; and views how often
    /// they are asked, and of how many changed answers they tell. Each time that it is turned on, the counts begin at
    /// nothing. Off, as it is at first, it costs nothing; on, a few percent.
    pub fn collect_counts(&mut self, on: bool) {
        self.change_matcher(|matcher| matcher.collect_counts(on));
    }

    /// The bytes that facts, strings, node memories and the agenda hold.
    pub fn bytes(&self) -> usize {
        self.core.sound().bytes()
    }

    /// The name of a fact: `Type~key` with the parts of a composite key joined by `_`, or `Type~#n` with its insertion
    /// number. `None` after it was retracted.
    pub fn name_of(&self, handle: FactHandle) -> Option<String> {
        let slot = self.core.sound().find(handle)?;
        Some(names::fact(&self.core.matcher, handle.ty(), slot))
    }

    /// The insertion number of a fact, counted from 1 in its type. `None` after it was retracted.
    pub fn number_of(&self, handle: FactHandle) -> Option<u64> {
        let slot = self.core.sound().find(handle)?;
        Some(self.core.matcher.state.memory.store(handle.ty()).number(slot))
    }

    /// Whether a fact is there only because rules inserted it logically (`InsertLogical`): it goes when the last activation
    /// that did so stops holding. An update of the fact makes it stay.
    pub fn is_logical(&self, handle: FactHandle) -> bool {
        self.core.sound();
        self.core.is_logical(handle)
    }

    /// Inserts a fact of which only the type's number is known; there is a value for each field.
    ///
    /// # Errors
    /// Those of [`insert`](Self::insert), [`Error::UnknownType`], and [`Error::WrongCount`].
    pub fn insert_values(&mut self, ty: TypeId, values: &[Value]) -> Result<FactHandle, Error> {
        self.core.insert_values(ty, values)
    }

    /// Inserts facts of one type; see [`insert_all`](Self::insert_all).
    ///
    /// # Errors
    /// That of the first fact that [`insert_values`](Self::insert_values) would refuse. The facts before it are then in
    /// the session, and those after it are not.
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
    /// [`Error::NoSuchFact`] when it was retracted before.
    pub fn retract_fact(&mut self, handle: FactHandle) -> Result<(), Error> {
        self.core.retract(handle)
    }

    /// The fields of a fact, in order of declaration; `None` after it was retracted.
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

/// [Forks](Session::fork) the session.
impl<P: Program> Clone for Session<P>
where
    P::Host: Clone,
{
    fn clone(&self) -> Self {
        self.fork()
    }
}

impl<P: Program> std::fmt::Debug for Session<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut session = f.debug_struct("Session");
        match self.core.check() {
            Ok(()) => session.field("facts", &self.len()),
            Err(_) => session.field("is_poisoned", &true),
        };
        session.finish_non_exhaustive()
    }
}
