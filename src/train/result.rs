//! The result of a run as the host API tells it, and the card of the model that came of it.

use super::{
    engine::TrainingEngine,
    scoreboard::{Board, Score},
};
use crate::attack::scale::widen;
use foolproof_core::{
    protocol::{AttackSpec, EngineKind, Recipe},
    report::Accuracy,
    training::{Ending, Point},
};
use serde_json::{Map, Value, json};

/// Largest whole number that a JavaScript number holds exactly.
const EXACT: u64 = 1 << 53;

/// Everything about a run that is over.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// The link that asked for it.
    pub fragment: &'a str,
    /// Who trained in the end.
    pub engine: &'a TrainingEngine,
    /// From the call to the end, milliseconds.
    pub millis: f64,
    /// How it was trained.
    pub recipe: &'a Recipe,
    /// Id of the model that it began with, or `random`.
    pub from: &'a str,
    /// Id of the model that came of it; `None` if it could not be kept.
    pub model: Option<&'a str>,
    /// Optimiser steps of each replica.
    pub batches: u64,
    /// Images trained on, all replicas together.
    pub images: u64,
    /// Training time, seconds.
    pub seconds: f64,
    /// How it ended.
    pub ending: Ending,
    /// The curve.
    pub curve: &'a [Point],
    /// The scoreboard.
    pub board: &'a Board,
}

impl Outcome<'_> {
    /// The value of `run("train")`.
    pub fn json(&self) -> Value {
        json!({
            "kind": "training",
            "fragment": self.fragment,
            "engine": {
                "kind": kind(self.engine),
                "name": self.name(),
                "reason": self.engine.reason(),
            },
            "millis": self.millis.round(),
            "seed": if self.recipe.seed <= EXACT { json!(self.recipe.seed) } else { json!(self.recipe.seed.to_string()) },
            "from": self.from,
            "model": self.model,
            "batches": self.batches,
            "images": self.images,
            "stopped": self.ending.word(),
            "curve": self.curve.iter().map(point).collect::<Vec<_>>(),
            "before": score(self.board, &self.board.before),
            "after": score(self.board, &self.board.after),
        })
    }

    /// On what it was trained.
    fn name(&self) -> String {
        let workers = self.engine.workers();
        let word = if workers == 1 { "worker" } else { "workers" };
        self.engine.gpu().map_or_else(|| format!("WebAssembly SIMD, {workers} {word}"), str::to_owned)
    }

    /// The card that is kept beside the weights.
    pub fn card(&self) -> Value {
        json!({
            "program": format!("Foolproof {}", env!("CARGO_PKG_VERSION")),
            "from": self.from,
            "recipe": self.recipe,
            "engine": kind(self.engine),
            "workers": self.engine.seats().replicas,
            "batches": self.batches,
            "images": self.images,
            "seconds": (1000.0 * self.seconds).round() / 1000.0,
            "stopped": self.ending.word(),
            "link": self.fragment,
        })
    }
}

fn kind(engine: &TrainingEngine) -> &'static str {
    match engine.kind() {
        EngineKind::Cpu => "cpu",
        EngineKind::Gpu => "gpu",
    }
}

fn point(point: &Point) -> Value {
    let examined = point.examination.as_ref();
    json!({
        "batch": point.batch,
        "seconds": point.seconds,
        "loss": point.lesson.loss,
        "lr": point.lesson.rate,
        "eps": point.lesson.eps,
        "gradient": point.lesson.gradient,
        "clean": examined.map(|found| found.clean.value),
        "robust": examined.map(|found| found.robust.value),
        "fgsm": examined.map(|found| found.single.value),
    })
}

fn score(board: &Board, score: &Score) -> Value {
    let attacked = board.attacks.iter().zip(&score.attacked).map(|(spec, accuracy)| attack(spec, accuracy));
    json!({ "clean": score.clean, "attacked": attacked.collect::<Vec<_>>() })
}

fn attack(spec: &AttackSpec, accuracy: &Accuracy) -> Value {
    let mut value = Map::new();
    value.insert("id".into(), json!(spec.id));
    value.insert("norm".into(), json!(spec.norm));
    value.insert("eps".into(), json!(widen(spec.eps)));
    value.extend(spec.knobs.iter().map(|(key, knob)| (key.clone(), json!(knob))));
    value.insert("accuracy".into(), json!(accuracy));
    Value::Object(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::{
        catalog::Norm,
        protocol::Lesson,
        training::{Examination, presets},
    };

    #[test]
    fn a_result_has_every_key_of_the_contract() {
        let all = |right: usize| Accuracy::of(right, 10);
        let spec = AttackSpec {
            id: "apgd-ce".into(),
            norm: Norm::Linf,
            eps: 0.3,
            target: None,
            knobs: [("steps".to_owned(), 40.0)].into(),
            limits: Vec::new(),
        };
        let score = |right: usize| Score { clean: all(10), attacked: vec![all(right)] };
        let board = Board { attacks: vec![spec], names: vec!["APGD".into()], before: score(0), after: score(8) };
        let examination = Some(Examination { clean: all(9), robust: all(7), single: all(8) });
        let lesson = Lesson { loss: 0.5, rate: 0.01, ..Lesson::default() };
        let curve = [Point { batch: 20, seconds: 1.5, lesson, examination }];
        let architecture = crate::fixture::manifest().models[0].architecture.clone();
        let settings = presets()[0].settings(architecture, "train", 0.3, 2, 1);
        let (engine, recipe) = (TrainingEngine::cpu(&settings, "It was chosen.".into()), &settings.recipe);
        let outcome = Outcome {
            fragment: "v=1",
            engine: &engine,
            millis: 61_000.4,
            recipe,
            from: "mnist-cnn",
            model: Some("mine:a"),
            batches: 20,
            images: 4000,
            seconds: 60.0,
            ending: Ending::Finished,
            curve: &curve,
            board: &board,
        };
        let value = outcome.json();
        let keys = ["kind", "fragment", "engine", "millis", "seed", "model", "batches", "images", "stopped", "curve"];
        assert!(keys.iter().all(|key| value.get(key).is_some()), "{value}");
        let engine = json!({ "kind": "cpu", "name": "WebAssembly SIMD, 2 workers", "reason": "It was chosen." });
        assert_eq!(value["engine"], engine);
        assert_eq!((&value["stopped"], &value["model"]), (&json!("finished"), &json!("mine:a")));
        assert_eq!((&value["curve"][0]["robust"], &value["curve"][0]["fgsm"]), (&json!(0.7), &json!(0.8)));
        assert_eq!(value["after"]["attacked"][0]["id"], json!("apgd-ce"));
        assert_eq!(value["after"]["attacked"][0]["eps"], json!(0.3));
        assert_eq!(value["after"]["attacked"][0]["steps"], json!(40.0));
        assert_eq!(value["before"]["attacked"][0]["accuracy"]["n"], json!(10));
        assert_eq!(outcome.card()["recipe"]["method"], json!(recipe.method));
    }
}
