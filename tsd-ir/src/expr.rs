//! Checked expressions: every operator knows what kind it works on, and every fact is named by its
//! position.
//!
//! An [`Expr`] computes a value or has none (a missing field, a division by zero, a failed cast). A
//! [`Test`] is true or false. A comparison with an operand without a value is false, and so is its
//! opposite; only [`Test::Not`] inverts that. The meaning of each operator is defined once, in
//! [`ops`](crate::ops).

use crate::{Const, DerivedExpr, FieldId, Kind, Position, TypeId};

/// Computes a value from the facts of a tuple.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant.
    Const(Const),
    /// A field of the fact at a position.
    Field {
        /// Which fact.
        at: Position,
        /// Which field of it.
        field: FieldId,
        /// The field's kind.
        kind: Kind,
    },
    /// A reference to the fact at a position.
    Fact {
        /// Which fact.
        at: Position,
        /// The fact's type.
        ty: TypeId,
    },
    /// The result of a view, or the field of a fact that a reference names.
    Derived(Box<DerivedExpr>),
    /// `- operand`; the operand is an integer or a number, and so is the result.
    Negate(Box<Expr>),
    /// Operators of one precedence, applied from left to right: `first op operand op operand …`.
    Arithmetic {
        /// [`Kind::Int`] or [`Kind::Number`]: of every operand and of the result.
        kind: Kind,
        /// The leftmost operand.
        first: Box<Expr>,
        /// The operators with their right operands.
        rest: Vec<(Arithmetic, Expr)>,
    },
    /// The operands' texts, one after another.
    Concat(Vec<Expr>),
    /// A built-in function.
    Call {
        /// Which function.
        function: Function,
        /// As many arguments as the function takes, of the kinds that it takes.
        arguments: Vec<Expr>,
    },
    /// The operand as a value of another kind. An integer beside a number is widened by such a
    /// cast.
    Cast {
        /// The kind of the result; never [`Kind::Fact`].
        to: Kind,
        /// What is converted.
        operand: Box<Expr>,
    },
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// A built-in function. Texts are counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// `LENGTH(text)`: an integer.
    Length,
    /// `SUBSTRING(text, start[, length])`: from the character `start` on, counted from 0.
    Substring,
    /// `UPPER(text)`
    Upper,
    /// `LOWER(text)`
    Lower,
    /// `TRIM(text)`
    Trim,
    /// `ABS(x)`, of the kind of `x`.
    Abs,
    /// `ROUND(number)`: half away from zero.
    Round,
    /// `FLOOR(number)`
    Floor,
    /// `CEIL(number)`
    Ceil,
}

/// True or false for a tuple of facts.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Always so.
    Constant(bool),
    /// Every one of them; true when there are none.
    All(Vec<Test>),
    /// At least one of them; false when there are none.
    Any(Vec<Test>),
    /// Not so.
    Not(Box<Test>),
    /// A comparison of two operands of one kind.
    Compare {
        /// How they are compared.
        op: Comparison,
        /// The left operand.
        left: Expr,
        /// The right operand.
        right: Expr,
    },
    /// `text CONTAINS part`
    Contains {
        /// The text to search in.
        text: Expr,
        /// What to search for.
        part: Expr,
    },
    /// `text LIKE pattern`
    Like {
        /// The text to test.
        text: Expr,
        /// `%` stands for any run of characters, `_` for one.
        pattern: Expr,
    },
    /// `text MATCHES pattern`
    Matches {
        /// The text to test.
        text: Expr,
        /// A regular expression, known to compile.
        pattern: crate::Text,
    },
    /// `operand IS MISSING`: the operand has no value.
    Missing(Expr),
    /// A Boolean operand that is true; false when it has no value.
    Holds(Expr),
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison with the same meaning for swapped operands.
    pub fn swapped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal | Self::NotEqual => self,
        }
    }

    /// Whether operands in this order satisfy the comparison.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The operator as the rules write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Arithmetic {
    /// The operator as the rules write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

