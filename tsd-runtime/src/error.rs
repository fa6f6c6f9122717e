//! A session refuses calls that it cannot carry out, and says why.

use std::fmt;
#[cfg(feature = "dynamic")]
use tsd_compiler::diagnostics::{Diagnostic, render};
#[cfg(feature = "dynamic")]
use tsd_compiler::source::SourceMap;

use crate::report::Report;
use crate::store::{InvalidValue, Unwritten};

/// Why a session refused a call or stopped a run. A refused call changes nothing, and a stopped run
/// loses nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A fact of the type has the same primary key.
    DuplicateKey {
        /// That fact, as `Type~key`.
        fact: String,
    },
    /// A field of the fact cannot hold its value.
    InvalidValue(InvalidValue),
    /// No type has this number.
    UnknownType(tsd_ir::TypeId),
    /// The number of values differs from the number of fields of the type.
    WrongCount {
        /// The number of fields of the type.
        expected: usize,
        /// The number of values given.
        found: usize,
    },
    /// The fact has been retracted, or its handle belongs to another session. It is the fact of the
    /// call or one in a reference field.
    NoSuchFact,
    /// A rule of this name is in use.
    DuplicateRule(String),
    /// No rule in use has this name.
    UnknownRule(String),
    /// A rule base has other types or actions than the session.
    OtherSchema,
    /// The session would need more views than it can have.
    TooManyViews,
    /// A panic inside the session has interrupted an earlier call, so the session may be
    /// inconsistent. See [`Session`](crate::session::Session).
    Poisoned,
    /// The run fired as many activations as it may, or created too many more (see
    /// [`Session::run`](crate::Session::run)). The next run continues with those on the agenda.
    RunLimit {
        /// How many activations the run was allowed to fire.
        limit: u64,
        /// The rules that kept firing to the end, and how often each fired in the run, most
        /// frequent first.
        rules: Vec<(String, u64)>,
        /// What the run did until it was stopped.
        report: Box<Report>,
    },
    /// The text of rules has errors.
    #[cfg(feature = "dynamic")]
    Rules(Box<RuleErrors>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateKey { fact } => write!(f, "the fact {fact} exists already"),
            Self::InvalidValue(invalid) => invalid.fmt(f),
            Self::UnknownType(ty) => write!(f, "there is no type number {}", ty.0),
            Self::WrongCount { expected, found } => {
                write!(f, "the type has {expected} fields, but {found} values were given")
            }
            Self::NoSuchFact => f.write_str("the session does not have this fact, or no longer"),
            Self::DuplicateRule(name) => write!(f, "a rule `{name}` exists already"),
            Self::UnknownRule(name) => write!(f, "there is no rule `{name}`"),
            Self::OtherSchema => f.write_str("the rule base has other types or actions than the session"),
            Self::TooManyViews => {
                write!(f, "a session cannot hold more than {} views", tsd_ir::Network::VIEWS)
            }
            Self::Poisoned => f.write_str(
                "the session cannot be used any more, because a panic has interrupted an earlier change \
                 to it",
            ),
            Self::RunLimit { limit, rules, report } => {
                write!(f, "the run stopped after {} activations", report.total())?;
                if report.total() < *limit {
                    f.write_str(", which caused far more activations than fired")?;
                }
                f.write_str(", and rules still kept firing:")?;
                let mut separator = " ";
                for (rule, count) in rules {
                    write!(f, "{separator}`{rule}` ({count} times)")?;
                    separator = ", ";
                }
                f.write_str("; look for a rule whose effects activate it again, or raise the run limit")
            }
            #[cfg(feature = "dynamic")]
            Self::Rules(errors) => errors.fmt(f),
        }
    }
}

/// The source is what the error contains: the refused value, or the errors in the rules.
impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InvalidValue(invalid) => Some(invalid),
            #[cfg(feature = "dynamic")]
            Self::Rules(errors) => Some(&**errors),
            _ => None,
        }
    }
}

impl From<InvalidValue> for Error {
    fn from(invalid: InvalidValue) -> Self {
        Self::InvalidValue(invalid)
    }
}

impl From<Unwritten> for Error {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Invalid(invalid) => invalid.into(),
            Unwritten::Foreign => Self::NoSuchFact,
        }
    }
}

/// The errors and warnings in rules that were given as text.
#[cfg(feature = "dynamic")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RuleErrors {
    /// Errors and warnings in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    rendered: String,
}

#[cfg(feature = "dynamic")]
impl RuleErrors {
    pub(crate) fn new(sources: &SourceMap, diagnostics: Vec<Diagnostic>) -> Self {
        Self { rendered: render(sources, &diagnostics, false), diagnostics }
    }
}

/// With excerpts of the text, as rustc shows errors.
#[cfg(feature = "dynamic")]
impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered)
    }
}

#[cfg(feature = "dynamic")]
impl std::error::Error for RuleErrors {}

#[cfg(feature = "dynamic")]
impl From<RuleErrors> for Error {
    fn from(errors: RuleErrors) -> Self {
        Self::Rules(Box::new(errors))
    }
}
