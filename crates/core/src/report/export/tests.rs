//! Exports name every setting, every input and every doubt.

mod settings;

use super::*;
use crate::catalog::Aim;
use crate::protocol::{Sample, Smoothing};
use crate::report::fixture::{ledger, part, sample, trial};
use crate::report::{ALPHA, Certificate, Ledger, Nearer, Smoothed, Twice};

#[test]
fn exports_name_every_setting_and_every_input() {
    let ledger = ledger();
    let models = [ledger.figures(0, 0.5), ledger.figures(1, 0.5)];
    let csv = csv(&ledger.trials, &models);
    assert_eq!(
        csv.lines().next(),
        Some("model,index,truth,clean,attacked,radius,broken,certified,margin,doubled,audit,untried,draws")
    );
    assert_eq!(csv.lines().nth(2), Some("one,1,1,1,2,0.06,deepfool,0.02,0.05,,,,1"));
    assert_eq!(csv.lines().nth(1), Some("one,0,0,0,0,beyond,,0.01,beyond,,,,1"));
    assert_eq!(csv.lines().count(), 5);
    let table = table(&ledger.trials, &models);
    assert!(table.contains("| pgd (L∞, epsilon 0.1, steps 3) | 75.0 % [30.1, 95.4], n = 4 |"), "{table}");
    let methods =
        methods(&Default::default(), &["one", "two"], &ledger.trials, "the first 4 images of MNIST", 7, "CPU");
    for part in ["one, two", "first 4 images", "deepfool (L∞, epsilon 0.1, steps 3)", "Seed 7", "CPU"] {
        assert!(methods.contains(part), "{part} is not in {methods}");
    }
}

/// One model of one attack on inputs of class 0.
fn report(samples: Vec<Sample>) -> (Vec<Trial>, ModelReport) {
    let trials = vec![trial("pgd", Aim::Within, 0.1)];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0; samples.len()], 4);
    ledger.add(part("one", 0, 0, samples)).unwrap();
    let report = ledger.figures(0, 0.5);
    (ledger.trials, report)
}

#[test]
fn a_line_says_which_attacks_were_not_carried_out_and_why() {
    let why = |outcome| Sample { outcome, ..sample(0, 0, 0, 0.0) };
    let (trials, report) = report(vec![why(SampleOutcome::NothingToDo), why(SampleOutcome::NoStart)]);
    let csv = csv(&trials, &[ModelReport { draws: 5, ..report }]);
    assert_eq!(csv.lines().nth(1), Some("one,0,0,0,0,,,,,,,pgd:nothing-to-do,5"));
    assert_eq!(csv.lines().nth(2), Some("one,1,0,0,0,,,,,,,pgd:no-start,5"));
}

#[test]
fn votes_are_columns_of_their_own_where_some_were_counted() {
    let (trials, report) = report(vec![sample(0, 0, 0, 0.0), sample(0, 0, 0, 0.0), sample(0, 0, 0, 0.0)]);
    let smoothing = Smoothing { sigma: 0.5, select: 10, draws: 1000 };
    let of = |index, count| Certificate::of(index, 0, (0, count), &smoothing);
    let samples = vec![of(0, 520), of(1, 1000)];
    let smoothed = Some(Smoothed { smoothing, alpha: ALPHA, samples });
    let csv = csv(&trials, &[ModelReport { smoothed, ..report }]);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].ends_with(",draws,smoothed,votes,smoothed_radius"), "{csv}");
    assert!(
        lines[1].ends_with(",1,0,520,none") && lines[2].contains(",1,0,1000,1.23") && lines[3].ends_with(",1,,,"),
        "{csv}"
    );
    assert!(lines.iter().all(|line| line.split(',').count() == 16), "{csv}");
}

