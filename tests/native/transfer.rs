//! Pictures crafted on one network, or on several at once, and what the others make of them.

use crate::toy;
use crate::zoo;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::Sample;
use foolproof_engine::sequential::Sequential;

/// Of the samples that fooled the network they were made on, and that this one reads right when clean, the share that
/// fools it too, and their number.
fn carried(samples: &[Sample], clean: &[f32], network: &Sequential) -> (f64, usize) {
    let moved: Vec<f32> = samples.iter().flat_map(|sample| sample.pixels.iter().copied()).collect();
    let answers = zoo::answers(network, clean).into_iter().zip(zoo::answers(network, &moved));
    let tried = samples.iter().zip(answers).filter(|(sample, (clean, _))| sample.success && *clean == sample.truth);
    let fooled: Vec<bool> = tried.map(|(sample, (_, answer))| answer != sample.truth).collect();
    (fooled.iter().filter(|&&fooled| fooled).count() as f64 / fooled.len() as f64, fooled.len())
}

#[test]
fn an_ensemble_answers_the_mean_of_its_members() {
    let members = [toy::network(1), toy::network(2), toy::network(3)];
    let clean = toy::images(&toy::pixels(1, 4));
    let whole = toy::values(Sequential::mean_of(members.to_vec()).forward(clean.clone()));
    let each = members.map(|member| toy::values(member.forward(clean.clone())));
    for (at, logit) in whole.iter().enumerate() {
        assert!((logit - each.iter().map(|logits| logits[at]).sum::<f32>() / 3.0).abs() < 1e-5);
    }
}

#[test]
fn pictures_made_on_an_ensemble_fool_each_member_more_than_the_other_member_s_do() {
    let (pixels, labels) = zoo::pictures(30);
    let [first, second] = [zoo::model("mnist-mlp"), zoo::model(zoo::NATURAL)];
    let crafted =
        |on: &Sequential| zoo::attack(on, &pixels, &labels, &zoo::spec("pgd", Norm::Linf, 0.15, &[("steps", 10.0)]));
    let ensemble = crafted(&Sequential::mean_of(vec![first.clone(), second.clone()]));
    for (own, other) in [(&first, &second), (&second, &first)] {
        let (alone, tried) = carried(&crafted(other), &pixels, own);
        let (together, _) = carried(&ensemble, &pixels, own);
        assert!(tried >= 10 && together > alone, "{together} against {alone} of {tried}");
    }
    // The robust network is not fooled by what was made for others.
    let (robust, tried) = carried(&ensemble, &pixels, &zoo::model(zoo::ROBUST));
    assert!(robust < 0.1 && tried >= 10, "{robust} of {tried}");
}
