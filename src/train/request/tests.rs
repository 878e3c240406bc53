//! Every key taken, every wrong one named, and any text leaving a run that can be run.

use super::*;
use crate::fixture;
use foolproof_core::{
    catalog::{KnobKind, Norm},
    plane::Figure,
};
use proptest::prelude::*;

fn catalog() -> Catalog {
    let knob = |key: &str, default: Option<f64>| foolproof_core::catalog::Knob {
        key: key.into(),
        name: key.into(),
        help: String::new(),
        kind: KnobKind::Integer,
        min: 1.0,
        max: 50.0,
        default,
        auto: None,
    };
    let fast = fixture::card("fast", &Norm::ALL, false, Vec::new());
    let pgd = fixture::card("pgd", &Norm::ALL, false, vec![knob("steps", Some(7.0)), knob("step", None)]);
    let gaussian = fixture::card("gaussian", &Norm::ALL, false, vec![knob("sigma", Some(0.25))]);
    let kappa = foolproof_core::catalog::Knob { min: 0.0, max: 1.0, kind: KnobKind::Real, ..knob("kappa", Some(0.5)) };
    let ibp = fixture::card("ibp", &[Norm::Linf], false, vec![kappa]);
    Catalog { methods: vec![fast, pgd, gaussian, ibp], ..fixture::catalog() }
}

fn manifest() -> Manifest {
    let mut manifest = fixture::manifest();
    let shard = manifest.datasets[0].test[1].clone();
    manifest.datasets[0].train = vec![foolproof_core::manifest::Shard { first: 0, count: 30_000, ..shard }];
    manifest
}

fn read(fragment: &str) -> (TrainingRequest, Vec<Remark>) {
    let (settings, remarks) = Settings::read(fragment);
    assert_eq!(remarks, vec![], "{fragment}");
    TrainingRequest::read(&settings, &manifest(), &catalog(), 2).unwrap()
}

fn named(remarks: &[Remark]) -> Vec<&str> {
    remarks
        .iter()
        .map(|remark| match remark {
            Remark::Clamped { key, .. } | Remark::Ignored { key } => key.as_str(),
            Remark::TooLong { .. } => "too long",
        })
        .collect()
}

#[test]
fn without_keys_it_is_a_minute_from_the_natural_model() {
    let (request, remarks) = read("");
    let training::Settings { recipe, budget, images, replicas, .. } = request.settings;
    assert_eq!(
        (request.from.as_str(), request.preset, budget),
        ("natural", "minute", Budget { epochs: 0.0, seconds: 60.0 })
    );
    assert_eq!((recipe.method.as_str(), recipe.seed, replicas), ("pgd", 1, 2));
    assert!(images < 30_000 && remarks.is_empty(), "some are held out");
}

#[test]
fn a_method_that_is_named_begins_with_its_own_knobs_and_the_presets_with_the_presets() {
    let steps = |text: &str| read(text).0.settings.recipe.knobs.get("steps").copied();
    assert_eq!([steps(""), steps("train.method="), steps("train.method=magic")], [Some(3.0); 3]);
    assert_eq!([steps("train.method=pgd"), steps("train.method=pgd&train.pgd.steps=5")], [Some(7.0), Some(5.0)]);
}

#[test]
fn bounds_begin_with_a_slow_ramp_beyond_the_radius_and_are_not_watched_for_what_attacks_leave() {
    let (TrainingRequest { from, margin, settings, .. }, _) = read("train.method=ibp");
    assert_eq!((&*from, margin, settings.recipe.ramp, settings.monitored), (RANDOM, 1.1, 0.6, false));
    assert_eq!(read("train.method=ibp&train.from=other").0.from, "other");
    let recipe = read("train.method=ibp&train.ramp=.3&train.lr=.01&train.ibp.kappa=.25").0.settings.recipe;
    assert_eq!((recipe.ramp, recipe.rate, recipe.knobs["kappa"]), (0.3, 0.01, 0.25));
    let on_points = |method: &str| read(&format!("train.plane=moons{method}")).0.settings.recipe;
    assert_eq!(on_points("&train.method=ibp").ramp, on_points("").ramp, "points keep what they are trained with");
}

#[test]
fn noise_training_is_not_watched_for_what_attacks_leave() {
    let watched = |method: &str| read(&format!("train.method={method}")).0.settings.monitored;
    assert_eq!(["pgd", "fast", "gaussian"].map(watched), [true, true, false]);
    assert_eq!(["standard", "gaussian", "pgd", "ibp"].map(is_plain), [true, true, false, false]);
}

