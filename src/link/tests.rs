//! State to fragment to the same state, and every kind of bad fragment.

use super::*;
use foolproof_core::defence::MOST;
use proptest::{
    collection::{btree_map, btree_set, vec},
    option,
    prelude::*,
};

fn finite(least: f64, most: f64) -> impl Strategy<Value = f64> {
    (least..most).prop_map(|value| value + 0.0)
}

fn any_input() -> impl Strategy<Value = Input> {
    let drawn = proptest::collection::vec(any::<u8>(), 1..900).prop_map(|pixels| Drawing::new(&pixels).unwrap());
    let row =
        proptest::collection::vec(-1e6f32..1e6, 1..40).prop_map(|row| row.iter().map(|value| value + 0.0).collect());
    prop_oneof![
        any::<u32>().prop_map(|index| Input::Test(index as usize)),
        drawn.prop_map(Input::Draw),
        row.prop_map(Input::Row),
    ]
}

fn any_defence() -> impl Strategy<Value = DefenceSpec> {
    let knobs = btree_map("[a-z]{1,8}", finite(-1e3, 1e3), 0..3);
    // A list that is “none” is empty.
    let id = "[a-z][a-z0-9-]{0,12}".prop_filter("a word of the link", |id| id != "none");
    (id, knobs).prop_map(|(id, knobs)| DefenceSpec { id, knobs })
}

fn any_mask() -> impl Strategy<Value = Mask> {
    let drawn = proptest::collection::vec(any::<u8>(), 1..900).prop_map(|pixels| Drawing::new(&pixels).unwrap());
    let names = proptest::collection::vec("[A-Za-z][A-Za-z %&=#äß/]{0,12}[a-z]", 1..6);
    prop_oneof![drawn.prop_map(Mask::Draw), names.prop_map(Mask::Columns)]
}

fn one_of<W: Words + std::fmt::Debug>() -> impl Strategy<Value = W> {
    (0..W::ALL.len()).prop_map(|index| W::ALL[index].0)
}

fn any_target() -> impl Strategy<Value = Target> {
    let mode = (0..Target::MODES.len()).prop_map(|index| Target::MODES[index].0);
    prop_oneof![any::<u32>().prop_map(Target::Class), mode]
}

prop_compose! {
    fn any_experiment()(
        input in any_input(),
        ids in ("[a-z][a-z0-9-]{0,12}", option::of("[a-z][a-z0-9:-]{0,12}"), "[a-z][a-z0-9-]{0,12}"),
        norm in 0usize..3,
        eps in option::of(finite(0.0, 1e6)),
        step in option::of(finite(1e-12, 1e3)),
        counts in (1u32..25_000, 1u32..25_000),
        target in option::of(any_target()),
        mask in option::of(any_mask()),
        defence in vec(any_defence(), 0..MOST),
        seed in any::<u64>(),
        knobs in btree_map("(cw|fab|nes)\\.[a-z]{1,8}|bpda|eot", finite(-1e3, 1e3), 0..4),
    ) -> Settings {
        Settings {
            data: ids.0, model: ids.1, attack: ids.2, input, norm: Norm::ALL[norm], eps, step, target, mask, defence, seed,
            knobs,
            steps: Some(counts.0), restarts: counts.1, ..Settings::default()
        }
    }
}

fn any_challenge() -> impl Strategy<Value = Challenge> {
    let beat = (0u32..1000, finite(0.0, 1e3)).prop_map(|(class, eps)| Challenge::Beat { class, eps });
    prop_oneof![Just(Challenge::Draw), Just(Challenge::Friend), beat]
}

fn any_control() -> impl Strategy<Value = String> {
    prop_oneof!["eps|seed|draw|lesson\\.steps|share", "(cw|train|measure)\\.[a-z]{1,8}"]
}

prop_compose! {
    fn any_settings()(
        experiment in any_experiment(),
        page in one_of::<Page>(),
        engine in one_of::<EnginePreference>(),
        theme in one_of::<Theme>(),
        language in one_of::<Language>(),
        embed in any::<bool>(),
        hide in btree_set(any_control(), 0..4),
        lock in btree_set(any_control(), 0..4),
        challenge in option::of(any_challenge()),
        lesson in option::of(("[a-z]{1,8}", 1u32..99, btree_set(any_control(), 0..4))),
        extra in btree_map("(measure|train)\\.[a-z]{1,8}", "\\PC{1,40}", 0..4),
    ) -> Settings {
        let lesson = lesson.map(|(id, step, uses)| Lesson { id, step, uses }).filter(|lesson| lesson.id != "none");
        Settings { page, engine, theme, language, embed, hide, lock, challenge, lesson, extra, ..experiment }
    }
}

