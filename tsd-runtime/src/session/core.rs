//! What a session and the context of its actions have in common: everything but the host.

use std::io::Write;
use std::sync::Arc;

use smallvec::SmallVec;
use tsd_ir::{FactHandle, FieldId, Rule, Schema, Sharing, Type, TypeId, Value};

use super::changed::ChangeObserver;
use super::fire::Observer;
use super::names;
use crate::effect::Effects;
use crate::error::Error;
use crate::matcher::Matcher;
use crate::memory::{RowReader, RowWriter};
use crate::program::{FactOf, Handle, InitialFact, InitialValue, Natives, Program};
use crate::telemetry::{self, Told, Work};

/// Takes the lines of `Print` and `Log`.
pub(crate) type Sink = Box<dyn FnMut(&str) + Send>;

pub(crate) struct Core<P: Program> {
    pub(crate) matcher: Matcher,
    pub(crate) objects: P::Objects,
    /// The effects of each rule, by its number in the matcher.
    pub(crate) effects: Vec<Effects>,
    pub(crate) natives: Natives,
    pub(crate) run_limit: u64,
    pub(crate) observer: Option<Observer>,
    pub(crate) changes: Option<ChangeObserver>,
    pub(crate) print: Sink,
    pub(crate) log: Sink,
    /// The facts to which texts gave names, which later texts may use.
    #[cfg(feature = "dynamic")]
    pub(crate) named: std::collections::BTreeMap<String, FactHandle>,
    pub(crate) told: Told,
    /// A row on its way in.
    row: Vec<u64>,
}

/// How many activations a run fires at the most, unless the session sets another limit.
const RUN_LIMIT: u64 = 100_000_000;

impl<P: Program> Core<P> {
    pub(crate) fn new(schema: Schema, sharing: Sharing, natives: Natives) -> Self {
        Self {
            matcher: Matcher::new(schema, sharing),
            objects: P::Objects::default(),
            effects: Vec::new(),
            natives,
            run_limit: RUN_LIMIT,
            observer: None,
            changes: None,
            // Output that cannot be written (a closed pipe) is lost, as `echo` loses it.
            print: Box::new(|line| drop(writeln!(std::io::stdout(), "{line}"))),
            log: Box::new(|line| drop(writeln!(std::io::stderr(), "{line}"))),
            #[cfg(feature = "dynamic")]
            named: std::collections::BTreeMap::new(),
            told: Told::default(),
            row: Vec::new(),
        }
    }

    /// Forgets types, actions, rules and facts. What is set by the host program stays.
    #[cfg(feature = "dynamic")]
    pub(crate) fn reset(&mut self) {
        self.matcher.reset();
        self.objects = P::Objects::default();
        self.effects.clear();
        self.named.clear();
    }

    pub(crate) fn insert<T: FactOf<P>>(&mut self, fact: T) -> Result<Handle<T>, Error> {
        let handle = self.insert_row(T::TYPE, |row| fact.write(row))?;
        fact.keep(handle.slot(), &mut self.objects);
        Ok(Handle::from_raw(handle))
    }

    pub(crate) fn insert_values(&mut self, ty: TypeId, values: &[Value]) -> Result<FactHandle, Error> {
        self.check_count(ty, values)?;
        self.insert_row(ty, |row| values.iter().for_each(|value| row.value(value)))
    }

    /// Makes sure that there is such a type, and a value for each of its fields.
    fn check_count(&self, ty: TypeId, values: &[Value]) -> Result<(), Error> {
        let declared = self.matcher.schema.types.get(ty.index()).ok_or(Error::UnknownType(ty))?;
        check_count(declared, values)
    }

