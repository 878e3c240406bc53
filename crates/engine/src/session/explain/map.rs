//! The answers and the losses in a plane around the input, a few places a piece.

use super::{ExplanationContext, Piece};
use crate::attack::Probe;
use crate::drive::{prediction, read};
use crate::explain::Plane;
use crate::loss::cross_entropy;
use burn::tensor::Tensor;
use foolproof_core::protocol::{DecisionMap, Explained, Fault, FaultKind};

/// Places asked about at once.
const AT_ONCE: usize = 96;
/// Places on the outline of the ball.
const OUTLINE: usize = 180;
/// How far the plane is shown, in multiples of the radius or of the attack's distance.
const MARGIN: f32 = 1.5;
/// How far it is shown where both are 0, in units of the norm.
const LEAST: f32 = 0.1;
/// The run whose random stream draws the direction across: no attack has so many.
const RUN: u32 = (1 << 20) - 1;

/// A map under way.
pub struct Progress {
    plane: Plane,
    /// One-hot class that the loss is toward, `[1, class]`.
    class: Tensor<2>,
    map: DecisionMap,
}

/// A few of the places of a map with so many on each side.
pub async fn advance(
    side: u32,
    progress: &mut Option<Box<Progress>>,
    context: &ExplanationContext<'_>,
) -> Result<Piece, Fault> {
    let mut under_way = match progress.take() {
        Some(under_way) => under_way,
        None => begin(side, context).await?,
    };
    let map = &mut under_way.map;
    let side = map.side as usize;
    let (from, all) = (map.labels.len(), side * side);
    let places: Vec<[f32; 2]> = (from..all.min(from + AT_ONCE)).map(|at| place(at, side, map.reach)).collect();
    let inputs = under_way.plane.inputs(&places, context.model.input, &context.models.device);
    let logits = context.model.network.forward(inputs);
    let losses = cross_entropy(&logits, &under_way.class.clone().expand(logits.dims()));
    let rows = read(Tensor::cat(vec![losses, logits], 1)).await?;
    for row in rows.chunks_exact(1 + context.model.classes) {
        let answer = prediction(&row[1..]);
        map.losses.push(row[0]);
        map.probabilities.push(answer.probabilities[answer.label as usize]);
        map.labels.push(answer.label);
    }
    if map.labels.len() == all {
        return Ok((Some(Explained::Map(under_way.map)), true));
    }
    *progress = Some(under_way);
    Ok((None, false))
}

/// Where the place of this number lies: along, across.
fn place(at: usize, side: usize, reach: f32) -> [f32; 2] {
    let middle = (side / 2) as f32;
    let (row, column) = ((at / side) as f32, (at % side) as f32);
    [(column - middle) / middle * reach, (middle - row) / middle * reach]
}

async fn begin(side: u32, context: &ExplanationContext<'_>) -> Result<Box<Progress>, Fault> {
    let asked = context.asked;
    let (clean, ball) = (&asked.job.inputs.pixels, context.ball());
    let case = context.case()?;
    let mut stream = case.shared_stream(RUN);
    let change: Vec<f32> = asked.adversarial.iter().zip(clean).map(|(after, before)| after - before).collect();
    let far = ball.sizes(clean, &asked.adversarial).of(ball.norm);
    let attacked = Plane::new(clean, &change, &ball, &mut stream);
    let attacked_at = attacked.as_ref().map(|_| far);
    let plane = match attacked {
        Some(plane) => Some(plane),
        None => {
            let mut probe = Probe::new(&context.model.network, &case, &ball, case.clean.clone(), 0);
            let steepest = read(ball.steepest(probe.gradient())).await?;
            Plane::new(clean, &steepest, &ball, &mut stream)
        }
    };
    let why = "The attack changed nothing and the gradient is zero, so there is no direction to draw a map along.";
    let plane = plane.ok_or_else(|| Fault::new(FaultKind::Input, why))?;
    let most = ball.radius.max(attacked_at.unwrap_or(0.0));
    let reach = if most > 0.0 { MARGIN * most } else { LEAST };
    let outline = plane.outline(ball.radius, OUTLINE);
    let (labels, probabilities, losses) = (Vec::new(), Vec::new(), Vec::new());
    let map = DecisionMap { side, reach, labels, probabilities, outline, attacked: attacked_at, losses };
    Ok(Box::new(Progress { plane, class: case.class, map }))
}
