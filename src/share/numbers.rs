//! One attack in words and numbers, from the result as the host API tells it: a caption, CSV, NPY.

use crate::attack::words::percent;
use crate::i18n::{
    number::{fixed, said},
    tr, tr_with,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use foolproof_core::{
    input_kind::Column,
    report::{npy, quoted},
};
use serde_json::Value;
use std::fmt::Write;

/// The pixels of an attack.
#[derive(Clone, Debug, PartialEq)]
pub struct Pictures {
    /// Channels, rows, columns.
    pub shape: [usize; 3],
    /// The input.
    pub clean: Vec<f32>,
    /// What became of it.
    pub adversarial: Vec<f32>,
}

impl Pictures {
    /// The pixels of a result; `None` if it is none.
    pub fn of(result: &Value) -> Option<Pictures> {
        let sides: Vec<usize> = result["clean"]["shape"]
            .as_array()?
            .iter()
            .filter_map(|side| usize::try_from(side.as_u64()?).ok())
            .collect();
        let shape: [usize; 3] = sides.try_into().ok()?;
        let clean = floats(result["clean"]["pixels"].as_str()?)?;
        let adversarial = floats(result["adversarial"]["pixels"].as_str()?)?;
        let count = shape.iter().try_fold(1usize, |count, &side| count.checked_mul(side))?;
        (clean.len() == count && adversarial.len() == count).then_some(Pictures { shape, clean, adversarial })
    }

    /// What was added, pixel by pixel.
    pub fn noise(&self) -> impl Iterator<Item = f32> + '_ {
        self.adversarial.iter().zip(&self.clean).map(|(after, before)| after - before)
    }

    /// A line a pixel: where it is, before, after, and the difference.
    pub fn csv(&self) -> String {
        let [_, rows, columns] = self.shape;
        let mut text = String::from("channel,row,column,clean,adversarial,noise\n");
        for (index, (before, after)) in self.clean.iter().zip(&self.adversarial).enumerate() {
            let (channel, rest) = (index / (rows * columns).max(1), index % (rows * columns).max(1));
            // Writing to memory does not fail.
            let _ =
                writeln!(text, "{channel},{},{},{before},{after},{}", rest / columns, rest % columns, after - before);
        }
        text
    }

    /// A line a column of a row: its name and unit, before, after, and the difference, in the unit.
    pub fn row_csv(&self, columns: &[Column]) -> String {
        let mut text = String::from("column,unit,clean,adversarial,change\n");
        for (column, (&before, &after)) in columns.iter().zip(self.clean.iter().zip(&self.adversarial)) {
            let (name, unit) = (quoted(&column.name), quoted(&column.unit));
            let (before, after) = (column.shown(before), column.shown(after));
            // Writing to memory does not fail.
            let _ = writeln!(text, "{name},{unit},{before},{after},{}", after - before);
        }
        text
    }

    /// An array `[2, channels, rows, columns]`: the clean picture, then the adversarial one.
    pub fn npy(&self) -> Vec<u8> {
        let [channels, rows, columns] = self.shape;
        npy::floats(&[2, channels, rows, columns], self.clean.iter().chain(&self.adversarial).copied())
    }
}

fn floats(text: &str) -> Option<Vec<f32>> {
    let bytes = STANDARD.decode(text).ok()?;
    let (whole, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| whole.iter().map(|&four| f32::from_le_bytes(four)).collect())
}

/// Sentences that name the model, every parameter of the attack, both answers and the distances.
pub fn caption(result: &Value, model: &str) -> Vec<String> {
    let settings: Vec<String> = result["attack"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| *key != "id")
        .map(|(key, value)| format!("{key} {}", plain(value)))
        .collect();
    let truth = result["truth"].as_u64().map_or(String::new(), |truth| tr_with(" True class {0}.", &[&truth]));
    let lines = vec![
        tr_with("{0}, attacked by {1}: {2}.", &[&model, &plain(&result["attack"]["id"]), &settings.join(", ")]),
        tr_with(
            "It says {0} before and {1} after.{2}",
            &[&answer(&result["clean"]), &answer(&result["adversarial"]), &truth],
        ),
        tr_with("Distance: {0}.", &[&distances(&result["distance"])]),
        tr_with("Computed by the {0} engine.", &[&plain(&result["engine"]["kind"])]),
    ];
    lines.into_iter().chain(untried(result).map(str::to_owned)).chain(eight_bit(result)).collect()
}

/// Why the attack was not carried out, where it was not; `None` too in results from before this was told.
fn untried(result: &Value) -> Option<&'static str> {
    match result["outcome"].as_str()? {
        "nothing-to-do" => Some(tr("There was nothing to do for the attack.")),
        "no-start" => Some(tr("The attack found no input to start from.")),
        "no-gradient" => Some(tr("The attack saw no gradient to follow, so this says nothing of the model.")),
        _ => None,
    }
}

