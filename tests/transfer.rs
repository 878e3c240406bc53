//! Pictures crafted on one network, or on several at once, and what the others make of them.

mod toy;
mod zoo;

use burn::tensor::Device;
use foolproof::catalog::Norm;
use foolproof::engine::sequential::Sequential;
use foolproof::engine::transfer::{judge, rate};
use foolproof::protocol::Sample;

fn carried(samples: &[Sample], clean: &[f32], network: &Sequential) -> (f64, usize) {
    let judged = pollster::block_on(judge(network, clean, samples, [1, 28, 28], &Device::flex())).unwrap();
    assert_eq!((judged.clean.len(), judged.adversarial.len()), (samples.len(), samples.len()));
    let share = rate(samples, &judged, None);
    (share.value, share.n)
}

#[test]
fn a_network_judges_its_own_as_the_attack_did() {
    let (pixels, labels) = zoo::pictures(20);
    let network = zoo::model(zoo::NATURAL);
    let samples = zoo::attack(&network, &pixels, &labels, &zoo::spec("pgd", Norm::Linf, 0.07, &[("steps", 10.0)]));
    let judged = pollster::block_on(judge(&network, &pixels, &samples, [1, 28, 28], &Device::flex())).unwrap();
    for (sample, (clean, answer)) in samples.iter().zip(judged.clean.iter().zip(&judged.adversarial)) {
        assert_eq!((sample.clean.label, sample.adversarial.label), (clean.label, answer.label));
    }
    let successes = samples.iter().filter(|sample| sample.success).count();
    assert!(successes > 0 && successes < 20);
    let share = rate(&samples, &judged, None);
    assert_eq!((share.value, share.n), (1.0, successes));
    // Toward a target, another answer than that is no success.
    let label = judged.adversarial[0].label;
    let reached = rate(&samples, &judged, Some(label));
    assert!(reached.value < 1.0 && reached.n == successes);
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
