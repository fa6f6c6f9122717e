//! How far a run may go before it is taken for one that never rests.
//!
//! Nobody can tell a long run from an endless one, but a run that ends fires what waited and not very much
//! more. What is counted are activations, so the same run is always stopped at the same place, whatever the
//! time it takes. Three things tell on one that does not rest: it fires on and on; or what it brings about
//! grows faster than it fires, until the agenda fills the memory long before many have fired; or each firing
//! brings about and takes back so much that few of them take long.

use crate::matcher::Matcher;

/// How many activations a run may fire.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RunLimit {
    /// What waits when it begins, and of the activations that it brings about itself so many; or where these
    /// are more, so many for whatever is there as a run that ends will hardly need.
    Own(u64),
    /// So many.
    Fixed(u64),
}

impl Default for RunLimit {
    fn default() -> Self {
        Self::Own(1_000_000)
    }
}

/// How many activations a run may bring about and fire for each fact, and for each activation that waits when
/// it begins.
const OWN_FOR_EACH: u64 = 10;

/// How many times as many as it may fire a run may bring about, to take most of them back before they fire.
const RENEWALS: u32 = 20;

/// What a run may still do.
#[derive(Debug)]
pub(super) struct Allowance {
    /// How many activations it may fire.
    pub(super) firings: u64,
    growth: Option<Growth>,
}

/// What a run may bring about.
#[derive(Debug)]
struct Growth {
    /// How many activations there will have been when those that wait are counted next,
    next: u64,
    /// and how often they will be counted.
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

    /// Whether the run has brought about more than it may. No more wait than have come, so they are counted
    /// only now and then.
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
