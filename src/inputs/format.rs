//! What the inputs of a dataset are, and what their features are called.

use crate::i18n::{tr, tr_with};
use foolproof_core::{input_kind::InputKind, manifest::Dataset};

/// The inputs that the page begins with, as long as no dataset is known: MNIST's.
const FIRST: [usize; 3] = [1, 28, 28];

/// Kind and size of inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    /// What they are.
    pub kind: InputKind,
    /// `[channel, row, column]`.
    pub shape: [usize; 3],
}

impl Default for Format {
    fn default() -> Format {
        Format { kind: InputKind::Picture, shape: FIRST }
    }
}

impl From<&Dataset> for Format {
    fn from(dataset: &Dataset) -> Format {
        Format { kind: dataset.kind.clone(), shape: dataset.shape }
    }
}

impl Format {
    /// How many numbers an input has.
    pub fn features(&self) -> usize {
        self.shape.iter().product()
    }

    /// Rows of a picture, which has as many columns.
    pub fn side(&self) -> usize {
        self.shape[1]
    }

    /// Whether inputs are grey pictures, which are centred as MNIST's were.
    pub fn is_grey(&self) -> bool {
        self.kind.is_picture() && self.shape[0] == 1
    }

    /// The features at a place of every channel.
    pub fn at(&self, place: usize) -> impl Iterator<Item = usize> {
        let [channels, rows, columns] = self.shape;
        (0..channels).map(move |channel| channel * rows * columns + place)
    }

    /// Where a place of a picture is, for people, who count from 1.
    pub fn place(&self, place: usize) -> String {
        let [_, rows, columns] = self.shape.map(|side| side.max(1));
        tr_with("Row {0}, column {1}", &[&(place / columns % rows + 1), &(place % columns + 1)])
    }

    /// A feature inside a sentence: where a pixel is, or the name of a column.
    pub fn spoken(&self, feature: usize) -> String {
        if let Some(column) = self.kind.columns().get(feature) {
            return column.name.clone();
        }
        let [_, rows, columns] = self.shape.map(|side| side.max(1));
        tr_with("row {0}, column {1}", &[&(feature / columns % rows + 1), &(feature % columns + 1)])
    }

    /// What so many features are called.
    pub fn counted(&self, features: f32) -> String {
        match self.kind {
            InputKind::Picture if self.shape[0] == 1 => tr_with("{0} pixels", &[&features]),
            InputKind::Picture => tr_with("{0} values of pixels", &[&features]),
            InputKind::Table(_) | InputKind::Plane => tr_with("{0} columns", &[&features]),
        }
    }

    /// What one input is called, by its index in the test split, for people.
    pub fn test_name(&self, index: usize) -> String {
        let number = ordinal(index);
        match self.kind.is_picture() {
            true => tr_with("Test image {0}", &[&number]),
            false => tr_with("Test row {0}", &[&number]),
        }
    }

    /// What any of the test split is called.
    pub fn any_test(&self) -> &'static str {
        if self.kind.is_picture() { tr("any test image") } else { tr("any test row") }
    }
}

/// The number of an input for people, who count from 1; links and files have its index, which counts from 0.
pub fn ordinal(index: usize) -> usize {
    index.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::manifest;

    #[test]
    fn places_of_a_picture_are_told_for_every_channel() {
        let colour = Format { kind: InputKind::Picture, shape: [3, 2, 2] };
        assert_eq!((colour.features(), colour.side()), (12, 2));
        assert_eq!(colour.at(3).collect::<Vec<_>>(), [3, 7, 11]);
        assert_eq!((colour.place(3), colour.spoken(6)), ("Row 2, column 2".into(), "row 2, column 1".into()));
        assert!(!colour.is_grey() && Format::default().is_grey());
        assert_eq!(Format::from(&manifest().datasets[0]), Format::default());
    }

    #[test]
    fn features_have_the_word_of_their_kind() {
        let table = Format { kind: InputKind::Plane, shape: [1, 1, 2] };
        assert_eq!(table.spoken(1), "y");
        assert_eq!((table.counted(2.0), table.test_name(7)), ("2 columns".into(), "Test row 8".into()));
        assert_eq!(Format::default().counted(9.0), "9 pixels");
    }
}