#[test]
fn a_table_has_a_column_a_model_and_a_row_an_attack_between_clean_and_worst_case() {
    let ledger = ledger();
    let models = [ledger.figures(0, 0.5), ledger.figures(0, 0.5)];
    let text = table(&ledger.trials, &models);
    let rows: Vec<&str> = text.lines().map(|line| line.split('|').nth(1).unwrap().trim()).collect();
    let attacks = ["pgd (L∞, epsilon 0.1, steps 3)", "deepfool (L∞, epsilon 0.1, steps 3)"];
    assert_eq!(rows, ["accuracy", "---", "clean", attacks[0], attacks[1], "worst case"]);
    assert!(text.lines().all(|line| line.matches('|').count() == 4), "{text}");
    assert!(text.starts_with("| accuracy | one | one |\n| --- | --- | --- |\n"), "{text}");
    let drawn = table(&ledger.trials, &[ModelReport { draws: 8, ..models[0].clone() }, models[1].clone()]);
    assert!(drawn.contains("\n| draws an answer | 8 | 1 |\n"), "{drawn}");
    assert!(!text.contains("draws"), "one look is nothing to tell");
}

#[test]
fn a_cell_tells_what_is_held_against_an_attack() {
    let (trials, mut report) = report(vec![sample(0, 0, 0, 0.1); 2]);
    let cell = |report: &ModelReport| {
        let text = table(&trials, std::slice::from_ref(report));
        text.lines().find(|line| line.contains("pgd")).unwrap().split('|').nth(2).unwrap().trim().to_owned()
    };
    let own = Accuracy::of(2, 2);
    let (bare, half) = ("100.0 % [34.2, 100.0], n = 2", "50.0 % [9.5, 90.5], n = 2");
    assert_eq!(cell(&report), bare);
    let (twin, nearer) = (Accuracy::of(1, 2), Accuracy::of(1, 2));
    report.attacks[0].twice = Some(Twice { steps: 6, own, twin, converged: true, fell: Vec::new() });
    let raw = Vec::new();
    report.attacks[0].nearer = Some(Nearer { own, eps: 0.05, nearer, worst: own, rises: false, fell: Vec::new(), raw });
    assert_eq!(cell(&report), bare, "twice the steps and a smaller radius leave as much");
    report.attacks[0].twice.as_mut().unwrap().converged = false;
    let doubt = format!("{bare} (not converged: 6 steps leave {half}, these {bare})");
    assert_eq!(cell(&report), doubt);
    report.attacks[0].nearer.as_mut().unwrap().rises = true;
    let doubts = format!("{doubt} (rises with epsilon: 0.05 leaves {half}, this {bare})");
    assert_eq!(cell(&report), doubts);
    (report.attacks[0].blind, report.attacks[0].idle, report.attacks[0].unstarted) = (1, 2, 3);
    let all = format!("{doubts} (1 without a gradient to follow) (2 with nothing to do) (3 without a start)");
    assert_eq!(cell(&report), all);
}

#[test]
fn a_field_has_quotes_where_it_holds_a_comma_a_quote_or_a_line_break() {
    let found = ["plain", "a,b", "say \"so\"", "two\nlines"].map(quoted);
    assert_eq!(found, ["plain", "\"a,b\"", "\"say \"\"so\"\"\"", "\"two\nlines\""]);
}

#[test]
fn rows_of_a_table_are_in_the_units_of_its_columns() {
    let column = |name: &str, unit: &str, min: f32, max: f32, whole: bool| Column {
        name: name.into(),
        unit: unit.into(),
        min,
        max,
        whole,
        scale: 1.0,
    };
    let columns = [column("Alcohol", "% vol", 10.0, 12.0, false), column("Age", "", 0.0, 5.0, true)];
    let text = rows(&columns, [(7, 1, &[0.5f32, 0.5][..], &[0.75f32, 1.0][..])].into_iter());
    let wanted = "index,truth,Alcohol (% vol),Age,Alcohol (% vol) attacked,Age attacked\n7,1,11,3,11.5,5\n";
    assert_eq!(text, wanted);
}
