//! The tables and outlets of nodes, made anew after rules came or went.

use std::borrow::Cow;

use tsd_ir::network::Parent;
use tsd_ir::{Schema, Type, TypeId};

use super::Touched;
use super::views::{NodePlace, Waiting};
use crate::beta::{Outputs, Terminal};
use crate::flow::TupleSource;
use crate::matcher::Matcher;
use crate::ruleset::{Bit, Bits, RuleSet};
use crate::view::DerivedState;

impl Matcher {
    /// Makes the tables and outlets of nodes anew.
    pub(super) fn rebuild(&mut self, touched: &Touched) {
        for (root_id, join_id) in &touched.nodes {
            let Some(root) = &mut self.nodes.roots[root_id.0 as usize] else { continue };
            let strings = &mut self.memory.strings;
            match join_id {
                None => {
                    let declared = declared(&self.schema, &self.derived, root.input.ty);
                    root.input.rebuild(&declared, &mut root.sets, strings);
                }
                Some(id) => {
                    let Some(join) = &mut self.nodes.joins[id.0 as usize] else { continue };
                    let declared = declared(&self.schema, &self.derived, join.spec.input.ty);
                    join.spec.input.rebuild(&declared, &mut root.sets, strings);
                    join.rebuild(&mut root.sets);
                }
            }
        }
        for pending in &touched.pending_nodes {
            self.rebuild_pending(*pending);
        }
        // An outlet names the rules of the nodes behind it, which are known by now.
        let mut pending_nodes = self.pending_at(&touched.nodes);
        for place in &touched.nodes {
            self.rebuild_outlet(*place, pending_nodes.remove(place).unwrap_or_default());
        }
    }

    fn rebuild_outlet(&mut self, (root_id, join_id): NodePlace, pending_nodes: Waiting) {
        let Some(root) = &mut self.nodes.roots[root_id.0 as usize] else { return };
        let (end, parent) = match join_id {
            None => (TupleSource::Root, Parent::Root(root_id)),
            Some(id) => (TupleSource::Join(id), Parent::Join(id)),
        };
        let everyone = match join_id {
            None => root.input.everyone(),
            Some(id) => self.nodes.joins[id.0 as usize]
                .as_ref()
                .map_or(RuleSet::EMPTY, |join| join.spec.input.everyone()),
        };
        let mut levels: Vec<(i32, RuleSet)> = Vec::new();
        let mut ending: Vec<(i32, Bit)> = Vec::new();
        let mut gathered = Bits::default();
        root.sets.for_each(everyone, |bit| match root.branches[bit as usize] {
            Some(Terminal::Rule(branch)) => {
                if let Some(live) = self.nodes.rules.get(branch.rule)
                    && live.places[branch.branch as usize].end() == end
                {
                    ending.push((live.rule.salience, bit));
                }
            }
            Some(Terminal::View { view, branch })
                if self.derived.views.get(view).places[branch as usize].end() == end =>
            {
                gathered.set(bit);
            }
            Some(Terminal::View { .. }) | None => {}
        });
        let gathered = root.sets.intern(&gathered.0);
        ending.sort_unstable_by_key(|(salience, bit)| (std::cmp::Reverse(*salience), *bit));
        for level in ending.chunk_by(|left, right| left.0 == right.0) {
            let mut bits = Bits::default();
            level.iter().for_each(|(_, bit)| bits.set(*bit));
            levels.push((level[0].0, root.sets.intern(&bits.0)));
        }
        let children = match parent {
            Parent::Root(id) => &self.network.root(id).children,
            Parent::Join(id) => &self.network.join(id).children,
        };
        let children = (children.iter())
            .filter_map(|child| {
                let join = self.nodes.joins[child.0 as usize].as_ref()?;
                Some((*child, join.spec.input.everyone()))
            })
            .collect();
        let outputs = Outputs::new(levels, children, gathered, pending_nodes);
        match join_id {
            None => root.outputs = outputs,
            Some(id) => {
                if let Some(join) = &mut self.nodes.joins[id.0 as usize] {
                    join.spec.outputs = outputs;
                }
            }
        }
    }
}

/// The declaration of a type, or of the parameters of a view.
fn declared<'s>(schema: &'s Schema, live: &DerivedState, ty: TypeId) -> Cow<'s, Type> {
    match ty.view() {
        None => Cow::Borrowed(schema.ty(ty)),
        Some(view) => Cow::Owned(live.views.get(view).parameters().declared()),
    }
}
