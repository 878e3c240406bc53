//! Run, pause, cancel; how far it is and how long it still takes.

use super::{
    run::{self, Mode},
    state::{EvaluationState, Phase},
};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::{attack::words::bytes, evaluate::wording::time, web::when::When};
use leptos::prelude::*;

/// The bar.
#[component]
pub fn RunBar() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let busy = memo(move || evaluation.is_busy());
    let working = memo(move || evaluation.phase.with(|phase| matches!(phase, Phase::Running | Phase::Paused)));
    let paused = memo(move || evaluation.phase.with(|phase| *phase == Phase::Paused));
    let start = move |_| run::start(evaluation, Mode::Whole);
    let share = move || {
        evaluation.phase.with(|phase| match phase {
            Phase::Loading(done, total) => (*total > 0).then(|| *done as f64 / *total as f64),
            _ => Some(evaluation.progress.with(|progress| progress.share)),
        })
    };
    view! {
        <section class="run" aria-label=tr("Run")>
            <div class="tools">
                // While it runs it stays in its place, so that the focus of the hand that pressed it stays too.
                <button type="button" class="primary" aria-disabled=text(move || busy.get().to_string()) on:click=start>
                    {tr("Run the evaluation")}
                </button>
                <When on=live(move || working.get())>
                    <button type="button" on:click=move |_| run::pause(evaluation, !paused.get_untracked())>
                        {text(move || if paused.get() { tr("Go on") } else { tr("Pause") })}
                    </button>
                </When>
                <When on=live(move || busy.get())>
                    <button type="button" on:click=move |_| run::cancel(evaluation)>
                        {tr("Cancel")}
                    </button>
                </When>
            </div>
            <When on=live(move || busy.get())>
                <progress max="1" prop:value=live(share) aria-label=tr("Progress of the evaluation")></progress>
            </When>
            <p class="state">{text(move || state(evaluation))}</p>
            <p class="hidden" role="status">{text(move || announced(evaluation))}</p>
        </section>
    }
}

/// What it is at, with figures.
fn state(evaluation: EvaluationState) -> String {
    let progress = evaluation.progress.get();
    let percent = format!("{:.0} %", 100.0 * progress.share);
    let workers =
        |count: usize| tr_with(if count == 1 { tr_mark("{0} worker") } else { tr_mark("{0} workers") }, &[&count]);
    let inputs = evaluation.shown(|report| report.labels.len()).get().unwrap_or(0);
    evaluation.phase.with(|phase| match phase {
        Phase::Empty | Phase::Loaded => String::new(),
        Phase::Loading(_, 0) => tr("Loading models and images.").into(),
        Phase::Loading(done, total) => {
            tr_with("Loading models and images: {0} of {1}.", &[&bytes(*done as f64), &bytes(*total as f64)])
        }
        Phase::Running if progress.busy == 0 && progress.share == 0.0 => tr("The workers are starting.").into(),
        Phase::Running => {
            let left = progress.left.map_or_else(
                || tr("the time left is not known yet").into(),
                |left| tr_with("about {0} left", &[&time(left)]),
            );
            tr_with("{0} done, {1}, on {2}.", &[&percent, &left, &workers(progress.busy)])
        }
        Phase::Paused if progress.busy > 0 => {
            tr_with("{0} done. Pausing: {1} finish what they have in hand.", &[&percent, &workers(progress.busy)])
        }
        Phase::Paused => tr_with("{0} done. Paused.", &[&percent]),
        Phase::Done => tr_with("Done: {0} inputs in {1}.", &[&inputs, &time(progress.spent)]),
        Phase::Cancelled => tr_with(
            "Cancelled at {0}. What was found until then stays; its intervals say how much it is worth.",
            &[&percent],
        ),
        Phase::Failed(fault) => tr_with("It could not go on. {0}", &[&fault.message]),
    })
}

/// What people who hear the page are told: when it begins, rests and ends, not each step.
fn announced(evaluation: EvaluationState) -> String {
    evaluation
        .phase
        .with(|phase| match phase {
            Phase::Empty | Phase::Loading(..) => "",
            Phase::Running => tr("The evaluation is running."),
            Phase::Paused => tr("The evaluation is paused."),
            Phase::Done => tr("The evaluation is done."),
            Phase::Cancelled => tr("The evaluation is cancelled; its results so far stay."),
            Phase::Failed(_) => tr("The evaluation could not go on."),
            Phase::Loaded => tr("The report is loaded."),
        })
        .to_owned()
}
