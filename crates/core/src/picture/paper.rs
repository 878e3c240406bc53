//! The paper of a photograph: its brightness differs from place to place, since light falls off, corners are dark and a
//! hand throws a shadow. Paper is what can be reached from the edges of the picture without a step in brightness; ink is
//! what differs from the paper around it.

use super::Grey;
use std::collections::VecDeque;

/// Cells along the longer side in which the paper's brightness is estimated.
const CELLS: usize = 64;
/// Smallest step between neighbouring cells that ends the paper, as a share of the picture's contrast.
const STEP: f32 = 0.08;
/// Cells along an edge, on each side, that say what is paper there: ink may reach the edge.
const NEAR: usize = 8;
/// Most rounds in which the brightness under the ink is levelled out between the paper around it.
const ROUNDS: usize = 300;
/// Brightness between paper and black, or white, below which noise would count as ink.
const LEAST: f32 = 0.02;

/// How much each pixel differs from the paper around it, be the paper bright or dark: 0 for paper, 1 for black on bright
/// paper or white on dark paper.
pub fn contrast_to_paper(picture: &Grey) -> Grey {
    let paper = under(picture, &paper(picture));
    let pairs = || picture.pixels.iter().zip(&paper);
    let darker: f32 = pairs().map(|(pixel, paper)| (paper - pixel).max(0.0)).sum();
    let brighter: f32 = pairs().map(|(pixel, paper)| (pixel - paper).max(0.0)).sum();
    let differs = |(pixel, paper): (&f32, &f32)| match darker >= brighter {
        true => (paper - pixel) / paper.max(LEAST),
        false => (pixel - paper) / (1.0 - paper).max(LEAST),
    };
    Grey { pixels: pairs().map(differs).map(|share| share.clamp(0.0, 1.0)).collect(), ..*picture }
}

/// The paper's brightness under each pixel, between the cells.
fn under(picture: &Grey, cells: &Grey) -> Vec<f32> {
    let along = |place: usize, length: usize, cells: usize| {
        ((place as f32 + 0.5) / length as f32 * cells as f32 - 0.5).clamp(0.0, (cells - 1) as f32)
    };
    let level = |at: usize| {
        let x = along(at % picture.width, picture.width, cells.width);
        let y = along(at / picture.width, picture.height, cells.height);
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(cells.width - 1), (top + 1).min(cells.height - 1));
        let mix = |from: f32, to: f32, share: f32| from + (to - from) * share;
        let upper = mix(cells.at(left, top), cells.at(right, top), x.fract());
        let lower = mix(cells.at(left, bottom), cells.at(right, bottom), x.fract());
        mix(upper, lower, y.fract())
    };
    (0..picture.pixels.len()).map(level).collect()
}

/// The paper's brightness in each cell, and under the ink what lies between the paper around it.
fn paper(picture: &Grey) -> Grey {
    let cells = cells(picture);
    let highest = cells.pixels.iter().copied().fold(f32::MIN, f32::max);
    let lowest = cells.pixels.iter().copied().fold(f32::MAX, f32::min);
    let step = STEP * (highest - lowest);
    let known = reached(&cells, step);
    if known.iter().all(|&known| known) && has_step(&cells, step) {
        // All of it reaches the edges, as a sheet that is half of another colour: most of the edges are paper.
        let edges = sides(&cells).concat();
        let level = median(edges.into_iter().map(|at| cells.pixels[at]).collect());
        return Grey { pixels: vec![level; cells.pixels.len()], ..cells };
    }
    filled(cells, known)
}

fn has_step(cells: &Grey, step: f32) -> bool {
    let steps = |at: usize| neighbours(at, cells).any(|next| (cells.pixels[next] - cells.pixels[at]).abs() > step);
    (0..cells.pixels.len()).any(steps)
}

fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// The cells along the upper, lower, left and right edge.
fn sides(cells: &Grey) -> [Vec<usize>; 4] {
    let (width, height) = (cells.width, cells.height);
    [
        (0..width).collect(),
        (0..width).map(|column| (height - 1) * width + column).collect(),
        (0..height).map(|row| row * width).collect(),
        (0..height).map(|row| row * width + width - 1).collect(),
    ]
}

/// The picture in cells, of each the brightness that a quarter of it exceeds: thin lines fall out.
fn cells(picture: &Grey) -> Grey {
    let longest = picture.width.max(picture.height);
    let count = |length: usize| (length * CELLS.min(longest) / longest).max(1);
    let mut cells = Grey::blank(count(picture.width), count(picture.height));
    let part = |cell: usize, length: usize, cells: usize| cell * length / cells..(cell + 1) * length / cells;
    for at in 0..cells.pixels.len() {
        let columns = part(at % cells.width, picture.width, cells.width);
        let rows = part(at / cells.width, picture.height, cells.height);
        let mut inside: Vec<f32> =
            rows.flat_map(|row| columns.clone().map(move |column| picture.at(column, row))).collect();
        let rank = inside.len() * 3 / 4;
        cells.pixels[at] = *inside.select_nth_unstable_by(rank, f32::total_cmp).1;
    }
    cells
}

/// The cells that are reached from the edges without a step of more than this.
fn reached(cells: &Grey, step: f32) -> Vec<bool> {
    let mut known = vec![false; cells.pixels.len()];
    let mut ahead: VecDeque<usize> = seeds(cells, step).into();
    ahead.iter().for_each(|&at| known[at] = true);
    while let Some(at) = ahead.pop_front() {
        for next in neighbours(at, cells) {
            if !known[next] && (cells.pixels[next] - cells.pixels[at]).abs() <= step {
                known[next] = true;
                ahead.push_back(next);
            }
        }
    }
    known
}

