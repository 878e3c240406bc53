//! The list of shipped files, read from plain data by hand.
//!
//! What serde derives for these types also weighs 30 kB in the page, a tenth of all a first visit loads before it can
//! show anything; the engine and the zoo use it, and the tests hold the two readers against each other.

mod layer;

use crate::link::number;
use foolproof_core::{
    architecture::Architecture,
    defence::DefenceSpec,
    input_kind::{Column, InputKind},
    manifest::{Dataset, File, Manifest, Model, Shard},
};
use serde_json::Value;

/// Reads the list.
///
/// # Errors
/// A clause that names the place and what is missing there.
pub fn manifest(value: &Value) -> Result<Manifest, String> {
    let root = Node { value, place: String::new() };
    Ok(Manifest { datasets: root.list("datasets", dataset)?, models: root.list("models", model)? })
}

/// A value and where it is.
struct Node<'a> {
    value: &'a Value,
    place: String,
}

impl<'a> Node<'a> {
    fn get(&self, key: &str) -> Result<Node<'a>, String> {
        let place = format!("{}/{key}", self.place);
        match self.value.get(key) {
            Some(value) => Ok(Node { value, place }),
            None => Err(format!("{place} is missing")),
        }
    }

    fn wrong(&self, what: &str) -> String {
        format!("{} is not {what}", self.place)
    }

    fn text(&self, key: &str) -> Result<String, String> {
        let node = self.get(key)?;
        node.value.as_str().map(str::to_owned).ok_or_else(|| node.wrong("a text"))
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        self.get(key)?.truth()
    }

    fn truth(&self) -> Result<bool, String> {
        self.value.as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    /// What stands under a key, or `default` where there is nothing.
    fn get_or<T>(&self, key: &str, default: T, read: fn(Node<'a>) -> Result<T, String>) -> Result<T, String> {
        self.get(key).map_or(Ok(default), read)
    }

    fn count(&self, key: &str) -> Result<usize, String> {
        self.get(key)?.number()
    }

    fn number(&self) -> Result<usize, String> {
        let count = self.value.as_u64().and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| self.wrong("a whole number"))
    }

    fn real(&self) -> Result<f32, String> {
        self.value.as_f64().map(|number| number as f32).ok_or_else(|| self.wrong("a number"))
    }

    fn items(&self) -> Result<Vec<Node<'a>>, String> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        let node = |(at, value)| Node { value, place: format!("{}/{at}", self.place) };
        Ok(items.iter().enumerate().map(node).collect())
    }

    fn list<T>(&self, key: &str, read: fn(Node<'a>) -> Result<T, String>) -> Result<Vec<T>, String> {
        self.get(key)?.items()?.into_iter().map(read).collect()
    }

    fn shape(&self, key: &str) -> Result<[usize; 3], String> {
        let node = self.get(key)?;
        let sides = node.items()?.iter().map(Node::number).collect::<Result<Vec<_>, _>>()?;
        sides.try_into().map_err(|_| node.wrong("three numbers"))
    }
}

fn name(node: Node) -> Result<String, String> {
    node.value.as_str().map(str::to_owned).ok_or_else(|| node.wrong("a text"))
}

fn dataset(node: Node) -> Result<Dataset, String> {
    let (eps, shape, kind) = (node.get("eps")?, node.shape("shape")?, kind(&node)?);
    kind.check(shape).map_err(|why| format!("{}/kind is wrong: {why}", node.place))?;
    Ok(Dataset {
        id: node.text("id")?,
        name: node.text("name")?,
        shape,
        kind,
        classes: node.list("classes", name)?,
        eps: eps.real()?,
        natural: node.text("natural")?,
        robust: node.text("robust")?,
        licence: node.text("licence")?,
        credit: node.text("credit")?,
        test: node.list("test", shard)?,
        train: node.list("train", shard)?,
    })
}

fn kind(dataset: &Node) -> Result<InputKind, String> {
    let Ok(node) = dataset.get("kind") else { return Ok(InputKind::Picture) };
    match node.value {
        Value::String(word) if word == "picture" => Ok(InputKind::Picture),
        Value::String(word) if word == "plane" => Ok(InputKind::Plane),
        Value::Object(map) if map.len() == 1 && map.contains_key("table") => {
            Ok(InputKind::Table(node.list("table", column)?))
        }
        _ => Err(node.wrong("a kind of input that this page knows")),
    }
}

