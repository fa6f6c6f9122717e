//! The API of a session and the context of an action change the same state: all of a session but
//! its host.

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;
use tsd_ir::{FactHandle, FactRef, FieldId, InitialFact, InitialValue, Rule, Type, TypeId, Value};

use super::limit::RunLimit;
use super::listeners::Listeners;
use super::names;
use super::program::{FactOf, Program};
use crate::base::Handle;
use crate::error::Error;
use crate::matcher::{Base, Matcher};
use crate::store::{InvalidValue, RowFitter, RowReader, RowWriter, WorkingMemory};
use crate::telemetry::{self, Reported, Work};

pub(crate) struct Core<P: Program> {
    pub(crate) matcher: Matcher,
    pub(crate) objects: P::Objects,
    /// The facts written in the rules, with which sessions begin.
    pub(crate) initial: Cow<'static, [InitialFact]>,
    pub(crate) run_limit: RunLimit,
    pub(crate) listeners: Listeners,
    /// The facts to which scripts gave names, for later scripts.
    #[cfg(feature = "dynamic")]
    pub(crate) named: std::collections::BTreeMap<String, FactHandle>,
    /// The compiler's warnings about the text that the session began with, until someone takes them.
    #[cfg(feature = "dynamic")]
    pub(crate) warnings: Vec<tsd_compiler::diagnostics::Diagnostic>,
    pub(crate) reported: Reported,
    /// Whether a change is under way. If it is set before a change begins, a panic has interrupted
    /// an earlier one.
    is_changing: bool,
    /// The row that is being inserted or updated.
    row: Vec<u64>,
}

impl<P: Program> Core<P> {
    pub(crate) fn new(base: Arc<Base>) -> Self {
        Self::with(Matcher::new(base), P::Objects::default())
    }

    fn with(matcher: Matcher, objects: P::Objects) -> Self {
        Self {
            matcher,
            objects,
            initial: Cow::Borrowed(&[]),
            run_limit: RunLimit::default(),
            listeners: Listeners::default(),
            #[cfg(feature = "dynamic")]
            named: std::collections::BTreeMap::new(),
            #[cfg(feature = "dynamic")]
            warnings: Vec::new(),
            reported: Reported::default(),
            is_changing: false,
            row: Vec::new(),
        }
    }

    /// An independent copy with the same facts and the same agenda, without observers and sinks.
    pub(crate) fn fork(&self) -> Self
    where
        P::Objects: Clone,
    {
        self.sound();
        Self {
            initial: self.initial.clone(),
            run_limit: self.run_limit,
            #[cfg(feature = "dynamic")]
            named: self.named.clone(),
            ..Self::with(self.matcher.forked(), self.objects.clone())
        }
    }

    /// Removes all facts.
    pub(crate) fn clear(&mut self) {
        self.restart(self.matcher.share());
    }

    /// Removes all facts and continues with the rules of a base.
    fn restart(&mut self, base: Arc<Base>) {
        self.change(|core| {
            core.matcher.restart(base);
            core.objects = P::Objects::default();
            #[cfg(feature = "dynamic")]
            core.named.clear();
        });
    }

