//! The words for an attack's settings and for how it was measured.

use super::*;

fn spec() -> AttackSpec {
    trial("pgd", Aim::Within, 0.1).spec
}

#[test]
fn a_setting_names_the_target_and_how_far_each_of_a_few_features_goes() {
    let aimed = |target| setting(&AttackSpec { target: Some(target), ..spec() });
    assert_eq!(aimed(Target::Class(3)), "pgd (L∞, epsilon 0.1, target 3, steps 3)");
    assert_eq!(aimed(Target::Least), "pgd (L∞, epsilon 0.1, target least likely class, steps 3)");
    assert_eq!(aimed(Target::Second), "pgd (L∞, epsilon 0.1, target second most likely class, steps 3)");
    assert_eq!(aimed(Target::Random), "pgd (L∞, epsilon 0.1, target random class, steps 3)");
    let limits = vec![1.0, 0.0, 0.5];
    assert_eq!(
        setting(&AttackSpec { limits, ..spec() }),
        "pgd (L∞, epsilon 0.1, steps 3, features move by at most 1 0 0.5 times epsilon)"
    );
}

#[test]
fn of_many_features_it_tells_how_many_move_and_between_what() {
    let told = |limits: Vec<f32>| setting(&AttackSpec { limits, ..spec() });
    let mut limits = vec![0.0; 65];
    limits[3..5].fill(0.5);
    assert_eq!(
        told(limits.clone()),
        "pgd (L∞, epsilon 0.1, steps 3, 2 of 65 features move by at most 0.5 times epsilon)"
    );
    limits[7] = 2.0;
    assert!(told(limits).ends_with("3 of 65 features move by at most 0.5 to 2 times epsilon)"));
    assert!(told(vec![1.0; 64]).contains("features move by at most 1 1 1"), "64 are few enough to tell each");
}

#[test]
fn methods_say_what_the_numbers_are_and_whether_anything_was_aimed_at() {
    let said = |kind: &InputKind, target| {
        let trials = [Trial { spec: AttackSpec { target, ..spec() }, aim: Aim::Within }];
        methods(kind, &["one"], &trials, "two inputs", 7, "CPU")
    };
    let picture = said(&InputKind::Picture, None);
    assert!(
        picture.starts_with("Models one were evaluated on two inputs, pixels in [0, 1], with pgd (L∞"),
        "{picture}"
    );
    assert!(
        picture.contains("An image counts as robust") && picture.contains("within the radius changes that, judged")
    );
    let plane = said(&InputKind::Plane, Some(Target::Class(1)));
    assert!(plane.contains("coordinates in [0, 1]") && plane.contains("A point counts as robust"), "{plane}");
    assert!(plane.contains("changes that (one with a target: to its target), judged"), "{plane}");
    let column =
        Column { name: "Alcohol".into(), unit: "% vol".into(), min: 10.0, max: 15.0, whole: false, scale: 1.0 };
    let table = said(&InputKind::Table(vec![column]), None);
    assert!(table.contains("each column's range as [0, 1] (Alcohol (% vol) from 10 to 15)"), "{table}");
    assert!(table.contains("A row counts as robust"), "{table}");
}