#[test]
fn the_overfitting_demo_begins_with_the_robust_model() {
    assert_eq!(read("train.preset=overfit").0.from, "robust");
    assert_eq!(read("train.preset=overfit&train.from=other").0.from, "other");
}

#[test]
fn every_key_is_taken() {
    let (request, remarks) = read(
        "seed=7&norm=l2&train.from=random&train.preset=custom&train.method=pgd&train.pgd.steps=3&train.eps=1.5\
         &train.margin=1.2&train.ratio=.5&train.epochs=2&train.seconds=none&train.images=500&train.batch=32&train.optimizer=sgd&train.lr=.1\
         &train.schedule=cosine&train.ramp=.2&train.warm=.3&train.decay=1e-4&train.clip=1&train.average=.9\
         &train.smooth=.1&train.memory=.9&train.round=8&train.augment=shift:2,rotate:10&train.sources=other,natural&train.patience=4&train.fall=.5\
         &train.workers=1&train.engine=gpu&train.scored=60&train.name=My model",
    );
    assert_eq!(remarks, vec![]);
    assert_eq!((request.from.as_str(), request.preset, request.eps, request.margin), (RANDOM, "custom", 1.5, 1.2));
    assert_eq!((request.name.as_deref(), request.scored), (Some("my-model"), 60));
    assert_eq!(request.engine, EnginePreference::Gpu);
    let training::Settings { recipe, budget, images, patience, fall, replicas, round, hold, .. } = request.settings;
    assert_eq!((budget, images, patience), (Budget { epochs: 2.0, seconds: 0.0 }, 500, 4));
    assert_eq!((replicas, round, fall), (1, 8, 0.5));
    assert_eq!(
        (recipe.method.as_str(), recipe.knobs.into_iter().collect::<Vec<_>>()),
        ("pgd", vec![("steps".into(), 3.0)])
    );
    assert_eq!((recipe.norm, recipe.ratio, recipe.batch, recipe.seed), (Norm::L2, 0.5, 32, 7));
    assert!((recipe.eps - 1.8).abs() < 1e-6);
    assert_eq!(hold, 1.5);
    assert_eq!((recipe.optimizer, recipe.schedule, recipe.rate), (Optimizer::Sgd, Schedule::Cosine, 0.1));
    assert_eq!((recipe.ramp, recipe.warm, recipe.decay, recipe.clip), (0.2, 0.3, 1e-4, 1.0));
    assert_eq!((recipe.average, recipe.smooth, recipe.memory), (0.9, 0.1, 0.9));
    assert_eq!(recipe.sources, ["other", "natural"]);
    assert_eq!(recipe.augment, [Augment::Shift(2), Augment::Rotate(10.0)]);
    assert_eq!(recipe.augment.iter().map(augment_text).collect::<Vec<_>>(), ["shift:2", "rotate:10"]);
}

#[test]
fn who_wants_no_gpu_for_attacks_wants_none_for_training() {
    let engine = |fragment: &str| read(fragment).0.engine;
    assert_eq!(engine(""), EnginePreference::Auto);
    assert_eq!(engine("engine=cpu"), EnginePreference::Cpu);
    assert_eq!(engine("engine=gpu"), EnginePreference::Auto, "a GPU that is slower for training");
    assert_eq!(engine("engine=cpu&train.engine=auto"), EnginePreference::Auto);
}

#[test]
fn the_radius_is_the_links_own_or_has_a_margin_over_the_attacks() {
    assert_eq!(read("").0.eps, 0.45, "one and a half times the fixture's .3");
    assert_eq!(read("eps=.3").0.eps, 0.45, "the attack page writes its own radius into every link");
    assert_eq!(read("eps=.1").0.eps, 0.1);
    assert_eq!(read("eps=.1&train.eps=.2").0.eps, 0.2);
}