/// The cells along the edges that are as bright as most of those near them.
fn seeds(cells: &Grey, step: f32) -> Vec<usize> {
    let paper = |side: &Vec<usize>, place: usize| {
        let near = &side[place.saturating_sub(NEAR)..(place + NEAR + 1).min(side.len())];
        let level = median(near.iter().map(|&at| cells.pixels[at]).collect());
        (cells.pixels[side[place]] - level).abs() <= step
    };
    let of_side =
        |side: &Vec<usize>| (0..side.len()).filter(|&at| paper(side, at)).map(|at| side[at]).collect::<Vec<_>>();
    sides(cells).iter().flat_map(of_side).collect()
}

fn neighbours(at: usize, cells: &Grey) -> impl Iterator<Item = usize> + use<> {
    let (width, height) = (cells.width, cells.height);
    let (column, row) = (at % width, at / width);
    [
        (column > 0).then(|| at - 1),
        (column + 1 < width).then(|| at + 1),
        (row > 0).then(|| at - width),
        (row + 1 < height).then(|| at + width),
    ]
    .into_iter()
    .flatten()
}

/// Fills the cells that are not known: inwards from those that are, then level (Laplace's equation, by relaxation).
fn filled(mut cells: Grey, known: Vec<bool>) -> Grey {
    let mean = |at: usize, cells: &Grey, known: &[bool]| {
        let around = neighbours(at, cells).filter(|&next| known[next]);
        let (sum, count) = around.fold((0.0, 0u8), |(sum, count), next| (sum + cells.pixels[next], count + 1));
        (count > 0).then(|| sum / f32::from(count))
    };
    let unknown: Vec<usize> = (0..known.len()).filter(|&at| !known[at]).collect();
    let mut begun = known;
    loop {
        let ring: Vec<(usize, f32)> = unknown
            .iter()
            .filter(|&&at| !begun[at])
            .filter_map(|&at| mean(at, &cells, &begun).map(|level| (at, level)))
            .collect();
        if ring.is_empty() {
            break;
        }
        ring.into_iter().for_each(|(at, level)| (cells.pixels[at], begun[at]) = (level, true));
    }
    for _ in 0..ROUNDS {
        let mut settled = true;
        for &at in &unknown {
            let level = mean(at, &cells, &begun).unwrap_or(cells.pixels[at]);
            settled &= level == cells.pixels[at];
            cells.pixels[at] = level;
        }
        if settled {
            break;
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paper of this brightness at each place, with a stroke across its middle that takes away 80 % of it.
    fn sheet(light: impl Fn(f32, f32) -> f32) -> Grey {
        let (width, height) = (200, 150);
        let pixel = |at: usize| {
            let (x, y) = ((at % width) as f32 / width as f32, (at / width) as f32 / height as f32);
            let inked = (0.45..0.55).contains(&x) && (0.2..0.8).contains(&y);
            light(x, y) * if inked { 0.2 } else { 1.0 }
        };
        Grey { width, height, pixels: (0..width * height).map(pixel).collect() }
    }

    #[test]
    fn paper_is_no_ink_however_light_falls_on_it() {
        let shadow = |x: f32, y: f32| if x + 0.3 * y > 0.7 { 0.5 } else { 0.9 };
        let lights: [&dyn Fn(f32, f32) -> f32; 4] = [
            &|_, _| 0.9,
            &|x, _| 0.9 - 0.25 * x,
            &|x, y| 0.95 - 1.2 * ((x - 0.5).powi(2) + (y - 0.5).powi(2)),
            &shadow,
        ];
        for (kind, light) in lights.iter().enumerate() {
            let dark = contrast_to_paper(&sheet(light));
            assert!((dark.at(100, 75) - 0.8).abs() < 0.06, "{kind}: the stroke is {}", dark.at(100, 75));
            let paper = |&(column, row): &(usize, usize)| dark.at(column, row) > 0.12;
            let places = (0..150).flat_map(|row| (0..80).chain(120..200).map(move |column| (column, row)));
            let wrong = places.filter(paper).count();
            // The outermost pixels of very dark corners, and the hard edge of a shadow, which is smoothed over some cells.
            assert!(wrong <= [0, 0, 20, 1500][kind], "{kind}: {wrong} of 24000 pixels of paper are ink");
        }
    }

    #[test]
    fn a_thing_wider_than_any_stroke_is_no_paper_and_dark_paper_has_bright_ink() {
        let thing = |at: usize| {
            let (x, y) = (at % 100, at / 100);
            let lit = 0.9 - 0.003 * x as f32;
            if (15..85).contains(&x) && (10..90).contains(&y) { 0.3 * lit } else { lit }
        };
        let grey = Grey { width: 100, height: 100, pixels: (0..10_000).map(thing).collect() };
        let dark = contrast_to_paper(&grey);
        assert!((dark.at(50, 50) - 0.7).abs() < 0.05 && dark.at(5, 50) < 0.02 && dark.at(95, 5) < 0.02);
        let negative = Grey { pixels: grey.pixels.iter().map(|pixel| 1.0 - pixel).collect(), ..grey };
        let bright = contrast_to_paper(&negative);
        assert!((bright.at(50, 50) - 0.7).abs() < 0.05 && bright.at(5, 50) < 0.02);
    }

    #[test]
    fn a_picture_of_any_size_has_a_paper() {
        for (width, height) in [(4, 4), (1, 900), (700, 5), (65, 64)] {
            let grey = Grey { width, height, pixels: vec![0.7; width * height] };
            assert!(contrast_to_paper(&grey).pixels.iter().all(|&dark| dark < 1e-5), "{width} x {height}");
        }
        assert!(contrast_to_paper(&Grey::blank(9, 9)).pixels.iter().all(|dark| dark.is_finite()));
    }
}
