//! Explanations: attributions against their definitions, a walk against the attack that it retells, a map against the
//! model's own answers, and the session that answers all three in pieces.

use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::*;
use foolproof_engine::ball::Ball;
use foolproof_engine::case::one_hot;
use foolproof_engine::explain::{Plane, gradient, integrated, occluded};
use foolproof_engine::random::Stream;
use foolproof_engine::sequential::Sequential;
use foolproof_engine::session::Session;

fn class(label: u32) -> burn::tensor::Tensor<2> {
    one_hot(&[label], 4, &Device::flex())
}

fn logit(network: &Sequential, pixels: &[f32], label: u32) -> f32 {
    values(network.forward(images(pixels)))[label as usize]
}

#[test]
fn the_gradient_is_the_logits_slope() {
    let (network, clean) = (trained(), pixels(5, 1));
    let found = values(gradient(&network, &images(&clean), &class(2)));
    for pixel in (0..PIXELS).step_by(7) {
        let at = |change: f32| {
            let mut moved = clean.clone();
            moved[pixel] += change;
            logit(&network, &moved, 2)
        };
        let slope = (at(1e-3) - at(-1e-3)) / 2e-3;
        assert!((slope - found[pixel]).abs() < 2e-2, "pixel {pixel}: {slope} against {}", found[pixel]);
    }
}

#[test]
fn integrated_gradients_are_complete() {
    let black = vec![0.0; PIXELS];
    for (network, tolerance) in [(linear(3), 1e-4), (trained(), 2e-2)] {
        for seed in 1..5 {
            let clean = pixels(seed, 1);
            for label in 0..4 {
                let sum: f32 = values(integrated(&network, &images(&clean), &class(label))).iter().sum();
                let gained = logit(&network, &clean, label) - logit(&network, &black, label);
                let scale = gained.abs().max(1.0);
                assert!((sum - gained).abs() < tolerance * scale, "class {label}: {sum} against {gained}");
            }
        }
    }
}

#[test]
fn occlusion_is_the_logit_without_each_square() {
    let (network, clean) = (trained(), pixels(4, 1));
    let mut found = values(occluded(&network, &images(&clean), &class(1), 3, 0..40));
    found.extend(values(occluded(&network, &images(&clean), &class(1), 3, 40..PIXELS)));
    for row in 0..8i32 {
        for column in 0..8i32 {
            let mut hidden = clean.clone();
            for (at, pixel) in hidden.iter_mut().enumerate() {
                let (other_row, other_column) = (at as i32 / 8, at as i32 % 8);
                if (other_row - row).abs() <= 1 && (other_column - column).abs() <= 1 {
                    *pixel = 0.0;
                }
            }
            let expected = logit(&network, &hidden, 1);
            let found = found[(row * 8 + column) as usize];
            assert!((found - expected).abs() < 1e-5, "row {row}, column {column}: {found} against {expected}");
        }
    }
}

#[test]
fn pulling_and_clipping_is_projecting() {
    let (clean, far) = (images(&pixels(1, 6)), images(&pixels(2, 6)));
    for norm in Norm::ALL {
        for radius in [0.0, 0.07, 0.5, 3.0] {
            let ball = Ball::new(norm, radius);
            // Far outside the box too.
            let x = far.clone().mul_scalar(3.0).sub_scalar(1.0);
            let halves = values(ball.pull(&clean, x.clone()).clamp(0.0, 1.0));
            assert_eq!(halves, values(ball.project(&clean, x)), "{norm:?} {radius}");
        }
    }
}

#[test]
fn the_plane_holds_the_adversarial_input_and_the_ball() {
    // Away from the ends of the range, nothing is clipped.
    let clean = vec![0.5; PIXELS];
    let change: Vec<f32> = pixels(3, 1).iter().map(|pixel| 0.1 * (pixel - 0.5)).collect();
    let twin: Vec<f32> = clean.iter().zip(&change).map(|(clean, change)| clean + change).collect();
    for norm in Norm::ALL {
        let ball = Ball::new(norm, 0.2);
        let plane = Plane::new(&clean, &change, &ball, &mut Stream::new(1, 0, 0)).unwrap();
        let device = Device::flex();
        let size = |x: &[f32]| values(ball.distance(&images(&clean), &images(x)))[0];
        let at = |place: [f32; 2]| values(plane.inputs(&[place], SHAPE, &device));
        let reached = at([size(&twin), 0.0]);
        assert!(reached.iter().zip(&twin).all(|(found, twin)| (found - twin).abs() < 1e-6), "{norm:?}");
        let across: Vec<f32> = at([0.0, 0.1]).iter().map(|pixel| pixel - 0.5).collect();
        let dot: f32 = across.iter().zip(&change).map(|(a, b)| a * b).sum();
        assert!(dot.abs() < 1e-5, "{norm:?}: the directions are not orthogonal, {dot}");
        for place in plane.outline(0.2, 32) {
            assert!((size(&at(place)) - 0.2).abs() < 1e-4, "{norm:?}: {place:?} is at {}", size(&at(place)));
        }
    }
    assert!(Plane::new(&clean, &[0.0; PIXELS], &Ball::new(Norm::L2, 0.2), &mut Stream::new(1, 0, 0)).is_none());
}

