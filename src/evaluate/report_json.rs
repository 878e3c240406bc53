//! The report as JSON: what `run("evaluate")` answers, and the file that the page writes and `report_file` loads again.

use super::{certified_json::certified, detectors_json::detectors, ensemble, report::Report};
use crate::attack::scale::widen;
use foolproof_core::{
    catalog::Norm,
    protocol::{SampleOutcome, Target},
    report::{Accuracy, AttackFigures, Classes, ModelReport, Nearer, Spread, Twice},
};
use serde_json::{Map, Value, json};

/// Key of the file under which the page keeps what it shows.
pub(super) const KEPT: &str = "page";
/// Shares at which quantiles are told.
const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Largest whole number that a JavaScript number holds exactly.
const EXACT: u64 = 1 << 53;

/// The host API's report.
pub fn json(report: &Report) -> Value {
    let reason = "Evaluations run on CPU workers of their own, one a core.";
    let mut value = json!({
        "kind": "report",
        "fragment": report.about.fragment,
        "engine": { "kind": "cpu", "name": report.engine(), "reason": reason },
        "millis": report.about.millis,
        "data": report.data,
        "n": report.labels.len(),
        "seed": if report.seed <= EXACT { json!(report.seed) } else { json!(report.seed.to_string()) },
        "complete": report.complete,
        "weight": report.weight,
        "methods": report.methods(),
        "models": report.models.iter().map(|figures| model(report, figures)).collect::<Vec<_>>(),
        "audit": report.audit,
    });
    if !report.kind.is_picture() {
        value["inputs"] = json!(report.kind);
    }
    value
}

/// The report as a file.
pub fn file(report: &Report) -> String {
    let mut whole = json(report);
    // Plain data always has a value.
    whole[KEPT] = serde_json::to_value(report).unwrap_or_default();
    whole.to_string()
}

fn model(report: &Report, figures: &ModelReport) -> Value {
    let norm = report.norm;
    let attack = |place: usize| {
        let (spec, own) = (&report.trials[place].spec, &figures.attacks[place]);
        let mut entry = Map::new();
        spec.knobs.iter().for_each(|(key, value)| drop(entry.insert(key.clone(), json!(value))));
        let fixed = json!({
            "id": spec.id, "norm": spec.norm, "eps": widen(spec.eps), "accuracy": own.accuracy, "queries": own.queries,
            "byQueries": falls("queries", &own.by_queries), "bySteps": falls("steps", &own.by_steps), "distance": own.distance,
            "targetMode": spec.target.and_then(Target::mode), "zeroGradients": own.blind, "nothingToDo": own.idle,
            "noStart": own.unstarted, "draws": figures.draws, "loss": own.loss, "lossAt": own.loss_at, "millis": own.millis,
            "members": own.members.iter().map(member).collect::<Vec<_>>(),
            // Once more: `queries` among them is a budget, beside the mean that was spent.
            "knobs": spec.knobs,
            "eightBit": own.eight_bit.map(|(survive, fell)| json!({ "survive": survive, "fell": fell })),
            "fooling": own.fooling.map(|rate| json!({ "crafted": rate.crafted, "heldOut": rate.held_out })),
        });
        for part in [fixed, doubts(own), transfer(figures.transfer.get(place))] {
            if let Value::Object(part) = part {
                entry.extend(part);
            }
        }
        Value::Object(entry)
    };
    let none = Spread::default();
    let (margin_norm, margin) = figures.margin.as_ref().map_or((norm, &none), |(norm, margin)| (*norm, margin));
    let mut whole = json!({
        "id": figures.id,
        "draws": figures.draws,
        "clean": figures.clean,
        "attacks": (0..report.trials.len()).map(attack).collect::<Vec<_>>(),
        "worst": figures.worst,
        "worstOfChosen": figures.chosen.unwrap_or(figures.worst),
        "weak": figures.weak.as_ref().map(|weak| json!({ "broken": weak.inputs.len(), "of": weak.of })),
        "score": figures.score,
        "margin": spread(margin_norm, margin),
        "radius": spread(norm, &figures.radius),
        "certified": certified(spread(norm, &figures.certified), figures),
        "entropy": { "clean": figures.entropy.0, "attacked": figures.entropy.1 },
        "defensiveMargin": figures.defensive_margin,
        "classes": { "clean": classes(&figures.classes.0), "attacked": classes(&figures.classes.1) },
        "curve": figures.curve.iter().map(point).collect::<Vec<_>>(),
        "samples": figures.samples.iter().map(|row| sample(report, row)).collect::<Vec<_>>(),
    });
    if !figures.detectors.is_empty() {
        whole["detectors"] = json!(detectors(report, figures));
    }
    // An ensemble's id has what stands before each member.
    let list = ensemble::defence(&figures.id);
    if !list.is_empty() {
        whole["defence"] = json!(list);
    }
    whole
}

