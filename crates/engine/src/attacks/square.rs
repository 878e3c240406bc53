//! Square: random search with squares that shrink, by scores alone (Andriushchenko et al. 2020,
//! <https://arxiv.org/abs/1912.00049>).
//!
//! One query a step. A sample that is fooled stays where it is; the query meter shows when that was.

mod square_l2;
mod square_linf;

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::random::Stream;
use crate::upload::floats;
use crate::{
    ball::Ball,
    case::{Case, Goal},
    knob, loss, preset,
};
use burn::tensor::{Int, Tensor};
use foolproof_core::catalog::{Access, Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Steps after which the area of a square is halved, in a run of [`SCHEDULE`] queries.
const HALVINGS: [u64; 9] = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];
/// Queries that the paper's schedule is made for.
const SCHEDULE: u64 = 10_000;

fn card() -> Card {
    Card {
        norms: vec![Norm::Linf, Norm::L2],
        access: Access::Scores,
        knobs: vec![
            knob::whole("queries", "Queries", "How many candidates the model is asked about.", 10..=20_000, 5000),
            knob::real("p", "First share", "The share of the picture that the first squares cover.", 0.01..=1.0, 0.8),
            knob::toggle(
                "rescale",
                "Whole schedule",
                "Shrinks the squares over the queries given; otherwise as if there were 10 000.",
                true,
            ),
        ],
        presets: vec![preset::fixed(
            "AutoAttack",
            &[Norm::Linf, Norm::L2],
            &[("queries", 5000.0), ("p", 0.8), ("rescale", 0.0)],
        )],
        ..Card::new(
            "square",
            "Square",
            "Tries random squares, keeps those that help, and needs the model's scores only.",
            [
                "Andriushchenko et al. 2020",
                "Square Attack: a query-efficient black-box adversarial attack via random search",
                "https://arxiv.org/abs/1912.00049",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    let share = knobs.get("p").map_or(0.8, |share| share as f32);
    Box::new(Square { queries: knobs.count("queries"), share, rescale: knobs.get("rescale") != Some(0.0) })
}

/// Square in either norm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Square {
    /// Candidates to try, at least 2.
    pub queries: u32,
    /// Share of the picture's area that the first squares cover, in (0, 1].
    pub share: f32,
    /// Whether the whole schedule is run through in these queries. AutoAttack cuts the one of 10 000 off instead.
    pub rescale: bool,
}

impl Square {
    /// Share of the area that a square covers at this step.
    pub fn share_at(&self, step: u32) -> f32 {
        let at = match self.rescale {
            true => u64::from(step) * SCHEDULE / u64::from(self.queries),
            false => u64::from(step),
        };
        let halvings = HALVINGS.iter().filter(|&&after| at > after).count();
        self.share / (1 << halvings) as f32
    }
}

impl Attack for Square {
    fn plan(&self) -> Vec<u32> {
        // The last iterate is judged after the last step, and is a query too.
        vec![(self.queries - 1).max(1)]
    }

    fn rests(&self, _: usize) -> bool {
        true
    }

    fn effort(&self, _: usize) -> u32 {
        1
    }

    fn begin(&self, case: &Case, ball: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let mut streams = case.streams(run);
        let start = match ball.norm {
            Norm::L2 => square_l2::start(case, ball, &mut streams),
            _ => square_linf::start(case, ball, &mut streams),
        };
        (start, Box::new(Search { square: *self, streams, step: 0, best: None }))
    }
}

/// The search of one run.
struct Search {
    square: Square,
    streams: Vec<Stream>,
    step: u32,
    best: Option<Found>,
}

/// The best candidate of each sample so far.
struct Found {
    x: Tensor<4>,
    /// What the search maximises, `[batch, 1]`.
    value: Tensor<2>,
    /// Whether the goal is still to be met, 0 or 1, `[batch, 1, 1, 1]`.
    open: Tensor<4>,
}

impl Found {
    /// Keeps the candidate where it is better, or meets the goal.
    fn judge(last: Option<Found>, case: &Case, x: &Tensor<4>, logits: &Tensor<2>) -> Found {
        let score = case.score(logits);
        // The paper's losses: the margin to leave a class, cross-entropy to reach one.
        let value = match case.goal {
            Goal::Leave => score.clone(),
            Goal::Reach => loss::cross_entropy(logits, &case.class).neg(),
        };
        let [batch, _, _, _] = x.dims();
        let met = score.greater_scalar(0.0);
        let open = met.clone().bool_not().float().reshape([batch, 1, 1, 1]);
        let Some(last) = last else {
            return Found { x: x.clone(), value, open };
        };
        let better = last.value.clone().lower(value.clone()).bool_or(met);
        let of_pixels = better.clone().reshape([batch, 1, 1, 1]).expand(x.dims());
        Found {
            x: last.x.mask_where(of_pixels, x.clone()),
            value: last.value.mask_where(better, value),
            open: last.open * open,
        }
    }
}

impl Run for Search {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let logits = probe.logits();
        let best = Found::judge(self.best.take(), probe.case, &probe.at, &logits);
        let area = self.square.share_at(self.step);
        self.step += 1;
        let next = match probe.ball.norm {
            Norm::L2 => square_l2::propose(probe.case, probe.ball, &best, area, &mut self.streams),
            _ => square_linf::propose(probe.ball, &best, area, &mut self.streams),
        };
        self.best = Some(best);
        next
    }

    fn select(&mut self, rows: &[usize], index: &Tensor<1, Int>) {
        self.streams = rows.iter().map(|&row| self.streams[row].clone()).collect();
        self.best = self.best.take().map(|best| Found {
            x: best.x.select(0, index.clone()),
            value: best.value.select(0, index.clone()),
            open: best.open.select(0, index.clone()),
        });
    }
}

/// Side of a square that covers this share of the picture.
fn side(share: f32, rows: usize, columns: usize) -> usize {
    ((share * (rows * columns) as f32).sqrt().round() as usize).clamp(1, rows.min(columns))
}

/// Rows of 0 that are 1 in a window a sample, as `[batch, 1, length, 1]` or `[batch, 1, 1, length]`.
struct Windows {
    rows: Vec<f32>,
    columns: Vec<f32>,
    height: usize,
    width: usize,
}

impl Windows {
    fn new(height: usize, width: usize) -> Windows {
        Windows { rows: Vec::new(), columns: Vec::new(), height, width }
    }

    /// One sample's window: its first row and column, and the value that its columns have in each channel.
    fn push(&mut self, first: [usize; 2], side: usize, values: impl IntoIterator<Item = f32>) {
        let row = self.rows.len() + first[0];
        self.rows.resize(self.rows.len() + self.height, 0.0);
        self.rows[row..row + side].fill(1.0);
        for value in values {
            let column = self.columns.len() + first[1];
            self.columns.resize(self.columns.len() + self.width, 0.0);
            self.columns[column..column + side].fill(value);
        }
    }

    /// The two factors whose product is the windows: far less to upload than pictures.
    fn upload(self, near: &Tensor<4>, channels: usize) -> (Tensor<4>, Tensor<4>) {
        let device = near.device();
        let batch = self.rows.len() / self.height;
        let rows = floats(self.rows, [batch, 1, self.height, 1], &device);
        (rows, floats(self.columns, [batch, channels, 1, self.width], &device))
    }
}

/// The first row and column of a window, anywhere in the picture.
fn place(stream: &mut Stream, side: usize, rows: usize, columns: usize) -> [usize; 2] {
    [stream.below(rows - side + 1), stream.below(columns - side + 1)]
}

/// -1 or 1.
fn sign(stream: &mut Stream) -> f32 {
    if stream.below(2) == 0 { -1.0 } else { 1.0 }
}
