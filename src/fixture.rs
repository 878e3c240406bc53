//! A small manifest and catalog for the page's tests.

use foolproof_core::{
    architecture::{Architecture, LayerSpec},
    catalog::{Card, Catalog, Knob, KnobKind, Norm, Preset, PresetValue},
    input_kind::InputKind,
    manifest::{Dataset, File, Manifest, Model, Shard},
    protocol::{AttackJob, AttackSpec, Distance, EightBit, Inputs, Outcome, Prediction, Sample, SampleOutcome},
};
use std::collections::BTreeMap;

fn file(path: &str) -> File {
    File { path: path.into(), bytes: 1, sha256: String::new() }
}

/// One dataset of a hundred test images in two shards, with a natural, a robust and another natural model.
pub fn manifest() -> Manifest {
    let shard = |first, count| Shard { first, count, images: file("images"), labels: file("labels") };
    let model = |id: &str, robust| Model {
        id: id.into(),
        name: id.to_uppercase(),
        data: "mnist".into(),
        robust,
        parameters: 7850,
        architecture: Architecture::new([1, 28, 28], 10, vec![LayerSpec::Flatten, LayerSpec::linear(784, 10)]),
        weights: file(id),
        card: file("card"),
    };
    Manifest {
        datasets: vec![Dataset {
            id: "mnist".into(),
            name: "MNIST".into(),
            shape: [1, 28, 28],
            kind: InputKind::Picture,
            classes: (0..10).map(|class| class.to_string()).collect(),
            eps: 0.3,
            natural: "natural".into(),
            robust: "robust".into(),
            licence: "none".into(),
            credit: "nobody".into(),
            test: vec![shard(0, 30), shard(30, 70)],
            train: Vec::new(),
        }],
        models: vec![model("natural", false), model("robust", true), model("other", false)],
    }
}

fn knob(key: &str, kind: KnobKind, min: f64, max: f64, default: Option<f64>) -> Knob {
    let auto = default.is_none().then(|| "2.5·ε/steps".to_owned());
    Knob { key: key.into(), name: key.into(), help: String::new(), kind, min, max, default, auto }
}

/// One attack.
pub fn card(id: &str, norms: &[Norm], targeted: bool, knobs: Vec<Knob>) -> Card {
    let fixed = |(key, value): (&str, f64)| (key.to_owned(), PresetValue::Fixed(value));
    let mut values = [("eps", 0.2), ("start", 1.0), ("steps", 40.0), ("restarts", 1.0)].map(fixed).to_vec();
    values.push(("step".into(), PresetValue::TimesEps(0.1)));
    let presets = vec![Preset { name: "paper".into(), norms: vec![Norm::Linf], values }];
    let paper = ["Somebody 2020", "A title", "https://example.org"];
    Card { norms: norms.to_vec(), targeted, knobs, presets, ..Card::new(id, &id.to_uppercase(), "", paper) }
}

/// `none`, `pgd` with the common knobs and one of its own, and `deep`, which is untargeted and L2 only.
pub fn catalog() -> Catalog {
    let common = vec![
        knob("steps", KnobKind::Integer, 1.0, 500.0, Some(40.0)),
        knob("step", KnobKind::Real, 0.0, 100.0, None),
        knob("restarts", KnobKind::Integer, 1.0, 50.0, Some(1.0)),
        knob("start", KnobKind::Toggle, 0.0, 1.0, Some(1.0)),
    ];
    Catalog {
        attacks: vec![
            card("none", &Norm::ALL, false, Vec::new()),
            card("pgd", &Norm::ALL, true, common),
            card("deep", &[Norm::L2], false, vec![knob("overshoot", KnobKind::Real, 0.0, 1.0, Some(0.02))]),
        ],
        methods: Vec::new(),
        defences: Vec::new(),
        detectors: vec![
            card("squeeze", &[], false, vec![knob("bits", KnobKind::Integer, 1.0, 8.0, Some(1.0))]),
            card("energy", &[], false, Vec::new()),
        ],
    }
}

/// The same with two defences, and the knobs by which PGD reckons with them.
pub fn defended_catalog() -> Catalog {
    let mut catalog = catalog();
    let modifiers =
        [knob("bpda", KnobKind::Toggle, 0.0, 1.0, Some(0.0)), knob("eot", KnobKind::Integer, 1.0, 100.0, None)];
    catalog.attacks[1].knobs.extend(modifiers);
    let bits = knob("bits", KnobKind::Integer, 1.0, 8.0, Some(1.0));
    let size = knob("size", KnobKind::Integer, 2.0, 3.0, Some(3.0));
    catalog.defences = vec![card("bits", &[], false, vec![bits]), card("median", &[], false, vec![size])];
    catalog.defences[1].pictures_only = true;
    catalog
}

/// PGD on a half-grey 7.
pub fn job(models: &[&str]) -> AttackJob {
    let knobs = BTreeMap::from([("steps".to_owned(), 40.0), ("restarts".to_owned(), 1.0)]);
    AttackJob {
        models: models.iter().map(|id| id.to_string()).collect(),
        inputs: Inputs { shape: [1, 1, 28, 28], pixels: vec![0.5; 784], labels: Some(vec![7]) },
        attack: AttackSpec { id: "pgd".into(), norm: Norm::Linf, eps: 0.1, target: None, knobs, limits: Vec::new() },
        company: None,
        detection: None,
        seed: 1,
    }
}

/// A model that says one class on the clean input and another, a little less surely, on the adversarial one.
pub fn outcome(model: &str, clean: u32, adversarial: u32) -> Outcome {
    let prediction = |label: u32, sure: f32| Prediction {
        label,
        probabilities: (0..10).map(|class| if class == label { sure } else { (1.0 - sure) / 9.0 }).collect(),
    };
    let sample = Sample {
        truth: 7,
        target: None,
        clean: prediction(clean, 0.98),
        adversarial: prediction(adversarial, 0.91),
        pixels: vec![0.6; 784],
        distance: Distance { l0: 784.0, l1: 78.4, l2: 2.8, linf: 0.1 },
        loss: vec![0.1, 2.5],
        success: adversarial != 7,
        eight_bit: EightBit { label: adversarial, success: adversarial != 7 },
        queries: (adversarial != 7).then_some(9),
        iterate: (adversarial != 7).then_some(1),
        zero_gradient: false,
        outcome: if adversarial != 7 { SampleOutcome::Fooled } else { SampleOutcome::Held },
    };
    Outcome {
        model: model.into(),
        samples: vec![sample],
        queries: 40,
        millis: 50.0,
        step: 0.00625,
        fooled: None,
        draws: 1,
        detected: Vec::new(),
    }
}