proptest! {
    #[test]
    fn settings_survive_the_link(settings in any_settings()) {
        let fragment = settings.fragment();
        prop_assert!(fragment.bytes().all(|byte| byte.is_ascii_graphic()));
        let (read, remarks) = Settings::read(&fragment);
        prop_assert_eq!(&read, &settings);
        prop_assert_eq!(remarks, vec![]);
    }

    #[test]
    fn no_text_gets_anything_infinite_through(text in "\\PC{0,200}") {
        let (settings, _) = Settings::read(&text);
        prop_assert!(settings.eps.is_none_or(f64::is_finite) && settings.step.is_none_or(f64::is_finite));
    }

    #[test]
    fn any_value_of_any_key_leaves_whole_settings(
        key in prop_oneof![
            Just("v"), Just("page"), Just("data"), Just("model"), Just("input"), Just("attack"), Just("norm"), Just("eps"),
            Just("step"), Just("steps"), Just("restarts"), Just("target"), Just("seed"), Just("engine"), Just("theme"),
            Just("lang"),
            Just("embed"), Just("hide"), Just("lock"), Just("lesson"), Just("lesson.uses"), Just("challenge"), Just("defence"), Just("bpda"), Just("eot"), Just("cw.confidence"), Just("train.lr"),
        ],
        value in prop_oneof!["\\PC{0,30}", "-?(NaN|inf|1e999|[0-9]{1,40}|0x1)", "(test|draw):\\PC{0,20}"],
    ) {
        let mut settings = Settings::default();
        settings.update(vec![(key.to_owned(), value)]);
        prop_assert!(settings.eps.is_none_or(|eps| eps.is_finite() && eps >= 0.0));
        prop_assert!(settings.step.is_none_or(|step| step.is_finite() && step > 0.0));
        prop_assert!(settings.steps.is_none_or(|steps| (1..=25_000).contains(&steps)) && (1..=25_000).contains(&settings.restarts));
        let (again, remarks) = Settings::read(&settings.fragment());
        prop_assert_eq!(again, settings);
        prop_assert_eq!(remarks, vec![]);
    }
}

#[test]
fn an_empty_fragment_is_the_contracts_defaults() {
    for empty in ["", "#", "#&&"] {
        let (settings, remarks) = Settings::read(empty);
        assert_eq!((settings, remarks), (Settings::default(), vec![]));
    }
    let fragment = Settings::default().fragment();
    assert_eq!(
        fragment,
        "v=1&page=attack&data=mnist&input=test:0&attack=pgd&norm=linf&step=auto&restarts=1&target=none&seed=1"
    );
}

#[test]
fn a_fraction_and_an_escape_are_understood() {
    let (settings, remarks) = Settings::read("#eps=8%2F255&input=test%3A7&step=2/255");
    assert_eq!((settings.eps, settings.step), (Some(8.0 / 255.0), Some(2.0 / 255.0)));
    assert_eq!((settings.input, remarks), (Input::Test(7), vec![]));
}

#[test]
fn unknown_keys_are_named_and_the_rest_is_taken() {
    let (settings, remarks) = Settings::read("colour=red&eps=.1&__proto__=1&x");
    let ignored = |key: &str| Remark::Ignored { key: key.into() };
    assert_eq!(remarks, [ignored("colour"), ignored("__proto__"), ignored("x")]);
    assert_eq!(settings.eps, Some(0.1));
}

/// A host can give any key; one that a link would cut is none.
#[test]
fn a_key_that_a_link_would_not_keep_is_not_taken() {
    let mut settings = Settings::default();
    for key in ["cw.confidence.", ":cw.confidence", "train.x:"] {
        let remarks = settings.update(vec![(key.into(), "5".into())]);
        assert_eq!((remarks, &settings), (vec![Remark::Ignored { key: key.into() }], &Settings::default()), "{key}");
    }
}

#[test]
fn bad_values_keep_what_was_there_and_say_so() {
    let (settings, remarks) = Settings::read(
        "v=2&eps=NaN&step=0&steps=0&restarts=1e30&seed=-1&target=two&norm=l7&input=draw:AAAA&attack=PGD!",
    );
    let expected = Settings { steps: Some(1), restarts: 25_000, ..Settings::default() };
    assert_eq!(settings, expected);
    assert_eq!(remarks.len(), 10);
    assert!(remarks[1].sentence().contains("“NaN” cannot be used; it is the dataset's own"));
}

