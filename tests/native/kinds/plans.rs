//! What the page plans for each kind: every attack of an evaluation, of its audit and of a training run keeps to the
//! dataset's limits.

use super::data::{self, Toy, all, colour, table};
use super::files;
use super::jobs::{all_events, inputs, worker};
use foolproof::evaluate::{plan::Plan, request::EvaluationRequest};
use foolproof::link::{Drawing, Settings};
use foolproof::train::{request::TrainingRequest, sweep::Sweep};
use foolproof_core::catalog::{Card, Catalog, Norm};
use foolproof_core::manifest::Manifest;
use foolproof_core::protocol::{AttackSpec, Event, Request, Ticket};
use foolproof_core::report::{Role, setting};
use foolproof_core::training::{Checkpoint, Settings as Run};
use foolproof_engine::{attacks, training_methods};
use std::{path::Path, sync::OnceLock};

fn manifest() -> &'static Manifest {
    static MANIFEST: OnceLock<Manifest> = OnceLock::new();
    MANIFEST.get_or_init(|| data::write_all(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("planned")).unwrap())
}

fn catalog() -> Catalog {
    Catalog { attacks: attacks::cards(), methods: training_methods::cards(), ..Catalog::default() }
}

/// What the dataset says; the table's third column stays.
fn own(toy: &Toy) -> Vec<f32> {
    let dataset = manifest().datasets.iter().find(|dataset| dataset.id == toy.id).unwrap();
    dataset.kind.limits()
}

fn fitting(toy: &Toy, norm: Norm) -> Vec<Card> {
    let fits = |card: &Card| card.id != "none" && card.norms.contains(&norm) && card.takes(toy.shape);
    attacks::cards().into_iter().filter(fits).collect()
}

fn planned(toy: &Toy, more: &str) -> Plan {
    let (settings, _) = Settings::read(&format!("data={}&{more}", toy.id));
    let (request, remarks) = EvaluationRequest::read(&settings, manifest(), &catalog());
    assert_eq!(remarks, [], "{more}");
    Plan::of(&settings, request, manifest(), &catalog()).unwrap()
}

fn specs(plan: &Plan) -> Vec<&AttackSpec> {
    plan.trials.iter().chain(&plan.audit).map(|trial| &trial.spec).chain(&plan.radius).collect()
}

#[test]
fn every_attack_of_an_evaluation_and_of_its_audit_has_the_limits() {
    assert_eq!((own(&table()), own(&colour())), (vec![1.0, 0.5, 0.0, 2.0, 0.25], vec![]));
    for (toy, norm) in all().iter().flat_map(|toy| Norm::ALL.map(|norm| (toy, norm))) {
        let cards = fitting(toy, norm);
        let ids: Vec<&str> = cards.iter().map(|card| card.id.as_str()).collect();
        let plan = planned(toy, &format!("norm={}&measure.attacks={}", norm.id(), ids.join(",")));
        assert_eq!(plan.trials.len(), cards.len());
        assert!(plan.radius.is_some() && plan.audit.len() > 5);
        assert!(specs(&plan).iter().all(|spec| spec.limits == own(toy)), "{} {norm:?}", toy.id);
        // With a column that stays, inputs of any radius remain apart.
        assert_eq!(plan.roles.contains(&Role::Boundless), toy.shape[0] == 3, "{}", toy.id);
        let sent = plan.jobs(&inputs(toy, 6), None).map(|costed| costed.job);
        let sent: Vec<&AttackSpec> = sent.iter().flat_map(|job| job.attacks.iter().chain(&job.radius)).collect();
        assert_eq!(sent.len(), specs(&plan).len());
        assert!(sent.iter().all(|spec| spec.limits == own(toy)));
        let again = plan.clone().only_audit(&plan.trials, 6, &catalog());
        assert_eq!((&again.audit, &again.limits), (&plan.audit, &own(toy)));
    }
}

#[test]
fn attacks_that_move_places_are_left_out_of_a_table_and_named() {
    let asked = |toy: &Toy| {
        let (settings, _) = Settings::read(&format!("data={}&measure.attacks=pgd,patch,spatial", toy.id));
        let (request, remarks) = EvaluationRequest::read(&settings, manifest(), &catalog());
        (request.attacks.iter().map(|item| item.id.clone()).collect::<Vec<_>>(), remarks.len(), request.models)
    };
    assert_eq!(asked(&table()), (vec!["pgd".to_owned()], 2, vec!["people-net".to_owned()]));
    assert_eq!(asked(&colour()).0, ["pgd", "patch", "spatial"]);
}

