//! An attack step by step, an iteration a piece.

use super::{ExplanationContext, Piece};
use crate::attack::Probe;
use crate::case::Case;
use crate::drive::{prediction, read};
use crate::explain::{Stages, stages};
use crate::{attacks, loss};
use burn::tensor::Tensor;
use foolproof_core::protocol::{AttackSpec, Explained, Fault, Iteration, LONGEST_WALK, WALKED, Walk};

/// A walk under way.
pub struct Progress {
    case: Case,
    at: Tensor<4>,
    walk: Walk,
}

/// One iteration.
pub async fn advance(progress: &mut Option<Box<Progress>>, context: &ExplanationContext<'_>) -> Result<Piece, Fault> {
    let mut under_way = match progress.take() {
        Some(under_way) => under_way,
        None => begin(context).await?,
    };
    let iteration = step(&mut under_way, context).await?;
    let walk = &mut under_way.walk;
    walk.stages.push(iteration);
    if walk.stages.len() == LONGEST_WALK.min(walk.iterations as usize) {
        return Ok((Some(Explained::Walk(under_way.walk)), true));
    }
    *progress = Some(under_way);
    Ok((None, false))
}

async fn begin(context: &ExplanationContext<'_>) -> Result<Box<Progress>, Fault> {
    let asked = &context.asked.job.attack;
    let plain = WALKED.contains(&asked.id.as_str());
    let stand_in = || AttackSpec { id: "pgd".into(), knobs: Default::default(), ..asked.clone() };
    let spec = if plain { asked.clone() } else { stand_in() };
    let (attack, ball) = attacks::make(&spec)?;
    let case = context.case()?;
    let at = ball.project(&case.clean, attack.begin(&case, &ball, 0).0);
    let walk = Walk {
        attack: spec.id,
        step: attack.step_size(),
        iterations: attack.plan()[0],
        start: read(at.clone()).await?,
        stages: Vec::new(),
    };
    Ok(Box::new(Progress { case, at, walk }))
}

async fn step(under_way: &mut Progress, context: &ExplanationContext<'_>) -> Result<Iteration, Fault> {
    let (case, ball) = (&under_way.case, context.ball());
    let mut probe = Probe::new(&context.model.network, case, &ball, under_way.at.clone(), 0);
    let Stages { gradient, direction, stepped, projected, clipped } = stages(&mut probe, under_way.walk.step);
    let logits = probe.logits();
    under_way.at = clipped.clone();
    let loss = loss::cross_entropy(&logits, &case.class);
    let pictures = [gradient, direction, stepped, projected, clipped].map(|picture| picture.flatten::<2>(1, 3));
    let pixels = pictures[0].dims()[1];
    let mut columns = pictures.to_vec();
    columns.extend([loss, logits]);
    let read = read(Tensor::cat(columns, 1)).await?;
    let picture = |place: usize| read[place * pixels..(place + 1) * pixels].to_vec();
    let rest = &read[5 * pixels..];
    Ok(Iteration {
        loss: rest[0],
        answer: prediction(&rest[1..]),
        gradient: picture(0),
        direction: picture(1),
        stepped: picture(2),
        projected: picture(3),
        clipped: picture(4),
    })
}