    /// An error if a panic has interrupted a change.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_changing { Err(Error::Poisoned) } else { Ok(()) }
    }

    /// The matcher. Panics if the session is poisoned; for methods that cannot return an error.
    #[inline]
    pub(crate) fn sound(&self) -> &Matcher {
        self.check().unwrap_or_else(|error| panic!("{error}"));
        &self.matcher
    }

    /// Makes a change that must not be left halfway. A panic in it leaves the session poisoned, so
    /// the host's code (actions, closures, iterators) runs outside.
    #[inline]
    pub(crate) fn change<R>(&mut self, change: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.is_changing, true);
        let result = change(self);
        self.is_changing = before;
        result
    }

    /// Removes types, actions, rules and facts. The settings of the host stay.
    #[cfg(feature = "dynamic")]
    pub(crate) fn reset(&mut self) {
        let Base { network, natives, .. } = &*self.matcher.base;
        self.restart(Arc::new(Base::new(tsd_ir::Schema::default(), network.sharing(), *natives)));
    }

    /// Replaces the schema by one that begins with the present one.
    #[cfg(feature = "dynamic")]
    pub(crate) fn declare(&mut self, schema: tsd_ir::Schema) {
        self.change(|core| core.matcher.declare(schema));
    }

    pub(crate) fn insert<T: FactOf<P>>(&mut self, fact: T) -> Result<Handle<T>, Error> {
        self.check()?;
        self.write_row(T::TYPE, |row| fact.write(row))?;
        self.change(|core| {
            let handle = core.insert_written(T::TYPE)?;
            fact.keep(handle.fact().slot(), &mut core.objects);
            core.withdraw();
            Ok(Handle::from_raw(handle))
        })
    }

    pub(crate) fn insert_values(&mut self, ty: TypeId, values: &[Value]) -> Result<FactHandle, Error> {
        self.check()?;
        self.write_values(ty, values)?;
        self.change(|core| {
            let handle = core.insert_written(ty)?;
            core.withdraw();
            Ok(handle)
        })
    }

    /// Writes a row of values, and makes them fit the user's struct if there is one.
    fn write_values(&mut self, ty: TypeId, values: &[Value]) -> Result<(), Error> {
        self.check_count(ty, values)?;
        self.write_row(ty, |row| values.iter().for_each(|value| row.value(value)))?;
        self.fit_row(ty, &all_fields(values.len()))
    }

    /// Makes fields of the written row fit those of the user's struct. A row that does not fit is
    /// discarded.
    fn fit_row(&mut self, ty: TypeId, fields: &[FieldId]) -> Result<(), Error> {
        let Self { matcher, row, .. } = self;
        fit::<P>(matcher, ty, fields, row).map_err(|unfit| {
            let (store, strings, _) = matcher.store_and_texts(ty);
            store.discard(row, strings);
            unfit.into()
        })
    }

    /// An error unless the type exists and there is a value for each of its fields.
    fn check_count(&self, ty: TypeId, values: &[Value]) -> Result<(), Error> {
        let declared = self.matcher.base.schema.types.get(ty.index()).ok_or(Error::UnknownType(ty))?;
        check_count(declared, values)
    }

    /// Inserts the row that was written.
    #[inline]
    fn insert_written(&mut self, ty: TypeId) -> Result<FactHandle, Error> {
        match self.matcher.insert(ty, &self.row) {
            Ok(slot) => Ok(self.matcher.state.memory.store(ty).handle(slot)),
            Err(other) => Err(refuse(&mut self.matcher, ty, &self.row, other)),
        }
    }

    /// Inserts a fact that the firing activation supports. If an equal fact is supported by
    /// activations, this one is added to them. If an equal fact is stated, or the activation no
    /// longer holds, nothing happens. Returns the fact if the activation now supports one.
    pub(crate) fn insert_logical(
        &mut self,
        ty: TypeId,
        values: &[Value],
    ) -> Result<Option<FactHandle>, Error> {
        self.check()?;
        self.check_count(ty, values)?;
        self.change(|core| core.support(ty, values))
    }

    fn support(&mut self, ty: TypeId, values: &[Value]) -> Result<Option<FactHandle>, Error> {
        if !self.matcher.state.support.still_holds() {
            return Ok(None);
        }
        self.write_values(ty, values)?;
        let equal = self.matcher.state.memory.stores[ty.index()].find_equal(&self.row);
        let store = self.matcher.state.memory.store(ty);
        let equal: SmallVec<[FactRef; 2]> = equal.into_iter().map(|slot| store.reference(slot)).collect();
        if equal.is_empty() {
            let handle = self.insert_written(ty)?;
            self.matcher.state.support.add(handle.fact());
            self.withdraw();
            return Ok(Some(handle));
        }
        let (store, strings, _) = self.matcher.store_and_texts(ty);
        store.discard(&self.row, strings);
        let support = &mut self.matcher.state.support;
        if !equal.iter().all(|fact| support.is_logical(*fact)) {
            return Ok(None);
        }
        equal.iter().for_each(|fact| support.add(*fact));
        let origin = self.matcher.state.memory.lineage.origin();
        Ok(equal.first().map(|fact| FactHandle::new(*fact, origin)))
    }

    /// Withdraws the facts that lost their last support by a change, and those that lose theirs by
    /// a withdrawal. Each withdrawal is a change of its own.
    #[inline]
    pub(super) fn withdraw(&mut self) {
        if !self.matcher.state.agenda.deactivations.is_empty()
            || !self.matcher.state.support.unsupported.is_empty()
        {
            self.withdraw_all();
        }
    }

    fn withdraw_all(&mut self) {
        loop {
            let unsupported = self.matcher.take_unsupported();
            if unsupported.is_empty() {
                break;
            }
            for fact in unsupported {
                self.let_go(fact);
            }
        }
    }

    /// Retracts an existing fact.
    fn let_go(&mut self, fact: FactRef) {
        self.matcher.state.support.forget(fact);
        self.matcher.retract(fact.ty(), fact.slot());
        P::forget(fact.ty(), fact.slot(), &mut self.objects);
    }

    pub(crate) fn update<T: FactOf<P>>(
        &mut self,
        handle: Handle<T>,
        change: impl FnOnce(&mut T),
    ) -> Result<(), Error> {
        self.check()?;
        let mut fact = self.get(handle).ok_or(Error::NoSuchFact)?;
        change(&mut fact);
        let slot = handle.raw().fact().slot();
        self.write_row(T::TYPE, |row| fact.write(row))?;
        self.change(|core| {
            core.update_written(T::TYPE, slot)?;
            fact.keep(slot, &mut core.objects);
            Ok(())
        })
    }

    pub(crate) fn update_values(&mut self, handle: FactHandle, values: &[Value]) -> Result<(), Error> {
        self.update_fields(handle, &all_fields(values.len()), values)
    }

    /// Changes some fields of a fact. `values` has a value for every field of its type.
    pub(crate) fn update_fields(
        &mut self,
        handle: FactHandle,
        fields: &[FieldId],
        values: &[Value],
    ) -> Result<(), Error> {
        self.check()?;
        let slot = self.matcher.find(handle).ok_or(Error::NoSuchFact)?;
        let ty = handle.ty();
        self.check_count(ty, values)?;
        self.write_row(ty, |row| values.iter().for_each(|value| row.value(value)))?;
        self.fit_row(ty, fields)?;
        self.change(|core| {
            core.update_written(ty, slot)?;
            let Self { matcher, objects, .. } = core;
            P::refresh(ty, slot, fields, reader(matcher, ty, slot), objects);
            Ok(())
        })
    }

    /// Replaces the row of a fact by the row that was written.
    fn update_written(&mut self, ty: TypeId, slot: u32) -> Result<(), Error> {
        match self.matcher.state.memory.store(ty).find_by_key(&self.row) {
            Some(other) if other != slot => return Err(refuse(&mut self.matcher, ty, &self.row, other)),
            _ => self.matcher.update(ty, slot, &self.row),
        }
        let fact = self.matcher.state.memory.store(ty).reference(slot);
        self.matcher.state.support.forget(fact);
        self.withdraw();
        self.reported.updated();
        Ok(())
    }

    /// Writes a row to be inserted or to replace another.
    #[inline]
    fn write_row(&mut self, ty: TypeId, write: impl FnOnce(&mut RowWriter<'_>)) -> Result<(), Error> {
        let Matcher { base, state } = &mut self.matcher;
        let WorkingMemory { stores, strings, lineage, .. } = &mut state.memory;
        self.row.clear();
        self.row.resize(stores[ty.index()].width(), 0);
        let (declared, facts) = (base.schema.ty(ty), (&*lineage, stores.as_slice()));
        let mut row = RowWriter::new(declared, strings, facts, &mut self.row, declared.fields.len());
        write(&mut row);
        row.finish().map_err(|unwritten| (*unwritten).into())
    }

    pub(crate) fn retract(&mut self, handle: FactHandle) -> Result<(), Error> {
        self.check()?;
        self.matcher.find(handle).ok_or(Error::NoSuchFact)?;
        self.change(|core| {
            core.let_go(handle.fact());
            core.withdraw();
        });
        Ok(())
    }

    /// Retracts a fact, if it is of the type of the handle.
    pub(crate) fn retract_typed<T: FactOf<P>>(&mut self, handle: Handle<T>) -> Result<(), Error> {
        if handle.raw().ty() == T::TYPE { self.retract(handle.raw()) } else { Err(Error::NoSuchFact) }
    }

    pub(crate) fn is_logical(&self, handle: FactHandle) -> bool {
        self.matcher.find(handle).is_some() && self.matcher.state.support.is_logical(handle.fact())
    }

    pub(crate) fn get<T: FactOf<P>>(&self, handle: Handle<T>) -> Option<T> {
        let slot = self.matcher.find(handle.raw()).filter(|_| handle.raw().ty() == T::TYPE)?;
        T::read(slot, reader(&self.matcher, T::TYPE, slot), &self.objects)
    }

    pub(crate) fn values(&self, handle: FactHandle) -> Option<Vec<Value>> {
        let slot = self.matcher.find(handle)?;
        let declared = self.matcher.base.schema.ty(handle.ty());
        let row = reader(&self.matcher, handle.ty(), slot);
        Some((0..declared.fields.len()).map(|field| row.value(declared, field)).collect())
    }

    /// Inserts the facts written in the rules. The compiler has checked them. A fact whose primary
    /// key is in use is left out, as an insert would refuse it.
    pub(crate) fn insert_initial(&mut self, facts: &[InitialFact]) {
        let _work = telemetry::work(Work::Load(facts.len()));
        let mut handles: Vec<Option<FactHandle>> = Vec::with_capacity(facts.len());
        for fact in facts {
            let handle = self.insert_one(fact, &handles);
            handles.push(handle);
        }
    }

    /// Inserts a fact written in rules. Its references are indices into `handles`.
    pub(crate) fn insert_one(
        &mut self,
        fact: &InitialFact,
        handles: &[Option<FactHandle>],
    ) -> Option<FactHandle> {
        let value = |value: &InitialValue| match value {
            InitialValue::Const(constant) => constant.into(),
            InitialValue::Fact(index) => {
                handles.get(*index as usize).copied().flatten().map_or(Value::Missing, Value::Fact)
            }
        };
        let values: Vec<Value> = fact.values.iter().map(value).collect();
        self.insert_values(fact.ty, &values).ok()
    }

    /// An error unless rules with `views` more views can be added.
    pub(crate) fn make_sure_of_room(&self, views: usize) -> Result<(), Error> {
        if self.matcher.base.network.has_room_for(views) { Ok(()) } else { Err(Error::TooManyViews) }
    }

    /// Adds rules whose names are new.
    pub(crate) fn add_rules(&mut self, rules: Vec<Arc<Rule>>) {
        let _work = telemetry::work(Work::AddRules(rules.len()));
        self.change(|core| core.matcher.add_rules(rules));
        telemetry::network(&self.matcher);
    }

    pub(crate) fn add_planned_rule(&mut self, rule: Rule) -> Result<(), Error> {
        self.check()?;
        self.make_sure_of_name_and_views(&rule)?;
        self.add_rules(vec![Arc::new(rule)]);
        Ok(())
    }

    /// Adds a rule at a free place in the order of declaration.
    pub(crate) fn restore_rule(&mut self, rule: Rule, rank: u32) -> Result<(), Error> {
        self.check()?;
        self.make_sure_of_name_and_views(&rule)?;
        if let Some(other) = self.matcher.base.rules.at(rank) {
            return Err(Error::DuplicateRule(other.rule.name.to_string()));
        }
        let _work = telemetry::work(Work::AddRules(1));
        self.change(|core| core.matcher.add_ranked_rules([(rank, Arc::new(rule))]));
        telemetry::network(&self.matcher);
        Ok(())
    }

    fn make_sure_of_name_and_views(&self, rule: &Rule) -> Result<(), Error> {
        if self.matcher.base.rules.find(&rule.name).is_some() {
            return Err(Error::DuplicateRule(rule.name.to_string()));
        }
        self.make_sure_of_room(rule.views.len())
    }

    pub(crate) fn remove_rule(&mut self, name: &str) -> Result<(), Error> {
        self.check()?;
        self.matcher.base.rules.id(name).ok_or_else(|| Error::UnknownRule(name.to_owned()))?;
        let _work = telemetry::work(Work::RemoveRule(name));
        self.change(|core| {
            core.matcher.remove_rule(name);
            core.withdraw();
            core.matcher.state.support.shrink();
        });
        telemetry::network(&self.matcher);
        Ok(())
    }

    pub(crate) fn matches(&self, rule: &str) -> Result<Vec<Vec<FactHandle>>, Error> {
        self.check()?;
        let live = self.matcher.base.rules.find(rule).ok_or_else(|| Error::UnknownRule(rule.to_owned()))?;
        let types: Vec<TypeId> = live.rule.patterns.iter().map(|pattern| pattern.ty).collect();
        let mut tuples: Vec<Vec<u32>> = Vec::new();
        self.matcher.for_each_match(rule, &mut |slots| tuples.push(slots.to_vec()));
        let memory = &self.matcher.state.memory;
        let handles = |slots: Vec<u32>| {
            types.iter().zip(slots).map(|(ty, slot)| memory.store(*ty).handle(slot)).collect()
        };
        Ok(tuples.into_iter().map(handles).collect())
    }
}

