//! What is shown of an attack, from its first answer to its last.

use super::*;
use crate::fixture::{job, outcome};
use foolproof_core::protocol::{FaultKind, Target};

fn running(ticket: u64) -> Results {
    let mut results = Results::default();
    results.sent(Ticket(ticket), Arc::new(job(&["natural", "robust"])), Settings::default());
    results
}

#[test]
fn a_run_is_of_its_experiment_whatever_stands_beside() {
    let run = running(4).run.unwrap();
    assert!(run.is_of(&job(&["natural"])) && run.is_of(&job(&["natural", "other"])));
    let another = |change: fn(&mut AttackJob)| {
        let mut other = job(&["natural", "robust"]);
        change(&mut other);
        other
    };
    for other in [
        job(&["robust", "natural"]),
        another(|job| job.seed += 1),
        another(|job| job.attack.eps *= 2.0),
        another(|job| job.attack.target = Some(Target::Least)),
        another(|job| job.inputs.pixels[0] = 1.0),
    ] {
        assert!(!run.is_of(&other), "{other:?}");
    }
}

#[test]
fn a_result_is_of_now_or_before_or_of_another_attack() {
    let shown = Shown { job: Arc::new(job(&["natural"])), outcome: Arc::new(outcome("natural", 7, 3)) };
    let age = |change: fn(&mut AttackJob)| {
        let mut now = job(&["natural", "robust"]);
        change(&mut now);
        shown.age(Some(&now))
    };
    assert_eq!(age(|_| ()), Age::Now, "models that came meanwhile do not matter");
    assert_eq!(age(|job| job.attack.eps *= 2.0), Age::Before);
    assert_eq!(age(|job| job.inputs.pixels[0] = 1.0), Age::Before);
    assert_eq!(age(|job| job.attack.id = "cw".into()), Age::Another);
    assert_eq!(shown.age(None), Age::Another, "nothing can be asked for yet");
}

#[test]
fn what_stood_behind_a_defence_is_kept_by_the_bare_id_and_is_no_answer_without_it() {
    let behind = ["natural~bits:bits:1", "robust~bits:bits:1"];
    let mut results = Results::default();
    results.sent(Ticket(4), Arc::new(job(&behind)), Settings::default());
    let clean = outcome("natural", 7, 3).samples[0].clean.clone();
    results.apply(Event::Seen { ticket: Ticket(4), model: behind[1].into(), clean: clean.clone() });
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome(behind[0], 7, 3) });
    results.searching(Ticket(5), Arc::new(job(&behind)));
    results.apply(Event::Radius { ticket: Ticket(5), model: behind[0].into(), radius: Some(0.1) });
    assert_eq!(results.shown.keys().collect::<Vec<_>>(), ["natural", "robust"]);
    assert_eq!(results.run.as_ref().unwrap().outcomes[0].model, "natural");
    assert_eq!(results.marks.get("natural"), Some(&Some(0.1)));
    let age = |models: &[&str]| results.shown["natural"].age(Some(&job(models)));
    assert_eq!((age(&behind), age(&behind[..1])), (Age::Now, Age::Now));
    for other in [["natural", "robust"], ["natural~bits:bits:2", "robust~bits:bits:2"]] {
        assert_eq!(age(&other), Age::Before);
        assert!(!results.run.as_ref().unwrap().is_of(&job(&other)));
    }
    // The input is looked at anew without the defence.
    results.sent(Ticket(6), Arc::new(job(&["natural", "robust"])), Settings::default());
    results.apply(Event::Seen { ticket: Ticket(6), model: "robust".into(), clean });
    assert_eq!(results.shown["robust"].job.models[0], "natural");
}

