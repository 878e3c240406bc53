//! Evaluations as a worker makes them: in chunks, part by part, and the same however they are cut.

use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::catalog::{Aim, Norm};
use foolproof_core::protocol::*;
use foolproof_core::report::{Ledger, Trial};
use foolproof_engine::session::Session;
use foolproof_engine::{attacks, drive::Drive};

fn session() -> Session {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    for (id, weights) in [("one", trained_file()), ("two", file(2))] {
        session.accept(Request::Model { id: id.into(), architecture: architecture(), weights });
    }
    session
}

/// The inputs `from` to `to` of a hundred, two attacks, and the radii.
pub fn job(from: usize, to: usize) -> EvaluationJob {
    let all = pixels(4, 100);
    let labels = answers(&trained(), &all);
    let [channels, rows, columns] = SHAPE;
    let radius = spec("pgd", Norm::Linf, 0.4, &[("steps", 5.0)]);
    EvaluationJob {
        models: vec!["one".into(), "two".into()],
        inputs: Inputs {
            shape: [to - from, channels, rows, columns],
            pixels: all[from * PIXELS..to * PIXELS].to_vec(),
            labels: Some(labels[from..to].to_vec()),
        },
        first: from as u64,
        crafted_on: None,
        attacks: vec![
            spec("fgsm", Norm::Linf, 0.1, &[]),
            spec("pgd", Norm::Linf, 0.15, &[("steps", 4.0), ("restarts", 2.0)]),
        ],
        radius: Some(radius),
        smoothing: None,
        detection: None,
        seed: 1,
    }
}

/// Everything told about a job, done in the smallest or the largest pieces.
fn evaluate(job: EvaluationJob, millis: f64) -> Vec<Event> {
    let mut session = session();
    assert!(session.accept(Request::Evaluate { ticket: Ticket(9), job }).is_empty());
    let mut events = Vec::new();
    while session.busy() {
        let time = std::cell::Cell::new(0.0);
        events.extend(pollster::block_on(session.advance(|| time.replace(time.get() + millis))));
    }
    events
}

/// Model, attack, number of the input, whether it was fooled, and what each model answers to its example.
type Fooled = (String, usize, u64, bool, Vec<u32>);
/// Model, number of the input, and its radius.
type Radius = (String, u64, Option<f32>);

/// Success of each input by model and attack, and the radii by model.
fn told(events: &[Event]) -> (Vec<Fooled>, Vec<Radius>) {
    let (mut fooled, mut radii) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Evaluated { part, .. } => {
                fooled.extend(part.samples.iter().zip(part.first..).enumerate().map(|(place, (sample, number))| {
                    let answers = part.transfer.iter().map(|row| row[place]).collect();
                    (part.model.clone(), part.attack, number, sample.success, answers)
                }))
            }
            Event::Radii { found, .. } => {
                radii.extend(found.radii.iter().zip(found.first..).map(|(&r, number)| (found.model.clone(), number, r)))
            }
            _ => {}
        }
    }
    fooled.sort();
    radii.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    (fooled, radii)
}

#[test]
fn every_input_meets_every_attack_once_and_progress_only_grows() {
    let events = evaluate(job(0, 70), 1000.0);
    let (fooled, radii) = told(&events);
    assert_eq!((fooled.len(), radii.len()), (2 * 2 * 70, 2 * 70));
    assert!(fooled.windows(2).all(|pair| (&pair[0].0, pair[0].1, pair[0].2) != (&pair[1].0, pair[1].1, pair[1].2)));
    assert!(fooled.iter().any(|row| row.3) && fooled.iter().any(|row| row.0 == "one" && !row.3));
    let mut last = 0;
    for event in &events {
        if let Event::Progress { done, total, .. } = event {
            assert!(*done >= last && done <= total, "{done} after {last} of {total}");
            last = *done;
        }
    }
    assert!(matches!(events.last(), Some(Event::Done { ticket: Ticket(9), .. })));
}

