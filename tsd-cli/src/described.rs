//! Parts of plans in the words of the rules.

use tsd_runtime::ir::{KeyPair, Part, Schema, TypeId};

/// The equalities of a join, as `c.id = o.customer`. `left` are the types of the tuple on its left, each with what it is
/// called; `right` is the joined one.
pub(crate) fn keys(
    schema: &Schema,
    keys: &[KeyPair],
    left: &[(TypeId, String)],
    right: &(TypeId, String),
) -> Vec<String> {
    let key = |key: &KeyPair| {
        let left = part(schema, &left[key.at.index()], key.left);
        format!("{left} = {}", part(schema, right, key.right))
    };
    keys.iter().map(key).collect()
}

/// A part of a fact: one of its fields, or the fact itself.
pub(crate) fn part(schema: &Schema, (ty, name): &(TypeId, String), part: Part) -> String {
    match part {
        Part::Field(field) | Part::Widened(field) => format!("{name}.{}", schema.ty(*ty).field(field).name),
        Part::Fact => name.clone(),
    }
}

/// What the places of a tuple are called by their types: `Order`, or `Order#2` where there are several.
pub(crate) fn by_type(schema: &Schema, types: &[TypeId]) -> Vec<(TypeId, String)> {
    let name = |(place, ty): (usize, &TypeId)| {
        let name = &schema.ty(*ty).name;
        let number = types[..=place].iter().filter(|other| *other == ty).count();
        let alone = types.iter().filter(|other| *other == ty).count() == 1;
        (*ty, if alone { name.to_string() } else { format!("{name}#{number}") })
    };
    types.iter().enumerate().map(name).collect()
}

/// A test as the rules would write it, from its canonical form. `names` are what the places of the tuple are called.
pub(crate) fn test(canonical: &str, names: &[&str]) -> String {
    let mut rest = canonical;
    let item = Item::read(&mut rest, names);
    item.written(false)
}

/// A canonical form taken apart: lists in parentheses, and what is not a list.
#[derive(Debug)]
enum Item {
    Word(String),
    List(Vec<Item>),
}

impl Item {
    /// Reads an item off the front.
    fn read(rest: &mut &str, names: &[&str]) -> Self {
        *rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix('(') {
            *rest = inside.trim_start();
            let mut items = Vec::new();
            while !rest.is_empty() && !rest.starts_with(')') {
                items.push(Self::read(rest, names));
                *rest = rest.trim_start();
            }
            *rest = rest.strip_prefix(')').unwrap_or(rest);
            return Self::List(items);
        }
        let end = if rest.starts_with('"') { end_of_text(rest) } else { rest.find([' ', ')']) };
        // A closing parenthesis at the front is no word; stepping over it keeps this from standing still.
        let end = end.unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
        let (word, behind) = rest.split_at(end);
        *rest = behind;
        Self::Word(in_names(word, names))
    }

    /// The item in the notation of the rules; inside another one, with parentheses where they are needed.
    fn written(&self, inside: bool) -> String {
        let items = match self {
            Self::Word(word) => return word.clone(),
            Self::List(items) => items,
        };
        let list = |items: &[Item], separator: &str, inside| {
            items.iter().map(|item| item.written(inside)).collect::<Vec<_>>().join(separator)
        };
        let Some((Self::Word(head), operands)) = items.split_first() else { return list(items, " ", true) };
        let text = match (head.as_str(), operands) {
            ("<" | "<=" | ">" | ">=" | "==" | "!=", [left, right]) => {
                format!("{} {head} {}", left.written(true), right.written(true))
            }
            ("contains" | "like" | "matches", [left, right]) => {
                format!("{} {} {}", left.written(true), head.to_uppercase(), right.written(true))
            }
            ("and" | "or", operands) => list(operands, &format!(" {} ", head.to_uppercase()), true),
            ("missing", [operand]) => format!("{} IS MISSING", operand.written(true)),
            ("holds", [operand]) => return operand.written(inside),
            ("not", [operand]) => return format!("NOT ({})", operand.written(false)),
            ("neg", [operand]) => return format!("-{}", operand.written(true)),
            ("concat", operands) => list(operands, " + ", true),
            ("to-string" | "to-number" | "to-int" | "to-bool", [operand]) => {
                return format!("({}) {}", &head[3..], operand.written(true));
            }
            // Operators of one precedence stand between their operands already.
            (_, [Self::Word(operator), ..]) if ["+", "-", "*", "/", "%"].contains(&operator.as_str()) => {
                list(items, " ", true)
            }
            _ => return format!("{head}({})", list(operands, ", ", false)),
        };
        if inside { format!("({text})") } else { text }
    }
}

/// Where a text in quotes ends, which stands at the front.
fn end_of_text(rest: &str) -> Option<usize> {
    let mut escaped = false;
    let mut letters = rest.char_indices().skip(1);
    letters.find_map(|(at, letter)| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends.then_some(at + 1)
    })
}

/// `0.tier` with the name of its place, and `3i` without its kind.
fn in_names(word: &str, names: &[&str]) -> String {
    let digits = word.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(word.len());
    let (number, behind) = word.split_at(digits);
    let name = number.parse::<usize>().ok().and_then(|place| names.get(place));
    match (behind.strip_prefix('.'), name) {
        (Some("#"), Some(name)) => (*name).to_owned(),
        (Some(field), Some(name)) if !field.starts_with(|letter: char| letter.is_ascii_digit()) => {
            format!("{name}.{field}")
        }
        _ if behind == "i" && !number.is_empty() => number.to_owned(),
        _ if word.starts_with('-') && word.ends_with('i') && word != "-i" => {
            word[..word.len() - 1].to_owned()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::test;

    #[test]
    fn canonical_forms_read_as_rules() {
        for (canonical, written) in [
            ("(< 0.credit 1.total)", "c.credit < o.total"),
            (
                "(or (== 0.a \"x) \\\" (y\") (not (missing 1.b)))",
                "(c.a == \"x) \\\" (y\") OR NOT (o.b IS MISSING)",
            ),
            ("(> (0.a * 2.5 * to-number) 3i)", "(c.a * 2.5 * to-number) > 3"),
            ("(<= ((to-number 0.n) * 0.5) (LENGTH 1.s))", "((number) c.n * 0.5) <= LENGTH(o.s)"),
            ("(== (concat 0.a \"-\") 1.b)", "(c.a + \"-\") == o.b"),
            ("(holds 0.paid)", "c.paid"),
            ("(== 0.# 1.customer)", "c == o.customer"),
            ("(< (neg 0.n) -3i)", "-c.n < -3"),
            ("(exists 0.a 1.b)", "exists(c.a, o.b)"),
            ("true", "true"),
            (")(", ")"),
        ] {
            assert_eq!(test(canonical, &["c", "o"]), written);
        }
    }
}
