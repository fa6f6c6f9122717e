//! The stable codes.
//!
//! A code is what tools match on and what the error index explains, so its name never changes once
//! released. The enumeration and the names are written as one table.

use std::fmt;

/// How grave a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Severity {
    /// The rules cannot be compiled.
    Error,
    /// The rules can be compiled but probably do not say what was meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($severity:ident { $($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+ })+) => {
        /// The kinds of faults, each with a stable kebab-case name.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum Code {
            $($($(#[doc = $doc])+ $variant,)+)+
        }

        impl Code {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Code] = &[$($(Code::$variant,)+)+];

            /// The stable name, such as `unknown-field`.
            pub fn name(self) -> &'static str {
                match self { $($(Code::$variant => $name,)+)+ }
            }

            /// The code of a name.
            pub fn from_name(name: &str) -> Option<Code> {
                match name { $($($name => Some(Code::$variant),)+)+ _ => None }
            }

            /// The severity of a diagnostic with this code, unless warnings are denied.
            pub fn severity(self) -> Severity {
                match self { $($(Code::$variant => Severity::$severity,)+)+ }
            }

            /// The explanation of the code in a sentence or two: the text of the error index.
            pub fn explanation(self) -> &'static str {
                match self { $($(Code::$variant => concat!($($doc),+).trim_ascii(),)+)+ }
            }
        }
    };
}

codes! {
    Error {
        /// The text is not a TSD program.
        Syntax = "syntax",
        /// Brackets or operators are nested deeper than 128.
        NestingTooDeep = "nesting-too-deep",
        /// A type that is not declared.
        UnknownType = "unknown-type",
        /// A field that the type does not have.
        UnknownField = "unknown-field",
        /// A name that means nothing here.
        UnknownVariable = "unknown-variable",
        /// An action that is neither declared nor built in, used where it must be.
        UnknownAction = "unknown-action",
        /// A function that the language does not have.
        UnknownFunction = "unknown-function",
        /// A rule that does not exist.
        UnknownRule = "unknown-rule",
        /// A fact that does not exist.
        UnknownFact = "unknown-fact",
        /// An annotation that means nothing here.
        UnknownAnnotation = "unknown-annotation",
        /// Too many or too few arguments.
        WrongArity = "wrong-arity",
        /// A value of one type where another is needed.
        TypeMismatch = "type-mismatch",
        /// A name declared twice.
        DuplicateDeclaration = "duplicate-declaration",
        /// A field given twice in one fact or update.
        DuplicateField = "duplicate-field",
        /// A fact without a value for a field of its primary key.
        MissingKeyField = "missing-key-field",
        /// A fact without a value for a field that must not be missing.
        MissingField = "missing-field",
        /// Two facts of a program with one primary key.
        DuplicateKey = "duplicate-key",
        /// A primary-key field that may be missing.
        KeyField = "key-field",
        /// A variable used without being bound by a pattern.
        UnboundVariable = "unbound-variable",
        /// An aggregate where none is allowed, or one without the value that it needs.
        MisplacedAggregate = "misplaced-aggregate",
        /// A condition that is not one: a value that is neither true nor false.
        NotACondition = "not-a-condition",
        /// Types that refer to each other in a cycle.
        ReferenceCycle = "reference-cycle",
        /// A regular expression that does not compile.
        BadRegex = "bad-regex",
        /// `remove` or `reset` in rules that are compiled.
        CommandInRules = "command-in-rules",
        /// A statement other than a rule where only rules can be added.
        NotARule = "not-a-rule",
        /// An `Insert` of a type whose facts only the host program can create.
        ExternInsert = "extern-insert",
        /// A number, or a count of something, beyond what the engine can hold.
        OutOfRange = "out-of-range",
    }
    Warning {
        /// A pattern that no condition connects with the others: every pair matches.
        CrossProduct = "cross-product",
        /// A rule whose condition is never true.
        UnreachableRule = "unreachable-rule",
        /// `AND` and `OR` side by side without parentheses.
        MixedAndOr = "mixed-and-or",
        /// `IS MISSING` or `IS PRESENT` of something that always has a value.
        AlwaysPresent = "always-present",
        /// A string without quotes.
        BareWord = "bare-word",
        /// A profile with lines that no longer match any rule.
        StaleProfile = "stale-profile",
        /// An action that is called but not declared.
        UndeclaredAction = "undeclared-action",
        /// An action that is declared again identically.
        RepeatedAction = "repeated-action",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_unique() {
        let names: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        assert!(Code::ALL.iter().all(|code| code.explanation().ends_with('.')));
    }
}