/// The numbers of all fields of a type with `count` fields.
pub(super) fn all_fields(count: usize) -> Vec<FieldId> {
    (0..count).map(|field| FieldId(field as u16)).collect()
}

/// Makes fields of a row fit those of the user's struct.
fn fit<P: Program>(
    matcher: &Matcher,
    ty: TypeId,
    fields: &[FieldId],
    row: &mut [u64],
) -> Result<(), InvalidValue> {
    let declared = matcher.base.schema.ty(ty);
    let memory = &matcher.state.memory;
    let mut row = RowFitter::new(declared.fields.len(), &memory.strings, memory.lineage.origin(), row);
    P::fit(ty, fields, &mut row).map_or(Ok(()), |unfit| Err(InvalidValue::unfit(declared, unfit)))
}

/// An error unless there is a value for each field of a type.
pub(super) fn check_count(declared: &Type, values: &[Value]) -> Result<(), Error> {
    let (expected, found) = (declared.fields.len(), values.len());
    if expected == found { Ok(()) } else { Err(Error::WrongCount { expected, found }) }
}

/// Discards written rows: the fact at `other` has the primary key of the first of them.
#[cold]
pub(super) fn refuse(matcher: &mut Matcher, ty: TypeId, rows: &[u64], other: u32) -> Error {
    let (store, strings, _) = matcher.store_and_texts(ty);
    rows.chunks(store.width().max(1)).for_each(|row| store.discard(row, strings));
    Error::DuplicateKey { fact: names::fact(matcher, ty, other) }
}

/// A reader of the fact at a slot.
pub(crate) fn reader(matcher: &Matcher, ty: TypeId, slot: u32) -> RowReader<'_> {
    let fields = matcher.base.schema.ty(ty).fields.len();
    let memory = &matcher.state.memory;
    RowReader::new(fields, &memory.strings, memory.lineage.origin(), memory.store(ty).row(slot))
}

impl<P: Program> std::fmt::Debug for Core<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut session = f.debug_struct("Session");
        match self.check() {
            Ok(()) => session.field("facts", &self.matcher.state.memory.count()),
            Err(_) => session.field("is_poisoned", &true),
        };
        session.finish_non_exhaustive()
    }
}
