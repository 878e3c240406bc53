//! What is proven of one input: by interval bounds, halving by halving, and by votes on noisy copies of it.

use super::{ExplanationContext, Piece};
use crate::ball::Ball;
use crate::certify::Search;
use crate::drive::{answers, read};
use crate::sequential::Sequential;
use crate::session::evaluation::ballot::Ballot;
use foolproof_core::protocol::{Certified, Explained, Fault, Smoothing};

/// How far bounds are searched, in multiples of the attack's radius.
const FARTHER: f32 = 2.0;
/// How far at least, so that an attack without room does not hide what is proven.
const LEAST: f32 = 0.1;

/// A certificate under way.
pub struct Progress {
    class: u32,
    /// `None` once it is over, or proves nothing of such a network.
    search: Option<Search>,
    proven: Option<f32>,
    ballot: Ballot,
}

/// A few more halvings, and then votes.
pub async fn advance(
    smoothing: Smoothing,
    progress: &mut Option<Box<Progress>>,
    context: &ExplanationContext<'_>,
) -> Result<Piece, Fault> {
    let mut under_way = match progress.take() {
        Some(under_way) => under_way,
        None => Box::new(begin(smoothing, context).await?),
    };
    if let Some(mut search) = under_way.search.take() {
        if search.halve().is_some() {
            under_way.proven = read(search.radii()).await?.first().copied();
            under_way.search = (search.left() > 0).then_some(search);
        }
    } else if let Some(counts) = under_way.ballot.advance().await? {
        let count = counts.into_iter().next().unwrap_or_default();
        let (picked, mut votes) = (count.picked(), count.second);
        votes.resize(context.model.classes, 0);
        let Progress { class, proven, .. } = *under_way;
        return Ok((Some(Explained::Certified(Certified { class, proven, picked, votes })), true));
    }
    *progress = Some(under_way);
    Ok((None, false))
}

async fn begin(smoothing: Smoothing, context: &ExplanationContext<'_>) -> Result<Progress, Fault> {
    let (job, case) = (&context.asked.job, context.case()?);
    let network: &Sequential = &context.model.network;
    let radius = (FARTHER * job.attack.eps).max(LEAST);
    let ball = Ball::new(job.attack.norm, radius).limited(&job.attack.limits);
    let class = answers(case.truth.clone()).await?.first().copied().unwrap_or_default();
    let search = Some(Search::new(network.clone(), case.clean, case.truth, &ball));
    let ballot = Ballot::new(network.clone(), &context.models.device, &job.inputs, smoothing, (job.seed, 0));
    Ok(Progress { class, search, proven: None, ballot })
}
