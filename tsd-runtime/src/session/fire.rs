//! A run takes activations off the agenda and performs their effects.
//!
//! The values that effects need are computed from the facts as they matched, before the first
//! effect takes place. An effect that cannot take place is reported, and the run continues.

use std::sync::Arc;

use smallvec::SmallVec;
use tsd_ir::{FactHandle, FieldId, Rule, TypeId, Value};

use super::changed::ChangeKind;
use super::context::Context;
use super::core::Core;
use super::limit::Allowance;
use super::program::Program;
use super::tally::Tally;
use super::{Session, names};
use crate::base::{RuleId, TupleSlots};
use crate::error::Error;
use crate::eval::{Bindings, Tuple};
use crate::matcher::Matcher;
use crate::matcher::{Effects, Prepared};
use crate::report::Report;
use crate::telemetry;
use crate::view::Reading;

/// An activation that is about to fire.
#[derive(Debug)]
pub struct Activation<'a> {
    matcher: &'a Matcher,
    rule: &'a Rule,
    slots: &'a [u32],
}

impl Activation<'_> {
    /// The rule's name.
    pub fn rule(&self) -> &str {
        &self.rule.name
    }

    /// The rule's variables with their facts, in order of declaration.
    pub fn bindings(&self) -> impl Iterator<Item = (&str, FactHandle)> {
        self.rule.patterns.iter().zip(self.slots).map(|(pattern, slot)| {
            (&*pattern.variable, self.matcher.state.memory.store(pattern.ty).handle(*slot))
        })
    }

    /// The name of a fact: `Type~key`, or `Type~#n` by insertion number.
    pub fn name_of(&self, handle: FactHandle) -> Option<String> {
        Some(names::fact(self.matcher, handle.ty(), self.matcher.find(handle)?))
    }
}

/// Fires until the agenda is empty or the limit is reached.
pub(super) fn run<P: Program>(session: &mut Session<P>) -> Result<Report, Error> {
    let reporting = telemetry::Run::begin();
    let ended = fire_all(session);
    reporting.end(&ended, &session.core.matcher, &mut session.core.reported);
    ended
}

fn fire_all<P: Program>(session: &mut Session<P>) -> Result<Report, Error> {
    session.core.check()?;
    let mut allowance = Allowance::new(session.core.run_limit, &session.core.matcher);
    let mut run = Running { tally: Tally::new(allowance.firings), session };
    let Running { session, tally } = &mut run;
    let mut slots = TupleSlots::new();
    while let Some(due) = session.core.change(|core| core.matcher.next_due(&mut slots)) {
        if !tally.has_room() || allowance.is_exceeded(&session.core.matcher) {
            session.core.change(|core| core.matcher.put_back());
            return Err(run.end().run_limit(&mut run.session.core.matcher));
        }
        tally.count(due.rule, &session.core.matcher);
        fire(session, due.rule, &slots, tally);
        // An action may have caught a panic of the session.
        session.core.check()?;
        // Rules that share a join often match together, and their calls do not change the agenda.
        if due.calls_only
            && due.as_declared
            && let Some(level) = session.core.matcher.state.agenda.last_level()
        {
            while tally.has_room()
                && let Some(companion) = session.core.matcher.state.agenda.next_companion(level)
            {
                tally.count(companion.rule, &session.core.matcher);
                fire(session, companion.rule, &slots, tally);
            }
            fire_alike(session, due.rule, level, tally);
        }
    }
    Ok(run.end().report(&mut run.session.core.matcher))
}

/// A run in progress.
struct Running<'s, P: Program> {
    session: &'s mut Session<P>,
    tally: Tally,
}

impl<P: Program> Running<'_, P> {
    /// Adds the counts of the run to those of the rules, and returns them.
    fn end(&mut self) -> Tally {
        self.tally.count_fired(&mut self.session.core.matcher);
        std::mem::replace(&mut self.tally, Tally::new(0))
    }
}

impl<P: Program> Drop for Running<'_, P> {
    /// Counts what was fired even when an action has panicked.
    fn drop(&mut self) {
        self.end();
    }
}

const NO_VALUE: &str = "an argument has no value";

/// Performs the effects of one activation.
#[inline]
fn fire<P: Program>(session: &mut Session<P>, id: RuleId, slots: &[u32], tally: &mut Tally) {
    let Session { host, core } = session;
    if core.listeners.observing > 0 {
        observe(core, id, slots);
    }
    let Some(live) = core.matcher.base.rules.get(id) else { return };
    let effects = &*live.effects;
    if !effects.calls_only {
        return fire_any(session, id, slots, tally);
    }
    make_calls::<P>(host, effects, core.matcher.reading(), slots, |tuple, index| {
        no_value(core, id, index, &handles(tuple, slots.len()), tally);
    });
}

