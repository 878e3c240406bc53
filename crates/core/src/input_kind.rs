//! What the inputs of a dataset are: pictures, the columns of a table, or points in the plane.
//!
//! Models and attacks take every input as numbers in [0, 1], `[channel, row, column]`. The kind says what these numbers
//! stand for to people, and how far each may move.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, ops::RangeInclusive};

/// How far a feature that moves may go, as a multiple of the radius: what lies outside has no square in 32 bits.
pub const SCALES: RangeInclusive<f32> = 1e-6..=1e6;

/// What the inputs of a dataset are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputKind {
    /// Pixels, row by row and channel by channel: one channel is grey, three are red, green and blue.
    #[default]
    Picture,
    /// Named columns, in this order: inputs of `[1, 1, columns]`.
    Table(Vec<Column>),
    /// Points in the plane, right and up: inputs of `[1, 1, 2]`.
    Plane,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Name: `Alcohol`.
    pub name: String,
    /// Unit: `% vol`; empty for a column without one.
    pub unit: String,
    /// What 0 stands for, in the unit.
    pub min: f32,
    /// What 1 stands for, in the unit; above `min`.
    pub max: f32,
    /// Whether it is rounded to whole units where it is shown and exported.
    pub whole: bool,
    /// How far an attack may move it, as a multiple of the radius, in [`SCALES`]; 0 for a column that stays as it is.
    pub scale: f32,
}

impl Column {
    /// What a value in [0, 1] stands for, in the column's unit.
    pub fn shown(&self, value: f32) -> f32 {
        let shown = self.min + value * (self.max - self.min);
        if self.whole { shown.round() } else { shown }
    }

    /// The value in [0, 1] of what stands in the column's unit; what lies outside its range is taken to the nearer end.
    pub fn read(&self, shown: f32) -> f32 {
        ((shown - self.min) / (self.max - self.min)).clamp(0.0, 1.0)
    }

    /// The nearest that the column can have to a value in its unit.
    pub fn nearest(&self, shown: f32) -> f32 {
        let inside = shown.clamp(self.min, self.max);
        if self.whole { inside.round() } else { inside }
    }

    /// Name and unit: `Alcohol (% vol)`.
    pub fn title(&self) -> String {
        match self.unit.is_empty() {
            true => self.name.clone(),
            false => format!("{} ({})", self.name, self.unit),
        }
    }

    fn check(&self) -> Result<(), String> {
        let Column { name, min, max, scale, .. } = self;
        let range = max - min;
        match () {
            _ if name.trim().is_empty() => Err("has no name".into()),
            // A range that overflows would show nothing.
            _ if !(range > 0.0 && range.is_finite()) => Err(format!("“{name}” goes from {min} to {max}")),
            _ if *scale != 0.0 && !SCALES.contains(scale) => {
                let (least, most) = SCALES.into_inner();
                Err(format!("“{name}” may move by {scale} times the radius, and that must be 0, or {least} to {most}"))
            }
            _ => Ok(()),
        }
    }
}

impl InputKind {
    /// Whether it is [`InputKind::Picture`].
    pub fn is_picture(&self) -> bool {
        *self == InputKind::Picture
    }

