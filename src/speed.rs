//! How fast this machine is: a few pieces of work of known size, timed on each engine as a page sees them, and what
//! they mean for a visitor.

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
pub mod work;

use crate::attack::words::figure;
use crate::i18n::{number::fixed, tr_with};
use foolproof_core::protocol::EngineKind;
use work::Piece;

/// A hand that draws does not notice less, in milliseconds.
const UNNOTICED: f64 = 50.0;
/// A wait that is felt as one, in milliseconds.
const FELT: f64 = 1000.0;
/// Inputs of the evaluation that the sentences speak of.
const INPUTS: f64 = 200.0;
/// How fast each of several replicas is, as a share of one alone: averaging takes time too.
const SHARED: f64 = 0.86;

/// What came of timing a piece of work on an engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Timing {
    /// So many milliseconds, the middle one of a few tries.
    Took(f64),
    /// It was left out, and why.
    LeftOut(String),
}

/// The timings so far, piece by piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timings(Vec<(EngineKind, Piece, Timing)>);

impl Timings {
    /// Notes one.
    pub fn note(&mut self, engine: EngineKind, piece: Piece, timing: Timing) {
        self.0.retain(|(kind, of, _)| (*kind, *of) != (engine, piece));
        self.0.push((engine, piece, timing));
    }

    /// What came of a piece on an engine; `None` while nothing has.
    pub fn of(&self, engine: EngineKind, piece: Piece) -> Option<&Timing> {
        self.0.iter().find(|(kind, of, _)| (*kind, *of) == (engine, piece)).map(|(_, _, timing)| timing)
    }

    /// Milliseconds of a piece on an engine.
    pub fn millis(&self, engine: EngineKind, piece: Piece) -> Option<f64> {
        match self.of(engine, piece)? {
            Timing::Took(millis) => Some(*millis),
            Timing::LeftOut(_) => None,
        }
    }

    /// A cell of the table: `22 ms, 45 images/s`, or why there is none.
    pub fn said(&self, engine: EngineKind, piece: Piece) -> String {
        match self.of(engine, piece) {
            None => "–".into(),
            Some(Timing::LeftOut(why)) => why.clone(),
            Some(Timing::Took(millis)) => {
                tr_with("{0}, {1} images/s", &[&time(*millis), &rate(piece.images() as f64, *millis)])
            }
        }
    }

    /// What the figures mean for the page on a machine with so many cores that compute, and workers that train.
    pub fn meaning(&self, cores: usize, trainers: usize) -> Vec<String> {
        let cpu = |piece| self.millis(EngineKind::Cpu, piece);
        let one = cpu(Piece::Attack(1)).map(|millis| {
            let took = time(millis);
            match millis {
                ..UNNOTICED => {
                    tr_with("An attack with 40 steps on one picture takes {0}: it keeps up with your hand.", &[&took])
                }
                ..FELT => {
                    tr_with("An attack with 40 steps on one picture takes {0}: a moment after you let go.", &[&took])
                }
                _ => {
                    tr_with("An attack with 40 steps on one picture takes {0}. Fewer steps are there sooner.", &[&took])
                }
            }
        });
        let many = cpu(Piece::Attack(work::MANY)).map(|millis| {
            let seconds = INPUTS / work::MANY as f64 * millis / cores as f64 / 1e3;
            tr_with(
                "Measuring that attack on {0} inputs takes about {1} seconds a model, on {2} workers.",
                &[&INPUTS, &figure(two_digits(seconds)), &cores],
            )
        });
        let harden = cpu(Piece::Training).map(|millis| {
            let share = if trainers > 1 { SHARED } else { 1.0 };
            let pictures = 60_000.0 / millis * Piece::Training.images() as f64 * trainers as f64 * share;
            tr_with("A minute of hardening sees about {0} pictures.", &[&thousands(pictures)])
        });
        let gpu = self.millis(EngineKind::Gpu, Piece::Attack(work::MANY)).zip(cpu(Piece::Attack(work::MANY)));
        let faster = gpu.map(|(gpu, cpu)| match gpu < cpu {
            true => tr_with(
                "On {0} pictures at once the GPU is {1} times as fast as one worker on the CPU.",
                &[&work::MANY, &times(cpu / gpu)],
            ),
            false => tr_with(
                "On {0} pictures at once one worker on the CPU is {1} times as fast as the GPU.",
                &[&work::MANY, &times(gpu / cpu)],
            ),
        });
        [one, many, harden, faster].into_iter().flatten().collect()
    }

    /// The table as a text to copy, with a line about the machine above it.
    pub fn text(&self, machine: &str) -> String {
        let line = |piece: &Piece| {
            let cells = [EngineKind::Cpu, EngineKind::Gpu].map(|engine| self.said(engine, *piece));
            format!("{}\t{}\t{}\n", piece.name(), cells[0], cells[1])
        };
        let rows: String = work::ALL.iter().map(line).collect();
        format!("{machine}\n\tCPU\tGPU\n{rows}")
    }
}

/// The middle one of a few times.
pub fn median(times: &[f64]) -> Option<f64> {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

fn time(millis: f64) -> String {
    match millis {
        ..10.0 => tr_with("{0} ms", &[&fixed(millis, 1)]),
        ..FELT => tr_with("{0} ms", &[&fixed(millis, 0)]),
        _ => tr_with("{0} s", &[&fixed(millis / 1e3, 1)]),
    }
}

fn rate(images: f64, millis: f64) -> String {
    thousands(images * 1e3 / millis.max(0.01))
}

/// A large number to two digits, in groups of three.
fn thousands(value: f64) -> String {
    let whole = format!("{:.0}", two_digits(value));
    let digits = whole.len();
    let grouped = whole.char_indices().flat_map(|(at, digit)| {
        let gap = (at > 0 && (digits - at).is_multiple_of(3)).then_some('\u{202f}');
        gap.into_iter().chain([digit])
    });
    grouped.collect()
}

fn two_digits(value: f64) -> f64 {
    crate::attack::scale::round_digits(value, 2)
}

fn times(ratio: f64) -> String {
    figure(two_digits(ratio))
}

#[cfg(test)]
mod tests;
