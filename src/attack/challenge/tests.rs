//! What is said of a challenge, whichever way it ends.

use super::*;
use crate::{
    attack::results::Phase,
    fixture::{job, manifest, outcome},
    link::Input,
};
use foolproof_core::protocol::Ticket;
use std::sync::Arc;

/// A result of both networks: what each reads before and after.
fn result(natural: (u32, u32), robust: (u32, u32), truth: Option<u32>) -> ChallengeResult {
    let mut job = job(&["natural", "robust"]);
    (job.attack.eps, job.inputs.labels) = (0.1161, truth.map(|truth| vec![truth]));
    let outcomes = [("natural", natural), ("robust", robust)].map(|(model, (before, after))| {
        let mut outcome = outcome(model, before, after);
        outcome.samples[0].success = before != after || truth.is_some_and(|truth| before != truth);
        Arc::new(outcome)
    });
    let (settings, _) = Settings::read("eps=0.1161&embed=1&hide=draw&theme=dark&challenge=draw&lang=de");
    let (phase, progress) = (Phase::Done(1.0), None);
    let run = Run { ticket: Ticket(1), job: Arc::new(job), settings, phase, outcomes: outcomes.into(), progress };
    let manifest = manifest();
    let classes = (0..10).map(|class: u32| class.to_string()).collect();
    ChallengeResult::of(&run, &manifest.models[..2], classes, 0.4).unwrap()
}

#[test]
fn the_usual_end_is_a_network_that_falls_and_one_that_still_reads() {
    let result = result((3, 9), (3, 3), None);
    assert_eq!(
        result.sentences(Whose::Own).join(" "),
        "Your 3 becomes a 9 at epsilon 0.1161. The robust network still reads it."
    );
    assert!(result.sentences(Whose::Friend).join(" ").starts_with("Your friend’s 3 becomes a 9"));
    assert_eq!(result.to_beat(), Challenge::Beat { class: 3, eps: 0.1161 });
}

#[test]
fn every_other_end_has_its_own_sentence() {
    let said = |natural, robust, truth| result(natural, robust, truth).sentences(Whose::This).join(" ");
    let held = said((3, 3), (3, 3), None);
    assert_eq!(held, "This 3 held up to epsilon 0.4, the largest tried. The robust network still reads it.");
    let both = said((3, 8), (3, 8), None);
    assert_eq!(both, "This 3 becomes an 8 at epsilon 0.1161. The robust network falls as well.");
    let robust = said((3, 3), (3, 9), None);
    assert!(robust.ends_with("The robust network falls before that."), "{robust}");
    let other = said((3, 9), (5, 5), None);
    assert!(other.ends_with("The robust network reads 5 from the start."), "{other}");
    let wrong = said((1, 1), (7, 7), Some(7));
    assert_eq!(wrong, "This 7 is read as 1 before any attack. The robust network still reads it.");
}

#[test]
fn what_was_drawn_is_as_good_as_known_where_all_read_the_same_and_nobody_knows_better() {
    let agreed = |natural, robust, truth| result(natural, robust, truth).is_agreed();
    assert!(agreed((3, 9), (3, 3), None) && agreed((3, 9), (3, 9), Some(3)));
    assert!(!agreed((1, 9), (7, 7), None) && !agreed((1, 9), (1, 1), Some(7)));
}

#[test]
fn networks_of_one_kind_have_their_names() {
    let mut result = result((3, 9), (3, 3), None);
    result.readings[1].robust = false;
    assert!(result.sentences(Whose::Own).join(" ").ends_with("ROBUST still reads it."));
    result.readings.truncate(1);
    assert_eq!(result.sentences(Whose::Own).join(" "), "Your 3 becomes a 9 at epsilon 0.1161.");
}

#[test]
fn a_drawing_is_tougher_as_tough_or_not_and_of_the_class_asked_for() {
    let of = |figure| ChallengeResult { figure, ..result((3, 9), (3, 3), None) };
    assert_eq!(of(Some(0.1161)).compared(3, 0.09), "That is tougher than the 0.09 to beat!");
    assert_eq!(of(Some(0.1161)).compared(3, 0.2), "That is not as tough as the 0.2 to beat.");
    assert_eq!(of(Some(0.1161)).compared(3, 0.116_11), "That is just as tough as the 0.1161 to beat.");
    assert_eq!(of(None).compared(3, 0.2), "That is tougher than the 0.2 to beat!");
    assert_eq!(of(Some(0.3)).compared(5, 0.2), "That does not count: it is read as 3, not as 5.");
}

#[test]
fn a_friends_link_has_the_experiment_and_nothing_of_how_it_was_shown() {
    let mut result = result((3, 9), (3, 3), None);
    result.settings.input = Input::read("test:4").unwrap();
    let (settings, remarks) = Settings::read(&result.link());
    assert_eq!(remarks, vec![]);
    assert_eq!(
        (settings.challenge, settings.eps, settings.input),
        (Some(Challenge::Friend), Some(0.1161), Input::Test(4))
    );
    assert!(!settings.embed && settings.hide.is_empty() && settings.theme == Theme::Auto);
}
