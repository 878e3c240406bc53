//! MNIST's own normalisation: the box around the ink is scaled to fit 20 x 20 with its aspect kept, then placed so
//! that its centre of mass is the centre of the 28 x 28 field (LeCun et al. 1998, section III.A). Fields of other sides
//! keep the proportion.

use super::{FAINTEST, Grey};
use std::ops::Range;

/// Longer side of the ink as a share of the field's side.
const INK: f32 = 20.0 / 28.0;
/// Largest enlargement relative to the whole sheet, so that the first dot of a stroke does not fill the field.
const ENLARGEMENT: f32 = 3.0;

/// Ink to a model input: `field * field` bytes, 255 being full ink. Blank ink gives a blank input. Nothing is cut off:
/// ink whose centre of mass is far from its middle ends at the field's edge.
pub fn centre(ink: &Grey, field: usize) -> Vec<u8> {
    let Some((columns, rows)) = bounds(ink) else {
        return vec![0; field * field];
    };
    let longest = columns.len().max(rows.len()) as f32;
    let sheet = ink.width.max(ink.height) as f32;
    let inked = (INK * field as f32).round().max(1.0);
    let scale = (inked / longest).min(ENLARGEMENT * field as f32 / sheet);
    let side = |length: usize| ((length as f32 * scale).round() as usize).clamp(1, inked as usize);
    let small = resample(ink, &columns, &rows, side(columns.len()), side(rows.len()));
    let start = |length: usize, mass: f32| ((field as f32 / 2.0 - mass).round().max(0.0) as usize).min(field - length);
    let (left, top) = (start(small.width, mass_column(&small)), start(small.height, mass_row(&small)));
    placed(&small, field, left, top)
}

/// The whole picture in `field * field` bytes, its aspect kept, nothing centred: a channel of a coloured input, and what
/// [`centre`] starts from, for showing.
pub fn shrink(picture: &Grey, field: usize) -> Vec<u8> {
    if picture.width == 0 || picture.height == 0 {
        return vec![0; field * field];
    }
    let scale = field as f32 / picture.width.max(picture.height) as f32;
    let side = |length: usize| ((length as f32 * scale).round() as usize).clamp(1, field);
    let small = resample(picture, &(0..picture.width), &(0..picture.height), side(picture.width), side(picture.height));
    placed(&small, field, (field - small.width) / 2, (field - small.height) / 2)
}

/// A picture's bytes at this place of a field of zeros, in which it fits.
fn placed(small: &Grey, field: usize, left: usize, top: usize) -> Vec<u8> {
    let mut bytes = vec![0; field * field];
    for row in 0..small.height {
        for column in 0..small.width {
            bytes[(top + row) * field + left + column] = byte(small.at(column, row));
        }
    }
    bytes
}

fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Columns and rows that have ink.
fn bounds(ink: &Grey) -> Option<(Range<usize>, Range<usize>)> {
    let inked = |index: &usize| ink.pixels[*index] >= FAINTEST;
    let marks: Vec<usize> = (0..ink.pixels.len()).filter(inked).collect();
    let (top, bottom) = (marks.first()? / ink.width, marks.last()? / ink.width);
    let left = marks.iter().map(|index| index % ink.width).min()?;
    let right = marks.iter().map(|index| index % ink.width).max()?;
    Some((left..right + 1, top..bottom + 1))
}

/// Mean column of the ink, pixel centres at halves.
fn mass_column(ink: &Grey) -> f32 {
    mean(ink, |index| index % ink.width)
}

/// Mean row of the ink.
fn mass_row(ink: &Grey) -> f32 {
    mean(ink, |index| index / ink.width)
}

fn mean(ink: &Grey, position: impl Fn(usize) -> usize) -> f32 {
    let total: f32 = ink.pixels.iter().sum();
    let moment: f32 = ink.pixels.iter().enumerate().map(|(index, value)| (position(index) as f32 + 0.5) * value).sum();
    // A box has ink by construction, but rounding may leave next to none.
    if total > 1e-6 { moment / total } else { position(ink.pixels.len() / 2) as f32 }
}

/// Part of a picture at another size: each new pixel is the mean of the area it covers.
fn resample(picture: &Grey, columns: &Range<usize>, rows: &Range<usize>, width: usize, height: usize) -> Grey {
    let across = shares(columns, width);
    let down = shares(rows, height);
    let mut small = Grey::blank(width, height);
    for (row, sources) in down.iter().enumerate() {
        for (column, targets) in across.iter().enumerate() {
            let mut sum = 0.0;
            for &(y, vertical) in sources {
                for &(x, horizontal) in targets {
                    sum += picture.at(x, y) * vertical * horizontal;
                }
            }
            small.pixels[row * width + column] = sum;
        }
    }
    small
}

