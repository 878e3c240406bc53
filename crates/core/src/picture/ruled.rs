//! Ruled paper: lines from edge to edge, fainter than the ink, are taken off it.

use super::Grey;

/// How far a line may lean, as a share of the picture's other side.
const LEAN: f32 = 0.05;
/// Share of a line's length on which it must be seen; ink that crosses it hides nothing, since that is darker.
const SEEN: f32 = 0.85;
/// Least darkness of a line, and the most, as shares of the strongest ink.
const FAINT: f32 = 0.08;
const STRONG: f32 = 0.7;
/// What is this much darker than the line is ink that crosses it.
const CROSSING: f32 = 1.5;
/// Rows on each side of a line that belong to it.
const HALF: usize = 2;

/// Takes ruled lines off, along rows and along columns. `full` is the darkness of the strongest ink.
pub fn without_lines(dark: &Grey, full: f32) -> Grey {
    let once = without_rows(dark, full).transposed();
    without_rows(&once, full).transposed()
}

fn without_rows(dark: &Grey, full: f32) -> Grey {
    let lean = (dark.height as f32 * LEAN) as isize;
    let mut clean = dark.clone();
    for from in 0..dark.height {
        for by in -lean..=lean {
            if let Some(level) = line(dark, from, by, full) {
                wipe(&mut clean, from, by, level);
            }
        }
    }
    clean
}

/// The row of a line in this column.
fn row(dark: &Grey, from: usize, by: isize, column: usize) -> Option<usize> {
    let leant = from as isize + by * column as isize / dark.width.max(1) as isize;
    usize::try_from(leant).ok().filter(|&row| row < dark.height)
}

/// The darkness of the line that starts in this row and leans by so many rows, if there is one.
fn line(dark: &Grey, from: usize, by: isize, full: f32) -> Option<f32> {
    let missing = (dark.width as f32 * (1.0 - SEEN)) as usize;
    let mut gaps = 0;
    let mut values = Vec::new();
    for column in 0..dark.width {
        let value = row(dark, from, by, column).map_or(0.0, |row| dark.at(column, row));
        if value >= FAINT * full {
            values.push(value);
        } else {
            gaps += 1;
            if gaps > missing {
                return None;
            }
        }
    }
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let level = *values.select_nth_unstable_by(middle, f32::total_cmp).1;
    (level <= STRONG * full).then_some(level)
}

fn wipe(clean: &mut Grey, from: usize, by: isize, level: f32) {
    for column in 0..clean.width {
        let Some(middle) = row(clean, from, by, column) else { continue };
        for row in middle.saturating_sub(HALF)..=(middle + HALF).min(clean.height - 1) {
            let pixel = &mut clean.pixels[row * clean.width + column];
            if *pixel < CROSSING * level {
                *pixel = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(ink: impl Fn(usize, usize) -> f32) -> Grey {
        let (width, height) = (120, 90);
        Grey { width, height, pixels: (0..width * height).map(|at| ink(at % width, at / width)).collect() }
    }

    #[test]
    fn lines_go_and_the_ink_on_them_stays() {
        let stroke = |column: usize, row: usize| (55..63).contains(&column) && (10..80).contains(&row);
        let level = |lines: bool| {
            move |column: usize, row: usize| match stroke(column, row) {
                true => 0.9,
                false => {
                    if lines && (row + column / 40) % 18 == 9 {
                        0.3
                    } else {
                        0.0
                    }
                }
            }
        };
        let clean = without_lines(&sheet(level(true)), 0.9);
        assert_eq!(clean, sheet(level(false)));
        let upright = without_lines(&sheet(level(true)).transposed(), 0.9);
        assert_eq!(upright, sheet(level(false)).transposed());
    }

    #[test]
    fn a_stroke_from_edge_to_edge_and_one_that_ends_before_are_no_lines() {
        let bar = sheet(|_, row| if row == 40 { 0.9 } else { 0.0 });
        assert_eq!(without_lines(&bar, 0.9), bar);
        let short = sheet(|column, row| if row == 40 && column < 90 { 0.3 } else { 0.0 });
        assert_eq!(without_lines(&short, 0.9), short);
    }
}
