//! The declared types and actions, from the tree.

use tsd_compiler::syntax::ast::{ExprKind, Literal, Number, Program, Statement, TypeName};

use crate::value::{Kind, Operand, Value};

/// Types and actions.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The types in order of declaration.
    pub types: Vec<Type>,
    /// The actions in order of declaration.
    pub actions: Vec<Action>,
}

/// A type of facts.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// Its fields in order.
    pub fields: Vec<Field>,
}

/// A field of a type, or a parameter of an action.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it is part of the primary key.
    pub key: bool,
    /// Its value when a call leaves it out.
    pub default: Option<Value>,
}

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Its parameters in order.
    pub parameters: Vec<Field>,
}

impl Schema {
    /// The declarations of a text that the checker accepts.
    ///
    /// # Panics
    /// On a syntax error.
    pub fn read(text: &str) -> Self {
        Self::of(&crate::oracle::read(text))
    }

    /// The declarations of a program that the checker accepts.
    pub fn of(program: &Program) -> Self {
        let mut names = Vec::new();
        for statement in &program.statements {
            if let Statement::Type(declaration) = statement {
                names.push(declaration.name.text.clone());
            }
        }
        let kind = |name: &TypeName| match name.name.text.as_str() {
            "string" => Kind::Text,
            "number" => Kind::Number,
            "int" => Kind::Int,
            "bool" => Kind::Bool,
            other => Kind::Fact(names.iter().position(|name| name == other).expect("types are declared")),
        };
        let mut schema = Self::default();
        for statement in &program.statements {
            match statement {
                Statement::Type(declaration) => {
                    let fields = declaration.fields.iter().map(|field| Field {
                        name: field.name.text.clone(),
                        kind: kind(&field.kind),
                        optional: field.kind.optional,
                        key: field.key,
                        default: None,
                    });
                    schema.types.push(Type { name: declaration.name.text.clone(), fields: fields.collect() });
                }
                Statement::Action(declaration) => {
                    let parameters = declaration.parameters.iter().map(|parameter| {
                        let kind = kind(&parameter.kind);
                        let default =
                            parameter.default.as_ref().and_then(|default| constant(&default.kind)?.fit(kind));
                        let (name, optional) = (parameter.name.text.clone(), parameter.kind.optional);
                        Field { name, kind, optional, key: false, default }
                    });
                    let (name, parameters) = (declaration.name.text.clone(), parameters.collect());
                    schema.actions.push(Action { name, parameters });
                }
                _ => {}
            }
        }
        schema
    }

    /// The index of the type with a name.
    pub fn type_index(&self, name: &str) -> usize {
        self.types.iter().position(|ty| ty.name == name).expect("the checker knows the type")
    }

    /// The declared action with a name.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.name == name)
    }
}

impl Type {
    /// The index of the field with a name.
    pub fn field_index(&self, name: &str) -> usize {
        self.fields.iter().position(|field| field.name == name).expect("the checker knows the field")
    }

    /// Whether the type has a primary key.
    pub fn has_key(&self) -> bool {
        self.fields.iter().any(|field| field.key)
    }
}

/// The value of a literal.
pub(crate) fn constant(kind: &ExprKind) -> Option<Operand> {
    let ExprKind::Literal(literal) = kind else { return None };
    Some(match literal {
        Literal::Number(Number::Int(int)) => Operand::Literal { whole: Some(*int), number: *int as f64 },
        Literal::Number(Number::Float(number)) => Operand::Literal { whole: None, number: *number },
        Literal::Text(text) => Operand::Is(Value::Text(text.clone())),
        Literal::Bool(bool) => Operand::Is(Value::Bool(*bool)),
    })
}
