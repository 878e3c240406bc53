//! Sizes in two directions, and how files have them: as one number where they are alike, or as a list.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Rows and columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair(pub usize, pub usize);

/// Zeros that a convolution adds around the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// So many pixels above, left, below and right.
    Sides([usize; 4]),
    /// As many as keep the picture's size, where the stride is 1; of an odd number, one more below and right.
    Same,
}

/// Rows and columns as a file has them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a size is a whole number or a list of two, rows and columns")]
enum WrittenPair {
    One(usize),
    Two([usize; 2]),
}

/// A padding as a file has it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a padding is a whole number, a list of two or four, or “same”")]
enum WrittenPadding {
    One(usize),
    Two([usize; 2]),
    Four([usize; 4]),
    Word(Word),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Same,
    Valid,
}

impl Pair {
    /// The same in both directions.
    pub fn square(side: usize) -> Pair {
        Pair(side, side)
    }

    /// One pixel in both directions.
    pub fn one() -> Pair {
        Pair(1, 1)
    }

    /// As `[rows, columns]`.
    pub fn array(self) -> [usize; 2] {
        [self.0, self.1]
    }
}

impl Padding {
    /// As many pixels on every side.
    pub fn all(pixels: usize) -> Padding {
        Padding::Sides([pixels; 4])
    }

    /// Pixels above, left, below and right for a kernel that covers so many rows and columns.
    pub fn sides(&self, reach: Pair) -> [usize; 4] {
        match *self {
            Padding::Sides(sides) => sides,
            Padding::Same => {
                let [rows, columns] = reach.array().map(|side| side.saturating_sub(1));
                [rows / 2, columns / 2, rows - rows / 2, columns - columns / 2]
            }
        }
    }
}

impl Default for Padding {
    fn default() -> Padding {
        Padding::all(0)
    }
}

impl Serialize for Pair {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match to.is_human_readable() && self.0 == self.1 {
            true => self.0.serialize(to),
            false => self.array().serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Pair, D::Error> {
        if !from.is_human_readable() {
            return <[usize; 2]>::deserialize(from).map(|[rows, columns]| Pair(rows, columns));
        }
        Ok(match WrittenPair::deserialize(from)? {
            WrittenPair::One(both) => Pair::square(both),
            WrittenPair::Two([rows, columns]) => Pair(rows, columns),
        })
    }
}

impl Serialize for Padding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (to.is_human_readable(), *self) {
            (true, Padding::Same) => to.serialize_str("same"),
            (true, Padding::Sides([top, left, bottom, right])) if (top, left) == (bottom, right) => {
                Pair(top, left).serialize(to)
            }
            (true, Padding::Sides(sides)) => sides.serialize(to),
            (false, Padding::Same) => None::<[usize; 4]>.serialize(to),
            (false, Padding::Sides(sides)) => Some(sides).serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Padding {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Padding, D::Error> {
        if !from.is_human_readable() {
            return Option::<[usize; 4]>::deserialize(from).map(|sides| sides.map_or(Padding::Same, Padding::Sides));
        }
        Ok(match WrittenPadding::deserialize(from)? {
            WrittenPadding::One(all) => Padding::all(all),
            WrittenPadding::Two([rows, columns]) => Padding::Sides([rows, columns, rows, columns]),
            WrittenPadding::Four(sides) => Padding::Sides(sides),
            WrittenPadding::Word(Word::Same) => Padding::Same,
            WrittenPadding::Word(Word::Valid) => Padding::default(),
        })
    }
}
