//! Canonical forms, parsed and written as in rules.

/// The name of a tuple's place.
#[derive(Clone, Debug)]
enum Called {
    /// A fact.
    Fact(String),
    /// The values of a view's parameters; none if they are unknown.
    Values(Vec<String>),
}

/// A test as in rules, from its canonical form. `names` are the names of the tuple's places.
pub(crate) fn test(canonical: &str, names: &[&str]) -> String {
    let names: Vec<Called> = names.iter().map(|name| Called::Fact((*name).to_owned())).collect();
    written(canonical, &names)
}

fn written(canonical: &str, names: &[Called]) -> String {
    let mut rest = canonical;
    Item::read(&mut rest, names).written(false)
}

/// A parsed canonical form: lists in parentheses, and everything else.
#[derive(Debug)]
enum Item {
    Word(String),
    List(Vec<Item>),
}

impl Item {
    /// Reads an item off the front.
    fn read(rest: &mut &str, names: &[Called]) -> Self {
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
        // A closing parenthesis at the front is not a word; stepping over it guarantees progress.
        let end = end_of_word(rest).max(rest.chars().next().map_or(0, char::len_utf8));
        let (word, behind) = rest.split_at(end);
        *rest = behind;
        Self::Word(in_names(word, names))
    }

    /// The item in the notation of the rules; inside another one, with parentheses if they are
    /// needed.
    fn written(&self, inside: bool) -> String {
        let items = match self {
            Self::Word(word) => return word.clone(),
            Self::List(items) => items,
        };
        let list = |items: &[Item], separator: &str, inside| {
            items.iter().map(|item| item.written(inside)).collect::<Vec<_>>().join(separator)
        };
        let Some((Self::Word(head), operands)) = items.split_first() else {
            let text = list(items, " ", true);
            return if inside { format!("({text})") } else { text };
        };
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
            (head, operands) if head.ends_with('}') => {
                let operands: Vec<String> = operands.iter().map(|operand| operand.written(true)).collect();
                return question(head, &operands);
            }
            // A field of the fact that a reference names.
            (head, [reference]) if !head.starts_with('"') && head.contains('.') => {
                let field = head.rsplit('.').next().unwrap_or_default();
                return format!("{}.{field}", reference.written(true));
            }
            // Operators of one precedence are between their operands already.
            (_, [Self::Word(operator), ..]) if ["+", "-", "*", "/", "%"].contains(&operator.as_str()) => {
                list(items, " ", true)
            }
            _ => return format!("{head}({})", list(operands, ", ", false)),
        };
        if inside { format!("({text})") } else { text }
    }
}

