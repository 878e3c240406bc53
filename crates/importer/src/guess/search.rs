//! Paddings, strides and pools with which the first linear layer gets as many features as it takes: the most usual of
//! those that fit, found size by size.

use foolproof_core::architecture::Pair;
use std::collections::BTreeMap;

/// Most convolutions.
const MOST: usize = 64;
/// Pixels of a mean's sides that are tried before the first linear layer, such as the 7 x 7 of VGG.
const MEANS: [usize; 7] = [1, 2, 3, 4, 5, 6, 7];

/// A convolution whose sizes are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    /// Rows and columns of its kernel.
    pub kernel: Pair,
    /// Channels out.
    pub out: usize,
    /// Whether a pool may follow.
    pub pooling: Pooling,
}

/// Whether a pool may follow a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// There is no place for one.
    Never,
    /// There is a place which a pool would fill.
    Likely,
    /// Names say nothing.
    Free,
}

/// What a convolution is taken to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Zeros on each side.
    pub padding: Pair,
    /// Step between windows.
    pub stride: usize,
    /// Whether a max pool of 2 follows.
    pub pool: bool,
    /// Rows and columns in.
    pub from: [usize; 2],
    /// Rows and columns out, behind the pool.
    pub to: [usize; 2],
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// A choice a convolution.
    pub choices: Vec<Choice>,
    /// Rows and columns in the end.
    pub end: [usize; 2],
    /// Sides of the means that are taken then, if they are.
    pub mean: Option<usize>,
    /// Whether something else fits as well.
    pub others: bool,
}

/// What a mean of several pixels costs: more than any other way.
const LAST_RESORT: u32 = 1000;

/// Where a search is: rows and columns, whether the last convolution kept its size by padding, and whether one before was
/// pooled.
type Place = ([usize; 2], Option<bool>, bool);

/// The cheapest way to a place, how many ways there are, and the last step of it.
#[derive(Clone, Debug)]
struct Way {
    cost: u32,
    ways: u32,
    last: Option<(Choice, Place)>,
}

/// Looks for sizes.
///
/// # Errors
/// A clause that says what the first linear layer takes.
pub fn search(
    convolutions: &[Convolution],
    input: [usize; 2],
    channels: usize,
    target: usize,
) -> Result<Found, String> {
    if convolutions.len() > MOST {
        return Err(format!("it has {} convolutions, more than {MOST}", convolutions.len()));
    }
    let start = BTreeMap::from([((input, None, false), Way { cost: 0, ways: 1, last: None })]);
    let mut stages: Vec<BTreeMap<Place, Way>> = vec![start];
    for convolution in convolutions {
        let next = stages.last().map(|stage| step(stage, convolution)).unwrap_or_default();
        stages.push(next);
    }
    let channels = convolutions.last().map_or(channels, |last| last.out);
    let ends = stages.last().into_iter().flatten().flat_map(|(place, way)| {
        let ending = move |(mean, cost)| (way.cost.saturating_add(cost), *place, mean, way.ways);
        endings(place.0, channels, target).into_iter().map(ending)
    });
    let ends: Vec<_> = ends.collect();
    let best = ends.iter().min_by_key(|(cost, ..)| *cost);
    let &(_, place, mean, ways) = best.ok_or_else(|| misfit(channels, target, convolutions.is_empty(), input))?;
    let mut choices = Vec::new();
    let mut at = place;
    for stage in stages.iter().rev() {
        if let Some((choice, before)) = stage.get(&at).and_then(|way| way.last) {
            choices.push(choice);
            at = before;
        }
    }
    choices.reverse();
    Ok(Found { choices, end: place.0, mean, others: ends.len() > 1 || ways > 1 })
}

fn misfit(channels: usize, target: usize, plain: bool, [rows, columns]: [usize; 2]) -> String {
    match plain {
        true => format!("its first layer takes {target} features, and inputs have {channels} x {rows} x {columns}"),
        false => format!(
            "no padding, stride and pool turns {rows} x {columns} pixels into {target} features of {channels} channels"
        ),
    }
}