/// For each of `count` equal parts of a range: the cells it covers and their share of it. Shares of a part sum to 1.
fn shares(range: &Range<usize>, count: usize) -> Vec<Vec<(usize, f32)>> {
    let part = range.len() as f32 / count as f32;
    let cells = |index: usize| {
        let (from, to) = (index as f32 * part, (index + 1) as f32 * part);
        let last = (to.ceil() as usize).clamp(from as usize + 1, range.len().max(from as usize + 1));
        let overlap = |cell: usize| ((cell + 1) as f32).min(to) - (cell as f32).max(from);
        let covered = (from as usize..last).filter(|&cell| cell < range.len());
        covered.map(|cell| (range.start + cell, overlap(cell).max(0.0) / part)).collect()
    };
    (0..count).map(cells).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 28;

    /// Full ink on part of a sheet.
    fn block(width: usize, height: usize, columns: Range<usize>, rows: Range<usize>) -> Grey {
        let mut grey = Grey::blank(width, height);
        for row in rows {
            grey.pixels[row * width..][columns.clone()].fill(1.0);
        }
        grey
    }

    /// The box of a field's ink, as columns and rows.
    fn found(field: &[u8]) -> (Range<usize>, Range<usize>) {
        let pixels = field.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        bounds(&Grey { width: SIDE, height: SIDE, pixels }).unwrap()
    }

    #[test]
    fn blank_stays_blank() {
        assert!(centre(&Grey::blank(112, 112), SIDE).iter().all(|&pixel| pixel == 0));
        assert!(centre(&Grey::blank(0, 0), SIDE).iter().all(|&pixel| pixel == 0));
        assert!(shrink(&Grey::blank(0, 7), SIDE).iter().all(|&pixel| pixel == 0));
    }

    #[test]
    fn a_box_fits_twenty_pixels_with_its_aspect_and_sits_in_the_middle() {
        let field = centre(&block(112, 112, 3..83, 20..60), SIDE);
        assert_eq!(found(&field), (4..24, 9..19));
        assert_eq!(field[14 * SIDE + 14], 255);
        let tall = centre(&block(112, 112, 100..110, 0..100), SIDE);
        assert_eq!(found(&tall), (13..15, 4..24));
    }

    #[test]
    fn extreme_aspects_keep_a_line_of_full_ink() {
        let line = centre(&block(2000, 3, 0..2000, 1..2), SIDE);
        assert_eq!(found(&line), (4..24, 14..15));
        assert!(line.contains(&255));
        assert_eq!(found(&centre(&block(1, 4000, 0..1, 0..4000), SIDE)), (14..15, 4..24));
    }

    #[test]
    fn a_single_pixel_is_enlarged_at_most_threefold() {
        assert_eq!(found(&centre(&block(112, 112, 5..6, 5..6), SIDE)), (14..15, 14..15));
        assert_eq!(found(&centre(&block(1, 1, 0..1, 0..1), SIDE)), (4..24, 4..24));
        assert_eq!(found(&centre(&block(28, 28, 0..1, 0..1), SIDE)), (13..16, 13..16));
    }

    #[test]
    fn the_centre_of_mass_comes_to_the_centre() {
        // A heavy foot of a tall stroke: the box's middle is above the mass.
        let mut ink = block(28, 28, 10..12, 4..24);
        ink.pixels[20 * 28..24 * 28].fill(1.0);
        let pixels = centre(&ink, SIDE).iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        let field = Grey { width: SIDE, height: SIDE, pixels };
        assert!((mass_column(&field) - 14.0).abs() <= 0.5, "{}", mass_column(&field));
        assert!((mass_row(&field) - 14.0).abs() <= 2.6, "{}", mass_row(&field));
    }

    #[test]
    fn what_is_centred_stays_as_it_is() {
        let mut ink = block(112, 112, 30..70, 10..95);
        ink.pixels[60 * 112..66 * 112].fill(0.4);
        let once = centre(&ink, SIDE);
        let again = Grey { width: SIDE, height: SIDE, pixels: once.iter().map(|&p| f32::from(p) / 255.0).collect() };
        assert_eq!(centre(&again, SIDE), once);
    }

    #[test]
    fn fields_of_other_sides_keep_the_proportion() {
        for (field, ink) in [(8, 6), (14, 10), (32, 23), (56, 40), (1, 1)] {
            let (columns, rows) = {
                let pixels = centre(&block(112, 112, 20..100, 20..100), field);
                assert_eq!(pixels.len(), field * field);
                let pixels = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
                bounds(&Grey { width: field, height: field, pixels }).unwrap()
            };
            assert_eq!((columns.len(), rows.len()), (ink, ink), "{field}");
            assert_eq!(columns.start, (field - ink).div_ceil(2), "{field}");
        }
    }

    #[test]
    fn shares_are_a_partition() {
        for (length, count) in [(1, 20), (7, 3), (20, 20), (1999, 20), (19, 20)] {
            let shares = shares(&(5..5 + length), count);
            assert!(shares.iter().flatten().all(|&(cell, _)| (5..5 + length).contains(&cell)));
            for part in shares {
                let sum: f32 = part.iter().map(|(_, share)| share).sum();
                assert!((sum - 1.0).abs() < 1e-3, "{length} {count} {sum}");
            }
        }
    }

    #[test]
    fn shrinking_keeps_the_place() {
        assert_eq!(found(&shrink(&block(112, 112, 0..56, 56..112), SIDE)), (0..14, 14..28));
    }
}