fn session() -> Session {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let request = Request::Model { id: "one".into(), architecture: architecture(), weights: trained_file() };
    assert_eq!(session.accept(request), [Event::ModelReady { id: "one".into() }]);
    session
}

pub fn asked(id: &str, norm: Norm, eps: f32, knobs: &[(&str, f64)], question: Question) -> ExplainJob {
    let clean = pixels(1, 1);
    let labels = Some(answers(&trained(), &clean));
    let inputs = Inputs { shape: [1, 1, 8, 8], pixels: clean.clone(), labels };
    let job = AttackJob {
        models: vec!["one".into()],
        inputs,
        attack: spec(id, norm, eps, knobs),
        company: None,
        detection: None,
        seed: 7,
    };
    let case = case(&trained(), &clean, &job.inputs.labels.clone().unwrap(), None, 7, 0);
    let adversarial = attack(&trained(), case, &job.attack).unwrap().samples[0].pixels.clone();
    ExplainJob { job, adversarial, question }
}

/// Everything that is answered, after a last `Done`.
pub fn answer(job: ExplainJob) -> Vec<Explained> {
    let mut session = session();
    assert!(session.accept(Request::Explain { ticket: Ticket(3), job: pack(&job).unwrap() }).is_empty());
    let mut events = Vec::new();
    while session.busy() {
        events.extend(pollster::block_on(session.advance(|| 0.0)));
    }
    assert!(matches!(events.pop(), Some(Event::Done { ticket: Ticket(3), .. })));
    let explained = |event| match event {
        Event::Explained { ticket: Ticket(3), answer } => unpack(&answer).unwrap(),
        other => panic!("{other:?}"),
    };
    events.into_iter().map(explained).collect()
}

#[test]
fn both_pictures_are_explained_by_every_method() {
    let job = asked("pgd", Norm::Linf, 0.3, &[], Question::Attributions(None));
    let (clean, adversarial) = (job.job.inputs.pixels.clone(), job.adversarial.clone());
    let found: Vec<Attribution> = answer(job)
        .into_iter()
        .map(|answer| match answer {
            Explained::Attribution(found) => found,
            other => panic!("{other:?}"),
        })
        .collect();
    let kinds: Vec<_> = found.iter().map(|found| (found.method, found.attacked)).collect();
    assert_eq!(kinds, Method::ALL.map(|method| [(method, false), (method, true)]).concat());
    for found in &found {
        let pixels = if found.attacked { &adversarial } else { &clean };
        assert_eq!(found.class, answers(&trained(), pixels)[0], "each picture's own answer");
        assert!((found.logit - logit(&trained(), pixels, found.class)).abs() < 1e-5);
        assert_eq!(found.values.len(), PIXELS);
        let sum: f32 = found.values.iter().sum();
        let gained = found.logit - found.black;
        assert!(found.method != Method::Integrated || (sum - gained).abs() < 0.02 * gained.abs().max(1.0));
    }
    for found in answer(asked("pgd", Norm::Linf, 0.3, &[], Question::Attributions(Some(3)))) {
        assert!(matches!(found, Explained::Attribution(Attribution { class: 3, .. })));
    }
}