#[test]
fn what_workers_make_of_a_plan_leaves_the_column_that_stays() {
    for (toy, weights) in all().iter().zip(files()) {
        let plan = planned(toy, "eps=.3&measure.attacks=fgsm,pgd:steps:5,deepfool,square:queries:40");
        let inputs = inputs(toy, 6);
        let (mut moved, mut stayed) = (0, 0);
        for (ticket, costed) in (1..).zip(plan.jobs(&inputs, None)) {
            let mut session = worker(toy, weights.clone());
            let mut job = costed.job;
            job.models = vec!["net".into()];
            for event in all_events(&mut session, Request::Evaluate { ticket: Ticket(ticket), job }) {
                let Event::Evaluated { part, .. } = event else { continue };
                for (sample, clean) in part.samples.iter().zip(inputs.pixels.chunks(toy.features())) {
                    moved += usize::from(sample.pixels != clean);
                    stayed += usize::from(sample.pixels[2] == clean[2]);
                }
            }
        }
        let all = 6 * (plan.trials.len() + plan.audit.len());
        assert!(moved > all / 2, "{}: {moved} of {all}", toy.id);
        assert_eq!(stayed == all, toy.shape[0] == 1, "{}: the third value of {stayed} of {all} stays", toy.id);
    }
}

fn requested(settings: &Settings) -> TrainingRequest {
    TrainingRequest::read(settings, manifest(), &catalog(), 2).unwrap().0
}

/// All that a run attacks by.
fn run_limits(run: &Run) -> [Vec<f32>; 4] {
    [run.recipe.limits.clone(), run.examination().limits, run.single().limits, run.threat().limits]
}

#[test]
fn every_recipe_its_examinations_and_its_scoreboard_have_the_limits() {
    for toy in all() {
        for card in training_methods::cards() {
            for preset in ["minute", "ten", "overfit", "custom"] {
                let link = format!("data={}&train.preset={preset}&train.method={}", toy.id, card.id);
                let run = requested(&Settings::read(&link).0).settings;
                assert_eq!(run.recipe.method, card.id);
                assert!(run_limits(&run).iter().all(|limits| *limits == own(&toy)), "{link}");
                // A reload goes on from a checkpoint's bytes.
                let kept = postcard::to_allocvec(&Checkpoint::new(run, Default::default())).unwrap();
                let again: Checkpoint = postcard::from_bytes(&kept).unwrap();
                assert_eq!(again.settings.recipe.limits, own(&toy));
            }
        }
        // Points in the plane are no rows of the table that the link names.
        let run = requested(&Settings::read(&format!("data={}&train.plane=moons", toy.id)).0).settings;
        assert_eq!(run_limits(&run), [const { Vec::<f32>::new() }; 4]);
    }
}

#[test]
fn every_run_of_a_sweep_has_the_limits() {
    for toy in all() {
        let link = format!("data={}&train.sweep=eps:.05,.1;method:fast,pgd", toy.id);
        let settings = Settings::read(&link).0;
        let Sweep { axes } = requested(&settings).sweep.unwrap();
        let runs = Sweep { axes: axes.clone() }.runs();
        assert_eq!(runs.len(), 4);
        for run in runs {
            let keys = axes.iter().zip(&run).map(|(axis, value)| (axis.over.key().to_owned(), value.clone()));
            let mut settings = settings.clone();
            settings.update(keys.collect());
            assert!(run_limits(&requested(&settings).settings).iter().all(|limits| *limits == own(&toy)), "{run:?}");
        }
    }
}

#[test]
fn a_mask_holds_for_every_attack_that_is_planned() {
    // The left half of each row of pixels, for every channel.
    let half: Vec<u8> = (0..64).map(|at| u8::from(at % 8 < 4)).collect();
    let open: Vec<f32> = half.iter().map(|&ink| f32::from(ink)).collect();
    let drawn = format!("draw:{}", Drawing::new(&half).unwrap().encode());
    let table_mask = (table(), "Height,Age".to_owned(), vec![1.0, 0.0, 0.0, 0.0, 0.0]);
    for (toy, mask, expected) in [table_mask, (colour(), drawn, open.repeat(3))] {
        let plan = planned(&toy, &format!("mask={mask}&measure.attacks=fgsm,pgd"));
        assert!(specs(&plan).iter().all(|spec| spec.limits == expected), "{}", toy.id);
        assert!(!plan.roles.contains(&Role::Boundless), "what stays keeps inputs apart");
        let run = requested(&Settings::read(&format!("data={}&mask={mask}", toy.id)).0).settings;
        assert_eq!(run_limits(&run), [(); 4].map(|()| expected.clone()));
        let told = setting(&plan.trials[0].spec);
        let words =
            if toy.shape[0] == 3 { "96 of 192 features move by at most 1 times" } else { "by at most 1 0 0 0 0 times" };
        assert!(told.contains(words), "{told}");
    }
}
