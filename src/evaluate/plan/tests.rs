//! What follows from a link: the evaluation, the audit, and what is left out.

use super::*;
use crate::fixture::{catalog, manifest};

fn planned(fragment: &str) -> Plan {
    let (settings, _) = Settings::read(fragment);
    let (request, _) = EvaluationRequest::read(&settings, &manifest(), &catalog());
    Plan::of(&settings, request, &manifest(), &catalog()).unwrap()
}

fn inputs(n: usize) -> Inputs {
    Inputs { shape: [n, 1, 28, 28], pixels: vec![0.5; n * 784], labels: Some(vec![1; n]) }
}

#[test]
fn the_evaluation_comes_first_and_the_audit_looks_at_fewer() {
    let plan = planned("eps=.2&measure.attacks=pgd:steps:4,pgd:steps:60");
    let [evaluation, audit] = plan.jobs(&inputs(80), None);
    assert_eq!((evaluation.job.inputs.shape[0], audit.job.inputs.shape[0]), (80, 50));
    let steps: Vec<f64> = evaluation.job.attacks.iter().map(|spec| spec.knobs["steps"]).collect();
    assert_eq!((steps, evaluation.job.attacks[0].eps), (vec![4.0, 60.0], 0.2));
    let search = evaluation.job.radius.unwrap();
    assert_eq!((search.eps, search.knobs["steps"]), (0.6, 40.0));
    assert_eq!(evaluation.cost, 2.0 * (4.0 + 60.0 + 8.0 * 40.0));
}

/// What the link puts before all models is in the jobs; workers are brought the bare ones.
#[test]
fn models_without_a_defence_of_their_own_stand_behind_the_links() {
    let models = |fragment: &str| {
        let (settings, _) = Settings::read(fragment);
        let catalog = crate::fixture::defended_catalog();
        let (request, remarks) = EvaluationRequest::read(&settings, &manifest(), &catalog);
        assert_eq!(remarks, vec![], "{fragment}");
        let plan = Plan::of(&settings, request, &manifest(), &catalog).unwrap();
        assert_eq!(plan.jobs(&inputs(9), None)[0].job.models, plan.request.models);
        (plan.request.models.join(","), plan.members().join(","))
    };
    let both = "natural,robust".to_owned();
    assert_eq!(models("defence=bits:bits:2"), ("natural~bits:bits:2,robust~bits:bits:2".into(), both.clone()));
    let own = "measure.models=natural,natural~median:size:3,natural%2Brobust";
    let told = ("natural,natural~median:size:3,natural+robust".to_owned(), both.clone());
    assert_eq!(models(own), told);
    let behind = "natural~bits:bits:2,natural~median:size:3,natural~bits:bits:2+robust~bits:bits:2";
    assert_eq!(models(&format!("defence=bits:bits:2&{own}")), (behind.into(), both));
    let twice = "defence=bits:bits:2&measure.models=natural,natural~bits:bits:2";
    assert_eq!(models(twice), ("natural~bits:bits:2".into(), "natural".into()));
}

#[test]
fn votes_are_counted_once_and_cost_what_their_looks_do() {
    let plain = planned("measure.n=80&measure.radius=0");
    let plan = planned("measure.n=80&measure.radius=0&measure.certify=smoothing&measure.draws=900");
    let [evaluation, audit] = plan.jobs(&inputs(80), None);
    assert_eq!(evaluation.job.smoothing, plan.request.smoothing);
    assert_eq!(audit.job.smoothing, None);
    assert_eq!(evaluation.cost - plain.jobs(&inputs(80), None)[0].cost, 2.0 * 0.4 * 1000.0);
    let alone = plan.clone().only_audit(&plan.trials, 80, &catalog());
    assert_eq!(alone.jobs(&inputs(80), None)[0].job.inputs.shape[0], 0, "the audit alone counts none");
    let without = planned("measure.attacks=&measure.radius=0&measure.certify=smoothing");
    assert_eq!(without.jobs(&inputs(9), None)[0].job.inputs.shape[0], 9, "votes need no attack");
}

