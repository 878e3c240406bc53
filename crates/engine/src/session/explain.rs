//! A question about one input and its adversarial twin, or about many inputs, answered in pieces short enough to be stopped.

mod answers;
mod attributions;
mod certificate;
mod detectors;
mod map;
mod neighbours;
mod walk;

use super::models::{Models, Subject};
use crate::modifiers;
use crate::upload::floats;
use crate::{ball::Ball, case::Case};
use burn::tensor::Tensor;
use foolproof_core::protocol::{Event, ExplainJob, Explained, Fault, Question, Smoothing, Ticket, pack};

/// A question under way.
pub struct Explanation {
    asked: ExplainJob,
    work: Work,
    total: f64,
}

/// How far an answer is.
enum Work {
    Attributions(attributions::Progress),
    Walk(Option<Box<walk::Progress>>),
    Map(u32, Option<Box<map::Progress>>),
    Answers(Vec<f32>),
    Neighbours(u32, neighbours::Progress),
    Detectors,
    Certificate(Smoothing, Option<Box<certificate::Progress>>),
}

impl Explanation {
    /// A checked question, not yet begun.
    pub fn new(asked: ExplainJob) -> Explanation {
        let work = match asked.question {
            Question::Attributions(class) => Work::Attributions(attributions::Progress::new(class)),
            Question::Walk => Work::Walk(None),
            Question::Map(side) => Work::Map(side, None),
            Question::Answers => Work::Answers(Vec::new()),
            Question::Neighbours(references) => Work::Neighbours(references, Default::default()),
            Question::Detectors => Work::Detectors,
            Question::Certificate(smoothing) => Work::Certificate(smoothing, None),
        };
        Explanation { asked, work, total: 0.0 }
    }

    /// One piece of work.
    pub async fn advance(
        &mut self,
        ticket: Ticket,
        models: &Models,
        now: &impl Fn() -> f64,
    ) -> Result<Vec<Event>, Fault> {
        let start = now();
        let job = &self.asked.job;
        let mut model = models.get(&job.models[0])?;
        // What is explained is what the attack saw.
        model.network = model.network.under(modifiers::read(&job.attack, job.seed)?);
        let context = ExplanationContext { asked: &self.asked, models, model };
        let (answer, over) = match &mut self.work {
            Work::Attributions(progress) => progress.advance(&context).await?,
            Work::Walk(progress) => walk::advance(progress, &context).await?,
            Work::Map(side, progress) => map::advance(*side, progress, &context).await?,
            Work::Answers(found) => answers::advance(found, &context).await?,
            Work::Neighbours(references, progress) => neighbours::advance(*references, progress, &context).await?,
            Work::Detectors => detectors::advance(&context).await?,
            Work::Certificate(smoothing, progress) => certificate::advance(*smoothing, progress, &context).await?,
        };
        self.total += now() - start;
        let packed = answer.map(|answer| pack(&answer)).transpose()?;
        let mut events: Vec<Event> = packed.map(|answer| Event::Explained { ticket, answer }).into_iter().collect();
        if over {
            events.push(Event::Done { ticket, millis: self.total });
        }
        Ok(events)
    }
}

/// An answer or a part of one, if this piece made one, and whether it was the last.
type Piece = (Option<Explained>, bool);

/// A question with all that it is about.
struct ExplanationContext<'a> {
    asked: &'a ExplainJob,
    models: &'a Models,
    model: Subject,
}

impl ExplanationContext<'_> {
    /// The one input, and what the attack was to leave or reach.
    fn case(&self) -> Result<Case, Fault> {
        let job = &self.asked.job;
        self.models.case(&job.models[0], &job.inputs, job.attack.target, job.seed, vec![0])
    }

    fn ball(&self) -> Ball {
        let spec = &self.asked.job.attack;
        Ball::new(spec.norm, spec.eps).limited(&spec.limits)
    }

    /// A picture on the device, `[1, channel, row, column]`.
    fn picture(&self, pixels: &[f32]) -> Tensor<4> {
        let [channels, rows, columns] = self.model.input;
        floats(pixels.to_vec(), [1, channels, rows, columns], &self.models.device)
    }
}
