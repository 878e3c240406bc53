//! Which attacks an audit carries out, and with what.

use super::*;

fn planned(norm: Norm, eps: f32, limits: &[f32]) -> Vec<(Role, AttackSpec)> {
    plan(&ThreatModel { norm, eps, limits: limits.to_vec() }, 784)
}

fn roles(plan: &[(Role, AttackSpec)]) -> Vec<Role> {
    plan.iter().map(|(role, _)| *role).collect()
}

/// The radius of the attack without a bound, if there is one.
fn far(norm: Norm, eps: f32, limits: &[f32]) -> Option<f32> {
    planned(norm, eps, limits).iter().find(|(role, _)| *role == Role::Boundless).map(|(_, spec)| spec.eps)
}

#[test]
fn an_audit_goes_from_noise_to_an_attack_without_a_bound_each_with_its_settings() {
    let plan = planned(Norm::Linf, 0.1, &[]);
    let told: Vec<(Role, &str, f32, String)> = plan
        .iter()
        .map(|(role, spec)| {
            let knobs: Vec<String> = spec.knobs.iter().map(|(key, value)| format!("{key} {value}")).collect();
            (*role, spec.id.as_str(), spec.eps, knobs.join(", "))
        })
        .collect();
    let wanted = [
        (Role::Noise, "noise", 0.1, ""),
        (Role::Fgsm, "fgsm", 0.1, ""),
        (Role::Pgd, "pgd", 0.1, "steps 40"),
        (Role::Longer, "pgd", 0.1, "steps 80"),
        (Role::Restarts, "pgd", 0.1, "restarts 5, steps 40"),
        (Role::Blackbox, "square", 0.1, "queries 1000"),
        (Role::Boundless, "pgd", 0.5, "steps 40"),
    ];
    assert_eq!(told, wanted.map(|(role, id, eps, knobs)| (role, id, eps, knobs.to_owned())));
    assert!(plan.iter().all(|(_, spec)| spec.norm == Norm::Linf && spec.target.is_none() && spec.limits.is_empty()));
}

#[test]
fn square_knows_no_l1_and_a_feature_that_stays_leaves_nothing_without_a_bound() {
    use Role::*;
    assert_eq!(roles(&planned(Norm::L2, 1.0, &[])), [Noise, Fgsm, Pgd, Longer, Restarts, Blackbox, Boundless]);
    assert_eq!(roles(&planned(Norm::L1, 10.0, &[])), [Noise, Fgsm, Pgd, Longer, Restarts, Boundless]);
    assert_eq!(roles(&planned(Norm::L1, 10.0, &[1.0, 0.0])), [Noise, Fgsm, Pgd, Longer, Restarts]);
    assert_eq!(roles(&planned(Norm::Linf, 0.1, &[1.0, 0.0])), [Noise, Fgsm, Pgd, Longer, Restarts, Blackbox]);
}

#[test]
fn the_radius_without_a_bound_grows_with_the_picture_as_its_norm_does() {
    // Half of black to white for every pixel is 14 in L2 and 392 in L1 on 784 of them; few digits need so much.
    assert_eq!([784, 3136].map(|pixels| boundless(Norm::Linf, pixels)), [0.5, 0.5]);
    assert_eq!([784, 3136].map(|pixels| boundless(Norm::L2, pixels)), [12.0, 24.0]);
    assert_eq!([784, 3136].map(|pixels| boundless(Norm::L1, pixels)), [300.0, 1200.0]);
}

#[test]
fn the_radius_without_a_bound_takes_the_slowest_feature_along_and_is_never_below_the_chosen_one() {
    assert_eq!(far(Norm::Linf, 0.1, &[1.0, 0.25]), Some(2.0));
    assert_eq!(far(Norm::L2, 1.0, &[2.0, 0.5]), Some(24.0));
    assert_eq!(far(Norm::Linf, 0.75, &[]), Some(0.75));
    assert_eq!(far(Norm::Linf, 0.1, &[1.0, 0.0]), None);
}