    fn insert_row(
        &mut self,
        ty: TypeId,
        write: impl FnOnce(&mut RowWriter<'_>),
    ) -> Result<FactHandle, Error> {
        self.write_row(ty, write)?;
        let handle = self.insert_written(ty)?;
        self.withdraw();
        Ok(handle)
    }

    /// Inserts the row that was written.
    #[inline]
    fn insert_written(&mut self, ty: TypeId) -> Result<FactHandle, Error> {
        match self.matcher.insert(ty, &self.row) {
            Ok(slot) => Ok(self.matcher.memory.store(ty).handle(slot)),
            Err(other) => Err(refuse(&mut self.matcher, ty, &self.row, other)),
        }
    }

    /// Inserts a fact as long as the activation whose effects take place holds. An equal fact that activations support is
    /// supported by one more; one that was stated stays as it is. Does nothing when the activation holds no longer.
    /// Returns the fact, if the activation supports one now.
    pub(crate) fn insert_logical(
        &mut self,
        ty: TypeId,
        values: &[Value],
    ) -> Result<Option<FactHandle>, Error> {
        self.check_count(ty, values)?;
        if !self.matcher.support.still_holds() {
            return Ok(None);
        }
        self.write_row(ty, |row| values.iter().for_each(|value| row.value(value)))?;
        let equal = self.matcher.memory.stores[ty.index()].find_equal(&self.row);
        let store = self.matcher.memory.store(ty);
        let equal: SmallVec<[FactHandle; 2]> = equal.into_iter().map(|slot| store.handle(slot)).collect();
        if equal.is_empty() {
            let handle = self.insert_written(ty)?;
            self.matcher.support.add(handle);
            self.withdraw();
            return Ok(Some(handle));
        }
        let (store, texts, _) = self.matcher.store_and_texts(ty);
        store.discard(&self.row, texts);
        let support = &mut self.matcher.support;
        if !equal.iter().all(|fact| support.is_logical(*fact)) {
            return Ok(None);
        }
        let first = equal.first().copied();
        equal.into_iter().for_each(|fact| support.add(fact));
        Ok(first)
    }

    /// Withdraws the facts that lost their last support by a change, and those that lose theirs by that, each by a change
    /// of its own.
    #[inline]
    pub(super) fn withdraw(&mut self) {
        if !self.matcher.agenda.stops.is_empty() || !self.matcher.support.unsupported.is_empty() {
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

    /// Lets a fact go that is there.
    fn let_go(&mut self, fact: FactHandle) {
        self.matcher.support.forget(fact);
        self.matcher.retract(fact.ty(), fact.slot());
        P::forget(fact.ty(), fact.slot(), &mut self.objects);
    }

    pub(crate) fn update<T: FactOf<P>>(
        &mut self,
        handle: Handle<T>,
        change: impl FnOnce(&mut T),
    ) -> Result<(), Error> {
        let mut fact = self.get(handle).ok_or(Error::NoSuchFact)?;
        change(&mut fact);
        let slot = handle.raw().slot();
        self.update_row(T::TYPE, slot, |row| fact.write(row))?;
        fact.keep(slot, &mut self.objects);
        Ok(())
    }

    pub(crate) fn update_values(&mut self, handle: FactHandle, values: &[Value]) -> Result<(), Error> {
        let slot = self.matcher.find(handle).ok_or(Error::NoSuchFact)?;
        let ty = handle.ty();
        self.check_count(ty, values)?;
        self.update_row(ty, slot, |row| values.iter().for_each(|value| row.value(value)))?;
        let fields: Vec<FieldId> = (0..values.len()).map(|field| FieldId(field as u16)).collect();
        let Self { matcher, objects, .. } = self;
        P::refresh(ty, slot, &fields, reader(matcher, ty, slot), objects);
        Ok(())
    }

    fn update_row(
        &mut self,
        ty: TypeId,
        slot: u32,
        write: impl FnOnce(&mut RowWriter<'_>),
    ) -> Result<(), Error> {
        self.write_row(ty, write)?;
        match self.matcher.memory.store(ty).find_by_key(&self.row) {
            Some(other) if other != slot => return Err(refuse(&mut self.matcher, ty, &self.row, other)),
            _ => self.matcher.update(ty, slot, &self.row),
        }
        let handle = self.matcher.memory.store(ty).handle(slot);
        self.matcher.support.forget(handle);
        self.withdraw();
        self.told.updated();
        Ok(())
    }

    /// Writes a row on its way in.
    #[inline]
    fn write_row(&mut self, ty: TypeId, write: impl FnOnce(&mut RowWriter<'_>)) -> Result<(), Error> {
        let (store, texts, schema) = self.matcher.store_and_texts(ty);
        self.row.clear();
        self.row.resize(store.width(), 0);
        let declared = schema.ty(ty);
        let mut row = RowWriter::new(declared, texts, &mut self.row, declared.fields.len());
        write(&mut row);
        row.finish().map_err(|invalid| (*invalid).into())
    }

    pub(crate) fn retract(&mut self, handle: FactHandle) -> Result<(), Error> {
        self.matcher.find(handle).ok_or(Error::NoSuchFact)?;
        self.let_go(handle);
        self.withdraw();
        Ok(())
    }

    pub(crate) fn get<T: FactOf<P>>(&self, handle: Handle<T>) -> Option<T> {
        let slot = self.matcher.find(handle.raw()).filter(|_| handle.raw().ty() == T::TYPE)?;
        T::read(slot, reader(&self.matcher, T::TYPE, slot), &self.objects)
    }

    pub(crate) fn values(&self, handle: FactHandle) -> Option<Vec<Value>> {
        let slot = self.matcher.find(handle)?;
        let declared = self.matcher.schema.ty(handle.ty());
        let row = reader(&self.matcher, handle.ty(), slot);
        Some((0..declared.fields.len()).map(|field| row.value(declared, field)).collect())
    }

    /// Inserts the facts that stand in the rules. The compiler has checked them; one whose primary key is there
    /// already is left out, as an insert would refuse it.
    pub(crate) fn insert_initial(&mut self, facts: &[InitialFact]) {
        let _work = telemetry::work(Work::Load(facts.len()));
        let mut handles: Vec<Option<FactHandle>> = Vec::with_capacity(facts.len());
        for fact in facts {
            let handle = self.insert_one(fact, &handles);
            handles.push(handle);
        }
    }

    /// Inserts a fact that stands in rules; its references count these facts.
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

    /// Makes sure that rules with so many views can be added.
    pub(crate) fn make_sure_of_room(&self, views: usize) -> Result<(), Error> {
        if self.matcher.network.has_room_for(views) { Ok(()) } else { Err(Error::TooManyViews) }
    }

    /// Adds rules whose names are new.
    pub(crate) fn add_rules(&mut self, rules: Vec<Arc<Rule>>) {
        let _work = telemetry::work(Work::AddRules(rules.len()));
        self.matcher.add_rules(rules.iter().cloned(), self.natives);
        for rule in &rules {
            let Some(id) = self.matcher.rules.id(&rule.name) else { continue };
            let index = id as usize;
            if self.effects.len() <= index {
                self.effects.resize_with(index + 1, Effects::default);
            }
            let figures = self.matcher.figures_of(id);
            self.effects[index] = Effects::new(rule, figures, self.natives.values);
        }
        telemetry::network(&self.matcher);
    }

    pub(crate) fn add_planned_rule(&mut self, rule: Rule) -> Result<(), Error> {
        if self.matcher.rules.find(&rule.name).is_some() {
            return Err(Error::DuplicateRule(rule.name.to_string()));
        }
        self.make_sure_of_room(rule.views.len())?;
        self.add_rules(vec![Arc::new(rule)]);
        Ok(())
    }

    pub(crate) fn remove_rule(&mut self, name: &str) -> Result<(), Error> {
        let id = self.matcher.rules.id(name).ok_or_else(|| Error::UnknownRule(name.to_owned()))?;
        let _work = telemetry::work(Work::RemoveRule(name));
        self.matcher.remove_rule(name);
        self.effects[id as usize] = Effects::default();
        self.withdraw();
        self.matcher.support.shrink();
        telemetry::network(&self.matcher);
        Ok(())
    }

    pub(crate) fn matches(&mut self, rule: &str) -> Result<Vec<Vec<FactHandle>>, Error> {
        let live = self.matcher.rules.find(rule).ok_or_else(|| Error::UnknownRule(rule.to_owned()))?;
        let types: Vec<TypeId> = live.rule.patterns.iter().map(|pattern| pattern.ty).collect();
        let mut tuples: Vec<Vec<u32>> = Vec::new();
        self.matcher.for_each_match(rule, &mut |slots| tuples.push(slots.to_vec()));
        let memory = &self.matcher.memory;
        let handles = |slots: Vec<u32>| {
            types.iter().zip(slots).map(|(ty, slot)| memory.store(*ty).handle(slot)).collect()
        };
        Ok(tuples.into_iter().map(handles).collect())
    }
}

/// Makes sure that there is a value for each field of a type.
pub(super) fn check_count(declared: &Type, values: &[Value]) -> Result<(), Error> {
    let (expected, found) = (declared.fields.len(), values.len());
    if expected == found { Ok(()) } else { Err(Error::WrongCount { expected, found }) }
}

/// Gives up rows that were written: another fact has the primary key of the first of them.
#[cold]
pub(super) fn refuse(matcher: &mut Matcher, ty: TypeId, rows: &[u64], other: u32) -> Error {
    let (store, texts, _) = matcher.store_and_texts(ty);
    rows.chunks(store.width().max(1)).for_each(|row| store.discard(row, texts));
    Error::DuplicateKey { fact: names::fact(matcher, ty, other) }
}

/// Reads the fact at a slot.
pub(crate) fn reader(matcher: &Matcher, ty: TypeId, slot: u32) -> RowReader<'_> {
    let fields = matcher.schema.ty(ty).fields.len();
    RowReader::new(fields, &matcher.memory.texts, matcher.memory.store(ty).row(slot))
}
