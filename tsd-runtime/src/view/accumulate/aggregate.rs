//! Each aggregate and kind of value has its accumulator, chosen at run time.

use tsd_ir::ops::{ExactSum, PairSum};
use tsd_ir::{AggregateKind, Kind};

use super::count::{Count, Exists};
use super::distinct::Distinct;
use super::extreme::Extreme;
use super::groups::Groups;
use super::input::ReadInput;
use super::multiset::OrderedNumber;
use super::sum::Sum;
use crate::eval::DerivedWord;
use crate::store::{Capacity, Strings};

/// The groups of a view, for any aggregate.
#[derive(Clone, Debug)]
pub(crate) struct Aggregate(AnyGroups);

#[derive(Clone, Debug)]
enum AnyGroups {
    Exists(Groups<Exists>),
    Count(Groups<Count>),
    DistinctWords(Groups<Distinct<u64>>),
    DistinctTexts(Groups<Distinct<String>>),
    IntSum(Groups<Sum<i128, false>>),
    IntMean(Groups<Sum<i128, true>>),
    NumberSum(Groups<Sum<PairSum, false>>),
    NumberMean(Groups<Sum<PairSum, true>>),
    /// Sums of numbers after one has needed more than two doubles.
    WideSum(Groups<Sum<ExactSum, false>>),
    WideMean(Groups<Sum<ExactSum, true>>),
    LeastInt(Groups<Extreme<i64, true>>),
    LeastNumber(Groups<Extreme<OrderedNumber, true>>),
    LeastText(Groups<Extreme<String, true>>),
    GreatestInt(Groups<Extreme<i64, false>>),
    GreatestNumber(Groups<Extreme<OrderedNumber, false>>),
    GreatestText(Groups<Extreme<String, false>>),
}

/// Evaluates an expression with the groups of any aggregate.
macro_rules! with_groups {
    ($aggregate:expr, $groups:ident => $body:expr) => {
        match $aggregate {
            AnyGroups::Exists($groups) => $body,
            AnyGroups::Count($groups) => $body,
            AnyGroups::DistinctWords($groups) => $body,
            AnyGroups::DistinctTexts($groups) => $body,
            AnyGroups::IntSum($groups) => $body,
            AnyGroups::IntMean($groups) => $body,
            AnyGroups::NumberSum($groups) => $body,
            AnyGroups::NumberMean($groups) => $body,
            AnyGroups::WideSum($groups) => $body,
            AnyGroups::WideMean($groups) => $body,
            AnyGroups::LeastInt($groups) => $body,
            AnyGroups::LeastNumber($groups) => $body,
            AnyGroups::LeastText($groups) => $body,
            AnyGroups::GreatestInt($groups) => $body,
            AnyGroups::GreatestNumber($groups) => $body,
            AnyGroups::GreatestText($groups) => $body,
        }
    };
}

impl Aggregate {
    /// No groups yet, for values of a kind.
    pub(crate) fn new(aggregate: AggregateKind, kind: Option<Kind>) -> Self {
        let is_int = kind == Some(Kind::Int);
        Self(match (aggregate, kind) {
            (AggregateKind::Exists, _) => AnyGroups::Exists(Groups::new()),
            (AggregateKind::Count, _) => AnyGroups::Count(Groups::new()),
            (AggregateKind::CountDistinct, Some(Kind::Text)) => AnyGroups::DistinctTexts(Groups::new()),
            (AggregateKind::CountDistinct, _) => AnyGroups::DistinctWords(Groups::new()),
            (AggregateKind::Sum, _) if is_int => AnyGroups::IntSum(Groups::new()),
            (AggregateKind::Sum, _) => AnyGroups::NumberSum(Groups::new()),
            (AggregateKind::Average, _) if is_int => AnyGroups::IntMean(Groups::new()),
            (AggregateKind::Average, _) => AnyGroups::NumberMean(Groups::new()),
            (AggregateKind::Least, Some(Kind::Text)) => AnyGroups::LeastText(Groups::new()),
            (AggregateKind::Least, Some(Kind::Number)) => AnyGroups::LeastNumber(Groups::new()),
            (AggregateKind::Least, _) => AnyGroups::LeastInt(Groups::new()),
            (AggregateKind::Greatest, Some(Kind::Text)) => AnyGroups::GreatestText(Groups::new()),
            (AggregateKind::Greatest, Some(Kind::Number)) => AnyGroups::GreatestNumber(Groups::new()),
            (AggregateKind::Greatest, _) => AnyGroups::GreatestInt(Groups::new()),
        })
    }

    /// Makes room for all groups, and for the list of `touched` more.
    pub(crate) fn grow(&mut self, groups: Capacity, touched: usize) {
        with_groups!(&mut self.0, all => all.grow(groups, touched));
    }

    /// Reads the cells of groups before a [change](Self::change), so that they are in the cache.
    #[inline]
    pub(crate) fn look_ahead(&self, groups: impl Iterator<Item = u32>) {
        with_groups!(&self.0, all => all.look_ahead(groups));
    }

    /// Whether a group was changed since [`take_changed`](Self::take_changed).
    #[inline]
    pub(crate) fn are_touched(&self) -> bool {
        with_groups!(&self.0, all => all.are_touched())
    }