/// Fires consecutive activations of the same rule, which differ only in their facts. The rule only
/// calls actions, so none of them can stop holding and no other can come in between.
fn fire_alike<P: Program>(session: &mut Session<P>, id: RuleId, level: usize, tally: &mut Tally) {
    let Session { host, core } = session;
    // An observer may read the whole match, so the agenda cannot be borrowed meanwhile.
    if core.listeners.observing > 0 {
        return;
    }
    let mut handles: Handles = Handles::new();
    let mut without_value: Vec<usize> = Vec::new();
    loop {
        let Some((mut same_rule_run, reading, effects)) = core.matcher.same_rule_run(level, id) else {
            return;
        };
        while tally.has_room()
            && let Some(slots) = same_rule_run.next()
        {
            tally.count_again(id);
            make_calls::<P>(host, effects, reading, slots, |tuple, index| {
                handles = self::handles(tuple, slots.len());
                without_value.push(index);
            });
            if !without_value.is_empty() {
                break;
            }
        }
        if without_value.is_empty() {
            return;
        }
        without_value.drain(..).for_each(|index| no_value(core, id, index, &handles, tally));
    }
}

/// Makes the calls of an activation whose effects are only calls. `no_value` receives each call
/// with an argument that has no value.
#[inline]
fn make_calls<P: Program>(
    host: &mut P::Host,
    effects: &Effects,
    reading: Reading<'_>,
    slots: &[u32],
    mut no_value: impl FnMut(Tuple<'_>, usize),
) {
    let tuple = Tuple::new(reading.memory, &effects.types, slots);
    let derived_words = reading.derived_words(&effects.derived_values, &effects.types, slots);
    let tuple = if derived_words.is_empty() {
        tuple
    } else {
        tuple.with_bindings(Bindings::new(&derived_words, &[]))
    };
    for (index, effect) in effects.list.iter().enumerate() {
        let Prepared::Call { function, constants, .. } = effect else { continue };
        if !P::call(*function, tuple, constants, host) {
            no_value(tuple, index);
        }
    }
}

/// Reports a call whose argument has no value.
#[cold]
fn no_value<P: Program>(core: &Core<P>, id: RuleId, index: usize, handles: &[FactHandle], tally: &mut Tally) {
    if let Some(live) = core.matcher.base.rules.get(id) {
        tally.problem(&core.matcher, &live.rule, handles, effect_name(core, id, index), NO_VALUE);
    }
}

fn observe<P: Program>(core: &mut Core<P>, id: RuleId, slots: &[u32]) {
    let Core { matcher, listeners, .. } = core;
    if let Some(live) = matcher.base.rules.get(id) {
        let activation = Activation { matcher, rule: &live.rule, slots };
        listeners.observers.get().iter_mut().for_each(|observer| observer(&activation));
    }
}

/// Performs effects of any kind, which may change the facts of the activation.
fn fire_any<P: Program>(session: &mut Session<P>, id: RuleId, slots: &[u32], tally: &mut Tally) {
    let Session { host, core } = session;
    let Some(live) = core.matcher.base.rules.get(id) else { return };
    let effects = &*live.effects;
    let derived_words = core.matcher.reading().derived_words(&effects.derived_values, &effects.types, slots);
    let tuple = Tuple::new(&core.matcher.state.memory, &effects.types, slots)
        .with_bindings(Bindings::new(&derived_words, &[]));
    let computed: SmallVec<[Option<Vec<Value>>; 4]> =
        effects.list.iter().map(|effect| effect.values().and_then(|values| values.compute(tuple))).collect();
    let rule = Arc::clone(&live.rule);
    let handles = handles(tuple, slots.len());
    drop(derived_words);
    if rule.no_loop {
        core.matcher.hold_back(id);
    }
    if rule.inserts_logically() {
        core.matcher.state.support.begin(id, slots);
    }
    let firing = Firing { core };
    for (index, values) in computed.into_iter().enumerate() {
        let core = &mut *firing.core;
        let outcome = take_place(host, core, id, index, &handles, values);
        if let Err(reason) = outcome {
            tally.problem(&core.matcher, &rule, &handles, effect_name(core, id, index), &reason);
        }
    }
}

/// An activation whose effects are being performed.
struct Firing<'c, P: Program> {
    core: &'c mut Core<P>,
}

impl<P: Program> Drop for Firing<'_, P> {
    /// Ends the exemptions of the activation, even when an action has panicked.
    fn drop(&mut self) {
        self.core.matcher.state.agenda.no_loop.end();
        self.core.matcher.state.support.end();
    }
}

/// The handles of a tuple's facts.
type Handles = SmallVec<[FactHandle; 8]>;