#[test]
fn what_is_out_of_range_is_moved_and_what_is_no_value_is_the_presets_own() {
    let (request, remarks) = read(
        "train.from=gone&train.preset=hour&train.method=magic&train.ratio=2&train.images=1e9&train.batch=many\
         &train.optimizer=lion&train.augment=shift:99,blur:2,shift:1&train.magic=1&train.pgd.steps=3&train.seconds=.2",
    );
    let keys = [
        "train.preset",
        "train.from",
        "train.method",
        "train.ratio",
        "train.batch",
        "train.optimizer",
        "train.augment",
        "train.augment",
        "train.seconds",
        "train.images",
        "train.magic",
    ];
    assert_eq!(named(&remarks), keys);
    let training::Settings { recipe, budget, images, .. } = request.settings;
    assert_eq!((request.from.as_str(), request.preset, images, recipe.ratio), ("natural", "minute", 29_744, 1.0));
    assert_eq!((recipe.batch, budget.seconds, recipe.augment), (32, 1.0, vec![Augment::Shift(1)]));
}

#[test]
fn a_run_always_ends() {
    let seconds = |fragment: &str| read(fragment).0.settings.budget.seconds;
    assert_eq!(seconds("train.seconds=none"), 60.0);
    assert_eq!(seconds("train.seconds=none&train.epochs=none"), 60.0);
    assert_eq!(seconds("train.seconds=none&train.epochs=3"), 0.0);
    assert_eq!(seconds("train.seconds=&train.epochs=3"), 60.0);
}

proptest! {
    #[test]
    fn any_value_of_any_key_leaves_a_run_that_can_be_run(
        key in "(from|preset|method|eps|ratio|epochs|seconds|images|batch|optimizer|lr|schedule|ramp|warm|decay|clip|average|smooth|augment|sources|patience|fall|workers|scored|name|plane|sweep|noise|width|pgd\\.steps|x)",
        value in prop_oneof!["\\PC{0,30}", "-?(NaN|inf|1e999|[0-9]{1,40}|0x1)", "(shift|rotate|mixup):-?[0-9]{1,20}"],
    ) {
        let mut settings = Settings::default();
        settings.update(vec![(format!("train.{key}"), value)]);
        let (request, _) = TrainingRequest::read(&settings, &manifest(), &catalog(), 2).unwrap();
        let training::Settings { recipe, budget, images, .. } = request.settings;
        prop_assert!((0.0..=1.0).contains(&request.eps) && (0.0..=1.0).contains(&recipe.ratio));
        prop_assert!((1..=512).contains(&recipe.batch) && recipe.rate > 0.0 && recipe.rate.is_finite());
        prop_assert!((1..30_000).contains(&images) && budget.seconds.max(budget.epochs) > 0.0);
        prop_assert!(budget.seconds == 0.0 || (1.0..=36_000.0).contains(&budget.seconds));
        prop_assert!(request.name.is_none_or(|name| !name.is_empty() && models::fit(&name) == name));
        prop_assert!(recipe.knobs.values().all(|value| value.is_finite()));
    }
}

#[test]
fn points_have_a_recipe_of_their_own_and_a_key_for_each_of_its_numbers() {
    let (request, remarks) = read("seed=4&norm=l1&train.plane=moons");
    assert_eq!(named(&remarks), Vec::<&str>::new());
    let points = request.points.unwrap();
    assert_eq!((points.figure, points.count, points.seed, request.from.as_str()), (Figure::Moons, 100, 4, RANDOM));
    assert_eq!((request.settings.architecture.input, request.settings.architecture.classes), ([1, 1, 2], 2));
    assert_eq!((request.settings.recipe.norm, request.settings.recipe.method.as_str()), (Norm::L1, "pgd"));
    assert_eq!(request.eps, Figure::Moons.usual_eps(Norm::L1));
    let (request, remarks) =
        read("train.plane=blobs&train.noise=.1&train.width=8&train.images=60&train.eps=.2&train.method=fast");
    assert_eq!(named(&remarks), Vec::<&str>::new());
    let points = request.points.unwrap();
    assert_eq!((points.noise, points.width, points.count), (0.1, 8, 60));
    assert_eq!((request.settings.architecture.classes, request.eps, request.settings.images), (3, 0.2, 60));
    assert_eq!((points.drawn().labels.len(), points.tests().shape[0]), (60, 300));
    assert_eq!(points.dataset().classes, ["A", "B", "C"]);
}