#[test]
fn the_input_as_it_is_is_shown_until_more_is_known() {
    let mut results = running(4);
    let clean = outcome("natural", 7, 3).samples[0].clean.clone();
    let seen = |ticket| Event::Seen { ticket: Ticket(ticket), model: "natural".into(), clean: clean.clone() };
    results.apply(seen(3));
    assert!(results.shown.is_empty(), "of a job that was given up");
    results.apply(seen(4));
    let shown = results.shown["natural"].clone();
    let sample = shown.sample().unwrap();
    assert_eq!((&sample.clean, &sample.adversarial), (&clean, &clean));
    assert_eq!(sample.pixels, shown.job.inputs.pixels);
    assert_eq!(shown.age(Some(&job(&["natural"]))), Age::Another, "nothing was attacked yet");
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
    results.apply(seen(4));
    assert_eq!(results.shown["natural"].sample().unwrap().adversarial.label, 3, "more is known");
}

#[test]
fn an_attack_is_shown_model_by_model_and_then_done() {
    let mut results = running(4);
    results.apply(Event::Progress { ticket: Ticket(4), model: "natural".into(), done: 8, total: 40 });
    assert_eq!(results.run.as_ref().unwrap().progress, Some((8, 40)));
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
    assert_eq!(results.shown.keys().collect::<Vec<_>>(), ["natural"]);
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("robust", 7, 7) });
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("robust", 7, 7) });
    results.apply(Event::Done { ticket: Ticket(4), millis: 80.0 });
    let run = results.run.unwrap();
    assert_eq!((run.phase, run.outcomes.len()), (Phase::Done(80.0), 2));
}

#[test]
fn events_of_an_older_ticket_change_nothing() {
    let mut results = running(4);
    results.sent(Ticket(5), Arc::new(job(&["natural"])), Settings::default());
    let before = results.clone();
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
    results.apply(Event::Progress { ticket: Ticket(4), model: "natural".into(), done: 40, total: 40 });
    results.apply(Event::Done { ticket: Ticket(4), millis: 1.0 });
    results.apply(Event::Fault { ticket: Some(Ticket(4)), fault: Fault::new(FaultKind::Input, "Wrong.") });
    results.apply(Event::Radius { ticket: Ticket(4), model: "natural".into(), radius: Some(0.1) });
    assert_eq!(results, before);
}

#[test]
fn what_was_shown_stays_until_the_next_outcome() {
    let mut results = running(4);
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
    results.sent(Ticket(5), Arc::new(job(&["natural"])), Settings::default());
    assert_eq!(results.shown["natural"].sample().unwrap().adversarial.label, 3);
    results.apply(Event::Attacked { ticket: Ticket(5), outcome: outcome("natural", 7, 8) });
    assert_eq!(results.shown["natural"].sample().unwrap().adversarial.label, 8);
}

#[test]
fn a_stop_ends_what_runs_and_late_outcomes_are_dropped() {
    let mut results = running(4);
    results.apply(Event::Stopped { ticket: Ticket(9) });
    assert_eq!(results.run.as_ref().unwrap().phase, Phase::Stopped);
    results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
    assert!(results.shown.is_empty());
}

#[test]
fn marks_belong_to_the_newest_search() {
    let mut results = running(4);
    results.searching(Ticket(5), Arc::new(job(&["natural"])));
    results.apply(Event::Radius { ticket: Ticket(5), model: "natural".into(), radius: Some(0.1) });
    assert_eq!(results.marks["natural"], Some(0.1));
    results.searching(Ticket(6), Arc::new(job(&["natural"])));
    assert!(results.marks.is_empty());
    results.apply(Event::Radius { ticket: Ticket(5), model: "natural".into(), radius: Some(0.1) });
    assert!(results.marks.is_empty());
}

#[test]
fn the_truth_of_a_drawing_is_the_models_own_answer() {
    let mut results = running(1);
    results.apply(Event::Attacked { ticket: Ticket(1), outcome: outcome("natural", 5, 3) });
    assert_eq!(results.shown["natural"].truth(), Some(7), "the job has a label");
    let mut drawn = job(&["natural"]);
    drawn.inputs.labels = None;
    results.sent(Ticket(2), Arc::new(drawn), Settings::default());
    results.apply(Event::Attacked { ticket: Ticket(2), outcome: outcome("natural", 5, 3) });
    assert_eq!(results.shown["natural"].truth(), Some(5));
}