/// The means with which so many pixels fit the linear layer behind them, and what each costs.
fn endings([rows, columns]: [usize; 2], channels: usize, target: usize) -> Vec<(Option<usize>, u32)> {
    let fits = |rows: usize, columns: usize| {
        channels.checked_mul(rows).and_then(|all| all.checked_mul(columns)) == Some(target)
    };
    let mut found = Vec::new();
    if fits(rows, columns) {
        found.push((None, 0));
    }
    for side in MEANS {
        if fits(side, side) && side <= rows && side <= columns && [rows, columns] != [side; 2] {
            found.push((Some(side), if side == 1 { 1 } else { LAST_RESORT }));
        }
    }
    found
}

fn step(stage: &BTreeMap<Place, Way>, convolution: &Convolution) -> BTreeMap<Place, Way> {
    let mut next: BTreeMap<Place, Way> = BTreeMap::new();
    for (&(from, kept, pooled), way) in stage {
        for (padding, keeps, padding_cost) in paddings(convolution.kernel) {
            for (stride, stride_cost) in strides(convolution.kernel) {
                let Some(plain) = out(from, convolution.kernel, padding, stride) else { continue };
                for pool in [false, true] {
                    let Some(pool_cost) = pooling(convolution.pooling, pool, pooled, stride) else { continue };
                    let to = if pool { plain.map(|side| side / 2) } else { plain };
                    if to.contains(&0) {
                        continue;
                    }
                    // Networks keep to one way of padding.
                    let change = u32::from(kept.zip(keeps).is_some_and(|(before, now)| before != now)) * 2;
                    let cost = way.cost + padding_cost + stride_cost + pool_cost + change;
                    let choice = Choice { padding, stride, pool, from, to };
                    let last = Some((choice, (from, kept, pooled)));
                    let place = (to, keeps.or(kept), pooled || pool);
                    let entry = next.entry(place).or_insert(Way { cost: u32::MAX, ways: 0, last: None });
                    entry.ways = entry.ways.saturating_add(way.ways);
                    if cost < entry.cost {
                        (entry.cost, entry.last) = (cost, last);
                    }
                }
            }
        }
    }
    next
}

/// Zeros on each side, whether they keep the size, and what that costs. A kernel of one pixel needs none.
fn paddings(kernel: Pair) -> Vec<(Pair, Option<bool>, u32)> {
    let none = Pair::default();
    if kernel == Pair::one() {
        return vec![(none, None, 0)];
    }
    let half = Pair(kernel.0.saturating_sub(1) / 2, kernel.1.saturating_sub(1) / 2);
    let mut found = vec![(half, Some(true), 0)];
    if half != none {
        found.push((none, Some(false), 1));
    }
    found
}

/// Steps between windows, and what each costs.
fn strides(kernel: Pair) -> Vec<(usize, u32)> {
    let even = kernel.0.is_multiple_of(2);
    let mut found = vec![(1, u32::from(even)), (2, if even { 0 } else { 2 })];
    if kernel.0 > 2 {
        found.push((kernel.0, 3));
    }
    found
}

/// What a pool or none costs; `None` where there is no place for one. Networks make pictures smaller by pools or by
/// steps, rarely by both.
fn pooling(place: Pooling, pool: bool, pooled: bool, stride: usize) -> Option<u32> {
    let both = if stride > 1 && (pool || pooled) { 2 } else { 0 };
    match (place, pool) {
        (Pooling::Never, true) => None,
        (Pooling::Never, false) => Some(both),
        (Pooling::Likely, true) => Some(both),
        (Pooling::Likely, false) => Some(2 + both),
        (Pooling::Free, true) => Some(1 + both),
        (Pooling::Free, false) => Some(u32::from(pooled) + both),
    }
}

/// Rows and columns behind a convolution, if its windows fit.
fn out(from: [usize; 2], kernel: Pair, padding: Pair, stride: usize) -> Option<[usize; 2]> {
    let side = |side: usize, kernel: usize, padding: usize| {
        side.checked_add(padding.checked_mul(2)?)?.checked_sub(kernel)?.checked_div(stride)?.checked_add(1)
    };
    let [rows, columns] = from;
    Some([side(rows, kernel.0, padding.0)?, side(columns, kernel.1, padding.1)?])
}
