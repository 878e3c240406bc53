//! The innermost loops. Their arrays of eight are what the compiler keeps in SIMD registers, so they are written for it:
//! values come and go by value, and every slice is cut to the length of the loop.

/// Numbers that are computed side by side.
pub const LANES: usize = 8;
/// Rows that share a load of weights: more spill the registers of WebAssembly's compilers.
pub const ROWS: usize = 4;

/// Adds to each row's sums its products with the weights: `sums[r][o] + Σₖ rows[r][k] · weights[k][o]`.
#[inline(always)]
pub fn add_products<const R: usize>(
    mut sums: [[f32; LANES]; R],
    rows: [&[f32]; R],
    weights: &[[f32; LANES]],
) -> [[f32; LANES]; R] {
    let rows = rows.map(|row| &row[..weights.len()]);
    for (k, weights) in weights.iter().enumerate() {
        for (sum, row) in sums.iter_mut().zip(rows) {
            for (sum, weight) in sum.iter_mut().zip(weights) {
                *sum += row[k] * weight;
            }
        }
    }
    sums
}

/// Adds to eight partial sums the products of two runs of one length: eight of them at a time, then the rest in the first.
#[inline(always)]
pub fn add_dot(mut sums: [f32; LANES], a: &[f32], b: &[f32]) -> [f32; LANES] {
    let (a, rest_a) = a.as_chunks::<LANES>();
    let (b, rest_b) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    for (a, b) in rest_a.iter().zip(rest_b) {
        sums[0] += a * b;
    }
    sums
}

/// Adds to the sums of eight results, for each number of a window, what some rows give: `sums[k][o] + Σᵣ rows[r][k] ·
/// slopes[r][o]`.
#[inline(always)]
pub fn add_outer<const R: usize>(sums: &mut [[f32; LANES]], rows: [&[f32]; R], slopes: [[f32; LANES]; R]) {
    let rows = rows.map(|row| &row[..sums.len()]);
    for (k, sums) in sums.iter_mut().enumerate() {
        for (row, slopes) in rows.iter().zip(&slopes) {
            for (sum, slope) in sums.iter_mut().zip(slopes) {
                *sum += row[k] * slope;
            }
        }
    }
}