    /// Adds values to groups or removes them. If the view is `observed`, the previous outputs are
    /// remembered.
    pub(crate) fn change<V: ReadInput>(
        &mut self,
        mut values: impl Iterator<Item = (u32, V)>,
        adds: bool,
        observed: bool,
        strings: &Strings,
    ) {
        let refused = with_groups!(&mut self.0, all => all.change(&mut values, adds, observed, strings));
        if let Some(refused) = refused {
            self.widen();
            let rest = std::iter::once(refused).chain(values);
            with_groups!(&mut self.0, all => all.change(&mut { rest }, adds, observed, strings));
        }
    }

    /// Changes pairs of doubles to exact sums, which can hold any sum.
    #[cold]
    fn widen(&mut self) {
        match &mut self.0 {
            AnyGroups::NumberSum(groups) => self.0 = AnyGroups::WideSum(groups.widened()),
            AnyGroups::NumberMean(groups) => self.0 = AnyGroups::WideMean(groups.widened()),
            _ => {}
        }
    }

    /// The groups whose outputs have changed since the last call, in ascending order.
    pub(crate) fn take_changed(&mut self) -> Vec<u32> {
        with_groups!(&mut self.0, all => all.take_changed())
    }

    /// Takes the list of changed groups back for reuse.
    pub(crate) fn put_back(&mut self, changed: Vec<u32>) {
        with_groups!(&mut self.0, all => all.put_back(changed));
    }

    /// Calls `put` with the outputs of groups.
    #[inline]
    pub(crate) fn outputs<'a>(&'a self, groups: impl Iterator<Item = u32>, put: impl FnMut(DerivedWord<'a>)) {
        with_groups!(&self.0, all => all.outputs(groups, put));
    }

    /// The output of a group.
    pub(crate) fn output(&self, group: u32) -> DerivedWord<'_> {
        with_groups!(&self.0, all => all.output(group))
    }

    /// The bytes allocated; those of ordered and distinct values are estimates.
    pub(crate) fn bytes(&self) -> usize {
        with_groups!(&self.0, all => all.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::accumulate::Input;

    fn change(groups: &mut Aggregate, group: u32, value: Input, adds: bool) {
        groups.change(std::iter::once((group, value)), adds, false, &Strings::default());
    }

    fn word(number: f64) -> DerivedWord<'static> {
        DerivedWord::Word(number.to_bits())
    }

    #[test]
    fn the_next_extreme_is_known_when_the_greatest_or_least_value_goes() {
        let mut groups = Aggregate::new(AggregateKind::Least, Some(Kind::Text));
        for text in ["b", "a", "a"] {
            change(&mut groups, 3, Input::Text(text.into()), true);
        }
        assert_eq!(groups.output(3), DerivedWord::Text("a"));
        change(&mut groups, 3, Input::Text("a".into()), false);
        change(&mut groups, 3, Input::Text("a".into()), false);
        assert_eq!(groups.output(3), DerivedWord::Text("b"));
        assert_eq!(groups.output(2), DerivedWord::Missing);
    }

    #[test]
    fn all_groups_are_widened_when_one_sum_needs_more_than_two_doubles() {
        let mut groups = Aggregate::new(AggregateKind::Average, Some(Kind::Number));
        for (group, number) in [(0, 1.0), (2, 5.5), (0, 2.0)] {
            change(&mut groups, group, Input::Number(number), true);
        }
        assert!(matches!(groups.0, AnyGroups::NumberMean(_)));
        let values =
            [(2, 1e300), (2, 1e-300), (0, 3.0)].map(|(group, number)| (group, Input::Number(number)));
        groups.change(values.into_iter(), true, true, &Strings::default());
        assert!(matches!(groups.0, AnyGroups::WideMean(_)));
        assert_eq!((groups.output(0), groups.output(1)), (word(2.0), DerivedWord::Missing));
        assert_eq!(groups.take_changed(), [0, 2]);
        change(&mut groups, 2, Input::Number(1e300), false);
        assert_eq!(groups.output(2), word(2.75), "nothing was rounded off");
    }

    #[test]
    fn an_empty_group_has_a_sum_and_no_mean() {
        let new = |aggregate, kind| Aggregate::new(aggregate, Some(kind));
        assert_eq!(new(AggregateKind::Sum, Kind::Number).output(7), word(0.0));
        assert_eq!(new(AggregateKind::Average, Kind::Number).output(7), DerivedWord::Missing);
        let mut groups = new(AggregateKind::Average, Kind::Int);
        change(&mut groups, 0, Input::Int(3), true);
        change(&mut groups, 0, Input::Int(4), true);
        assert_eq!(groups.output(0), word(3.5));
        change(&mut groups, 0, Input::Int(3), false);
        change(&mut groups, 0, Input::Int(4), false);
        assert_eq!(groups.output(0), DerivedWord::Missing);
    }

    #[test]
    fn different_values_count_once_until_the_last_of_them_goes() {
        let mut groups = Aggregate::new(AggregateKind::CountDistinct, Some(Kind::Number));
        for number in [1.5, 0.0, -0.0, 1.5] {
            change(&mut groups, 0, Input::Number(number), true);
        }
        assert_eq!(groups.output(0), DerivedWord::Word(2), "zero has one sign");
        change(&mut groups, 0, Input::Number(0.0), false);
        assert_eq!(groups.output(0), DerivedWord::Word(2));
        change(&mut groups, 0, Input::Number(0.0), false);
        assert_eq!(groups.output(0), DerivedWord::Word(1));
        assert_eq!(groups.output(1), DerivedWord::Word(0));
    }
}
