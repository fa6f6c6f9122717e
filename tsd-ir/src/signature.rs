//! The names of nodes: SHA-256 of the canonical form of what a node joins.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{KeyPair, Schema, TypeId};

/// The SHA-256 of a node's canonical form. It is an index and a name: if two forms had one hash, a
/// comparison of the nodes themselves would tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; 32]);

impl Signature {
    const BYTES: usize = 32;

    /// The signature of the facts of one type, from which every chain starts.
    pub fn of_type(schema: &Schema, ty: TypeId) -> Self {
        Self::of(&[b"type ", schema.ty(ty).name.as_bytes()])
    }

    /// The signature of a join of what `left` names with the facts of type `right` on `keys`, which
    /// are sorted.
    ///
    /// `types` are the types of the tuple on the left. Filters and residual tests do not matter:
    /// rules that differ only in them share the node.
    pub fn of_join(schema: &Schema, left: Self, types: &[TypeId], right: TypeId, keys: &[KeyPair]) -> Self {
        let mut text = format!("join {} {}", left.digits(Self::BYTES), schema.ty(right).name);
        for key in keys {
            let [left, right] = key.texts(schema, types, right);
            text += &format!("\n{left} = {right}");
        }
        Self::of(&[text.as_bytes()])
    }

    /// The signature of a view with this form.
    pub fn of_view(form: &str) -> Self {
        Self::of(&[b"view ", form.as_bytes()])
    }

    /// The signature of a filter on the facts of a type.
    pub(crate) fn of_filter(ty: &str, demands: &str) -> Self {
        Self::of(&[b"filter ", ty.as_bytes(), b"\n", demands.as_bytes()])
    }

    /// The signature of equal keys of two types.
    pub(crate) fn of_pair(about: &str) -> Self {
        Self::of(&[b"pair ", about.as_bytes()])
    }

    fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.update(part));
        Self(hash.finalize().into())
    }

    /// The first 16 hexadecimal digits: enough for a person to tell the nodes of a network apart.
    pub fn short(&self) -> String {
        self.digits(8)
    }

    /// The hexadecimal digits of the first bytes. Planning writes thousands of them, so it avoids
    /// the formatter.
    fn digits(&self, bytes: usize) -> String {
        let halves = self.0[..bytes].iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.map(|half| char::from(b"0123456789abcdef"[usize::from(half)])).collect()
    }
}

/// All 64 hexadecimal digits.
impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits(Self::BYTES))
    }
}