/// Where a word ends. Blanks in quotes and in braces are part of it.
fn end_of_word(rest: &str) -> usize {
    let (mut braces, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, letter) in rest.char_indices() {
        match letter {
            '"' if !escaped => quoted = !quoted,
            '{' if !quoted => braces += 1,
            '}' if !quoted => braces = braces.saturating_sub(1),
            ' ' | ')' if !quoted && braces == 0 => return at,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    rest.len()
}

/// What a view computes, from its form:
/// `SUM{1.total of Order for Customer where (== 0.id 1.customer)}`. `operands` are its parameters,
/// if they are known.
pub(crate) fn question(form: &str, operands: &[String]) -> String {
    let taken = form.strip_suffix('}').and_then(|form| form.split_once('{'));
    let Some((aggregate, inside)) = taken else { return form.to_owned() };
    let Some((what, condition)) = split_outside(inside, " where ") else { return form.to_owned() };
    let (what, parameters) = split_outside(what, " for ").map_or((what, None), |(what, of)| (what, Some(of)));
    let (measure, sources) =
        split_outside(what, " of ").map_or((None, what), |(measure, of)| (Some(measure), of));
    // `Order and Item each 1` names the facts that count once.
    let sources = split_outside(sources, " each ").map_or(sources, |(sources, _)| sources);
    // Types of which there are several are numbered.
    let named = parameters.filter(|ty| operands.is_empty() && !ty.starts_with('('));
    let all: Vec<&str> = named.into_iter().chain(sources.split(" and ")).collect();
    let numbered = |(place, ty): (usize, &&str)| {
        let number = all[..=place].iter().filter(|other| *other == ty).count();
        let alone = all.iter().filter(|other| *other == ty).count() == 1;
        if alone { (*ty).to_owned() } else { format!("{ty}#{number}") }
    };
    let mut of: Vec<String> = all.iter().enumerate().map(numbered).collect();
    let mut names = match (parameters, operands) {
        (None, _) => Vec::new(),
        (Some(values), operands) if values.starts_with('(') => vec![Called::Values(operands.to_vec())],
        (Some(_), []) => vec![Called::Fact(of.remove(0))],
        (Some(_), [operand, ..]) => vec![Called::Fact(operand.clone())],
    };
    names.extend(of.iter().cloned().map(Called::Fact));
    let of = of.join(", ");
    let condition = match condition {
        "true" => String::new(),
        condition => format!(" where {}", written(condition, &names)),
    };
    match measure {
        Some(measure) => format!("{aggregate}({} of {of}{condition})", written(measure, &names)),
        None => format!("{aggregate}({of}{condition})"),
    }
}

/// The parts before and after a separator outside of quotes, parentheses and braces.
fn split_outside<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, letter) in text.char_indices() {
        if depth == 0 && !quoted && text[at..].starts_with(separator) {
            return Some((&text[..at], &text[at + separator.len()..]));
        }
        match letter {
            '"' if !escaped => quoted = !quoted,
            '(' | '{' if !quoted => depth += 1,
            ')' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    None
}

/// `0.tier` with the name of its place, and `3i` without its kind.
fn in_names(word: &str, names: &[Called]) -> String {
    let digits = word.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(word.len());
    let (number, behind) = word.split_at(digits);
    let called = number.parse::<usize>().ok().and_then(|place| names.get(place));
    match (behind.strip_prefix('.'), called) {
        (Some("#"), Some(Called::Fact(name))) => name.clone(),
        (Some(field), Some(Called::Values(values))) => {
            let value = field.strip_prefix('p').and_then(|place| values.get(place.parse::<usize>().ok()?));
            value.map_or_else(|| format!("parameters.{field}"), Clone::clone)
        }
        (Some(field), Some(Called::Fact(name)))
            if !field.starts_with(|letter: char| letter.is_ascii_digit()) =>
        {
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
    use super::{question, test};

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
            ("(> (Emp.salary 0.boss) 100)", "c.boss.salary > 100"),
            (
                "(< 0.budget (SUM{1.salary of Emp for Dept where (== 0.id 1.dept)} 0.#))",
                "c.budget < SUM(Emp.salary of Emp where c.id == Emp.dept)",
            ),
            (
                "(holds (EXISTS{Task for (Number, Text) where (and (< 0.p0 1.hours) (== 0.p1 1.emp))} \
                 0.budget 1.id))",
                "EXISTS(Task where (c.budget < Task.hours) AND (o.id == Task.emp))",
            ),
            (
                "(> (COUNT{Task where (== 0.name \" where } \")}) 3i)",
                "COUNT(Task where Task.name == \" where } \") > 3",
            ),
            ("true", "true"),
            (")(", ")"),
        ] {
            assert_eq!(test(canonical, &["c", "o"]), written);
        }
    }

    #[test]
    fn a_view_is_written_without_knowing_its_readers() {
        for (form, written) in [
            ("COUNT{Emp for Dept where (== 0.id 1.dept)}", "COUNT(Emp where Dept.id == Emp.dept)"),
            (
                "SUM{1.v of T and U each 1 for T where (and (== 0.id 1.t) (== 1.id 2.t))}",
                "SUM(T#2.v of T#2, U where (T#1.id == T#2.t) AND (T#2.id == U.t))",
            ),
            ("EXISTS{Task for (Text) where (== 0.p0 1.emp)}", "EXISTS(Task where parameters.p0 == Task.emp)"),
            ("MAX{0.v of T where true}", "MAX(T.v of T)"),
            ("what is this", "what is this"),
        ] {
            assert_eq!(question(form, &[]), written);
        }
    }
}
