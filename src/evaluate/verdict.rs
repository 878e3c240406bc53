//! The lab's verdict on keys that a host sets: which of them are unknown, which cannot be taken as they are, and which
//! values are in force instead.

use super::request::{CERTIFY, EvaluationRequest, SMOOTHING, attacks_text, detectors_text, models_text};
use crate::{
    attack::{scale::widen, words::plain},
    link::{Remark, Settings},
    train,
};
use foolproof_core::{catalog::Catalog, manifest::Manifest};

/// Keys that cannot be taken as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// Unknown keys.
    pub ignored: Vec<String>,
    /// These are out of their range, or name a model, attack or dataset that does not exist.
    pub clamped: Vec<String>,
    /// Keys of the Measure page with the values in force in place of those that were clamped.
    pub right: Vec<(String, String)>,
}

/// Judges `keys`, of the Measure and the Train page, as they stand in `settings`.
pub fn judge(settings: &Settings, manifest: &Manifest, catalog: &Catalog, keys: &[&str]) -> Verdict {
    let (request, mut remarks) = EvaluationRequest::read(settings, manifest, catalog);
    // The number of cores is what the preset splits its work by; no key's range hangs on it.
    remarks.extend(
        train::request::TrainingRequest::read(settings, manifest, catalog, 1)
            .map_or(Vec::new(), |(_, remarks)| remarks),
    );
    let mut verdict = Verdict::default();
    for remark in remarks {
        let (list, key) = match remark {
            Remark::Ignored { key } => (&mut verdict.ignored, key),
            Remark::Clamped { key, .. } => (&mut verdict.clamped, key),
            Remark::TooLong { .. } => continue,
        };
        if keys.contains(&key.as_str()) && !list.contains(&key) {
            list.push(key);
        }
    }
    verdict.right = verdict.clamped.iter().filter_map(|key| Some((key.clone(), in_force(&request, key)?))).collect();
    verdict
}

/// The link's text for the value in force; `None` for a key of the other page.
fn in_force(request: &EvaluationRequest, key: &str) -> Option<String> {
    let smoothing = request.smoothing.unwrap_or(SMOOTHING);
    Some(match key {
        "measure.models" => models_text(&request.models),
        "measure.attacks" => attacks_text(&request.attacks),
        "measure.n" => request.n.to_string(),
        "measure.radius" => u8::from(request.radius).to_string(),
        "measure.audit" => u8::from(request.audit).to_string(),
        "measure.certify" => CERTIFY[usize::from(request.smoothing.is_some())].to_owned(),
        "measure.sigma" => plain(widen(smoothing.sigma)),
        "measure.draws" => smoothing.draws.to_string(),
        "measure.detector" => detectors_text(&request.detectors),
        "measure.fpr" => plain(widen(request.fpr)),
        "measure.weight" => request.weight.to_string(),
        "measure.workers" => request.workers?.to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{catalog, manifest};

    fn judged(fragment: &str, keys: &[&str]) -> Verdict {
        judge(&Settings::read(fragment).0, &manifest(), &catalog(), keys)
    }

    #[test]
    fn what_is_out_of_range_is_named_and_put_right() {
        let fragment = "measure.n=1e9&measure.weight=-2&measure.workers=0&measure.radius=2&measure.models=gone,robust\
                        &measure.attacks=magic,pgd:steps:4&measure.colour=red";
        let keys: Vec<&str> = fragment.split('&').filter_map(|pair| Some(pair.split_once('=')?.0.trim())).collect();
        let verdict = judged(fragment, &keys);
        assert_eq!(verdict.ignored, ["measure.colour"]);
        let mut clamped = verdict.clamped.clone();
        clamped.sort_unstable();
        let mut expected: Vec<&str> =
            keys.into_iter().filter(|key| !verdict.ignored.iter().any(|one| one == key)).collect();
        expected.sort_unstable();
        assert_eq!(clamped, expected);
        let right: Vec<String> = verdict.right.iter().map(|(key, value)| format!("{key}={value}")).collect();
        for pair in [
            "measure.n=100",
            "measure.weight=0",
            "measure.workers=1",
            "measure.radius=1",
            "measure.models=robust",
            "measure.attacks=pgd:steps:4",
        ] {
            assert!(right.iter().any(|one| one == pair), "{pair}: {right:?}");
        }
        // What was put right is taken as it is.
        let (mut settings, _) = Settings::read(fragment);
        settings.update(verdict.right.clone());
        let again = judge(&settings, &manifest(), &catalog(), &["measure.n", "measure.models", "measure.attacks"]);
        assert_eq!(again, Verdict::default());
    }

    #[test]
    fn only_the_keys_that_were_set_are_judged() {
        assert_eq!(judged("measure.n=1e9&measure.weight=.25", &["measure.weight"]), Verdict::default());
    }
}