/// Whether the example still fools as a picture of 8 bits a pixel; `None` where it does not fool at all, and in results
/// from before this was asked.
pub fn eight_bit(result: &Value) -> Option<String> {
    let label = result["eightBit"]["label"].as_u64().filter(|_| result["success"] == true)?;
    Some(match result["eightBit"]["success"].as_bool()? {
        true => tr_with("Saved in 8 bits, as in a PNG, it is still read as {0}.", &[&label]),
        false => tr_with("Saved in 8 bits, as in a PNG, it no longer fools: it is read as {0}.", &[&label]),
    })
}

fn answer(side: &Value) -> String {
    let label = side["label"].as_u64().unwrap_or_default();
    let sure = side["probabilities"].get(label as usize).and_then(Value::as_f64).unwrap_or_default();
    format!("{label} ({})", percent(sure as f32))
}

fn distances(distance: &Value) -> String {
    let one = |(key, name): (&str, &str)| {
        let value = distance[key].as_f64().unwrap_or_default();
        format!("{name} {}", fixed(value, if key == "l0" { 0 } else { 3 }))
    };
    [("l0", "L0"), ("l1", "L1"), ("l2", "L2"), ("linf", "L∞")].map(one).join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => tr("none").into(),
        other => said(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn result() -> Value {
        let packed =
            |values: [f32; 2]| STANDARD.encode(values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>());
        let side = |label: u64, values| json!({ "label": label, "probabilities": [0.25, 0.75], "pixels": packed(values), "shape": [1, 1, 2] });
        json!({
            "attack": { "id": "pgd", "norm": "linf", "eps": 0.25, "steps": 40, "target": null, "seed": 1 },
            "truth": 1, "clean": side(1, [0.0, 0.5]), "adversarial": side(0, [0.25, 0.25]),
            "distance": { "l0": 2, "l1": 0.5, "l2": 0.35355, "linf": 0.25 }, "engine": { "kind": "cpu" },
            "success": true, "eightBit": { "label": 0, "success": true },
        })
    }

    #[test]
    fn a_caption_names_every_parameter() {
        let text = caption(&result(), "Natural CNN").join(" ");
        for part in [
            "Natural CNN, attacked by pgd",
            "norm linf",
            "eps 0.25",
            "steps 40",
            "target none",
            "seed 1",
            "1 (75 %) before and 0 (25 %) after",
            "True class 1",
            "L0 2, L1 0.500, L2 0.354, L∞ 0.250",
            "cpu engine",
            "Saved in 8 bits, as in a PNG, it is still read as 0.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn what_rounding_undoes_is_said_and_nothing_is_claimed_without_need() {
        let with = |key: &str, value: Value| {
            let mut result = result();
            result[key] = value;
            eight_bit(&result)
        };
        let lost = with("eightBit", json!({ "label": 1, "success": false }));
        assert_eq!(lost.unwrap(), "Saved in 8 bits, as in a PNG, it no longer fools: it is read as 1.");
        assert_eq!((with("success", json!(false)), with("eightBit", Value::Null)), (None, None));
    }

    /// F5.
    #[test]
    fn what_was_not_carried_out_is_said_in_a_caption() {
        let mut result = result();
        assert_eq!(untried(&result), None);
        for (outcome, said) in [("nothing-to-do", true), ("no-start", true), ("no-gradient", true), ("held", false)] {
            result["outcome"] = json!(outcome);
            assert_eq!(untried(&result).is_some(), said, "{outcome}");
            assert_eq!(caption(&result, "M").len(), if said { 6 } else { 5 });
        }
    }

    #[test]
    fn numbers_are_the_pixels() {
        let pictures = Pictures::of(&result()).unwrap();
        assert_eq!(pictures.noise().collect::<Vec<_>>(), [0.25, -0.25]);
        assert_eq!(
            pictures.csv(),
            "channel,row,column,clean,adversarial,noise\n0,0,0,0,0.25,0.25\n0,0,1,0.5,0.25,-0.25\n"
        );
        let file = pictures.npy();
        assert!(String::from_utf8_lossy(&file).contains("'shape': (2, 1, 1, 2)"));
        assert_eq!(file[file.len() - 4..], 0.25f32.to_le_bytes());
    }

    #[test]
    fn what_is_no_result_is_none() {
        for change in [json!([1, 1, 3]), json!([1, 2]), json!("1"), json!(null)] {
            let mut wrong = result();
            wrong["clean"]["shape"] = change;
            assert_eq!(Pictures::of(&wrong), None);
        }
        let mut torn = result();
        torn["adversarial"]["pixels"] = json!("AAA=");
        assert_eq!(Pictures::of(&torn), None);
        assert_eq!(Pictures::of(&Value::Null), None);
    }
}
