//! The vertical position of each item in its layer.

use super::{Item, distance};

/// How often all items move towards their neighbours, back and forth.
const SWEEPS: usize = 10;

/// The centre of each item on the vertical axis. Items of a layer keep their order and their
/// distances.
pub(super) fn centres(items: &[Item], order: &[Vec<usize>]) -> Vec<f64> {
    let mut centres = vec![0.0; items.len()];
    for layer in order {
        let mut y = 0.0;
        for (place, item) in layer.iter().enumerate() {
            if place > 0 {
                y += distance(items, layer[place - 1], *item);
            }
            centres[*item] = y;
        }
        // Layers begin centred on one line.
        let middle = y / 2.0;
        layer.iter().for_each(|item| centres[*item] -= middle);
    }
    for sweep in 0..SWEEPS {
        let count = order.len();
        for step in 0..count {
            let layer = if sweep % 2 == 0 { step } else { count - 1 - step };
            settle(items, &order[layer], &mut centres);
        }
    }
    centres
}

/// Moves the items of a layer as close as possible to the means of their neighbours.
fn settle(items: &[Item], layer: &[usize], centres: &mut [f64]) {
    let mut blocks: Vec<Block> = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (place, item) in layer.iter().enumerate() {
        if place > 0 {
            offset += distance(items, layer[place - 1], *item);
        }
        let mut block = wish(items, *item, centres, offset);
        // A block that wants to be above the one before it is merged with it.
        while let Some(previous) = blocks.last().filter(|previous| previous.mean() > block.mean()) {
            block = Block {
                count: previous.count + block.count,
                weight: previous.weight + block.weight,
                sum: previous.sum + block.sum,
            };
            blocks.pop();
        }
        blocks.push(block);
    }
    let mut members = layer.iter();
    let mut offset = 0.0;
    let mut previous = None;
    for block in &blocks {
        for item in members.by_ref().take(block.count) {
            if let Some(previous) = previous {
                offset += distance(items, previous, *item);
            }
            centres[*item] = block.mean() + offset;
            previous = Some(*item);
        }
    }
}

/// Neighbouring items that move as one. Their wishes are reduced by the distances above them, so
/// that only an ascending order among them is possible (the pool of adjacent violators, Ayer et al.
/// 1955).
struct Block {
    count: usize,
    weight: f64,
    sum: f64,
}

impl Block {
    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// The wish of an item: the mean of its neighbours. For lines that pass it counts most that they
/// are straight.
fn wish(items: &[Item], item: usize, centres: &[f64], offset: f64) -> Block {
    let Item { before, after, bend, .. } = &items[item];
    let neighbours = before.len() + after.len();
    let (mean, weight) = if neighbours == 0 {
        (centres[item], 0.1)
    } else {
        let sum: f64 = before.iter().chain(after).map(|neighbour| centres[*neighbour]).sum();
        (sum / neighbours as f64, if *bend { 3.0 } else { 1.0 })
    };
    Block { count: 1, weight, sum: (mean - offset) * weight }
}