#[test]
fn a_value_replaced_twice_is_one_remark() {
    let clamped = |key: &str, given: &str, taken: &str| Remark::clamped(key, given, taken);
    let mut all = vec![clamped("steps", "1e9", "25000"), clamped("eps", "7", "1")];
    Remark::merge(
        &mut all,
        vec![clamped("steps", "25000", "1000"), clamped("eps", "7", "1"), clamped("seed", "x", "1")],
    );
    assert_eq!(all, [clamped("steps", "1e9", "1000"), clamped("eps", "7", "1"), clamped("seed", "x", "1")]);
}

#[test]
fn a_remark_about_a_huge_value_stays_short() {
    let (_, remarks) = Settings::read(&format!("seed={}", "9".repeat(50_000)));
    assert!(remarks[0].sentence().len() < 120);
    assert_eq!(Settings::read(&format!("seed={}", "9".repeat(70_000))).0, Settings::default());
}

/// F34: no wrong yes.
#[test]
fn what_is_left_out_of_a_long_link_is_named() {
    let junk: Vec<String> = (0..300).map(|at| format!("junk{at}=1")).collect();
    let (settings, remarks) = Settings::read(&format!("{}&eps=.1&norm=l9", junk.join("&")));
    assert_eq!((settings.eps, remarks.len()), (Some(0.1), 301));
    let (settings, remarks) = Settings::read(&format!("eps=.1&seed={}", "9".repeat(70_000)));
    assert_eq!(settings, Settings::default());
    assert_eq!(remarks[0].sentence(), "The link is longer than 65536 characters and was ignored.");
    let many: Vec<String> = (0..9000).map(|at| format!("j{at}=")).collect();
    let (_, remarks) = Settings::read(&format!("{}&norm=l9", many.join("&")));
    assert!(remarks.contains(&Remark::clamped("norm", "l9", "linf")), "{}", remarks.len());
}

#[test]
fn controls_that_there_are_not_are_named_and_left_out() {
    let (settings, remarks) = Settings::read("hide=seed,nonsense,cw.wings&lock=lesson.pages,lesson.nonsense,EPS");
    assert_eq!(settings.hide.iter().collect::<Vec<_>>(), ["cw.wings", "seed"]);
    assert_eq!(settings.lock.iter().collect::<Vec<_>>(), ["lesson.pages"]);
    let named = [
        ("hide", "seed,nonsense,cw.wings", "cw.wings,seed"),
        ("lock", "lesson.pages,lesson.nonsense,EPS", "lesson.pages"),
    ];
    assert_eq!(remarks, named.map(|(key, given, taken)| Remark::clamped(key, given, taken)));
    let [alone] = &Settings::read("hide=nonsense").1[..] else { panic!("one remark") };
    assert!(alone.sentence().ends_with("cannot be used; it is left out instead."), "{}", alone.sentence());
    let every = crate::share::embed::every().map(|control| control.key).collect::<Vec<_>>().join(",");
    assert_eq!(Settings::read(&format!("hide={every}")).1, vec![], "all that the page offers to hide is known");
}

/// F35: keys that nobody knows leave room for those that somebody does.
#[test]
fn junk_keeps_no_key_out() {
    let junk: Vec<String> = (0..5000).map(|at| format!("train.j{at}=1")).collect();
    let (mut settings, _) = Settings::read(&junk.join("&"));
    assert_eq!(settings.update_fragment("train.epochs=3&measure.n=7&cw.confidence=3"), vec![]);
    let keys: Vec<String> = (0..5000).map(|at| format!("train.j{at}")).collect();
    settings.forget(&keys);
    assert_eq!(settings.extra.keys().collect::<Vec<_>>(), ["measure.n", "train.epochs"]);
    let knobs: Vec<String> = (0..5000).map(|at| format!("junk.j{at}=1")).collect();
    let (mut settings, _) = Settings::read(&knobs.join("&"));
    assert_eq!(settings.update_fragment("cw.confidence=3"), vec![]);
}

#[test]
fn an_update_keeps_what_it_does_not_name_and_a_dataset_brings_its_model() {
    let (mut settings, _) = Settings::read("model=mine:a&eps=.2&seed=5");
    settings.update_fragment("steps=7");
    assert_eq!(
        (settings.model.as_deref(), settings.eps, settings.seed, settings.steps),
        (Some("mine:a"), Some(0.2), 5, Some(7))
    );
    settings.update_fragment("data=fashion");
    assert_eq!((settings.model.as_deref(), settings.data.as_str()), (None, "fashion"));
}
