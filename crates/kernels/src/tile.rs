//! The innermost loops, over eight numbers that are computed side by side. Their vectors are a library's, as what the
//! compiler makes of loops over arrays changes with what stands around them, to half the speed.

use wide::f32x8;

/// Eight numbers.
pub type Lanes = f32x8;
/// How many they are.
pub const LANES: usize = 8;
/// Rows that share a load of weights: more spill the registers of WebAssembly's compilers.
pub const ROWS: usize = 4;

/// Numbers of a vector, one by one.
pub fn lanes(of: impl FnMut(usize) -> f32) -> Lanes {
    Lanes::new(std::array::from_fn(of))
}

/// Adds to each row's sums its products with the weights: `sums[r][o] + Σₖ rows[r][k] · weights[k][o]`.
#[inline(always)]
pub fn add_products<const R: usize>(mut sums: [Lanes; R], rows: [&[f32]; R], weights: &[Lanes]) -> [Lanes; R] {
    let rows = rows.map(|row| &row[..weights.len()]);
    for (k, weights) in weights.iter().enumerate() {
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum += Lanes::splat(row[k]) * *weights;
        }
    }
    sums
}

/// Adds to eight partial sums the products of two runs of one length: eight of them at a time, then the rest in the first.
#[inline(always)]
pub fn add_dot(mut sums: Lanes, a: &[f32], b: &[f32]) -> Lanes {
    let (a, rest_a) = a.as_chunks::<LANES>();
    let (b, rest_b) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        sums += Lanes::new(*a) * Lanes::new(*b);
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    sums + lanes(|lane| if lane == 0 { rest } else { 0.0 })
}

/// Adds to the sums of eight results, for each number of a window, what some rows give: `sums[k][o] + Σᵣ rows[r][k] ·
/// slopes[r][o]`.
#[inline(always)]
pub fn add_outer<const R: usize>(sums: &mut [Lanes], rows: [&[f32]; R], slopes: [Lanes; R]) {
    let rows = rows.map(|row| &row[..sums.len()]);
    for (k, sums) in sums.iter_mut().enumerate() {
        for (row, slopes) in rows.iter().zip(&slopes) {
            *sums += Lanes::splat(row[k]) * *slopes;
        }
    }
}
