//! A session has more settings than a constructor should have arguments. A builder names each of
//! them, and what is not named has its default.
//!
//! Settings are in place before the facts written in the rules are inserted, and observers before
//! anything fires.

use std::borrow::Cow;
use std::fmt;

use tsd_ir::Sharing;

use super::Session;
use super::changed::Change;
use super::fire::Activation;
use super::limit::RunLimit;
use super::listeners::Listeners;
use super::program::{Compiled, Program};
use super::rule_base::RuleBase;
use crate::strategy::Strategy;

/// The settings of a session that is about to begin; see [`Session::builder`].
#[must_use = "no session begins before `build`"]
pub struct SessionBuilder<P: Program> {
    host: P::Host,
    /// Builds the rules of the program, for a session that is given no others.
    own: fn(Sharing) -> RuleBase<P>,
    sharing: Sharing,
    rules: Option<RuleBase<P>>,
    strategy: Strategy,
    run_limit: RunLimit,
    eviction_threshold: Option<u32>,
    counts: bool,
    listeners: Listeners,
}

impl<P: Compiled> Session<P> {
    /// Begins a session of the compiled rules; the builder sets what differs from the defaults.
    ///
    /// ```
    /// # #[cfg(feature = "dynamic")] {
    /// use tsd_runtime::{Engine, RuleBase, Strategy};
    ///
    /// // An engine has the same builder as a session of compiled rules.
    /// let rules = "type Lamp(#id: string, on: bool) Lamp(id: \"hall\", on: true)
    ///              rule lit : {l: Lamp} / l.on ==> Print(l.id)";
    /// let (rules, _) = RuleBase::from_text("lamps.tsd", rules)?;
    /// let mut session = Engine::builder(())
    ///     .rule_base(&rules)
    ///     .strategy(Strategy::Depth)
    ///     .run_limit(1000)
    ///     .on_print(|line| assert_eq!(line, "hall"))
    ///     .build();
    /// assert_eq!(session.run()?.total(), 1);
    /// # }
    /// # Ok::<(), tsd_runtime::Error>(())
    /// ```
    pub fn builder(host: P::Host) -> SessionBuilder<P> {
        SessionBuilder::new(host, |sharing| match sharing {
            Sharing::On => RuleBase::compiled(),
            Sharing::Off => {
                let module = P::module();
                RuleBase::new(module.wire(sharing), Cow::Borrowed(module.facts))
            }
        })
    }
}

impl<P: Program> SessionBuilder<P> {
    pub(crate) fn new(host: P::Host, own: fn(Sharing) -> RuleBase<P>) -> Self {
        Self {
            host,
            own,
            sharing: Sharing::On,
            rules: None,
            strategy: Strategy::default(),
            run_limit: RunLimit::default(),
            eviction_threshold: None,
            counts: false,
            listeners: Listeners::default(),
        }
    }

    /// Begins with the rules of a base. The default is the rules of the program.
    pub fn rule_base(mut self, rules: &RuleBase<P>) -> Self {
        self.rules = Some(rules.clone());
        self
    }

    /// Turns node sharing off, which measures what it saves: results are the same. Without sharing
    /// the session builds a network of its own. It has no effect on a given
    /// [rule base](Self::rule_base), whose network exists.
    pub fn sharing(mut self, sharing: Sharing) -> Self {
        self.sharing = sharing;
        self
    }

    /// The order in which activations of equal salience fire; see [`Session::set_strategy`].
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.strategy = strategy;
        self
    }

    /// How many activations a run may fire; see [`Session::set_run_limit`].
    pub fn run_limit(mut self, limit: u64) -> Self {
        self.run_limit = RunLimit::Fixed(limit);
        self
    }

    /// How many updates a join input absorbs without a probe before it may be evicted; see
    /// [`Session::set_eviction_threshold`].
    pub fn eviction_threshold(mut self, changes: u32) -> Self {
        self.eviction_threshold = Some(changes);
        self
    }

    /// Receives every line of `Print`; see [`Session::on_print`].
    pub fn on_print(mut self, sink: impl FnMut(&str) + Send + 'static) -> Self {
        *self.listeners.print.get() = Box::new(sink);
        self
    }

    /// Receives every line of `Log`; see [`Session::on_log`].
    pub fn on_log(mut self, sink: impl FnMut(&str) + Send + 'static) -> Self {
        *self.listeners.log.get() = Box::new(sink);
        self
    }

    /// Adds an observer of activations; see [`Session::observe`].
    pub fn observe(mut self, observer: impl FnMut(&Activation<'_>) + Send + 'static) -> Self {
        self.listeners.observe(Box::new(observer));
        self
    }

    /// Adds an observer of the changes that effects make; see [`Session::observe_changes`].
    pub fn observe_changes(mut self, observer: impl FnMut(&Change<'_>) + Send + 'static) -> Self {
        self.listeners.observe_changes(Box::new(observer));
        self
    }

    /// Whether joins and views count; see [`Session::enable_counters`].
    pub fn count(mut self, on: bool) -> Self {
        self.counts = on;
        self
    }

    /// Begins the session, with the facts written in the rules.
    ///
    /// Costs as much as [`Session::with_rule_base`]. The first session of compiled rules in the
    /// process also builds their network, and so does every one without sharing.
    pub fn build(self) -> Session<P> {
        let rules = self.rules.unwrap_or_else(|| (self.own)(self.sharing));
        Session::begin(self.host, &rules, |core| {
            core.matcher.set_strategy(self.strategy);
            if let Some(changes) = self.eviction_threshold {
                core.matcher.set_eviction_threshold(changes);
            }
            if self.counts {
                core.matcher.collect_counts(true);
            }
            core.run_limit = self.run_limit;
            core.listeners = self.listeners;
        })
    }
}

impl<P: Program> fmt::Debug for SessionBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionBuilder")
            .field("rule_base", &self.rules)
            .field("sharing", &self.sharing)
            .field("strategy", &self.strategy)
            .field("run_limit", &self.run_limit)
            .field("eviction_threshold", &self.eviction_threshold)
            .field("count", &self.counts)
            .finish_non_exhaustive()
    }
}
