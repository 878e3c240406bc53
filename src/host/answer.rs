//! The host API's values: the state, results, the catalog, an exported model.

use crate::{
    attack::{defence::of_job, results::Run, scale::widen},
    link::{Mask, Settings, USUAL_STEPS, VERSION},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use foolproof_core::{
    architecture::Architecture,
    catalog::Catalog,
    defence::texts_of,
    manifest::Manifest,
    protocol::{AttackJob, EngineKind, Outcome, Prediction, Target},
};
use serde_json::{Value, json};

/// Largest whole number that a JavaScript number holds exactly.
const EXACT: u64 = 1 << 53;

/// The state as `getState` answers it and the `state` event says it.
pub fn state(settings: &Settings) -> Value {
    let mut state = serde_json::Map::new();
    for (key, text) in settings.pairs() {
        state.insert(key, Value::String(text));
    }
    let mut put = |key: &str, value: Value| state.insert(key.into(), value);
    put("v", json!(VERSION));
    settings.eps.iter().for_each(|eps| drop(put("eps", json!(eps))));
    settings.step.iter().for_each(|step| drop(put("step", json!(step))));
    put("steps", json!(settings.steps.unwrap_or(USUAL_STEPS)));
    put("restarts", json!(settings.restarts));
    settings.target.and_then(Target::class).iter().for_each(|class| drop(put("target", json!(class))));
    settings.knobs.iter().for_each(|(key, value)| drop(put(key, json!(value))));
    put("seed", if settings.seed <= EXACT { json!(settings.seed) } else { json!(settings.seed.to_string()) });
    put("engine", json!(crate::link::Words::word(settings.engine)));
    put("theme", json!(crate::link::Words::word(settings.theme)));
    put("lang", json!(crate::link::Words::word(settings.language)));
    put("embed", json!(u8::from(settings.embed)));
    put("hide", json!(settings.hide));
    put("lock", json!(settings.lock));
    json!({ "fragment": settings.fragment(), "state": state })
}

/// An engine as results name it.
pub fn engine(kind: EngineKind, name: &str, reason: &str) -> Value {
    json!({ "kind": kind, "name": name, "reason": reason })
}

/// A finished attack on one of its models; `None` if that model has no outcome.
pub fn attack(run: &Run, model: &str, engine: Value) -> Option<Value> {
    let outcome = run.outcomes.iter().find(|outcome| outcome.model == model)?;
    let sample = outcome.samples.first()?;
    let (job, spec) = (&run.job, &run.job.attack);
    let shape = &job.inputs.shape[1..];
    let truth = job.inputs.labels.as_ref().and_then(|labels| labels.first());
    let mut attack = json!({
        "id": spec.id, "norm": spec.norm, "eps": widen(spec.eps), "step": widen(outcome.step),
        "steps": steps(outcome, spec.knobs.get("steps")), "restarts": spec.knobs.get("restarts").map_or(1, |&count| count as u64),
        "target": sample.target, "seed": if job.seed <= EXACT { json!(job.seed) } else { json!(job.seed.to_string()) },
    });
    if let Some(mode) = spec.target.and_then(Target::mode) {
        attack["targetMode"] = json!(mode);
    }
    for (key, value) in &spec.knobs {
        if !matches!(key.as_str(), "step" | "steps" | "restarts") {
            attack[key.as_str()] = json!(value);
        }
    }
    Some(json!({
        "kind": "attack", "fragment": run.settings.fragment(), "engine": engine, "model": model, "millis": outcome.millis,
        "truth": truth, "attack": attack, "success": sample.success,
        "outcome": sample.outcome.word(), "draws": outcome.draws,
        "mask": run.settings.mask.as_ref().map(Mask::text), "defence": defences(job, model),
        "clean": side(&sample.clean, &job.inputs.pixels, shape),
        "adversarial": side(&sample.adversarial, &sample.pixels, shape),
        "distance": {
            "l0": sample.distance.l0, "l1": sample.distance.l1, "l2": sample.distance.l2, "linf": sample.distance.linf,
        },
        "loss": sample.loss, "queries": outcome.queries, "zeroGradient": sample.zero_gradient,
        "eightBit": { "label": sample.eight_bit.label, "success": sample.eight_bit.success },
        "fooled": outcome.fooled,
    }))
}

/// What the link put before the model, in the order in which the input met it.
fn defences(job: &AttackJob, model: &str) -> Value {
    let mut list = Vec::new();
    if let Some(id) = of_job(job, model) {
        texts_of(id).for_each(|text| list.push(Value::from(text)));
    }
    Value::Array(list)
}

/// Steps of one restart: as set, or for an attack without that knob as many as it took.
fn steps(outcome: &Outcome, knob: Option<&f64>) -> u64 {
    let taken = outcome.samples.first().map_or(0, |sample| sample.loss.len().saturating_sub(1));
    knob.map_or(taken as u64, |&steps| steps as u64)
}

fn side(prediction: &Prediction, pixels: &[f32], shape: &[usize]) -> Value {
    json!({
        "label": prediction.label, "probabilities": prediction.probabilities, "pixels": floats(pixels), "shape": shape,
    })
}

/// Base64 of 32-bit floats, little-endian.
fn floats(values: &[f32]) -> String {
    STANDARD.encode(values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

/// What there is to choose from.
pub fn catalog(catalog: &Catalog, manifest: &Manifest) -> Value {
    json!({
        "attacks": catalog.attacks, "methods": catalog.methods, "defences": catalog.defences, "detectors": catalog.detectors,
        "models": manifest.models, "datasets": manifest.datasets,
    })
}

/// A model as a file.
pub fn model(architecture: &Architecture, safetensors: &[u8], card: Value) -> Value {
    json!({ "architecture": architecture, "safetensors": STANDARD.encode(safetensors), "card": card })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attack::results::Phase,
        fixture::{job, manifest, outcome},
    };
    use foolproof_core::protocol::Ticket;
    use std::sync::Arc;

    fn run() -> Run {
        Run {
            ticket: Ticket(1),
            job: Arc::new(job(&["natural", "robust"])),
            settings: Settings::read("eps=0.1").0,
            phase: Phase::Done(80.0),
            outcomes: vec![Arc::new(outcome("natural", 7, 3))],
            progress: None,
        }
    }

    #[test]
    fn a_result_has_every_key_of_the_contract() {
        let value = attack(&run(), "natural", engine(EngineKind::Cpu, "one thread", "No GPU.")).unwrap();
        let keys = [
            "kind",
            "fragment",
            "engine",
            "millis",
            "truth",
            "attack",
            "success",
            "clean",
            "adversarial",
            "distance",
            "loss",
            "eightBit",
            "fooled",
            "outcome",
            "draws",
        ];
        assert!(keys.iter().all(|key| value.get(key).is_some()), "{value}");
        assert_eq!(value["engine"], json!({ "kind": "cpu", "name": "one thread", "reason": "No GPU." }));
        assert_eq!(value["attack"]["eps"], json!(0.1));
        assert_eq!(value["attack"]["step"], json!(0.00625));
        assert_eq!((&value["attack"]["steps"], &value["attack"]["target"]), (&json!(40), &Value::Null));
        assert_eq!((&value["truth"], &value["success"]), (&json!(7), &json!(true)));
        assert_eq!((&value["outcome"], &value["draws"]), (&json!("fooled"), &json!(1)));
        assert_eq!(value["clean"]["shape"], json!([1, 28, 28]));
        assert!(attack(&run(), "robust", Value::Null).is_none());
    }

    #[test]
    fn a_target_is_the_class_of_this_input_and_its_mode_is_told() {
        let mut run = run();
        let mut outcome = outcome("natural", 7, 3);
        outcome.samples[0].target = Some(2);
        run.outcomes = vec![Arc::new(outcome)];
        for (target, mode) in [(Target::Least, json!("least")), (Target::Class(2), Value::Null)] {
            Arc::make_mut(&mut run.job).attack.target = Some(target);
            let told = attack(&run, "natural", Value::Null).unwrap();
            assert_eq!((&told["attack"]["target"], &told["attack"]["targetMode"]), (&json!(2), &mode));
        }
        for (link, told) in [("target=3", json!(3)), ("target=least", json!("least")), ("", json!("none"))] {
            assert_eq!(state(&Settings::read(link).0)["state"]["target"], told, "{link}");
        }
    }

    #[test]
    fn a_result_names_the_model_and_what_stood_before_it() {
        let mut run = run();
        run.job = Arc::new(job(&["natural~bits:bits:1~median"]));
        let told = attack(&run, "natural", Value::Null).unwrap();
        assert_eq!((&told["model"], &told["defence"]), (&json!("natural"), &json!(["bits:bits:1", "median"])));
        run.job = Arc::new(job(&["natural"]));
        assert_eq!(attack(&run, "natural", Value::Null).unwrap()["defence"], json!([]));
    }

    #[test]
    fn pixels_are_little_endian_floats() {
        let value = attack(&run(), "natural", Value::Null).unwrap();
        let bytes = STANDARD.decode(value["adversarial"]["pixels"].as_str().unwrap()).unwrap();
        assert_eq!(bytes.len(), 784 * 4);
        assert_eq!(bytes[..4], 0.6f32.to_le_bytes());
    }

    #[test]
    fn a_drawing_has_no_truth() {
        let mut run = run();
        Arc::make_mut(&mut run.job).inputs.labels = None;
        assert_eq!(attack(&run, "natural", Value::Null).unwrap()["truth"], Value::Null);
    }

    #[test]
    fn numbers_of_the_state_are_numbers_and_large_seeds_stay_exact() {
        let (mut settings, _) = Settings::read("eps=8/255&steps=7&seed=18446744073709551615&hide=seed,norm");
        settings.model = Some("natural".into());
        let value = state(&settings);
        assert_eq!(value["state"]["steps"], json!(7));
        assert_eq!(value["state"]["eps"], json!(8.0 / 255.0));
        assert_eq!(value["state"]["step"], json!("auto"));
        assert_eq!(value["state"]["seed"], json!("18446744073709551615"));
        assert_eq!(value["state"]["hide"], json!(["norm", "seed"]));
        assert_eq!(value["fragment"], json!(settings.fragment()));
    }

    #[test]
    fn the_catalog_lists_all_four_kinds() {
        let value = catalog(&crate::fixture::catalog(), &manifest());
        assert_eq!(value["attacks"].as_array().unwrap().len(), 3);
        assert_eq!(value["models"].as_array().unwrap().len(), 3);
        assert_eq!(value["datasets"][0]["id"], json!("mnist"));
        assert!(value["methods"].as_array().is_some());
    }
}
