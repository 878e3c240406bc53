//! Every message survives the way through bytes, and nothing else is taken for one.

use super::*;
use crate::{fixture, link::Drawing};

fn settings(fragment: &str) -> Box<Settings> {
    Box::new(Settings::read(fragment).0)
}

fn challenged() -> ChallengeResult {
    let (settings, classes) = (*settings("challenge=3:0.1"), vec!["0".to_owned()]);
    let (pixels, figure) = (vec![0.0, 0.5], Some(0.1161));
    ChallengeResult {
        settings,
        classes,
        shape: [1, 1, 2],
        pixels,
        truth: Some(3),
        figure,
        most: 0.4,
        readings: Vec::new(),
    }
}

fn to_lab() -> Vec<ToLab> {
    let ask = |question| ToLab::Ask { id: 300, question };
    let answer = |answer| ToLab::Answer { id: 7, answer };
    let drawing = Drawing::new(&[0, 255, 7, 0]).unwrap().encode();
    let drawn = format!("input=draw:{drawing}&cw.confidence=3&lesson=start/2&hide=share&theme=dark&train.epochs=3");
    let twins = vec![("natural".to_owned(), vec![0.0, 0.25, 1.0]), ("robust".to_owned(), Vec::new())];
    vec![
        ask(LabQuestion::Run { job: Job::Train }),
        ask(LabQuestion::Made { job: Job::Evaluate, settings: settings("v=1&page=measure") }),
        ask(LabQuestion::Check { settings: settings("measure.n=1e9"), keys: vec!["measure.n".into(), String::new()] }),
        ask(LabQuestion::Weights { model: "mine:digits".into() }),
        ask(LabQuestion::File { path: "data/pets/test-00000-images".into() }),
        answer(PageAnswer::Newest { json: "null".into() }),
        answer(PageAnswer::Challenge(None)),
        answer(PageAnswer::Challenge(Some(Box::new(challenged())))),
        answer(PageAnswer::Weights { weights: (0..=255).collect() }),
        answer(PageAnswer::Refused(Refusal::new("model", "It is “not” there."))),
        ToLab::Settings(settings(&drawn)),
        ToLab::Catalog { json: r#"{"attacks":[]}"#.into() },
        ToLab::Attack(Box::new(Attack { job: fixture::job(&["natural", "robust"]), twins, penned: true })),
        ToLab::Stop,
    ]
}

fn to_page() -> Vec<ToPage> {
    let ask = |question| ToPage::Ask { id: 0, question };
    let answer = |answer| ToPage::Answer { id: u32::MAX, answer };
    let own = || OwnModel { id: "mine:digits".into(), weights: vec![0, 255, 1], card: "{}".into() };
    vec![
        ask(PageQuestion::Newest),
        ask(PageQuestion::Challenge),
        ask(PageQuestion::Weights { model: "natural".into() }),
        answer(LabAnswer::Made { json: r#"{"n":150}"#.into() }),
        answer(LabAnswer::Checked { ignored: vec!["measure.x".into()], clamped: Vec::new(), right: "a=1".into() }),
        answer(LabAnswer::Weights(own())),
        answer(LabAnswer::File { bytes: vec![0, 0, 8, 1] }),
        answer(LabAnswer::Refused(Refusal::new("stopped", "The job was stopped."))),
        ToPage::Hello,
        ToPage::Explains,
        ToPage::Set { fragment: "model=mine:digits".into() },
        ToPage::Models { json: "{}".into() },
        ToPage::Kept(own()),
        ToPage::Progress { json: "{}".into() },
        ToPage::Lesson { json: "{}".into() },
        ToPage::Result { json: "{}".into() },
    ]
}

#[test]
fn every_message_survives_the_way_through_bytes() {
    for message in to_lab() {
        assert_eq!(ToLab::read(&message.write().unwrap()), Ok(message));
    }
    for message in to_page() {
        assert_eq!(ToPage::read(&message.write().unwrap()), Ok(message));
    }
}

#[test]
fn a_message_cut_short_or_too_long_is_an_error() {
    for whole in to_lab().iter().map(|message| message.write().unwrap()) {
        (0..whole.len()).for_each(|length| assert!(ToLab::read(&whole[..length]).is_err(), "{whole:?} to {length}"));
        assert_eq!(ToLab::read(&[&whole[..], &[0]].concat()), Err("1 bytes too many".into()));
    }
    for whole in to_page().iter().map(|message| message.write().unwrap()) {
        (0..whole.len()).for_each(|length| assert!(ToPage::read(&whole[..length]).is_err(), "{whole:?} to {length}"));
        assert_eq!(ToPage::read(&[&whole[..], &[0]].concat()), Err("1 bytes too many".into()));
    }
}

#[test]
fn a_foreign_message_is_an_error() {
    for foreign in [&b""[..], b"[\"fault\",[\"file\",\"gone\"]]", &[250, 1, 2, 3], &[0xff; 40]] {
        assert!(ToLab::read(foreign).is_err(), "{foreign:?}");
        assert!(ToPage::read(foreign).is_err(), "{foreign:?}");
        assert_eq!(Lost::of(foreign), None, "{foreign:?}");
    }
}

#[test]
fn of_questions_and_answers_the_number_can_be_read_where_the_rest_cannot() {
    let lost = |number: u32, asked: bool| Some(if asked { Lost::Question(number) } else { Lost::Answer(number) });
    for message in to_lab() {
        let expected = match &message {
            ToLab::Ask { id, .. } => lost(*id, true),
            ToLab::Answer { id, .. } => lost(*id, false),
            _ => None,
        };
        assert_eq!(Lost::of(&message.write().unwrap()), expected, "{message:?}");
    }
    for message in to_page() {
        let expected = match &message {
            ToPage::Ask { id, .. } => lost(*id, true),
            ToPage::Answer { id, .. } => lost(*id, false),
            _ => None,
        };
        assert_eq!(Lost::of(&message.write().unwrap()), expected, "{message:?}");
    }
    // A question that this build does not know.
    assert_eq!(Lost::of(&[0, 172, 2, 99]), Some(Lost::Question(300)));
}
