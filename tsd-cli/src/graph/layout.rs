//! Where the boxes of a diagram go, in layers from left to right.
//!
//! The method is that of Sugiyama, Tagawa and Toda (1981). A node is one layer behind the last of
//! its predecessors. A line that skips layers gets a bend in each, so that all lines connect
//! neighbouring layers. Where lines form a cycle, some lead back, with bends in all layers from
//! their end to their beginning. Layers are ordered by the neighbours of their nodes, back and
//! forth, and the order with the fewest crossings wins. Then each node moves towards the middle of
//! its neighbours as far as its layer permits. Nothing is random: the same diagram has the same
//! layout.

mod crossings;
mod positions;

use super::picture::{Edge, Passing, Picture};

/// A diagram with a place for everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layout {
    /// The upper left corner of each node, by its index in the diagram.
    pub(crate) corners: Vec<(f64, f64)>,
    /// The path of each line, by its index in the diagram: pairs of a point where the line leaves a
    /// layer and one where it reaches the next.
    pub(crate) ways: Vec<Vec<(f64, f64)>>,
    /// The layer of each node.
    pub(crate) layers: Vec<usize>,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// How large a node is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// Between two layers, at least; more if many lines cross from one to the other.
const GAP: f64 = 56.0;
/// Between the boxes of a layer.
const SPACING: f64 = 14.0;
/// Between lines that pass a layer.
const LINE_SPACING: f64 = 8.0;
const MARGIN: f64 = 20.0;
/// How far a line that leads back bows out of its boxes.
pub(crate) const LOOP: f64 = 60.0;
/// Pictures with more nodes are large.
const LARGE: usize = 60;