#[test]
fn the_audit_leaves_out_attacks_that_the_engine_has_not() {
    let plan = planned("");
    assert_eq!(plan.roles, [Role::Pgd, Role::Longer, Role::Restarts, Role::Boundless, Role::Twin, Role::Nearer]);
    assert!(plan.audit.iter().all(|trial| trial.spec.id == "pgd"));
}

#[test]
fn each_attack_within_the_radius_has_a_twin_of_twice_its_steps() {
    let chosen = "pgd:steps:4:step:.02,pgd:steps:400,pgd:steps:500,deep,pgd:steps:40:restarts:5";
    let plan = planned(&format!("norm=l2&measure.attacks={chosen}"));
    // As many steps as there may be, and none for the attack without steps.
    let steps = |twin: &Option<usize>| twin.map(|at| plan.audit[at].spec.knobs["steps"]);
    let found: Vec<Option<f64>> = plan.twins.iter().map(steps).collect();
    assert_eq!(found, [Some(8.0), Some(500.0), None, None, Some(80.0)]);
    assert_eq!(plan.audit[plan.twins[0].unwrap()].spec.knobs["step"], 0.02, "its own step stays");
    let plan = planned("measure.attacks=pgd:steps:40");
    assert_eq!((plan.twins.clone(), plan.roles[1]), (vec![Some(1)], Role::Longer), "the auditor runs it anyhow");
    let again = plan.clone().only_audit(&plan.trials, 500, &catalog());
    assert_eq!((again.twins, again.request.n, again.trials.len()), (plan.twins, AUDITED, 0));
}

/// F7.
#[test]
fn each_attack_within_the_radius_is_tried_at_smaller_ones() {
    let plan = planned("norm=l2&eps=1&measure.attacks=pgd:steps:40,deep");
    let radii = |places: &Vec<usize>| places.iter().map(|&at| 8.0 * plan.audit[at].spec.eps).collect::<Vec<_>>();
    // A single step is cheap enough for a whole row of radii.
    let eighths = (1..8u8).map(f32::from).collect::<Vec<_>>();
    assert_eq!(plan.nearer.iter().map(radii).collect::<Vec<_>>(), [vec![4.0], eighths]);
    assert!(plan.nearer.iter().flatten().all(|&at| plan.roles[at] == Role::Nearer));
    assert!(planned("norm=l2&eps=0&measure.attacks=pgd:steps:40,deep").nearer.iter().all(Vec::is_empty));
}

#[test]
fn the_search_goes_as_far_as_the_auditor() {
    let most = |norm: &str| planned(&format!("norm={norm}")).radius.unwrap().eps;
    assert_eq!(["linf", "l2", "l1"].map(most), [0.6, 12.0, 300.0]);
}

#[test]
fn a_perturbation_for_all_is_crafted_on_the_first_inputs() {
    let mut plan = planned("measure.attacks=pgd:steps:4,pgd:steps:5");
    assert_eq!(plan.jobs(&inputs(80), None)[0].job.crafted_on, None);
    plan.trials[1].aim = Aim::Shared;
    let crafted_on = |n: usize| plan.jobs(&inputs(n), None)[0].job.crafted_on.as_ref().map(|inputs| inputs.shape[0]);
    assert_eq!((crafted_on(80), crafted_on(20)), (Some(50), Some(20)));
}

#[test]
fn an_ensemble_needs_its_members_once() {
    let plan = planned("measure.models=natural,natural%2Brobust,robust%2Bother");
    assert_eq!(plan.members(), ["natural", "robust", "other"]);
    assert_eq!(plan.jobs(&inputs(1), None)[0].job.models, ["natural", "natural+robust", "robust+other"]);
}

#[test]
fn what_is_not_wished_for_is_no_work() {
    let [evaluation, audit] = planned("measure.radius=0&measure.audit=0").jobs(&inputs(5), None);
    assert_eq!((evaluation.job.radius, audit.job.inputs.shape[0], audit.work()), (None, 0, 0.0));
    let [evaluation, audit] = planned("").only_audit(&[], 5, &catalog()).jobs(&inputs(5), None);
    assert_eq!((evaluation.job.inputs.shape[0], audit.job.inputs.shape[0]), (0, 5));
}