/// Whether an attack had enough steps, and whether it does worse with more room, as far as the auditor looked.
fn doubts(figures: &AttackFigures) -> Value {
    let twice = figures.twice.as_ref();
    let both = |twice: &Twice| json!({ "steps": twice.steps, "accuracy": twice.twin, "own": twice.own });
    let nearer = figures.nearer.as_ref();
    let smaller = |of: &Nearer| {
        let raw: Vec<Value> = of.raw.iter().map(point).collect();
        json!({ "eps": widen(of.eps), "accuracy": of.nearer, "own": of.own, "worst": of.worst, "raw": raw })
    };
    json!({
        "converged": twice.map(|twice| twice.converged), "twiceTheSteps": twice.map(both),
        "rises": nearer.map(|nearer| nearer.rises), "smallerRadii": nearer.map(smaller),
    })
}

/// Shares as bare numbers, and with their intervals.
fn transfer(row: Option<&Vec<Option<Accuracy>>>) -> Value {
    let bare = row.map(|row| row.iter().map(|share| share.map(|share| share.value)).collect::<Vec<_>>());
    json!({ "transfer": bare, "transferAccuracy": row })
}

fn sample(report: &Report, row: &foolproof_core::report::SampleRow) -> Value {
    let broken: Vec<&str> =
        row.broken.iter().filter_map(|&place| Some(report.trials.get(place)?.spec.id.as_str())).collect();
    let untried = |(place, why): &(usize, SampleOutcome)| {
        Some(json!({ "attack": place, "id": report.trials.get(*place)?.spec.id, "outcome": why.word() }))
    };
    json!({
        "index": row.index, "truth": row.truth, "clean": row.clean, "attacked": row.attacked, "broken": broken,
        "found": row.found.as_ref().map(|found| &found.attack),
        "radius": row.radius.flatten().map(widen), "certified": row.certified.map(widen),
        "margin": row.margin.flatten().map(widen),
        "untried": row.untried.iter().filter_map(untried).collect::<Vec<_>>(),
    })
}

fn spread(norm: Norm, spread: &Spread) -> Value {
    let quantile = |(share, value): (f64, &Option<f32>)| json!({ "share": share, "value": value.map(widen) });
    let quantiles: Vec<Value> = SHARES.into_iter().zip(&spread.quantiles).map(quantile).collect();
    let quantiles = if spread.n == 0 { Vec::new() } else { quantiles };
    json!({ "norm": norm, "n": spread.n, "median": spread.median.map(widen), "quantiles": quantiles })
}

fn point((eps, accuracy): &(f32, Accuracy)) -> Value {
    json!({ "eps": widen(*eps), "accuracy": accuracy })
}

fn falls(what: &str, falls: &[(u32, Accuracy)]) -> Vec<Value> {
    falls.iter().map(|(at, accuracy)| json!({ what: at, "accuracy": accuracy })).collect()
}

fn member((name, accuracy): &(String, Accuracy)) -> Value {
    json!({ "name": name, "accuracy": accuracy })
}