/// An item of a layer: a node of the diagram, or the bend of a line that passes.
#[derive(Clone, Debug)]
struct Item {
    layer: usize,
    size: Size,
    /// Whether it is a bend.
    bend: bool,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Finds a place for every node and a path for every line.
pub(crate) fn layout(picture: &Picture, sizes: &[Size]) -> Layout {
    let layers = longest_paths(picture);
    let mut items: Vec<Item> = (layers.iter().zip(sizes))
        .map(|(layer, size)| Item {
            layer: *layer,
            size: *size,
            bend: false,
            before: Vec::new(),
            after: Vec::new(),
        })
        .collect();
    let routes: Vec<Vec<usize>> = (picture.edges.iter())
        .map(|edge| match (is_aside(picture, *edge), leads_back(&layers, *edge)) {
            (true, _) => vec![edge.from, edge.to],
            (false, true) => route_back(edge.from, edge.to, &mut items),
            (false, false) => route(edge.from, edge.to, &mut items),
        })
        .collect();
    let mut order = first_order(&items);
    crossings::reduce(&items, &mut order);
    let centres = positions::centres(&items, &order);
    place(picture, &items, &order, &centres, &routes, layers)
}

/// Whether a line is left out of the layout and drawn faintly. In a large diagram the lines that
/// bring facts to joins would hide everything else: nearly all come from a few types, whose names
/// the joins show anyway. The rest is almost a forest.
pub(crate) fn is_aside(picture: &Picture, edge: Edge) -> bool {
    picture.nodes.len() > LARGE && matches!(edge.kind, Passing::Facts | Passing::Values)
}

/// Whether a line leads to its own layer, or to the left.
pub(crate) fn leads_back(layers: &[usize], edge: Edge) -> bool {
    layers[edge.from] >= layers[edge.to]
}

/// The items of each layer in the order in which a walk along the lines visits them, which has no
/// crossings in a forest.
fn first_order(items: &[Item]) -> Vec<Vec<usize>> {
    let mut order = vec![Vec::new(); items.iter().map(|item| item.layer + 1).max().unwrap_or(0)];
    let mut seen = vec![false; items.len()];
    let mut waiting: Vec<usize> =
        (0..items.len()).rev().filter(|item| items[*item].before.is_empty()).collect();
    while let Some(item) = waiting.pop() {
        if !std::mem::replace(&mut seen[item], true) {
            order[items[item].layer].push(item);
            waiting.extend(items[item].after.iter().rev());
        }
    }
    order
}

/// The layer of each node: one behind the last of its predecessors.
///
/// Lines can form a cycle: a join may serve a view and, behind the pending tests that read the
/// view, the rule. There the line with the value leads back, so that the tuples of the rule still
/// move from left to right.
fn longest_paths(picture: &Picture) -> Vec<usize> {
    let count = picture.nodes.len();
    let mut waiting = vec![0; count];
    // The lines waited for, except those with values of views.
    let mut waiting_for_tuples = vec![0; count];
    let mut next = vec![Vec::new(); count];
    for edge in &picture.edges {
        let tuples = usize::from(edge.kind != Passing::Values);
        waiting[edge.to] += 1;
        waiting_for_tuples[edge.to] += tuples;
        next[edge.from].push((edge.to, tuples));
    }
    let mut layers = vec![0; count];
    let mut done = vec![false; count];
    let mut ready: Vec<usize> = (0..count).filter(|node| waiting[*node] == 0).collect();
    loop {
        while let Some(node) = ready.pop() {
            done[node] = true;
            for (target, tuples) in next[node].iter().filter(|(target, _)| !done[*target]) {
                layers[*target] = layers[*target].max(layers[node] + 1);
                waiting[*target] -= 1;
                waiting_for_tuples[*target] -= tuples;
                if waiting[*target] == 0 {
                    ready.push(*target);
                }
            }
        }
        let waits = |node: &usize| !done[*node];
        let for_answers = |node: &usize| waits(node) && waiting_for_tuples[*node] == 0;
        let first = (0..count).filter(for_answers).find(|node| leads_to_itself(*node, &next, &done));
        let Some(first) = first.or_else(|| (0..count).find(waits)) else { return layers };
        ready.push(first);
    }
}

/// Whether lines lead from a node back to it, past nodes that have no layer yet.
fn leads_to_itself(node: usize, next: &[Vec<(usize, usize)>], done: &[bool]) -> bool {
    let mut seen = done.to_vec();
    let mut reached = vec![node];
    while let Some(at) = reached.pop() {
        for (target, _) in &next[at] {
            if *target == node {
                return true;
            }
            if !std::mem::replace(&mut seen[*target], true) {
                reached.push(*target);
            }
        }
    }
    false
}

/// The items along a line, with a bend in each layer between its ends.
fn route(from: usize, to: usize, items: &mut Vec<Item>) -> Vec<usize> {
    let mut route = vec![from];
    for layer in items[from].layer + 1..items[to].layer {
        let size = Size { width: 0.0, height: 0.0 };
        items.push(Item { layer, size, bend: true, before: Vec::new(), after: Vec::new() });
        route.push(items.len() - 1);
    }
    route.push(to);
    for pair in route.windows(2) {
        items[pair[0]].after.push(pair[1]);
        items[pair[1]].before.push(pair[0]);
    }
    route
}

/// The items along a line that leads back. Its bends are neighbours only of each other: what they
/// pass from its beginning, and what they pass before its end, is in the same layers.
fn route_back(from: usize, to: usize, items: &mut Vec<Item>) -> Vec<usize> {
    let first = items.len();
    for layer in items[to].layer..=items[from].layer {
        let size = Size { width: 0.0, height: 0.0 };
        items.push(Item { layer, size, bend: true, before: Vec::new(), after: Vec::new() });
    }
    for bend in first + 1..items.len() {
        items[bend - 1].after.push(bend);
        items[bend].before.push(bend - 1);
    }
    [from].into_iter().chain((first..items.len()).rev()).chain([to]).collect()
}

/// The distance to be kept between the centres of two neighbours in a layer.
fn distance(items: &[Item], above: usize, below: usize) -> f64 {
    let (above, below) = (&items[above], &items[below]);
    let spacing = if above.bend && below.bend { LINE_SPACING } else { SPACING };
    (above.size.height + below.size.height) / 2.0 + spacing
}

fn place(
    picture: &Picture,
    items: &[Item],
    order: &[Vec<usize>],
    centres: &[f64],
    routes: &[Vec<usize>],
    layers: Vec<usize>,
) -> Layout {
    let top = items
        .iter()
        .zip(centres)
        .map(|(item, centre)| centre - item.size.height / 2.0)
        .fold(f64::INFINITY, f64::min);
    let centre = |item: usize| centres[item] - top + MARGIN;
    let mut columns = Vec::with_capacity(order.len());
    let mut x = MARGIN;
    for layer in order {
        let width = layer.iter().map(|item| items[*item].size.width).fold(0.0, f64::max);
        columns.push((x, width));
        // Lines that climb far need room.
        let steep = layer
            .iter()
            .flat_map(|item| items[*item].after.iter().map(|to| (centre(*item) - centre(*to)).abs()))
            .fold(0.0, f64::max);
        x += width + GAP + (steep / 12.0).min(160.0);
    }
    let bow = if picture.edges.iter().any(|edge| leads_back(&layers, *edge)) { LOOP } else { 0.0 };
    let width = columns.last().map_or(MARGIN, |(x, width)| x + width) + MARGIN + bow;
    let height =
        (0..items.len()).map(|item| centre(item) + items[item].size.height / 2.0).fold(0.0, f64::max)
            + MARGIN;
    let left = |item: usize| columns[items[item].layer].0;
    let right = |item: usize| {
        // A line that passes a layer passes all of it.
        let (x, width) = columns[items[item].layer];
        if items[item].bend { x + width } else { x + items[item].size.width }
    };
    let ways = routes.iter().zip(&picture.edges).map(|(route, edge)| {
        let passages = route.windows(2);
        let back = route.len() > 2 && leads_back(&layers, *edge);
        let mut way: Vec<(f64, f64)> = passages
            .enumerate()
            .flat_map(|(passage, pair)| match back {
                // Out of the first box to the right, through all layers from right to left, and
                // from there to the last.
                true => {
                    let out = if passage == 0 { right(pair[0]) } else { left(pair[0]) };
                    let last = passage + 2 == route.len();
                    let into = if last { left(pair[1]) } else { right(pair[1]) };
                    [(out, centre(pair[0])), (into, centre(pair[1]))]
                }
                false => [(right(pair[0]), centre(pair[0])), (left(pair[1]), centre(pair[1]))],
            })
            .collect();
        way.last_mut().into_iter().for_each(|(_, y)| *y += edge.kind.port());
        way
    });
    let nodes = 0..layers.len();
    Layout {
        corners: nodes.map(|node| (left(node), centre(node) - items[node].size.height / 2.0)).collect(),
        ways: ways.collect(),
        layers,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::picture::{Kind, Node};

    const SIZE: Size = Size { width: 100.0, height: 30.0 };

    fn picture(nodes: usize, edges: &[(usize, usize)]) -> Picture {
        let nodes = (0..nodes).map(|node| Node::new(Kind::Join, node.to_string())).collect();
        let mut picture = Picture { nodes, ..Picture::default() };
        let edge = |(from, to): &(usize, usize)| Edge { from: *from, to: *to, kind: Passing::Tuples };
        for ends in edges {
            picture.edge(edge(ends));
        }
        picture
    }

    fn laid_out(picture: &Picture) -> Layout {
        layout(picture, &vec![SIZE; picture.nodes.len()])
    }

    /// A pyramid of joins as wide as large rule sets have: many nodes that depend on a few.
    fn large(nodes: usize) -> Picture {
        let edges: Vec<(usize, usize)> = (20..nodes)
            .flat_map(|node| [(node * 7 % 20, node), (node * node % node.min(400), node)])
            .collect();
        let edges: Vec<(usize, usize)> = edges.into_iter().filter(|(from, to)| from != to).collect();
        picture(nodes, &edges)
    }

    #[test]
    fn a_node_stands_behind_all_that_lead_to_it() {
        let picture = picture(5, &[(0, 2), (1, 2), (2, 3), (0, 3), (3, 4)]);
        let layout = laid_out(&picture);
        assert_eq!(layout.layers, [0, 0, 1, 2, 3]);
        for edge in &picture.edges {
            assert!(layout.corners[edge.from].0 + SIZE.width < layout.corners[edge.to].0);
        }
    }

    #[test]
    fn lines_that_need_not_cross_do_not() {
        // Ten parallel lines whose ends are in opposite orders.
        let edges: Vec<(usize, usize)> = (0..10).map(|node| (node, 19 - node)).collect();
        let layout = laid_out(&picture(20, &edges));
        for node in 0..10 {
            let (_, from) = layout.corners[node];
            let (_, to) = layout.corners[19 - node];
            assert!((from - to).abs() < 0.01, "the line of {node} is straight: {from} to {to}");
        }
    }

    #[test]
    fn boxes_do_not_overlap_and_lines_pass_between_them() {
        let picture = large(300);
        let layout = laid_out(&picture);
        for (index, one) in layout.corners.iter().enumerate() {
            for other in &layout.corners[..index] {
                let apart = (one.0 - other.0).abs() >= SIZE.width || (one.1 - other.1).abs() >= SIZE.height;
                assert!(apart, "{one:?} and {other:?} overlap");
            }
        }
        for way in &layout.ways {
            for passage in way[1..way.len() - 1].chunks(2) {
                let [(from, y), (to, _)] = passage else { continue };
                let crossed = layout.corners.iter().filter(|(x, top)| {
                    *x < *to && x + SIZE.width > *from && *top < *y && top + SIZE.height > *y
                });
                assert_eq!(crossed.count(), 0, "a line at {y} passes through a box");
            }
        }
    }

    /// A join (1) leads to a view (2), which pending tests (3) read, whose tuples go to the join,
    /// too.
    #[test]
    fn of_a_circle_the_answer_leads_back() {
        let mut picture = picture(5, &[(0, 3), (3, 1), (0, 1), (1, 2), (1, 4)]);
        picture.edge(Edge { from: 2, to: 3, kind: Passing::Values });
        let layout = laid_out(&picture);
        assert_eq!(layout.layers, [0, 2, 3, 1, 3]);
        assert_eq!(layout.ways.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 4, 2, 2, 8]);
        let back: Vec<f64> = layout.ways[5].iter().map(|(x, _)| *x).collect();
        assert_eq!(back[0], layout.corners[2].0 + SIZE.width);
        assert_eq!(back[7], layout.corners[3].0);
        assert!(back[1..].is_sorted_by(|one, other| one >= other), "{back:?}");
    }

    #[test]
    fn circles_of_any_kind_have_a_layout() {
        let circle = laid_out(&picture(3, &[(0, 1), (1, 2), (2, 0)]));
        assert_eq!(circle.corners.len(), 3);
        assert_eq!(laid_out(&picture(2, &[(0, 1), (1, 1)])).layers, [0, 1]);
    }

    #[test]
    fn a_picture_has_one_layout() {
        assert_eq!(laid_out(&large(200)), laid_out(&large(200)));
        assert_eq!(laid_out(&picture(0, &[])).corners, []);
    }
}