#[test]
fn what_points_cannot_have_is_said() {
    let (request, remarks) = read("train.plane=squares");
    assert_eq!((request.points, named(&remarks)), (None, vec!["train.plane"]));
    let (request, remarks) = read(
        "train.plane=moons&train.noise=9&train.width=1e9&train.images=0&train.from=natural&train.workers=3&train.augment=shift:1",
    );
    let keys = ["train.noise", "train.width", "train.images", "train.from", "train.workers"];
    assert!(keys.iter().all(|key| named(&remarks).iter().any(|named| named == key)), "{:?}", named(&remarks));
    let training::Settings { recipe, replicas, .. } = request.settings;
    assert_eq!((recipe.augment, recipe.sources, replicas), (Vec::new(), Vec::<String>::new(), 1));
}

#[test]
fn what_means_nothing_to_points_is_ignored_and_named() {
    let keys = [
        "patience=3",
        "fall=.5",
        "scored=40",
        "name=a",
        "preset=ten",
        "augment=shift:99",
        "sources=other",
        "engine=gpu",
    ];
    for key in keys {
        let (points, remarks) = read(&format!("train.plane=moons&train.{key}"));
        let ignored = Remark::Ignored { key: format!("train.{}", key.split('=').next().unwrap()) };
        assert_eq!((&points, remarks), (&read("train.plane=moons").0, vec![ignored]), "{key}");
    }
    assert_eq!(named(&read("train.plane=moons&train.name=&train.magic=1").1), ["train.magic"]);
}

#[test]
fn a_sweep_is_taken_with_what_of_it_makes_sense() {
    let (request, remarks) = read("train.sweep=method:fast,magic,pgd");
    assert_eq!(request.sweep.unwrap().text(), "method:fast,pgd");
    assert_eq!(named(&remarks), ["train.sweep"]);
    assert_eq!(read("train.sweep=seed:1").0.sweep, None);
    assert!(read("train.plane=moons&train.sweep=lr:.01,.02").0.sweep.is_some_and(|sweep| sweep.count() == 2));
}

#[test]
fn rows_are_only_mixed_and_small_pictures_are_moved_less() {
    let augment = |shape: [usize; 3], fragment: &str| {
        let mut manifest = manifest();
        manifest.datasets[0].shape = shape;
        let (request, remarks) = TrainingRequest::read(&Settings::read(fragment).0, &manifest, &catalog(), 2).unwrap();
        let texts: Vec<String> = request.settings.recipe.augment.iter().map(augment_text).collect();
        (texts.join(","), remarks.len())
    };
    assert_eq!(augment([1, 28, 28], ""), ("shift:1".into(), 0));
    assert_eq!(augment([1, 28, 28], "train.augment=shift:14,cutout:28"), ("shift:14,cutout:28".into(), 0));
    assert_eq!(augment([3, 8, 8], "train.augment=shift:4,shift:5,cutout:8,cutout:9"), ("shift:4,cutout:8".into(), 2));
    assert_eq!(augment([1, 1, 5], ""), (String::new(), 0));
    assert_eq!(augment([1, 1, 5], "train.augment=rotate:5,mixup:.2"), ("mixup:0.2".into(), 1));
}

#[test]
fn data_without_a_model_get_the_usual_network_from_random() {
    let mut manifest = manifest();
    let shard = |count| foolproof_core::manifest::Shard { first: 0, count, ..manifest.datasets[0].test[0].clone() };
    let own = Dataset {
        id: "mine:pets".into(),
        shape: [3, 16, 16],
        classes: vec!["cat".into(), "dog".into()],
        natural: String::new(),
        robust: String::new(),
        train: vec![shard(48)],
        test: vec![shard(12)],
        ..manifest.datasets[0].clone()
    };
    manifest.datasets.push(own);
    for fragment in ["", "&train.preset=overfit", "&train.from=random", "&train.method=pgd"] {
        let (settings, _) = Settings::read(&format!("data=mine:pets{fragment}"));
        let (request, remarks) = TrainingRequest::read(&settings, &manifest, &catalog(), 2).unwrap();
        assert_eq!((&request.from[..], remarks), (RANDOM, vec![]), "{fragment}");
        assert_eq!(*request.architecture(), Architecture::usual([3, 16, 16], 2));
        assert_eq!((request.settings.validation, request.settings.images), (9, 39));
        assert!(request.settings.recipe.sources.is_empty());
    }
    let (settings, _) = Settings::read("data=mine:pets");
    let (measured, _) = crate::evaluate::request::EvaluationRequest::read(&settings, &manifest, &fixture::catalog());
    assert_eq!((measured.models, measured.n), (vec![], 12));
}
