//! Effects are prepared once, so that firing only computes values and performs calls.

use tsd_ir::{ActionId, Arguments, Body, Const, DerivedValue, Effect, FieldId, List, Position, Rule, TypeId};

use crate::eval::{NativeValues, Values};

/// The prepared effects of a rule.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) list: Vec<Prepared>,
    /// The types of the rule's patterns.
    pub(crate) types: Vec<TypeId>,
    /// The derived values that they read, with the numbers of views in use.
    pub(crate) derived_values: Vec<DerivedValue>,
    /// Whether all of them are generated calls, as in most rules.
    pub(crate) calls_only: bool,
}

impl Effects {
    /// Prepares the effects of a rule; `natives` are the generated functions.
    pub(crate) fn new(rule: &Rule, derived_values: Vec<DerivedValue>, natives: &[NativeValues]) -> Self {
        let list: Vec<Prepared> = rule.effects.iter().map(|effect| Prepared::new(effect, natives)).collect();
        let types = rule.patterns.iter().map(|pattern| pattern.ty).collect();
        Self { list, types, derived_values, calls_only: are_calls(&rule.effects) }
    }
}

/// Whether effects are only generated calls. These need no values computed before, and change no
/// facts.
pub(super) fn are_calls(effects: &[Effect]) -> bool {
    effects.iter().all(|effect| match effect {
        Effect::Call { arguments, .. } => matches!(arguments.body, Body::Native { .. }),
        _ => false,
    })
}

/// A prepared effect of a rule.
#[derive(Debug)]
pub(crate) enum Prepared {
    /// A generated call, which reads its arguments from the facts itself.
    Call {
        action: ActionId,
        function: u32,
        constants: List<Const>,
    },
    /// A call with computed arguments.
    Perform {
        action: ActionId,
        values: Values,
    },
    Insert {
        ty: TypeId,
        values: Values,
        logical: bool,
    },
    Update {
        at: Position,
        fields: List<FieldId>,
        values: Values,
    },
    Retract {
        at: Position,
    },
    Print {
        values: Values,
    },
    Log {
        values: Values,
    },
}

impl Prepared {
    fn new(effect: &Effect, natives: &[NativeValues]) -> Self {
        let values = |arguments: &Arguments| Values::new(arguments, natives);
        match effect {
            Effect::Call { action, arguments } => match &arguments.body {
                Body::Native { function, constants } => {
                    Self::Call { action: *action, function: *function, constants: constants.clone() }
                }
                Body::Tree(_) => Self::Perform { action: *action, values: values(arguments) },
            },
            Effect::Perform { action, arguments } => {
                Self::Perform { action: *action, values: values(arguments) }
            }
            Effect::Insert { ty, values: arguments, logical } => {
                Self::Insert { ty: *ty, values: values(arguments), logical: *logical }
            }
            Effect::Update { at, fields, values: arguments } => {
                Self::Update { at: *at, fields: fields.clone(), values: values(arguments) }
            }
            Effect::Retract { at } => Self::Retract { at: *at },
            Effect::Print { values: arguments } => Self::Print { values: values(arguments) },
            Effect::Log { values: arguments } => Self::Log { values: values(arguments) },
        }
    }

    /// The values to compute before the first effect of the activation takes place.
    pub(crate) fn values(&self) -> Option<&Values> {
        match self {
            Self::Call { .. } | Self::Retract { .. } => None,
            Self::Perform { values, .. }
            | Self::Insert { values, .. }
            | Self::Update { values, .. }
            | Self::Print { values }
            | Self::Log { values } => Some(values),
        }
    }
}
