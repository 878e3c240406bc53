//! A task on which standard training falls for what is easy and fragile, and adversarial training does not: the bright
//! quadrant tells the class roughly, a faint pattern over all pixels tells it surely.

use super::*;
use foolproof_core::protocol::{
    Engine, EngineKind, Event, Learner, Lesson, Recipe, Request, Round, Ticket, TrainingJob,
};
use foolproof_engine::session::Session;

/// Radius that overturns the faint pattern and leaves the quadrant standing.
pub const RADIUS: f32 = 0.1;

/// A network with one hidden layer, which sees every pixel.
pub fn layers() -> Architecture {
    let layers = vec![Flatten, LayerSpec::linear(PIXELS, 32), Relu, LayerSpec::linear(32, 4)];
    Architecture::new(SHAPE, 4, layers)
}

/// Pictures, 0 to 255 a pixel, and their classes.
pub fn pictures(seed: u64, count: usize) -> (Vec<u8>, Vec<u8>) {
    let mut faint = Stream::new(7, 0, 0);
    let patterns: Vec<f32> = (0..4 * PIXELS).map(|_| if faint.uniform() < 0.5 { -0.07 } else { 0.07 }).collect();
    let mut stream = Stream::new(seed, 50, 0);
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for at in 0..count {
        let class = at % 4;
        // Now and then the quadrant misleads, so that only the faint pattern is always right.
        let told = if stream.uniform() < 0.15 { (class + 1) % 4 } else { class };
        for place in 0..PIXELS {
            let quadrant = 2 * (place / 32) + (place % 8) / 4;
            let bright = quadrant == told && stream.uniform() < 0.7;
            let noise = 0.1 * (stream.uniform() - 0.5);
            let value = 0.35 + if bright { 0.45 } else { 0.0 } + patterns[class * PIXELS + place] + noise;
            pixels.push((255.0 * value).round() as u8);
        }
        labels.push(class as u8);
    }
    (pixels, labels)
}

/// A worker that has the pictures.
pub fn worker(count: usize) -> Session {
    let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
    let (pixels, labels) = pictures(1, count);
    assert!(
        session.accept(Request::Pictures { id: "task".into(), shape: SHAPE, values: pixels.into(), labels }).is_empty()
    );
    session
}

/// A round of one replica from this learner.
pub fn job(recipe: &Recipe, round: Round, learner: Learner) -> Box<TrainingJob> {
    let (architecture, recipe) = (layers(), recipe.clone());
    Box::new(TrainingJob { architecture, pictures: "task".into(), recipe, round, learner })
}

/// The only replica's steps.
pub fn alone(first: u64, steps: u32, from: f64, to: f64) -> Round {
    Round { replica: 0, replicas: 1, first, steps, from, to }
}

/// Carries a round out; a second passes at every look at the clock.
pub fn train(session: &mut Session, job: Box<TrainingJob>) -> Result<(Learner, Lesson), Fault> {
    let mut events = session.accept(Request::Train { ticket: Ticket(1), job });
    let time = std::cell::Cell::new(0.0);
    while session.busy() {
        events.extend(pollster::block_on(session.advance(|| time.replace(time.get() + 1000.0))));
    }
    match &mut events[..] {
        [Event::Trained { learner, lesson, .. }, Event::Done { .. }] => Ok((std::mem::take(learner), *lesson)),
        [Event::Fault { ticket: Some(Ticket(1)), fault }] => Err(fault.clone()),
        other => panic!("{other:?}"),
    }
}

/// Shares of 64 other pictures answered right: clean, and under PGD-10 within [`RADIUS`].
pub fn judge(learner: &Learner) -> (f64, f64) {
    judge_within(learner, Norm::Linf, RADIUS)
}

/// The same within a ball of another norm.
pub fn judge_within(learner: &Learner, norm: Norm, eps: f32) -> (f64, f64) {
    let weights = if learner.average.is_empty() { &learner.weights } else { &learner.average };
    let file = foolproof_core::weights::write(&layers(), weights, weights::Precision::Full).unwrap();
    let network = weights::load(&layers(), &file, &Device::flex()).unwrap();
    let (pixels, labels) = pictures(2, 64);
    let pixels: Vec<f32> = pixels.into_iter().map(|pixel| f32::from(pixel) / 255.0).collect();
    let labels: Vec<u32> = labels.into_iter().map(u32::from).collect();
    let case = case(&network, &pixels, &labels, None, 1, 0);
    let samples = attack(&network, case, &spec("pgd", norm, eps, &[("steps", 10.0)])).unwrap().samples;
    let share = |right: usize| right as f64 / 64.0;
    let clean = samples.iter().filter(|sample| sample.clean.label == sample.truth).count();
    (share(clean), share(samples.iter().filter(|sample| sample.adversarial.label == sample.truth).count()))
}