fn classes(classes: &Classes) -> Value {
    let [precision, recall, f1] = classes.macro_mean;
    json!({
        "precision": classes.precision, "recall": classes.recall, "f1": classes.f1, "confusion": classes.confusion,
        "macro": { "precision": precision, "recall": recall, "f1": f1 },
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        evaluate::{plan::Plan, report::*, request::EvaluationRequest, study::Study},
        fixture::{catalog, manifest, outcome},
        link::Settings,
    };
    use foolproof_core::protocol::{Part, Radii, Timeline};

    /// What the report below was asked for with.
    pub const ASKED: &str = "eps=.1&seed=18446744073709551615&measure.attacks=pgd:steps:4&measure.n=2";

    /// Two inputs of class 7: the natural model falls on both, the robust one is done on the first only.
    pub fn report() -> Report {
        let (settings, _) = Settings::read(ASKED);
        let (request, _) = EvaluationRequest::read(&settings, &manifest(), &catalog());
        let plan = Plan::of(&settings, request, &manifest(), &catalog()).unwrap();
        let roles = plan.roles.len();
        let mut study = Study::new(plan, &[7, 7, 1]);
        let part = |model: &str, attack: usize, clean: u32, adversarial: u32, count: usize| {
            let samples = vec![outcome(model, clean, adversarial).samples[0].clone(); count];
            let transfer = vec![vec![adversarial; count]; 2];
            let timeline = Timeline { runs: vec![1], every: 1, members: Vec::new() };
            Part {
                model: model.into(),
                attack,
                first: 0,
                samples,
                timeline,
                transfer,
                draws: 1,
                detected: Vec::new(),
                millis: 5.0,
            }
        };
        study.add(0, part("natural", 0, 7, 3, 2)).unwrap();
        study.add(0, part("robust", 0, 7, 7, 1)).unwrap();
        (0..roles).for_each(|attack| study.add(1, part("natural", attack, 7, 3, 2)).unwrap());
        study
            .add_radii(Radii {
                model: "natural".into(),
                first: 0,
                radii: vec![Some(0.02), None],
                certified: vec![0.01, 0.0],
            })
            .unwrap();
        let names = vec!["Natural".into(), "Robust".into()];
        let about = About {
            fragment: settings.fragment(),
            names,
            attacks: vec!["PGD".into()],
            workers: 2,
            millis: 9.0,
            asides: vec!["An aside.".into()],
        };
        study.report(about)
    }

    pub fn has(value: &Value, keys: &[&str]) {
        keys.iter().for_each(|key| assert!(value.get(key).is_some(), "{key} is not in {value}"));
    }

    #[test]
    fn every_key_of_the_contract_is_there() {
        let report = json(&report());
        has(&report, &["kind", "fragment", "engine", "millis", "data", "n", "seed", "models", "audit"]);
        has(&report["engine"], &["kind", "name", "reason"]);
        assert_eq!((&report["n"], &report["seed"]), (&json!(2), &json!("18446744073709551615")));
        let [natural, robust] = &report["models"].as_array().unwrap()[..] else { panic!("not two models") };
        for model in [natural, robust] {
            has(model, &["id", "clean", "attacks", "worst", "score", "margin", "radius", "entropy", "defensiveMargin"]);
            has(model, &["classes", "curve", "samples"]);
            has(&model["margin"], &["norm", "median", "quantiles"]);
            has(&model["radius"], &["norm", "median", "quantiles"]);
            has(&model["entropy"], &["clean", "attacked"]);
            ["clean", "attacked"]
                .iter()
                .for_each(|side| has(&model["classes"][side], &["precision", "recall", "f1", "macro", "confusion"]));
            has(&model["attacks"][0], &["id", "norm", "eps", "steps", "accuracy", "queries", "byQueries"]);
            has(&model["attacks"][0], &["bySteps", "lossAt", "members", "knobs", "eightBit", "fooling"]);
            assert_eq!(model["attacks"][0]["knobs"]["steps"], json!(4.0));
            has(&model["attacks"][0], &["converged", "twiceTheSteps", "transfer", "transferAccuracy"]);
            has(model, &["weak", "draws", "worstOfChosen"]);
            has(&model["attacks"][0], &["nothingToDo", "noStart", "draws", "rises", "smallerRadii"]);
            has(&model["samples"][0], &["untried", "found"]);
            has(&model["worst"], &["value", "low", "high", "n"]);
            has(&model["samples"][0], &["index", "truth", "clean", "attacked", "broken", "margin"]);
        }
        assert_eq!((&natural["worst"]["value"], &natural["worst"]["n"]), (&json!(0.0), &json!(2)));
        assert_eq!((&robust["worst"]["value"], &robust["worst"]["n"]), (&json!(1.0), &json!(1)));
        assert_eq!(natural["samples"][0]["broken"], json!(["pgd"]));
        assert_eq!(natural["radius"]["quantiles"][0], json!({ "share": 0.05, "value": 0.02 }));
        assert_eq!((&natural["certified"]["median"], &natural["samples"][0]["certified"]), (&json!(0.0), &json!(0.01)));
        has(&natural["curve"][0], &["eps", "accuracy"]);
        has(&report["audit"][0], &["model", "check", "verdict", "evidence"]);
        assert_eq!(report["complete"], json!(false));
    }

    #[test]
    fn a_model_behind_a_defence_says_so_in_figures_methods_and_file() {
        let mut behind = report();
        behind.models[0].id = "natural~bits:bits:1~median".into();
        let told = json(&behind);
        assert_eq!(told["models"][0]["defence"], json!(["bits:bits:1", "median"]));
        assert!(told["models"][1].get("defence").is_none());
        assert!(
            behind.methods().contains(" An input of natural meets bits (bits 1), then median, before the network.")
        );
        let again = crate::evaluate::report_file::load(&file(&behind)).unwrap();
        assert_eq!((&again.models[0].id, again.methods()), (&behind.models[0].id, behind.methods()));
    }

    #[test]
    fn the_hardest_fall_first_and_the_most_robust_stand_longest() {
        let report = report();
        assert_eq!((report.extremes(0, true, 8), report.extremes(0, false, 1)), (vec![0, 1], vec![1]));
        assert_eq!(report.extremes(1, true, 8), [0]);
    }

    #[test]
    fn the_methods_name_the_search_too() {
        let text = report().methods();
        assert!(text.contains("pgd (L∞, epsilon 0.1") && text.contains("10 steps of PGD, up to 0.6"), "{text}");
    }
}
