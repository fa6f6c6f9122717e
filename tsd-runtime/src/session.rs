//! A host program inserts, changes and retracts facts, and runs the rules that they activate.

mod batch;
mod builder;
mod changed;
mod context;
mod core;
mod fire;
mod inspection;
mod limit;
mod listeners;
mod names;
mod network;
mod program;
mod rule_base;
mod rules;
mod switch;
mod tally;
mod values;

use std::sync::Arc;

pub(crate) use self::limit::RunLimit;
use crate::base::Handle;
use crate::error::Error;
use crate::matcher::Matcher;
use crate::report::Report;
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
