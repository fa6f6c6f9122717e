//! A run that never comes to rest must be stopped.
//!
//! A long run cannot be distinguished from an endless one. But a run that ends fires what was on
//! the agenda and not very much more. Activations are counted and not time, so the same run is
//! always stopped at the same place. There are three signs of an endless run. It fires on and on.
//! Or activations come faster than they fire, until the agenda fills the memory. Or each firing
//! creates and cancels so many activations that even a few firings take long.

use crate::matcher::Matcher;

/// How many activations a run may fire.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RunLimit {
    /// What is on the agenda when the run begins, and in addition the larger of this number and
    /// [`OWN_FOR_EACH`] for each fact and each of these activations.
    Own(u64),
    /// This number.
    Fixed(u64),
}

impl Default for RunLimit {
    fn default() -> Self {
        Self::Own(1_000_000)
    }
}

/// How many activations a run may fire in addition, for each fact and for each activation on the
/// agenda when it begins.
const OWN_FOR_EACH: u64 = 10;

/// How many times as many activations as it may fire a run may create, if most are cancelled before
/// they fire.
const RENEWALS: u32 = 20;

/// What a run may still do.
#[derive(Debug)]
pub(super) struct Allowance {
    /// How many activations it may fire.
    pub(super) firings: u64,
    growth: Option<Growth>,
}

/// How many activations a run may create.
#[derive(Debug)]
struct Growth {
    /// The number of created activations at which those on the agenda are counted next.
    next: u64,
    /// How many more times they are counted.
    left: u32,
}

impl Allowance {
    pub(super) fn new(limit: RunLimit, matcher: &Matcher) -> Self {
        match limit {
            RunLimit::Fixed(firings) => Self { firings, growth: None },
            RunLimit::Own(own) => {
                let waiting = matcher.count_waiting();
                let there = waiting.saturating_add(matcher.state.memory.count() as u64);
                let firings = waiting.saturating_add(own.max(OWN_FOR_EACH.saturating_mul(there)));
                let next = matcher.state.agenda.came().saturating_add(firings);
                Self { firings, growth: Some(Growth { next, left: RENEWALS }) }
            }
        }
    }

    /// Whether the run has created more activations than it may. The agenda cannot hold more
    /// activations than were created, so it is counted only now and then.
    #[inline]
    pub(super) fn is_exceeded(&mut self, matcher: &Matcher) -> bool {
        let Self { firings, growth } = self;
        match growth {
            Some(growth) if matcher.state.agenda.came() >= growth.next => {
                growth.next = matcher.state.agenda.came().saturating_add(*firings);
                growth.left = growth.left.saturating_sub(1);
                growth.left == 0 || matcher.count_waiting() > *firings
            }
            _ => false,
        }
    }
}