fn handles(tuple: Tuple<'_>, count: usize) -> Handles {
    (0..count).map(|at| tuple.fact(at)).collect()
}

/// Performs one effect, whose values have been computed.
fn take_place<P: Program>(
    host: &mut P::Host,
    core: &mut Core<P>,
    id: RuleId,
    index: usize,
    handles: &[FactHandle],
    values: Option<Vec<Value>>,
) -> Result<(), String> {
    let live = core.matcher.base.rules.get(id);
    let Some((effects, effect)) = live.and_then(|live| Some((&live.effects, live.effects.list.get(index)?)))
    else {
        return Ok(());
    };
    let no_value = || NO_VALUE.to_owned();
    let values = match effect.values() {
        Some(_) => values.ok_or_else(no_value)?,
        None => Vec::new(),
    };
    match effect {
        Prepared::Call { function, constants, .. } => {
            let slots: TupleSlots = handles.iter().map(|handle| handle.fact().slot()).collect();
            let types: Vec<TypeId> = handles.iter().map(|handle| handle.ty()).collect();
            let derived_words = core.matcher.reading().derived_words(&effects.derived_values, &types, &slots);
            let tuple = Tuple::new(&core.matcher.state.memory, &types, &slots)
                .with_bindings(Bindings::new(&derived_words, &[]));
            P::call(*function, tuple, constants, host).then_some(()).ok_or_else(no_value)
        }
        Prepared::Perform { action, .. } => {
            let action = *action;
            P::perform(action, &values, host, &mut Context { core });
            Ok(())
        }
        Prepared::Insert { ty, logical: true, .. } => {
            let ty = *ty;
            let supported = core.insert_logical(ty, &values).map_err(|error| error.to_string())?;
            // If the insertion has ended the activation that supports the fact, the fact is gone
            // again.
            supported
                .into_iter()
                .for_each(|fact| core.inserted(ChangeKind::InsertLogical, ty, fact, &values));
            Ok(())
        }
        Prepared::Insert { ty, .. } => {
            let ty = *ty;
            let fact = core.insert_values(ty, &values).map_err(|error| error.to_string())?;
            core.inserted(ChangeKind::Insert, ty, fact, &values);
            Ok(())
        }
        Prepared::Update { at, fields, .. } => {
            let (handle, fields) = (handles[at.index()], fields.clone());
            update_fields(core, handle, &fields, values)
        }
        Prepared::Retract { at } => {
            // An earlier effect may have retracted it already.
            let fact = handles[at.index()];
            let name = core.name_for_observer(fact);
            if core.retract(fact).is_ok() {
                core.changed(ChangeKind::Retract, fact, name.as_deref(), &[], &[]);
            }
            Ok(())
        }
        Prepared::Print { .. } => {
            let line = line(&core.matcher, &values);
            (core.listeners.print.get())(&line);
            Ok(())
        }
        Prepared::Log { .. } => {
            let line = line(&core.matcher, &values);
            (core.listeners.log.get())(&line);
            Ok(())
        }
    }
}

fn update_fields<P: Program>(
    core: &mut Core<P>,
    handle: FactHandle,
    fields: &[FieldId],
    values: Vec<Value>,
) -> Result<(), String> {
    let Some(mut row) = core.values(handle) else {
        return Err("the fact was retracted by an earlier effect".to_owned());
    };
    for (field, value) in fields.iter().zip(&values) {
        row[field.index()] = value.clone();
    }
    let name = core.name_for_observer(handle);
    core.update_fields(handle, fields, &row).map_err(|error| error.to_string())?;
    core.changed(ChangeKind::Update, handle, name.as_deref(), fields, &values);
    Ok(())
}

fn line(matcher: &Matcher, values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(|value| names::value(matcher, value)).collect();
    values.join(" ")
}

fn effect_name<P: Program>(core: &Core<P>, id: RuleId, index: usize) -> String {
    let schema = &core.matcher.base.schema;
    match core.matcher.base.rules.get(id).and_then(|live| live.effects.list.get(index)) {
        Some(Prepared::Call { action, .. } | Prepared::Perform { action, .. }) => {
            schema.action(*action).name.to_string()
        }
        Some(Prepared::Insert { ty, logical, .. }) => {
            let name = if *logical { "InsertLogical" } else { "Insert" };
            format!("{name}({})", schema.ty(*ty).name)
        }
        Some(Prepared::Update { .. }) => "Update".to_owned(),
        Some(Prepared::Retract { .. }) => "Retract".to_owned(),
        Some(Prepared::Print { .. }) => "Print".to_owned(),
        Some(Prepared::Log { .. }) => "Log".to_owned(),
        None => String::new(),
    }
}