impl Kind {
    /// The cast to it as the rules write it.
    pub fn cast(self) -> &'static str {
        match self {
            Self::Text => "(string)",
            Self::Number => "(number)",
            Self::Int => "(int)",
            Self::Bool => "(bool)",
            Self::Fact(_) => "",
        }
    }
}

impl Function {
    /// Every function, in order of declaration.
    pub const ALL: [Self; 9] = [
        Self::Length,
        Self::Substring,
        Self::Upper,
        Self::Lower,
        Self::Trim,
        Self::Abs,
        Self::Round,
        Self::Floor,
        Self::Ceil,
    ];

    /// The name as the rules write it, in upper case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "LENGTH",
            Self::Substring => "SUBSTRING",
            Self::Upper => "UPPER",
            Self::Lower => "LOWER",
            Self::Trim => "TRIM",
            Self::Abs => "ABS",
            Self::Round => "ROUND",
            Self::Floor => "FLOOR",
            Self::Ceil => "CEIL",
        }
    }
}

impl Expr {
    /// The kind of the expression's value; `None` for a missing constant.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Const(Const::Missing) => return None,
            Self::Const(Const::Bool(_)) => Kind::Bool,
            Self::Const(Const::Int(_)) => Kind::Int,
            Self::Const(Const::Number(_)) => Kind::Number,
            Self::Const(Const::Text(_)) | Self::Concat(_) => Kind::Text,
            Self::Field { kind, .. } | Self::Arithmetic { kind, .. } => *kind,
            Self::Fact { ty, .. } => Kind::Fact(*ty),
            Self::Derived(derived_value) => derived_value.kind,
            Self::Negate(operand) => return operand.kind(),
            Self::Call { function, arguments } => match function {
                Function::Length => Kind::Int,
                Function::Substring | Function::Upper | Function::Lower | Function::Trim => Kind::Text,
                Function::Abs | Function::Round | Function::Floor | Function::Ceil => {
                    return arguments.first().and_then(Self::kind);
                }
            },
            Self::Cast { to, .. } => *to,
        })
    }

    /// Calls `visit` for this expression and every one inside it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        match self {
            Self::Const(_) | Self::Field { .. } | Self::Fact { .. } => {}
            Self::Derived(derived_value) => {
                derived_value.operands.iter().for_each(|operand| operand.walk(visit))
            }
            Self::Negate(operand) | Self::Cast { operand, .. } => operand.walk(visit),
            Self::Arithmetic { first, rest, .. } => {
                first.walk(visit);
                rest.iter().for_each(|(_, operand)| operand.walk(visit));
            }
            Self::Concat(parts) | Self::Call { arguments: parts, .. } => {
                parts.iter().for_each(|part| part.walk(visit));
            }
        }
    }

    /// The expression with every part replaced for which `replace` returns another, outermost
    /// first.
    pub fn rewrite(&self, replace: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Self {
        if let Some(other) = replace(self) {
            return other;
        }
        let mut boxed = |operand: &Expr| Box::new(operand.rewrite(replace));
        match self {
            Self::Const(_) | Self::Field { .. } | Self::Fact { .. } => self.clone(),
            Self::Derived(derived_value) => {
                let operands =
                    derived_value.operands.iter().map(|operand| operand.rewrite(replace)).collect();
                Self::Derived(Box::new(DerivedExpr { operands, ..(**derived_value).clone() }))
            }
            Self::Negate(operand) => Self::Negate(boxed(operand)),
            Self::Arithmetic { kind, first, rest } => Self::Arithmetic {
                kind: *kind,
                first: boxed(first),
                rest: rest.iter().map(|(op, operand)| (*op, operand.rewrite(replace))).collect(),
            },
            Self::Concat(parts) => Self::Concat(parts.iter().map(|part| part.rewrite(replace)).collect()),
            Self::Call { function, arguments } => Self::Call {
                function: *function,
                arguments: arguments.iter().map(|argument| argument.rewrite(replace)).collect(),
            },
            Self::Cast { to, operand } => Self::Cast { to: *to, operand: boxed(operand) },
        }
    }

    /// The expression with every position mapped by `map`.
    pub fn at_positions(&self, map: &dyn Fn(Position) -> Position) -> Self {
        self.rewrite(&mut |part| match part {
            Self::Field { at, field, kind } => Some(Self::Field { at: map(*at), field: *field, kind: *kind }),
            Self::Fact { at, ty } => Some(Self::Fact { at: map(*at), ty: *ty }),
            _ => None,
        })
    }

    /// The positions of the facts that the expression reads, in ascending order.
    pub fn positions(&self) -> Vec<Position> {
        let mut positions = Vec::new();
        self.walk(&mut |part| positions.extend(part.position()));
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    fn position(&self) -> Option<Position> {
        match self {
            Self::Field { at, .. } | Self::Fact { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether the expression reads a derived value.
    pub fn reads_derived_values(&self) -> bool {
        let mut reads = false;
        self.walk(&mut |part| reads |= matches!(part, Self::Derived(_)));
        reads
    }
}

impl Test {
    /// Calls `visit` for every operand of the test and of the tests inside it.
    pub fn walk_operands<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::Constant(_) => {}
            Self::All(tests) | Self::Any(tests) => {
                tests.iter().for_each(|test| test.walk_operands(visit));
            }
            Self::Not(test) => test.walk_operands(visit),
            Self::Compare { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::Contains { text, part: other } | Self::Like { text, pattern: other } => {
                text.walk(visit);
                other.walk(visit);
            }
            Self::Matches { text, .. } => text.walk(visit),
            Self::Missing(operand) | Self::Holds(operand) => operand.walk(visit),
        }
    }

    /// The test with every part of an operand replaced for which `replace` returns another.
    pub fn rewrite(&self, replace: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Self {
        match self {
            Self::Constant(_) => self.clone(),
            Self::All(tests) => Self::All(tests.iter().map(|test| test.rewrite(replace)).collect()),
            Self::Any(tests) => Self::Any(tests.iter().map(|test| test.rewrite(replace)).collect()),
            Self::Not(test) => Self::Not(Box::new(test.rewrite(replace))),
            Self::Compare { op, left, right } => {
                Self::Compare { op: *op, left: left.rewrite(replace), right: right.rewrite(replace) }
            }
            Self::Contains { text, part } => {
                Self::Contains { text: text.rewrite(replace), part: part.rewrite(replace) }
            }
            Self::Like { text, pattern } => {
                Self::Like { text: text.rewrite(replace), pattern: pattern.rewrite(replace) }
            }
            Self::Matches { text, pattern } => {
                Self::Matches { text: text.rewrite(replace), pattern: pattern.clone() }
            }
            Self::Missing(operand) => Self::Missing(operand.rewrite(replace)),
            Self::Holds(operand) => Self::Holds(operand.rewrite(replace)),
        }
    }

    /// The test with every position mapped by `map`.
    pub fn at_positions(&self, map: &dyn Fn(Position) -> Position) -> Self {
        self.rewrite(&mut |part| match part {
            Expr::Field { .. } | Expr::Fact { .. } => Some(part.at_positions(map)),
            _ => None,
        })
    }

    /// The positions of the facts that the test reads, in ascending order.
    pub fn positions(&self) -> Vec<Position> {
        let mut positions = Vec::new();
        self.walk_operands(&mut |operand| positions.extend(operand.position()));
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// Whether the test reads a derived value, so that its outcome can change while its facts stay
    /// the same.
    pub fn reads_derived_values(&self) -> bool {
        let mut reads = false;
        self.walk_operands(&mut |operand| reads |= matches!(operand, Expr::Derived(_)));
        reads
    }
}
