//! A load of many facts is faster and more predictable when it is one change to the match: batches
//! of facts, of one type or of several.

use tsd_ir::{FieldId, TypeId, Value};

use super::core::{Core, all_fields, check_count, refuse};
use super::program::{FactOf, Program};
use crate::error::Error;
use crate::flow::BLOCK;
use crate::matcher::{self, Matcher};
use crate::store::{InvalidValue, RowFitter, RowWriter, WorkingMemory};

/// For how many facts a batch reserves room in advance, whatever size its iterator claims.
const MOST_RESERVED: usize = 1 << 20;

/// Receives the facts of a batch; see [`Session::batch`](crate::Session::batch).
pub struct Batch<'a, P: Program> {
    core: &'a mut Core<P>,
    facts: matcher::Batch,
}

impl<'a, P: Program> Batch<'a, P> {
    pub(crate) fn begin(core: &'a mut Core<P>) -> Self {
        let facts = core.matcher.begin_batch();
        Self { core, facts }
    }

    /// Inserts facts of one type and returns how many; see
    /// [`Session::insert_all`](crate::Session::insert_all).
    ///
    /// # Errors
    /// Those of [`Session::insert_all`](crate::Session::insert_all).
    pub fn insert_all<T: FactOf<P>>(&mut self, facts: impl IntoIterator<Item = T>) -> Result<usize, Error> {
        let write = |fact: &T, row: &mut RowWriter<'_>| {
            fact.write(row);
            Ok(())
        };
        let shape = (T::TYPE, T::FIELDS, T::WORDS);
        let write = (write, |_: &mut RowFitter<'_>| None);
        self.insert(shape, facts.into_iter(), write, keeping(|fact: T| fact))
    }

    /// Inserts facts of one type that the caller keeps, and returns how many; see
    /// [`Session::insert_from_slice`](crate::Session::insert_from_slice).
    ///
    /// # Errors
    /// Those of [`Session::insert_all`](crate::Session::insert_all).
    pub fn insert_from_slice<T: FactOf<P>>(&mut self, facts: &[T]) -> Result<usize, Error> {
        let write = |fact: &&T, row: &mut RowWriter<'_>| {
            fact.write(row);
            Ok(())
        };
        let shape = (T::TYPE, T::FIELDS, T::WORDS);
        let write = (write, |_: &mut RowFitter<'_>| None);
        self.insert(shape, facts.iter(), write, keeping(T::clone))
    }

    /// Inserts facts of one type; see
    /// [`Session::insert_all_values`](crate::Session::insert_all_values).
    ///
    /// # Errors
    /// Those of [`Session::insert_all_values`](crate::Session::insert_all_values).
    pub fn insert_all_values<V: AsRef<[Value]>>(
        &mut self,
        ty: TypeId,
        facts: impl IntoIterator<Item = V>,
    ) -> Result<usize, Error> {
        let declared = self.core.matcher.base.schema.types.get(ty.index()).ok_or(Error::UnknownType(ty))?;
        let (fields, words) = (declared.fields.len(), declared.words());
        let write = |values: &V, row: &mut RowWriter<'_>| {
            check_count(row.declared(), values.as_ref())?;
            values.as_ref().iter().for_each(|value| row.value(value));
            Ok(())
        };
        let all = all_fields(fields);
        let fit = |row: &mut RowFitter<'_>| P::fit(ty, &all, row);
        let keep = None::<(fn(V), fn(&mut Core<P>, (), u32))>;
        self.insert((ty, fields, words), facts.into_iter(), (write, fit), keep)
    }

    /// Inserts facts of an existing type, block by block. It is inlined, so that a row of
    /// statically known size is written without a check.
    #[inline(always)]
    fn insert<F, K>(
        &mut self,
        (ty, fields, width): (TypeId, usize, usize),
        mut facts: impl Iterator<Item = F>,
        (write, fit): (
            impl Fn(&F, &mut RowWriter<'_>) -> Result<(), Error>,
            impl Fn(&mut RowFitter<'_>) -> Option<FieldId>,
        ),
        keep: Option<(impl Fn(F) -> K, impl Fn(&mut Core<P>, K, u32))>,
    ) -> Result<usize, Error> {
        let core = &mut *self.core;
        core.check()?;
        core.matcher.state.memory.stores[ty.index()].reserve(facts.size_hint().0.min(MOST_RESERVED));
        core.matcher.begin_part(&mut self.facts, ty);
        let mut inserted = 0;
        let mut kept: Vec<K> = Vec::new();
        let mut slots: Vec<u32> = Vec::with_capacity(BLOCK);
        // A type without fields has rows without words.
        let room = width.max(1);
        let mut rows = vec![0; BLOCK * room];
        loop {
            let Matcher { base, state } = &mut core.matcher;
            let WorkingMemory { stores, strings, lineage, .. } = &mut state.memory;
            let (store, origin) = (&stores[ty.index()], lineage.origin());
            let declared = base.schema.ty(ty);
            if width > fields {
                rows.fill(0);
            }
            let mut count = 0;
            let mut invalid = None;
            for (row, fact) in rows.chunks_exact_mut(room).zip(facts.by_ref()) {
                let mut writer =
                    RowWriter::new(declared, strings, (lineage, stores), &mut row[..width], fields);
                if let Err(error) = write(&fact, &mut writer) {
                    invalid = Some(error);
                    break;
                }
                if let Err(error) = writer.finish() {
                    invalid = Some((*error).into());
                    break;
                }
                if let Some(unfit) = fit(&mut RowFitter::new(fields, strings, origin, &mut row[..width])) {
                    store.discard(&row[..width], strings);
                    invalid = Some(InvalidValue::unfit(declared, unfit).into());
                    break;
                }
                count += 1;
                if let Some((own, _)) = &keep {
                    kept.push(own(fact));
                }
            }
            if count == 0 {
                return invalid.map_or(Ok(inserted), Err);
            }
            slots.clear();
            let entered = core.change(|core| {
                let entered = core.matcher.insert_block(ty, &rows[..count * width], count, &mut slots);
                if let Some((_, keep)) = &keep {
                    slots.iter().zip(kept.drain(..)).for_each(|(slot, fact)| keep(core, fact, *slot));
                }
                entered
            });
            inserted += slots.len();
            if let Err(other) = entered {
                let refused = &rows[slots.len() * width..count * width];
                return Err(refuse(&mut core.matcher, ty, refused, other));
            }
            if let Some(error) = invalid {
                return Err(error);
            }
        }
    }
}

impl<P: Program> std::fmt::Debug for Batch<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("session", &*self.core).finish_non_exhaustive()
    }
}

impl<P: Program> Drop for Batch<'_, P> {
    /// Ends the batch, even when an iterator over its facts has panicked, but not when the session
    /// is poisoned.
    fn drop(&mut self) {
        if self.core.check().is_ok() {
            let facts = &mut self.facts;
            self.core.change(|core| {
                core.matcher.end_batch(facts);
                core.withdraw();
            });
        }
    }
}

/// How the session obtains the structs that it stores: the first function takes or clones the
/// struct before the row is inserted, the second stores it.
#[expect(clippy::type_complexity)]
fn keeping<P: Program, T: FactOf<P>, F>(
    own: impl Fn(F) -> T,
) -> Option<(impl Fn(F) -> T, impl Fn(&mut Core<P>, T, u32))> {
    T::IS_KEPT.then_some((own, |core: &mut Core<P>, fact: T, slot| fact.keep(slot, &mut core.objects)))
}
