//! Rehearses a training preset as a tab would run it: from a shipped model, one worker after another on one
//! thread, by a clock that counts the processor's time. So the figure is the recipe's and not the machine's load.

use crate::Outcome;
use crate::data::{Data, PIXELS, SIDE};
use crate::judge;
use crate::recipes;
use burn::tensor::Device;
use foolproof_core::protocol::{Engine, EngineKind, Event, Learner, Request, Ticket};
use foolproof_core::training::{Answer, Checkpoint, Examination, Order, Run, of_method, preset};
use foolproof_engine::session::Session;
use foolproof_engine::weights::{self, Precision};
use std::path::Path;
use std::time::Instant;

/// How much longer WebAssembly takes than native code on one thread.
const SLOWER: f64 = 1.3;
/// Workers of the tab, unless another number is asked for.
const WORKERS: u32 = 2;

/// The radius to hold, as a multiple of the one that attacks begin with: the page's own (`src/train/request.rs`).
const BEYOND: f32 = 1.5;

/// Runs a preset and says what came of it. `changes` are data, `data=fashion`, the radius to hold, `hold=0.1`, a method
/// with its own usual settings, `method=pgd`, fresh weights, `from=random`, where its model is kept, `keep=FILE`, how many workers the tab has, `workers=4`, or set single values of the recipe: `rate=0.004`, `knob.steps=2`.
pub fn harden(id: &str, changes: &[String], all: &[Data], out: &Path) -> Outcome<()> {
    let (mut data, mut hold, mut method, mut workers, mut random) = (&all[0], None::<f32>, None, WORKERS, false);
    let mut keep = None;
    let mut values = Vec::<(&str, f64)>::new();
    for change in changes {
        let (name, value) = change.split_once('=').ok_or_else(|| format!("“{change}” is no NAME=VALUE"))?;
        match name {
            "data" => {
                data = all.iter().find(|data| data.id == value).ok_or_else(|| format!("there are no data “{value}”"))?
            }
            "hold" => hold = Some(value.parse()?),
            "method" => method = Some(value),
            "keep" => keep = Some(value),
            "from" => random = value == "random",
            "workers" => workers = value.parse()?,
            _ => values.push((name, value.parse()?)),
        }
    }
    let preset = preset(id).ok_or_else(|| format!("there is no preset “{id}”"))?;
    let from = format!("{}-cnn{}", data.id, if preset.from_robust { "-robust" } else { "" });
    let hold = hold.unwrap_or(BEYOND * data.eps);
    let model = recipes::all().into_iter().find(|recipe| recipe.id == from).ok_or("there is no model to start from")?;
    let file = std::fs::read(out.join("models").join(&from).join("model.safetensors"))?;
    let start = if random { Vec::new() } else { foolproof_core::weights::read(&model.architecture, &file)? };
    let mut settings = preset.settings(model.architecture, data.id, hold, workers, 1);
    if let Some(method) = method {
        settings = of_method(method, &settings);
        // No attack tells how far such a run is (`src/train/request.rs`).
        settings.monitored = !matches!(method, "gaussian" | "ibp");
    }
    for (key, value) in values {
        set(&mut settings, key, value)?;
    }
    let images = settings.images as usize;
    let mut stage = Stage::new(data, images, settings.validation as usize)?;
    let mut run = Run::new(Checkpoint::new(settings, Learner { weights: start, ..Learner::default() }));
    while run.ending().is_none() {
        let orders = run.next(stage.now);
        stage.play(orders, &mut run)?;
    }
    if let Some(file) = keep {
        let (architecture, values) = (&run.checkpoint().settings.architecture, run.checkpoint().model());
        std::fs::write(file, foolproof_core::weights::write(architecture, values, Precision::Half)?)?;
    }
    report(&run, &stage, data)
}

/// Changes one number of a run.
fn set(settings: &mut foolproof_core::training::Settings, key: &str, value: f64) -> Outcome<()> {
    let recipe = &mut settings.recipe;
    match key {
        "epochs" => settings.budget.epochs = value,
        "seconds" => settings.budget.seconds = value,
        "images" => settings.images = value as u32,
        "round" => settings.round = value as u32,
        "eps" => recipe.eps = value as f32,
        "batch" => recipe.batch = value as u32,
        "rate" => recipe.rate = value,
        "warm" => recipe.warm = value,
        "ramp" => recipe.ramp = value,
        "memory" => recipe.memory = value as f32,
        "average" => recipe.average = value as f32,
        "smooth" => recipe.smooth = value as f32,
        "clip" => recipe.clip = value as f32,
        "shift" if value == 0.0 => recipe.augment.clear(),
        "seed" => recipe.seed = value as u64,
        _ => {
            let knob = key.strip_prefix("knob.").ok_or_else(|| format!("a run has no “{key}”"))?;
            recipe.knobs.insert(knob.into(), value);
        }
    }
    Ok(())
}

/// A worker, the pictures held out, and the tab's clock in milliseconds.
struct Stage<'a> {
    session: Session,
    data: &'a Data,
    held: std::ops::Range<usize>,
    now: f64,
    /// Processor's seconds in rounds.
    busy: f64,
}

