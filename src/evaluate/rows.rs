//! Inputs that are no pictures, in words: a row of a table as its columns' values in their units, a point as its two numbers.

use crate::attack::{scale::widen, words::figure};
use crate::i18n::{tr, tr_with};
use foolproof_core::{catalog::Norm, input_kind::InputKind};

/// One value of an input.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedValue {
    /// Name and unit of the column, or which number of a point it is: `Height (cm)`.
    pub name: String,
    /// The value in its unit, and behind an arrow what an attack made of it: `170.2 → 163.4`.
    pub value: String,
    /// Whether the attack moved it.
    pub changed: bool,
}

/// The values of an input by name, and what an attack made of them; none of a picture. Both are in [0, 1], in the order of
/// the columns.
pub fn named(kind: &InputKind, clean: &[f32], attacked: Option<&[f32]>) -> Vec<NamedValue> {
    let one = |at: usize, name: String, shown: &dyn Fn(f32) -> f32| {
        let before = *clean.get(at)?;
        let after = attacked.and_then(|attacked| attacked.get(at)).copied().unwrap_or(before);
        let [from, to] = [before, after].map(|value| figure(widen(shown(value))));
        let changed = before != after;
        Some(NamedValue { name, value: if changed { format!("{from} → {to}") } else { from }, changed })
    };
    let columns = kind.columns();
    let named = columns.iter().enumerate().map(|(at, column)| one(at, column.title(), &|x| column.shown(x)));
    named.flatten().collect()
}

/// A sentence on how far each feature may go; none where all may go alike.
pub fn reach(kind: &InputKind, limits: &[f32]) -> Option<String> {
    let columns = kind.columns();
    let each: Vec<String> = columns
        .iter()
        .zip(limits)
        .map(|(column, limit)| format!("{} {}", column.title(), figure(widen(*limit))))
        .collect();
    match () {
        _ if limits.is_empty() => None,
        _ if each.is_empty() => {
            let open = limits.iter().filter(|limit| **limit > 0.0).count();
            Some(tr_with("The mask lets attacks change {0} of the {1} values of an input.", &[&open, &limits.len()]))
        }
        _ => Some(tr_with(
            "Values are shares of their column's range. How far each may move, as a multiple of epsilon: {0}.",
            &[&each.join(", ")],
        )),
    }
}

/// The budget in words, up to the radius.
pub fn budget(kind: &InputKind, norm: Norm) -> &'static str {
    match (kind.is_picture(), norm) {
        (true, Norm::Linf) => tr("when no pixel may move by more than"),
        (true, Norm::L2) => tr("when the picture may move no farther (L2) than"),
        (true, Norm::L1) => tr("when all pixels together may move (L1) by no more than"),
        (false, Norm::Linf) => tr("when no value may move by more than"),
        (false, Norm::L2) => tr("when the row may move no farther (L2) than"),
        (false, Norm::L1) => tr("when all values together may move (L1) by no more than"),
    }
}

/// The test inputs of a dataset: `test images of MNIST`; `instead` is put behind it.
pub fn test_inputs(kind: &InputKind, name: &str, instead: &str) -> String {
    match kind.is_picture() {
        true => tr_with("test images of {0}{1}", &[&name, &instead]),
        false => tr_with("test rows of {0}{1}", &[&name, &instead]),
    }
}

/// What many inputs are called: `images`.
pub fn plural(kind: &InputKind) -> &'static str {
    match kind {
        InputKind::Picture => tr("images"),
        InputKind::Table(_) => tr("rows"),
        InputKind::Plane => tr("points"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::input_kind::Column;

    fn table() -> InputKind {
        let column = |name: &str, unit: &str, max: f32, whole: bool, scale: f32| Column {
            name: name.into(),
            unit: unit.into(),
            min: 0.0,
            max,
            whole,
            scale,
        };
        InputKind::Table(vec![column("Height", "cm", 200.0, false, 0.5), column("Age", "", 100.0, true, 0.0)])
    }

    #[test]
    fn a_row_is_named_in_its_units_and_what_moved_is_marked() {
        let found = named(&table(), &[0.5, 0.255], Some(&[0.5625, 0.255]));
        let told: Vec<(&str, &str, bool)> =
            found.iter().map(|one| (one.name.as_str(), one.value.as_str(), one.changed)).collect();
        assert_eq!(told, [("Height (cm)", "100 → 112.5", true), ("Age", "26", false)]);
        let clean = named(&table(), &[0.5, 0.255], None);
        assert!(clean.iter().all(|one| !one.changed) && clean[0].value == "100");
        assert_eq!(named(&table(), &[0.5], None).len(), 1, "a row that is too short has no more");
        assert_eq!(named(&InputKind::Picture, &[0.5; 784], None), []);
        assert_eq!(named(&InputKind::Plane, &[0.25, 0.5], None)[1].value, "0.5");
    }

    #[test]
    fn what_may_move_is_told_where_it_differs() {
        assert!(reach(&table(), &table().limits()).unwrap().ends_with("epsilon: Height (cm) 0.5, Age 0."));
        assert_eq!((reach(&table(), &[]), reach(&InputKind::Picture, &[])), (None, None));
        let masked = reach(&InputKind::Picture, &[0.0, 1.0, 1.0, 0.0, 1.0]).unwrap();
        assert_eq!(masked, "The mask lets attacks change 3 of the 5 values of an input.");
    }

    #[test]
    fn pictures_are_spoken_of_as_before() {
        let picture = InputKind::Picture;
        assert_eq!(test_inputs(&picture, "MNIST", ""), "test images of MNIST");
        assert_eq!(plural(&picture), "images");
        for norm in Norm::ALL {
            assert!(["pixel", "picture"].iter().any(|word| budget(&picture, norm).contains(word)));
            assert!(["pixel", "picture"].iter().all(|word| !budget(&table(), norm).contains(word)));
        }
    }
}