fn column(node: Node) -> Result<Column, String> {
    let real = |key: &str| node.get(key)?.real();
    Ok(Column {
        name: node.text("name")?,
        unit: node.text("unit")?,
        min: real("min")?,
        max: real("max")?,
        whole: node.flag("whole")?,
        scale: real("scale")?,
    })
}

fn shard(node: Node) -> Result<Shard, String> {
    let (images, labels) = (file(&node, "images")?, file(&node, "labels")?);
    Ok(Shard { first: node.count("first")?, count: node.count("count")?, images, labels })
}

fn file(node: &Node, key: &str) -> Result<File, String> {
    let node = node.get(key)?;
    Ok(File { path: node.text("path")?, bytes: node.count("bytes")? as u64, sha256: node.text("sha256")? })
}

fn defence(node: Node) -> Result<DefenceSpec, String> {
    node.value
        .as_str()
        .and_then(|text| DefenceSpec::read_with(text, number))
        .ok_or_else(|| node.wrong("a defence with its knobs"))
}

fn model(node: Node) -> Result<Model, String> {
    let plan = node.get("architecture")?;
    Ok(Model {
        id: node.text("id")?,
        name: node.text("name")?,
        data: node.text("data")?,
        robust: node.flag("robust")?,
        parameters: node.count("parameters")?,
        architecture: Architecture {
            defence: plan.get_or("defence", Vec::new(), |node| node.items()?.into_iter().map(defence).collect())?,
            ..Architecture::new(plan.shape("input")?, plan.count("classes")?, plan.list("layers", layer::layer)?)
        },
        weights: file(&node, "weights")?,
        card: file(&node, "card")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_str, json, to_value};

    #[test]
    fn the_shipped_list_is_read_as_serde_reads_it() {
        let text = include_str!("../../static/manifest.json");
        let by_hand = manifest(&from_str(text).unwrap()).unwrap();
        assert_eq!(by_hand, from_str(text).unwrap());
        assert!(!by_hand.models.is_empty());
    }

    #[test]
    fn every_kind_of_input_is_read_as_serde_reads_it() {
        let column = |name: &str, scale| {
            let unit = "cm".into();
            Column { name: name.into(), unit, min: -1.5, max: 250.0, whole: scale == 0.0, scale }
        };
        let table = InputKind::Table(vec![column("Height", 0.5), column("Age", 0.0)]);
        for (kind, shape) in [(InputKind::Picture, [3, 8, 8]), (table, [1, 1, 2]), (InputKind::Plane, [1, 1, 2])] {
            let mut list = crate::fixture::manifest();
            (list.datasets[0].kind, list.datasets[0].shape) = (kind, shape);
            let value = to_value(&list).unwrap();
            assert_eq!(value["datasets"][0].get("kind").is_none(), shape == [3, 8, 8]);
            assert_eq!(from_str::<Manifest>(&value.to_string()).unwrap(), list);
            assert_eq!(manifest(&value), Ok(list));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let whole = to_value(crate::fixture::manifest()).unwrap();
        let broken = |pointer: &str, with: Value| {
            let mut value = whole.clone();
            *value.pointer_mut(pointer).unwrap() = with;
            manifest(&value).unwrap_err()
        };
        assert_eq!(manifest(&json!({})).unwrap_err(), "/datasets is missing");
        assert_eq!(broken("/datasets/0/shape", json!([1, 28])), "/datasets/0/shape is not three numbers");
        assert_eq!(broken("/datasets/0/eps", json!("big")), "/datasets/0/eps is not a number");
        let kinds = |kind: Value| {
            let mut value = whole.clone();
            value["datasets"][0]["kind"] = kind;
            manifest(&value).unwrap_err()
        };
        assert_eq!(kinds(json!("sound")), "/datasets/0/kind is not a kind of input that this page knows");
        assert_eq!(kinds(json!({ "table": [{}] })), "/datasets/0/kind/table/0/name is missing");
        assert!(kinds(json!("plane")).starts_with("/datasets/0/kind is wrong: points"));
        assert_eq!(broken("/models/1/weights/bytes", json!(-1)), "/models/1/weights/bytes is not a whole number");
        assert_eq!(broken("/models/1/robust", Value::Null), "/models/1/robust is not true or false");
        let said = broken("/models/2/architecture/layers/0", json!("magic"));
        assert_eq!(said, "/models/2/architecture/layers/0 is a layer “magic”, which this page does not know");
        assert_eq!(
            broken("/models/0/architecture/layers/1", json!(7)),
            "/models/0/architecture/layers/1 is not a layer"
        );
    }
}
