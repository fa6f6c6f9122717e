//! What the two inputs of a join must have in common: fields, facts, or values computed from them.
//!
//! Keys are compared word by word, so each part must have one word for each value: a field as the
//! fact stores it, the fact itself, or the result of an expression over the facts of one side. A
//! computed text has no symbol, as the texts of facts have. Its word is its hash, and the join
//! tests pairs with equal hashes again.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use crate::{Body, Expr, FieldId, List, Position, Schema, Text, TypeId};

/// One equality of a join: a part of the tuple on the left and a part of the fact on the right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPair {
    /// Which fact of the tuple; for an expression over several, the first.
    pub at: Position,
    /// Which part of that fact.
    pub left: Part,
    /// Which part of the joined fact.
    pub right: Part,
}

/// A part of a fact that can be a join key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A field as it is.
    Field(FieldId),
    /// An integer field, as a number.
    Widened(FieldId),
    /// The fact itself, as a reference to it.
    Fact,
    /// An expression over the fact, and possibly others.
    Computed(Shared<Computed>),
}

/// The value of an expression, as a part of a key. Two with one form are the same.
#[derive(Clone, Debug)]
pub struct Computed {
    /// The canonical form of the expression, with its own positions: 0 is the fact that the part
    /// belongs to.
    pub form: Text,
    /// Where in the tuple the facts at the positions from 1 on are.
    pub others: List<Position>,
    /// How to compute it.
    pub body: Body<Expr>,
}

/// Something that generated code borrows from its constant tables and other code shares.
#[derive(Debug)]
pub enum Shared<T: 'static> {
    /// In a table.
    Borrowed(&'static T),
    /// Created at run time.
    Counted(Arc<T>),
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Borrowed(value) => Self::Borrowed(value),
            Self::Counted(value) => Self::Counted(Arc::clone(value)),
        }
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self::Counted(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Borrowed(value) => value,
            Self::Counted(value) => value,
        }
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T: Ord> PartialOrd for Shared<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Shared<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: Hash> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl PartialEq for Computed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Computed {}

impl PartialOrd for Computed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Computed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.form.cmp(&other.form).then_with(|| self.others.cmp(&other.others))
    }
}

impl Hash for Computed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.form.hash(state);
        self.others.hash(state);
    }
}

impl KeyPair {
    /// Both sides as plans and canonical forms write them: `0.id` and `customer`, or `(0.i + 1i)`
    /// and `i`. `types` are those of the tuple on the left, `right` that of the joined fact.
    pub fn texts(&self, schema: &Schema, types: &[TypeId], right: TypeId) -> [String; 2] {
        let left = match &self.left {
            Part::Computed(computed) => computed.text(&|position| match position.checked_sub(1) {
                None => format!("{}.", self.at.0),
                Some(other) => format!("{}.", computed.others[other].0),
            }),
            part => format!("{}.{}", self.at.0, part.text(schema, types[self.at.index()])),
        };
        [left, self.right.text(schema, right)]
    }
}

impl Part {
    /// A key part of a fact of type `ty`, or of parameters, as plans and canonical forms write it.
    pub(crate) fn text(&self, schema: &Schema, ty: TypeId) -> String {
        let name = |field: FieldId| match ty.view() {
            Some(_) => format!("p{}", field.0),
            None => schema.ty(ty).field(field).name.to_string(),
        };
        match self {
            Self::Field(field) => name(*field),
            Self::Widened(field) => format!("(number){}", name(*field)),
            Self::Fact => "#".to_owned(),
            Self::Computed(computed) => computed.text(&|_| String::new()),
        }
    }
}

impl Computed {
    /// The form in which each position of a fact is replaced by the result of `place`.
    pub fn text(&self, place: &dyn Fn(usize) -> String) -> String {
        let mut text = String::with_capacity(self.form.len());
        let mut rest: &str = &self.form;
        while !rest.is_empty() {
            let length = match own_position(rest) {
                Some((position, length)) => {
                    text += &place(position);
                    rest = &rest[length..];
                    end_of_word(rest)
                }
                None => end_of_word(rest),
            };
            text += &rest[..length];
            rest = &rest[length..];
        }
        text
    }
}

/// The position at the beginning of a word that is a part of a fact, and how many bytes it takes
/// with its dot. In a number, a digit follows the dot.
fn own_position(word: &str) -> Option<(usize, usize)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let field = word[digits..].strip_prefix('.')?;
    let is_field = !field.starts_with(|letter: char| letter.is_ascii_digit());
    is_field.then(|| word[..digits].parse().ok()).flatten().map(|position| (position, digits + 1))
}

/// Where the next word of a form begins: after a blank or a parenthesis outside of texts.
fn end_of_word(rest: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in rest.char_indices() {
        match letter {
            '"' if !escaped => quoted = !quoted,
            ' ' | '(' if !quoted => return at + 1,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_with_the_places_of_its_facts() {
        let form = r#"(concat 0.code "0.x (\" 1.y " (to-string (1.x + 2.5 - 3i)) 0.#)"#;
        let body = Body::Native { function: 0, constants: List::Borrowed(&[]) };
        let computed = Computed { form: form.into(), others: List::Borrowed(&[Position(7)]), body };
        let written = r#"(concat 4.code "0.x (\" 1.y " (to-string (7.x + 2.5 - 3i)) 4.#)"#;
        assert_eq!(computed.text(&|position| format!("{}.", [4, 7][position])), written);
        let own = r#"(concat code "0.x (\" 1.y " (to-string (x + 2.5 - 3i)) #)"#;
        assert_eq!(computed.text(&|_| String::new()), own);
    }
}
