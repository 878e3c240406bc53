//! Where an attack may change something.

use super::Drawing;
use foolproof_core::manifest::Dataset;
use serde::{Deserialize, Serialize};

/// Longest list of names that is read.
const LONGEST: usize = 2000;

/// The features that an attack may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Mask {
    /// The pixels with ink: of one channel, which stands for all, or of each.
    Draw(Drawing),
    /// The columns of a table with these names.
    Columns(Vec<String>),
}

impl Mask {
    /// The mask behind a text: `draw:...`, or column names between commas.
    pub fn read(text: &str) -> Option<Mask> {
        if let Some(drawing) = text.strip_prefix("draw:") {
            return Drawing::decode(drawing).map(Mask::Draw);
        }
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        (text.len() <= LONGEST && names.iter().all(|name| !name.is_empty())).then_some(Mask::Columns(names))
    }

    /// The text in the link.
    pub fn text(&self) -> String {
        match self {
            Mask::Draw(drawing) => format!("draw:{}", drawing.encode()),
            Mask::Columns(names) => names.join(","),
        }
    }

    /// Whether each feature of the dataset's inputs may be changed as far as this mask goes; `None` if it does not fit
    /// them, or names a column that there is not.
    pub fn open(&self, dataset: &Dataset) -> Option<Vec<bool>> {
        let [channels, rows, columns] = dataset.shape;
        match self {
            Mask::Draw(drawing) if dataset.kind.is_picture() => {
                let ink = drawing.pixels();
                let fits = [rows * columns, channels * rows * columns].contains(&ink.len());
                fits.then(|| ink.iter().cycle().take(channels * rows * columns).map(|&ink| ink > 0).collect())
            }
            Mask::Draw(_) => None,
            Mask::Columns(names) => {
                let columns = dataset.kind.columns();
                let known = |name: &String| columns.iter().any(|column| column.name == *name);
                let open = columns.iter().map(|column| names.contains(&column.name)).collect();
                (!columns.is_empty() && names.iter().all(known)).then_some(open)
            }
        }
    }

    /// How far each feature may go as a multiple of the radius: the dataset's own limits, and 0 outside the mask.
    pub fn limits(&self, dataset: &Dataset) -> Option<Vec<f32>> {
        let own = dataset.kind.limits();
        let open = self.open(dataset)?.into_iter().enumerate();
        let limit = |(at, open): (usize, bool)| if open { own.get(at).copied().unwrap_or(1.0) } else { 0.0 };
        Some(open.map(limit).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::manifest;
    use foolproof_core::input_kind::{Column, InputKind};

    fn table() -> Dataset {
        let column = |name: &str, scale| Column {
            name: name.into(),
            unit: String::new(),
            min: 0.0,
            max: 9.0,
            whole: false,
            scale,
        };
        let columns = vec![column("Age", 0.0), column("Body height", 0.5), column("Weight", 1.0)];
        Dataset { kind: InputKind::Table(columns), shape: [1, 1, 3], ..manifest().datasets[0].clone() }
    }

    #[test]
    fn a_mask_survives_its_text() {
        let drawn = Mask::Draw(Drawing::new(&[0, 255, 0, 9]).unwrap());
        for mask in [drawn, Mask::Columns(vec!["Age".into(), "Body height".into()])] {
            assert_eq!(Mask::read(&mask.text()), Some(mask));
        }
        for bad in ["", ",", "Age,,Weight", "draw:", "draw:!", &"x,".repeat(2000)] {
            assert_eq!(Mask::read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_mask_narrows_the_limits_of_a_table_and_never_widens_them() {
        let mask = |names: &[&str]| Mask::Columns(names.iter().map(|name| name.to_string()).collect());
        assert_eq!(mask(&["Body height", "Age"]).limits(&table()), Some(vec![0.0, 0.5, 0.0]));
        assert_eq!(mask(&["Size"]).limits(&table()), None);
        assert_eq!(mask(&["Age"]).limits(&manifest().datasets[0]), None);
    }

    #[test]
    fn a_drawn_mask_stands_for_every_channel_unless_it_has_each() {
        let colour = Dataset { shape: [3, 1, 2], ..manifest().datasets[0].clone() };
        let limits = |ink: &[u8]| Mask::Draw(Drawing::new(ink).unwrap()).limits(&colour);
        assert_eq!(limits(&[0, 1]), Some(vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0]));
        assert_eq!(limits(&[1, 0, 0, 0, 0, 0]), Some(vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
        assert_eq!((limits(&[1; 3]), Mask::Draw(Drawing::new(&[1, 1]).unwrap()).limits(&table())), (None, None));
    }
}
