//! What can go wrong in a session.

use std::fmt;
#[cfg(feature = "dynamic")]
use tsd_compiler::diagnostics::{Diagnostic, render};
#[cfg(feature = "dynamic")]
use tsd_compiler::source::SourceMap;

use crate::report::Report;
use crate::store::{InvalidValue, Unwritten};

/// Why a session refused a call, which then changed nothing; or why a run stopped, which then lost
/// nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A fact of this type with this primary key is there already.
    DuplicateKey {
        /// The fact that is there, as `Type~key`.
        fact: String,
    },
    /// A field of the fact cannot hold its value.
    InvalidValue(InvalidValue),
    /// There is no type of this number.
    UnknownType(tsd_ir::TypeId),
    /// A fact was given with more or fewer values than its type has fields.
    WrongCount {
        /// How many fields the type has.
        expected: usize,
        /// How many values were given.
        found: usize,
    },
    /// The fact was retracted before, or the handle is another session's: the one that the call is
    /// about, or one in a reference field.
    NoSuchFact,
    /// A rule of this name is there already.
    DuplicateRule(String),
    /// There is no rule of this name.
    UnknownRule(String),
    /// A rule base was made for other types or actions than the session has.
    OtherSchema,
    /// The rules ask too many different things of other facts, together with those that are there.
    TooManyViews,
    /// An earlier call was interrupted by a panic inside of the session, which may be inconsistent
    /// since, so that no answer of it would be good. See [`Session`](crate::session::Session).
    Poisoned,
    /// The run fired as many activations as it may, or brought about so many more that it would
    /// (see [`Session::run`](crate::Session::run)); the next run goes on with those that wait.
    RunLimit {
        /// How many activations it might fire.
        limit: u64,
        /// The rules that kept firing to the end, with how often each fired in the run, most
        /// frequent first.
        rules: Vec<(String, u64)>,
        /// What the run did up to there.
        report: Box<Report>,
    },
    /// The rules' text has errors.
    #[cfg(feature = "dynamic")]
    Rules(Box<RuleErrors>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateKey { fact } => write!(f, "the fact {fact} is there already"),
            Self::InvalidValue(invalid) => invalid.fmt(f),
            Self::UnknownType(ty) => write!(f, "there is no type number {}", ty.0),
            Self::WrongCount { expected, found } => {
                write!(f, "the type has {expected} fields, but {found} values were given")
            }
            Self::NoSuchFact => f.write_str("the fact is not in this session (any more)"),
            Self::DuplicateRule(name) => write!(f, "a rule `{name}` is there already"),
            Self::UnknownRule(name) => write!(f, "there is no rule `{name}`"),
            Self::OtherSchema => f.write_str("the rule base has other types or actions than the session"),
            Self::TooManyViews => {
                write!(f, "a session cannot hold more than {} views", tsd_ir::Network::VIEWS)
            }
            Self::Poisoned => f.write_str(
                "the session cannot be used any more, because a panic has interrupted an earlier change to it",
            ),
            Self::RunLimit { limit, rules, report } => {
                write!(f, "the run stopped after {} activations", report.total())?;
                if report.total() < *limit {
                    f.write_str(", which brought about far more than they were")?;
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

impl std::error::Error for Error {}

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

/// The errors, and the warnings beside them, in rules that were given as text.
#[cfg(feature = "dynamic")]
#[derive(Clone, Debug, PartialEq)]
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
impl From<RuleErrors> for Error {
    fn from(errors: RuleErrors) -> Self {
        Self::Rules(Box::new(errors))
    }
}
