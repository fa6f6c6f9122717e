//! The order of the items in a layer, so that few lines cross.

use super::Item;

/// How often the layers are traversed, back and forth.
const SWEEPS: usize = 12;

/// Orders the items of each layer so that few lines cross: by the mean place of their neighbours in
/// the layer before, then in the layer after, and so on, until there is no improvement.
pub(super) fn reduce(items: &[Item], order: &mut [Vec<usize>]) {
    let mut places = vec![0; items.len()];
    number(order, &mut places);
    let mut best: Vec<Vec<usize>> = order.to_vec();
    let mut fewest = crossings(items, order, &places);
    let mut idle = 0;
    for sweep in 0..SWEEPS {
        if fewest == 0 || idle == 4 {
            break;
        }
        let forward = sweep % 2 == 0;
        let count = order.len();
        for step in 1..count {
            let layer = if forward { step } else { count - 1 - step };
            sort_by_mean(items, &mut order[layer], &mut places, forward);
        }
        let crossed = crossings(items, order, &places);
        if crossed < fewest {
            fewest = crossed;
            best.clone_from_slice(order);
            idle = 0;
        } else {
            idle += 1;
        }
    }
    order.clone_from_slice(&best);
}

fn number(order: &[Vec<usize>], places: &mut [usize]) {
    for layer in order {
        layer.iter().enumerate().for_each(|(place, item)| places[*item] = place);
    }
}

/// Sorts a layer by the mean place of the neighbours on one side. Items without neighbours keep
/// their places.
fn sort_by_mean(items: &[Item], layer: &mut [usize], places: &mut [usize], forward: bool) {
    let mut keyed: Vec<(f64, usize)> = (layer.iter())
        .map(|item| {
            let neighbours = if forward { &items[*item].before } else { &items[*item].after };
            let sum: usize = neighbours.iter().map(|neighbour| places[*neighbour]).sum();
            let own = places[*item] as f64;
            let mean = if neighbours.is_empty() { own } else { sum as f64 / neighbours.len() as f64 };
            (mean, *item)
        })
        .collect();
    // A stable sort: equal items stay in their order.
    keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (place, (_, item)) in keyed.into_iter().enumerate() {
        layer[place] = item;
        places[item] = place;
    }
}

/// How many lines cross between all layers.
fn crossings(items: &[Item], order: &[Vec<usize>], places: &[usize]) -> u64 {
    order.windows(2).map(|pair| between(items, &pair[0], pair[1].len(), places)).sum()
}

/// How many lines cross between two layers. The lines are visited from the top of the left layer
/// down. Each crosses the earlier ones that end further below, which a tree of sums (Fenwick)
/// counts.
fn between(items: &[Item], left: &[usize], right: usize, places: &[usize]) -> u64 {
    let mut sums = vec![0_u64; right + 1];
    let (mut lines, mut crossed) = (0_u64, 0);
    let mut ends: Vec<usize> = Vec::new();
    for item in left {
        ends.clear();
        ends.extend(items[*item].after.iter().map(|to| places[*to]));
        for end in &ends {
            let (mut node, mut not_below) = (end + 1, 0);
            while node > 0 {
                not_below += sums[node];
                node &= node - 1;
            }
            crossed += lines - not_below;
        }
        for end in &ends {
            let mut node = end + 1;
            while node <= right {
                sums[node] += 1;
                node += node & node.wrapping_neg();
            }
            lines += 1;
        }
    }
    crossed
}

#[cfg(test)]
mod tests {
    use super::super::Size;
    use super::*;

    #[test]
    fn crossings_are_counted() {
        let item = |layer, after: &[usize]| Item {
            layer,
            size: Size { width: 0.0, height: 0.0 },
            bend: false,
            before: Vec::new(),
            after: after.to_vec(),
        };
        // All three upper ones lead to all three lower ones: 9 crossings; lines from one item never
        // cross.
        let items = [
            item(0, &[3, 4, 5]),
            item(0, &[3, 4, 5]),
            item(0, &[3, 4, 5]),
            item(1, &[]),
            item(1, &[]),
            item(1, &[]),
        ];
        assert_eq!(between(&items, &[0, 1, 2], 3, &[0, 1, 2, 0, 1, 2]), 9);
        let items = [item(0, &[3]), item(0, &[2]), item(1, &[]), item(1, &[])];
        assert_eq!(between(&items, &[0, 1], 2, &[0, 1, 0, 1]), 1);
        assert_eq!(between(&items, &[1, 0], 2, &[1, 0, 0, 1]), 0);
    }
}