#[test]
fn a_share_of_the_inputs_fares_as_in_the_whole() {
    let (fooled, radii) = told(&evaluate(job(0, 70), 1.0));
    let (mut cut, mut cut_radii) = told(&evaluate(job(0, 30), 1000.0));
    let (rest, rest_radii) = told(&evaluate(job(30, 70), 50.0));
    cut.extend(rest);
    cut_radii.extend(rest_radii);
    cut.sort();
    cut_radii.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    assert_eq!(fooled, cut);
    assert_eq!(radii, cut_radii);
}

#[test]
fn mean_losses_and_falls_do_not_depend_on_pieces_or_on_who_left_early() {
    let attacks = vec![
        spec("pgd", Norm::Linf, 0.08, &[("steps", 60.0), ("restarts", 5.0)]),
        spec("autoattack", Norm::Linf, 0.08, &[("steps", 20.0), ("targets", 2.0), ("queries", 200.0)]),
    ];
    let job = EvaluationJob { attacks, radius: None, models: vec!["one".into()], ..job(0, 20) };
    let labels = job.inputs.labels.clone().unwrap();
    let figures = |millis: f64| {
        let trials = job.attacks.iter().map(|spec| Trial { spec: spec.clone(), aim: Aim::Within }).collect();
        let mut ledger = Ledger::new(vec!["one".into()], trials, labels.clone(), architecture().classes);
        for event in evaluate(job.clone(), millis) {
            if let Event::Evaluated { part, .. } = event {
                ledger.add(part).unwrap();
            }
        }
        ledger.figures(0, 0.5).attacks
    };
    let (whole, cut) = (figures(1.0), figures(1000.0));
    for (whole, cut) in whole.iter().zip(&cut) {
        assert_eq!((&whole.loss_at, &whole.by_steps, &whole.members), (&cut.loss_at, &cut.by_steps, &cut.members));
        let apart = whole.loss.iter().zip(&cut.loss).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-4, "{apart}");
        assert!(
            whole.accuracy.value > 0.0 && whole.by_steps.len() > 2,
            "some hold and some fall: {:?}",
            whole.by_steps
        );
        assert_eq!(whole.by_steps.last().map(|(_, left)| *left), Some(whole.accuracy));
    }
    assert_eq!(whole[0].loss_at.last(), Some(&300));
    let last = whole[1].members.last().map(|(name, left)| (name.as_str(), *left));
    assert_eq!((whole[1].members.len(), last), (4, Some(("Square", whole[1].accuracy))));

    // The mean of every sample's own loss at that iterate, from the attack itself.
    let (attack, ball) = attacks::make(&job.attacks[0]).unwrap();
    let case = case(&trained(), &job.inputs.pixels, &labels, None, 1, 0);
    let mut drive = Drive::new(trained(), case, ball, attack);
    while drive.advance(u32::MAX) {}
    let samples = pollster::block_on(drive.finish()).unwrap().samples;
    let early = |sample: &Sample| (sample.iterate.map_or(4, |at| at / 61) + 1) * 61 - 1;
    for (place, &told) in whole[0].loss.iter().enumerate() {
        let at = (4 * place as u32).min(304);
        let own = samples.iter().map(|sample| sample.loss[at.min(early(sample)) as usize]);
        let mean = own.sum::<f32>() / samples.len() as f32;
        assert!((mean - told).abs() < 1e-4, "iterate {at}: {told} is told and {mean} is true");
    }
}