    /// What an input is a row of: the columns of a table, the two of a point; none of a picture.
    pub fn columns(&self) -> Cow<'_, [Column]> {
        let axis = |name: &str| Column {
            name: name.into(),
            unit: String::new(),
            min: 0.0,
            max: 1.0,
            whole: false,
            scale: 1.0,
        };
        match self {
            InputKind::Table(columns) => columns.into(),
            InputKind::Plane => vec![axis("x"), axis("y")].into(),
            InputKind::Picture => Cow::default(),
        }
    }

    /// The values in [0, 1] of a row in its columns' units; `None` if it has another number of values, or is a picture.
    pub fn read_row(&self, row: &[f32]) -> Option<Vec<f32>> {
        self.each(row, Column::read)
    }

    /// The row in its columns' units of values in [0, 1]; `None` as for [`InputKind::read_row`].
    pub fn shown_row(&self, values: &[f32]) -> Option<Vec<f32>> {
        self.each(values, Column::shown)
    }

    /// The nearest row that the columns can have; `None` as for [`InputKind::read_row`].
    pub fn nearest_row(&self, row: &[f32]) -> Option<Vec<f32>> {
        self.each(row, Column::nearest)
    }

    fn each(&self, row: &[f32], make: fn(&Column, f32) -> f32) -> Option<Vec<f32>> {
        let columns = self.columns();
        let fits = row.len() == columns.len() && !row.is_empty();
        fits.then(|| columns.iter().zip(row).map(|(column, &value)| make(column, value)).collect())
    }

    /// How far each feature may go as a multiple of the radius, for
    /// [`AttackSpec::limits`](crate::protocol::AttackSpec::limits); empty where all may go alike.
    pub fn limits(&self) -> Vec<f32> {
        let scales: Vec<f32> = self.columns().iter().map(|column| column.scale).collect();
        if scales.iter().all(|&scale| scale == 1.0) { Vec::new() } else { scales }
    }

    /// Whether inputs of this `[channel, row, column]` can be of the kind.
    ///
    /// # Errors
    /// A clause that says what is wrong.
    pub fn check(&self, shape: [usize; 3]) -> Result<(), String> {
        match self {
            InputKind::Picture if shape[1] != shape[2] => {
                Err(format!("a picture of {} rows and {} columns is not square", shape[1], shape[2]))
            }
            InputKind::Picture => Ok(()),
            InputKind::Plane if shape == [1, 1, 2] => Ok(()),
            InputKind::Plane => Err(format!("points have the shape [1, 1, 2], not {shape:?}")),
            InputKind::Table(columns) if shape != [1, 1, columns.len()] => {
                Err(format!("a table of {} columns has the shape [1, 1, {0}], not {shape:?}", columns.len()))
            }
            InputKind::Table(columns) if columns.iter().all(|column| column.scale == 0.0) => {
                Err("no column of the table may move".into())
            }
            InputKind::Table(columns) => {
                let wrong =
                    |(at, column): (usize, &Column)| column.check().err().map(|why| format!("column {at} {why}"));
                columns.iter().enumerate().find_map(wrong).map_or(Ok(()), Err)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(name: &str, min: f32, max: f32, scale: f32) -> Column {
        Column { name: name.into(), unit: "cm".into(), min, max, whole: false, scale }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(min in -1e3f32..1e3, range in 0.1f32..1e3, value in 0.0f32..=1.0) {
            let mut column = column("Height", min, min + range, 1.0);
            prop_assert!((column.read(column.shown(value)) - value).abs() < 4e-3);
            prop_assert_eq!((column.read(min - 1.0), column.read(min + range + 1.0)), (0.0, 1.0));
            column.whole = true;
            prop_assert_eq!(column.shown(value).fract(), 0.0);
        }
    }

    #[test]
    fn kinds_are_written_as_they_were_and_limits_are_told_only_where_they_differ() {
        let table = InputKind::Table(vec![column("Age", 0.0, 99.0, 0.0), column("Height", 0.0, 250.0, 0.5)]);
        assert_eq!(table.limits(), [0.0, 0.5]);
        assert_eq!(InputKind::Table(vec![column("Age", 0.0, 99.0, 1.0)]).limits(), Vec::<f32>::new());
        assert_eq!((InputKind::Picture.limits(), InputKind::Plane.limits()), (vec![], vec![]));
        assert_eq!(serde_json::to_string(&InputKind::Plane).unwrap(), "\"plane\"");
        let text = serde_json::to_string(&table).unwrap();
        assert!(text.starts_with("{\"table\":[{\"name\":\"Age\""), "{text}");
        assert_eq!(serde_json::from_str::<InputKind>(&text).unwrap(), table);
        assert_eq!((table.columns()[0].title(), table.columns().len()), ("Age (cm)".into(), 2));
    }

    #[test]
    fn a_row_is_read_in_its_units_and_a_picture_has_none() {
        let table = InputKind::Table(vec![column("Age", 0.0, 100.0, 0.0), column("Height", 100.0, 200.0, 0.5)]);
        assert_eq!(table.read_row(&[25.0, 150.0]), Some(vec![0.25, 0.5]));
        assert_eq!(table.read_row(&[-1.0, 999.0]), Some(vec![0.0, 1.0]));
        assert_eq!((table.read_row(&[25.0]), InputKind::Picture.read_row(&[])), (None, None));
        assert_eq!(table.shown_row(&[0.25, 0.5]), Some(vec![25.0, 150.0]));
        assert_eq!(table.nearest_row(&[25.3, 300.0]), Some(vec![25.3, 200.0]));
        assert_eq!(InputKind::Plane.read_row(&[0.25, 0.75]), Some(vec![0.25, 0.75]));
    }

    #[test]
    fn a_table_that_cannot_be_is_told_with_its_column() {
        let told = |columns: Vec<Column>, shape| InputKind::Table(columns).check(shape).unwrap_err();
        let good = || column("Age", 0.0, 99.0, 1.0);
        assert_eq!(InputKind::Table(vec![good(), good()]).check([1, 1, 2]), Ok(()));
        assert!(told(vec![good()], [1, 1, 2]).contains("[1, 1, 1], not [1, 1, 2]"));
        assert!(
            told(vec![good(), column("Height", 2.0, 2.0, 1.0)], [1, 1, 2]).contains("column 1 “Height” goes from 2")
        );
        assert!(told(vec![good(), column("Height", 0.0, f32::NAN, 1.0)], [1, 1, 2]).contains("goes from 0 to NaN"));
        assert!(told(vec![good(), column("Height", 0.0, 1.0, -1.0)], [1, 1, 2]).contains("-1 times"));
        assert!(told(vec![good(), column("Height", 0.0, 1.0, f32::INFINITY)], [1, 1, 2]).contains("inf times"));
        assert!(told(vec![good(), column(" ", 0.0, 1.0, 1.0)], [1, 1, 2]).contains("column 1 has no name"));
        assert!(told(vec![column("Age", 0.0, 99.0, 0.0)], [1, 1, 1]).contains("no column"));
        assert!(InputKind::Plane.check([1, 28, 28]).is_err() && InputKind::Picture.check([3, 32, 32]).is_ok());
        assert!(InputKind::Picture.check([3, 32, 31]).unwrap_err().contains("32 rows and 31 columns"));
    }
}