fn walk(job: ExplainJob) -> Walk {
    match answer(job).pop() {
        Some(Explained::Walk(walk)) => walk,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_walk_retells_the_attack() {
    for norm in Norm::ALL {
        let eps = if norm == Norm::Linf { 0.2 } else { 1.5 };
        let job = asked("pgd", norm, eps, &[("steps", 12.0), ("step", f64::from(eps) / 4.0)], Question::Walk);
        let clean = job.job.inputs.pixels.clone();
        let case = case(&trained(), &clean, &job.job.inputs.labels.clone().unwrap(), None, 7, 0);
        let trace = attack(&trained(), case, &job.job.attack).unwrap().samples[0].loss.clone();
        let walk = walk(job);
        assert_eq!((walk.attack.as_str(), walk.iterations, walk.stages.len()), ("pgd", 12, 12));
        let losses: Vec<f32> = walk.stages.iter().map(|iteration| iteration.loss).collect();
        assert_eq!(losses, trace[..12], "{norm:?}");
        let mut at = walk.start.clone();
        for iteration in &walk.stages {
            for pixel in 0..PIXELS {
                let stepped = at[pixel] + walk.step * iteration.direction[pixel];
                assert!((iteration.stepped[pixel] - stepped).abs() < 1e-6);
                assert_eq!(iteration.clipped[pixel], iteration.projected[pixel].clamp(0.0, 1.0));
                assert!(norm != Norm::Linf || (iteration.projected[pixel] - clean[pixel]).abs() <= eps + 1e-6);
                assert!(iteration.gradient[pixel] * iteration.direction[pixel] >= 0.0);
            }
            at = iteration.clipped.clone();
        }
    }
}

#[test]
fn other_attacks_are_told_by_pgds_steps_and_long_ones_are_cut() {
    let other = walk(asked("cw", Norm::L2, 1.0, &[("steps", 5.0), ("search", 1.0)], Question::Walk));
    assert_eq!((other.attack.as_str(), other.iterations, other.stages.len()), ("pgd", 40, 40));
    let long = walk(asked("pgd", Norm::Linf, 0.1, &[("steps", 90.0)], Question::Walk));
    assert_eq!((long.iterations, long.stages.len()), (90, LONGEST_WALK));
    let single = walk(asked("fgsm", Norm::Linf, 0.1, &[], Question::Walk));
    assert_eq!((single.stages.len(), single.step), (1, 0.1));
}

fn map(job: ExplainJob) -> DecisionMap {
    match answer(job).pop() {
        Some(Explained::Map(map)) => map,
        other => panic!("{other:?}"),
    }
}

/// The logarithm of a class's probability.
fn log_probability(logits: &[f32], label: u32) -> f32 {
    logits[label as usize] - logits.iter().map(|logit| logit.exp()).sum::<f32>().ln()
}

#[test]
fn a_map_holds_the_answers_of_the_input_and_of_its_twin() {
    let job = asked("pgd", Norm::Linf, 0.3, &[], Question::Map(41));
    let (clean, twin) = (job.job.inputs.pixels.clone(), job.adversarial.clone());
    let found = map(job.clone());
    assert_eq!((found.labels.len(), found.probabilities.len()), (41 * 41, 41 * 41));
    let far = found.attacked.unwrap();
    assert!((found.reach - 0.45).abs() < 1e-6 && far <= 0.3 + 1e-6);
    assert_eq!(found.labels[20 * 41 + 20], answers(&trained(), &clean)[0]);
    // The column nearest to the twin, on the row through the input: as near as half a place.
    let column = 20 + (far / found.reach * 20.0).round() as usize;
    assert_eq!(found.labels[20 * 41 + column], answers(&trained(), &twin)[0]);
    assert!(found.labels.iter().any(|&label| label != found.labels[20 * 41 + 20]), "the attack's class is on the map");
    // The loss there is the model's own, and it grows toward the twin, which the attack made by it.
    let truth = job.job.inputs.labels.clone().unwrap()[0];
    let own = |pixels: &[f32]| -log_probability(&values(trained().forward(images(pixels))), truth);
    let middle = found.losses[20 * 41 + 20];
    assert!((middle - own(&clean)).abs() < 1e-5, "{middle} against {}", own(&clean));
    assert!(found.losses[20 * 41 + column] > middle + 0.5 && found.losses.len() == 41 * 41);
    assert_eq!(map(job.clone()), found, "the same seed draws the same plane");
    let other = ExplainJob { job: AttackJob { seed: 8, ..job.job.clone() }, ..job };
    assert_ne!(map(other).probabilities, found.probabilities);
}

#[test]
fn without_a_perturbation_the_map_follows_the_gradient() {
    let found = map(asked("none", Norm::L2, 0.5, &[], Question::Map(5)));
    assert_eq!((found.attacked, found.labels.len()), (None, 25));
    assert!(found.outline.iter().all(|[along, across]| (along.hypot(*across) - 0.5).abs() < 1e-4));
}

#[test]
fn a_question_can_be_stopped_and_a_wrong_one_is_refused() {
    let right = || asked("pgd", Norm::Linf, 0.3, &[], Question::Walk);
    let mut session = session();
    session.accept(Request::Explain { ticket: Ticket(1), job: pack(&right()).unwrap() });
    assert!(pollster::block_on(session.advance(|| 0.0)).is_empty() && session.busy());
    session.accept(Request::Stop { ticket: Ticket(2) });
    assert!(!session.busy());
    let unread = session.accept(Request::Explain { ticket: Ticket(3), job: vec![255; 9] });
    assert!(matches!(&unread[..], [Event::Fault { ticket: Some(Ticket(3)), .. }]) && !session.busy());
    let mut refused = |change: &dyn Fn(&mut ExplainJob)| {
        let mut job = right();
        change(&mut job);
        match &session.accept(Request::Explain { ticket: Ticket(4), job: pack(&job).unwrap() })[..] {
            [Event::Fault { ticket: Some(Ticket(4)), fault }] => fault.message.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(&|job| job.job.models = vec!["two".into()]).contains("two"));
    assert!(refused(&|job| job.adversarial.truncate(9)).contains("twin"));
    assert!(refused(&|job| job.adversarial[0] = f32::NAN).contains("between 0 and 1"));
    assert!(refused(&|job| job.question = Question::Attributions(Some(9))).contains("Class 9"));
    assert!(refused(&|job| job.question = Question::Map(40)).contains("odd"));
}