#[test]
fn a_radius_stands_between_holding_and_falling() {
    let job = job(0, 12);
    let (_, radii) = told(&evaluate(job.clone(), 1.0));
    let clean = job.inputs.pixels.clone();
    let labels = job.inputs.labels.clone().unwrap();
    let fooled = |place: usize, eps: f32| {
        let pixels = &clean[place * PIXELS..(place + 1) * PIXELS];
        let case = case(&trained(), pixels, &labels[place..=place], None, 1, place as u64);
        attack(&trained(), case, &spec("pgd", Norm::Linf, eps, &[("steps", 5.0)])).unwrap().samples[0].success
    };
    let mut between = 0;
    for (_, place, radius) in radii.iter().filter(|row| row.0 == "one") {
        let place = *place as usize;
        match radius {
            Some(radius) if *radius > 0.0 => {
                assert!(fooled(place, *radius), "input {place} holds at its own radius {radius}");
                assert!(
                    !fooled(place, radius - 0.4 / 128.0) || *radius <= 0.4 / 128.0,
                    "input {place} falls below {radius}"
                );
                between += 1;
            }
            Some(_) => panic!("input {place} is right, and has no radius of zero"),
            None => assert!(!fooled(place, 0.4)),
        }
    }
    assert!(between > 6, "only {between} of 12 radii lie inside");
}

#[test]
fn what_is_proven_lies_below_what_is_found() {
    let events = evaluate(job(0, 70), 1.0);
    let found =
        events.iter().filter_map(|event| if let Event::Radii { found, .. } = event { Some(found) } else { None });
    let (mut compared, mut proven) = (0, 0);
    for Radii { radii, certified, .. } in found {
        assert_eq!(radii.len(), certified.len());
        for (radius, certified) in radii.iter().zip(certified) {
            assert!(radius.is_none_or(|radius| *certified <= radius), "{certified} is proven, {radius:?} falls");
            compared += 1;
            proven += usize::from(*certified > 0.0);
        }
    }
    assert!(compared == 140 && proven >= 70, "{proven} of {compared} are proven to anything");
}

#[test]
fn radii_are_proven_one_halving_a_piece() {
    let job = EvaluationJob { attacks: Vec::new(), models: vec!["one".into()], ..job(0, 20) };
    // However fast the pieces before were.
    let events = evaluate(job, 0.0);
    let done: Vec<(u32, u32)> = events
        .iter()
        .filter_map(|event| match event {
            Event::Progress { done, total, .. } => Some((*done, *total)),
            _ => None,
        })
        .collect();
    let total = done[0].1;
    let last: Vec<u32> = done[done.len() - 17..].iter().map(|(done, _)| *done).collect();
    assert_eq!(last, (total - 16..=total).collect::<Vec<u32>>());
    assert!(matches!(&events[events.len() - 2], Event::Radii { found, .. } if found.certified.len() == 20));
}

#[test]
fn what_transfers_is_what_the_other_model_answers() {
    let events = evaluate(job(0, 20), 1.0);
    let parts = events.iter().filter_map(|event| match event {
        Event::Evaluated { part, .. } => Some(part),
        _ => None,
    });
    for part in parts {
        let own = if part.model == "one" { 0 } else { 1 };
        for (place, sample) in part.samples.iter().enumerate() {
            assert_eq!(part.transfer[own][place], sample.adversarial.label);
            assert_eq!(part.transfer[1 - own][place], {
                let other = if own == 0 { network(2) } else { trained() };
                answers(&other, &sample.pixels)[0]
            });
        }
    }
}

#[test]
fn an_evaluation_that_cannot_be_done_is_refused() {
    let mut session = session();
    let mut refused = |change: fn(&mut EvaluationJob)| {
        let mut job = job(0, 2);
        change(&mut job);
        match session.accept(Request::Evaluate { ticket: Ticket(1), job }).pop() {
            Some(Event::Fault { ticket: Some(Ticket(1)), fault }) => fault.message,
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(|job| job.inputs.labels = None).contains("true class"));
    assert!(refused(|job| job.models.push("three".into())).contains("three"));
    assert!(refused(|job| job.attacks[0].id = "magic".into()).contains("magic"));
    assert!(refused(|job| job.radius.as_mut().unwrap().eps = f32::NAN).contains("NaN"));
    assert!(refused(|job| job.inputs.pixels[0] = 2.0).contains("between 0 and 1"));
    assert!(!session.busy());
}
