//! What is proven of a model, as JSON.

use crate::attack::scale::widen;
use foolproof_core::{
    catalog::Norm,
    report::{Certificate, ModelReport},
};
use serde_json::{Value, json};

/// Steps of a curve of certified accuracy.
const STEPS: u32 = 32;

/// What votes on noisy copies prove, with what interval bounds do as `intervals`; these alone where no votes were counted yet.
pub fn certified(intervals: Value, figures: &ModelReport) -> Value {
    let Some(of) = figures.smoothed.as_ref().filter(|of| !of.samples.is_empty()) else { return intervals };
    let sample = |one: &Certificate| {
        let abstained = one.radius.is_none();
        json!({
            "index": one.index, "class": one.class, "count": one.count, "radius": one.radius, "abstained": abstained,
        })
    };
    let at = |step: u32| {
        let eps = of.largest() * f64::from(step) / f64::from(STEPS);
        json!({ "eps": eps, "accuracy": of.accuracy(eps) })
    };
    json!({
        "kind": "smoothing", "norm": Norm::L2, "sigma": widen(of.smoothing.sigma), "alpha": of.alpha,
        "n0": of.smoothing.select, "n": of.smoothing.draws, "mean": of.average(), "abstained": of.abstained(),
        "samples": of.samples.iter().map(sample).collect::<Vec<_>>(), "curve": (0..=STEPS).map(at).collect::<Vec<_>>(),
        "intervals": intervals,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{
        report::Report,
        report_file,
        report_json::{
            file, json as whole,
            tests::{has, report},
        },
    };
    use foolproof_core::{protocol::Smoothing, report::Smoothed};

    #[test]
    fn votes_are_told_beside_what_intervals_prove() {
        let mut report = report();
        let smoothing = Smoothing { sigma: 0.5, select: 100, draws: 1000 };
        let of = |index, votes| Certificate::of(index, 7, votes, &smoothing);
        let samples = vec![of(0, (7, 990)), of(1, (3, 510))];
        report.models[0].smoothed = Some(Smoothed { smoothing, alpha: 0.001, samples });
        let value = whole(&report);
        let found = &value["models"][0]["certified"];
        has(found, &["kind", "norm", "sigma", "alpha", "n0", "n", "samples", "curve", "mean", "intervals"]);
        assert_eq!((&found["kind"], &found["norm"], &found["n"]), (&json!("smoothing"), &json!("l2"), &json!(1000)));
        assert_eq!(found["intervals"]["median"], json!(0.0));
        let sure = &found["samples"][0];
        assert_eq!((&sure["class"], &sure["count"], &sure["abstained"]), (&json!(7), &json!(990), &json!(false)));
        assert!(sure["radius"].as_f64().is_some_and(|radius| (0.9..1.2).contains(&radius)), "{sure}");
        assert_eq!(
            found["samples"][1],
            json!({ "index": 1, "class": 3, "count": 510, "radius": null, "abstained": true })
        );
        assert_eq!(found["curve"][0]["accuracy"]["value"], json!(0.5));
        assert_eq!(value["models"][1]["certified"]["kind"], Value::Null);
        assert!(report.methods().contains("smoothed by Gaussian noise of 0.5"), "{}", report.methods());
        let again = report_file::load(&file(&report)).unwrap();
        // The last digit of a radius may not come back.
        let told = |report: &Report| {
            let of = report.models[0].smoothed.as_ref().unwrap();
            of.samples.iter().map(|one| (one.index, one.class, one.count)).collect::<Vec<_>>()
        };
        assert_eq!(told(&again), told(&report));
    }
}