impl Stage<'_> {
    fn new(data: &Data, images: usize, held: usize) -> Outcome<Stage<'_>> {
        let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "native".into() });
        let split = &data.train;
        let pixels = split.pixels[..images * PIXELS].to_vec();
        let labels = split.labels[..images].to_vec();
        session.accept(Request::Pictures { id: data.id.into(), shape: [1, SIDE, SIDE], values: pixels.into(), labels });
        let held = images..(images + held).min(split.labels.len());
        Ok(Stage { session, data, held, now: 0.0, busy: 0.0 })
    }

    /// Carries out orders as if each had a worker of its own: the slowest one counts.
    fn play(&mut self, orders: Vec<Order>, run: &mut Run) -> Outcome<()> {
        let mut answers = Vec::new();
        let mut slowest = 0.0f64;
        for order in orders {
            let before = processor();
            answers.push(self.answer(order, run)?);
            slowest = slowest.max((processor() - before) * SLOWER);
        }
        self.now += 1000.0 * slowest;
        for (tag, answer) in answers {
            run.hear(tag, answer, self.now);
        }
        Ok(())
    }

    fn answer(&mut self, order: Order, run: &Run) -> Outcome<(u64, Answer)> {
        match order {
            Order::Round { tag, job } => {
                let (replica, before) = (job.round.replica, processor());
                // The messages are part of the cost.
                let request = postcard::to_allocvec(&Request::Train { ticket: Ticket(tag), job })?;
                self.session.accept(postcard::from_bytes(&request)?);
                while self.session.busy() {
                    for event in pollster::block_on(self.session.advance(|| 1000.0 * processor())) {
                        let event: Event = postcard::from_bytes(&postcard::to_allocvec(&event)?)?;
                        match event {
                            Event::Trained { replica, learner, lesson, .. } => {
                                self.busy += processor() - before;
                                return Ok((tag, Answer::Trained { replica, learner, lesson }));
                            }
                            Event::Fault { fault, .. } => return Ok((tag, Answer::Failed { replica, fault })),
                            _ => (),
                        }
                    }
                }
                Err("the worker answered nothing".into())
            }
            Order::Examine { tag, weights } => {
                let settings = &run.checkpoint().settings;
                let bytes = foolproof_core::weights::write(&settings.architecture, &weights, Precision::Full)?;
                let model = weights::load(&settings.architecture, &bytes, &Device::flex())?;
                let held = self.data.train.part(self.held.clone());
                let n = held.len();
                let before = processor();
                let clean = judge::clean(&model, &held, n)?;
                let robust = judge::robust(&model, &held, n, &settings.examination())?;
                let single = judge::robust(&model, &held, n, &settings.single())?;
                // The workers share an examination.
                self.now -= 1000.0 * SLOWER * (processor() - before) * (1.0 - 1.0 / f64::from(settings.replicas));
                let at = run.progress();
                println!(
                    "{:5.1} s, batch {}: clean {:.3}, FGSM {:.3}, PGD-10 {:.3}",
                    at.seconds, at.batch, clean.value, single.value, robust.value
                );
                Ok((tag, Answer::Examined(Examination { clean, robust, single })))
            }
        }
    }
}

fn report(run: &Run, stage: &Stage, data: &Data) -> Outcome<()> {
    let (state, at) = (run.checkpoint(), run.progress());
    let each = 1000.0 * stage.busy / at.images as f64;
    println!("{:?}", state.ending);
    println!("{:.1} s in the tab, {} pictures, {each:.3} ms a picture on one native thread", at.seconds, at.images);
    judged(run, state.model(), data)?;
    if state.ending.is_some_and(|ending| ending.keeps_best()) {
        println!("What it had come to, and was given up for that:");
        judged(run, state.last(), data)?;
    }
    Ok(())
}

/// Attacks the first thousand test pictures within the radius that is to hold, and two hundred by AutoAttack.
fn judged(run: &Run, values: &[f32], data: &Data) -> Outcome<()> {
    let settings = &run.checkpoint().settings;
    let (architecture, eps) = (&settings.architecture, settings.hold);
    let bytes = foolproof_core::weights::write(architecture, values, Precision::Full)?;
    let model = weights::load(architecture, &bytes, &Device::flex())?;
    let clean = judge::clean(&model, &data.test, 1000)?;
    let fgsm = judge::robust(&model, &data.test, 1000, &judge::pgd(eps, 1, eps.into(), 1))?;
    let robust = judge::robust(&model, &data.test, 1000, &judge::pgd(eps, 40, 0.01, 1))?;
    // What ships and what the page keeps has 16 bits a weight.
    let bytes = foolproof_core::weights::write(architecture, values, Precision::Half)?;
    let rounded = weights::load(architecture, &bytes, &Device::flex())?;
    println!("verified by interval bounds, 16-bit weights: {:?}", judge::verified(&rounded, &data.test, 1000, eps)?);
    println!("within {eps}: clean {clean:?}\nFGSM {fgsm:?}\nPGD-40 {robust:?}");
    let many = judge::robust(&model, &data.test, 1000, &judge::pgd(eps, 50, 0.01, 10))?;
    println!("PGD-50 with 10 restarts {many:?}");
    let auto = judge::robust(&model, &data.test, 200, &judge::autoattack(eps))?;
    println!("AutoAttack {auto:?}");
    Ok(())
}

/// Seconds that this process has kept processors busy; wall time where the system does not tell.
fn processor() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = || -> Option<f64> {
        let mut sum = 0.0;
        for thread in std::fs::read_dir("/proc/self/task").ok()? {
            let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            sum += text.split(' ').next()?.parse::<f64>().ok()? / 1e9;
        }
        Some(sum)
    };
    told().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed().as_secs_f64())
}
