//! Pictures crafted on one network, or on several at once, and what the others make of them.

use foolproof::catalog::Norm;
use foolproof::engine::sequential::Sequential;
use foolproof::protocol::Sample;

/// Of the samples that fooled the network they were made on, and that this one reads right when clean, the share that
/// fools it too, and their number.
fn carried(samples: &[Sample], clean: &[f32], network: &Sequential) -> (f64, usize) {
    let moved: Vec<f32> = samples.iter().flat_map(|sample| sample.pixels.iter().copied()).collect();
    let answers = crate::zoo::answers(network, clean).into_iter().zip(crate::zoo::answers(network, &moved));
    let tried = samples.iter().zip(answers).filter(|(sample, (clean, _))| sample.success && *clean == sample.truth);
    let fooled: Vec<bool> = tried.map(|(sample, (_, answer))| answer != sample.truth).collect();
    (fooled.iter().filter(|&&fooled| fooled).count() as f64 / fooled.len() as f64, fooled.len())
}

#[test]
fn an_ensemble_answers_the_mean_of_its_members() {
    let members = [crate::toy::network(1), crate::toy::network(2), crate::toy::network(3)];
    let clean = crate::toy::images(&crate::toy::pixels(1, 4));
    let whole = crate::toy::values(Sequential::mean_of(members.to_vec()).forward(clean.clone()));
    let each = members.map(|member| crate::toy::values(member.forward(clean.clone())));
    for (at, logit) in whole.iter().enumerate() {
        assert!((logit - each.iter().map(|logits| logits[at]).sum::<f32>() / 3.0).abs() < 1e-5);
    }
}

#[test]
fn pictures_made_on_an_ensemble_fool_each_member_more_than_the_other_member_s_do() {
    let (pixels, labels) = crate::zoo::pictures(30);
    let [first, second] = [crate::zoo::model("mnist-mlp"), crate::zoo::model(crate::zoo::NATURAL)];
    let crafted = |on: &Sequential| {
        crate::zoo::attack(on, &pixels, &labels, &crate::zoo::spec("pgd", Norm::Linf, 0.15, &[("steps", 10.0)]))
    };
    let ensemble = crafted(&Sequential::mean_of(vec![first.clone(), second.clone()]));
    for (own, other) in [(&first, &second), (&second, &first)] {
        let (alone, tried) = carried(&crafted(other), &pixels, own);
        let (together, _) = carried(&ensemble, &pixels, own);
        assert!(tried >= 10 && together > alone, "{together} against {alone} of {tried}");
    }
    // The robust network is not fooled by what was made for others.
    let (robust, tried) = carried(&ensemble, &pixels, &crate::zoo::model(crate::zoo::ROBUST));
    assert!(robust < 0.1 && tried >= 10, "{robust} of {tried}");
}
