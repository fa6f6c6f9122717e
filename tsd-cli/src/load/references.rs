//! Facts by the text of their primary key, for fields that refer to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tsd_runtime::Program;
use tsd_runtime::Session;
use tsd_runtime::ir::{FactHandle, Kind, Schema, TypeId};

use super::cell::{Fault, shortened};

/// The facts of the types that were referred to so far.
#[derive(Debug, Default)]
pub(super) struct References {
    /// None if two facts have the same name, as with the composite keys `a_b`, `c` and `a`, `b_c`.
    keys: BTreeMap<TypeId, HashMap<String, Option<FactHandle>>>,
    /// Types with a faulty row.
    broken: BTreeSet<TypeId>,
}

/// The types that fields of `ty` refer to.
pub(super) fn referred(schema: &Schema, ty: TypeId) -> BTreeSet<TypeId> {
    let target = |kind| if let Kind::Fact(target) = kind { Some(target) } else { None };
    schema.ty(ty).fields.iter().filter_map(|field| target(field.kind)).collect()
}

impl References {
    /// Remembers that a row of the type was faulty: references to it will not be found.
    pub(super) fn broken(&mut self, ty: TypeId) {
        self.broken.insert(ty);
    }

    /// The fact with a primary key. All facts of its type must be in the session.
    pub(super) fn find<P: Program>(
        &mut self,
        session: &Session<P>,
        ty: TypeId,
        key: &str,
    ) -> Result<FactHandle, Fault> {
        let declared = session.schema().ty(ty);
        let name = &declared.name;
        if declared.key.is_empty() {
            let message = format!("no {name} can be referred to: the type has no primary key (`#`)");
            return Err(Fault::Message(message));
        }
        let keys = self.keys.entry(ty).or_insert_with(|| keys(session, ty));
        match keys.get(key) {
            Some(Some(handle)) => Ok(*handle),
            Some(None) => {
                Err(Fault::Message(format!("more than one {name} has the key {:?}", shortened(key))))
            }
            None if self.broken.contains(&ty) => Err(Fault::Consequence),
            None => Err(Fault::Message(format!("there is no {name} with the key {:?}", shortened(key)))),
        }
    }
}

/// The facts of a type by the part of their name behind `Type~`.
fn keys<P: Program>(session: &Session<P>, ty: TypeId) -> HashMap<String, Option<FactHandle>> {
    let start = session.schema().ty(ty).name.len() + 1;
    let mut keys = HashMap::new();
    for handle in session.handles(ty) {
        let name = session.name_of(handle).unwrap_or_default();
        let key = name.get(start..).unwrap_or_default().to_owned();
        keys.entry(key).and_modify(|known| *known = None).or_insert(Some(handle));
    }
    keys
}
