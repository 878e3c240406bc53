//! The dialog that times this machine, opened from the engine's chip.

mod run;
mod worker;

use super::{Timing, work};
use crate::i18n::{tr, tr_with};
use crate::{
    charts::data_table::{Grid, cornered, row},
    evaluate::view::state::EvaluationState,
    share::view::copy::CopyButton,
    web::{
        dialog::{beside, head, show_when},
        reactive::{live, memo, text},
        when::{When, list},
    },
    workers::worker_host::{cores, trainers},
};
use foolproof_core::protocol::EngineKind;
use leptos::{html, prelude::*};
use run::{SpeedState, Stand};

/// The button in the chip's panel.
const OPENER: &str = "speed-open";
const ENGINES: [EngineKind; 2] = [EngineKind::Cpu, EngineKind::Gpu];

/// Puts the dialog beside the page.
pub fn start(evaluation: EvaluationState) {
    let speed = SpeedState::new(evaluation);
    beside(&[OPENER], move |_| speed.open(), move || view! { <Dialog speed /> });
}

#[component]
fn Dialog(speed: SpeedState) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    show_when(speed.open, dialog);
    let title = text(|| tr("How fast is this machine?"));
    view! {
        <dialog node_ref=dialog class="share-dialog" aria-labelledby="speed-title" on:close=move |_| speed.close()>
            {head("speed-title", title, dialog)}
            <When on=live(move || speed.open.get())>
                <Measured speed />
            </When>
        </dialog>
    }
}

#[component]
fn Measured(speed: SpeedState) -> impl IntoView {
    let busy = memo(move || speed.stand.with(|stand| matches!(stand, Stand::Loading | Stand::At(..))));
    let done = memo(move || speed.stand.with(|stand| *stand == Stand::Done));
    let cell = move |engine, piece| text(move || speed.timings.with(|timings| timings.said(engine, piece)));
    let rows = work::ALL.iter().map(|piece| {
        let cells = ENGINES.map(|engine| view! { <td>{cell(engine, *piece)}</td> }.into_any());
        row(piece.name(), cells.into())
    });
    let table = Grid::results(cornered(["CPU".into(), "GPU".into()]), rows.collect::<Vec<_>>());
    let meaning = move || {
        let said = speed.timings.with(|timings| timings.meaning(cores(), trainers()));
        said.into_iter().map(|sentence| html::li().child(sentence).into_any()).collect()
    };
    view! {
        <section class="share-part">
            <p class="dim">
                {tr("The natural network of the digits, on this device, in this tab: each piece a few times, from request to answer, on one worker. Other tabs and programs slow it down.")}
            </p>
            {table.scrolling(tr("Times").into())}
            <p role="status">{text(move || speed.stand.with(said))}</p>
            <When on=live(move || done.get())>
                <ul>{list(meaning)}</ul>
            </When>
            <div class="tools">
                <When on=live(move || busy.get()) otherwise=move || {
                    view! {
                        <button type="button" class="primary" on:click=move |_| speed.start()>
                            {tr("Measure")}
                        </button>
                    }
                }>
                    <button type="button" on:click=move |_| speed.stop()>
                        {tr("Cancel")}
                    </button>
                </When>
                <When on=live(move || done.get())>
                    <CopyButton
                        name=tr("Copy the table")
                        text=Signal::derive(move || speed.timings.with(|timings| timings.text(&machine())))
                    />
                </When>
            </div>
        </section>
    }
}

/// How far it is.
fn said(stand: &Stand) -> String {
    match stand {
        Stand::Idle => tr("Takes a few seconds.").into(),
        Stand::Loading => tr("Loading the model and the images.").into(),
        Stand::At(engine, piece) => {
            tr_with("Timing on the {0}: {1}.", &[&crate::attack::words::hardware(*engine), &piece.name()])
        }
        Stand::Done => tr("Done.").into(),
        Stand::Stopped => tr("Cancelled.").into(),
        Stand::Failed(why) => why.clone(),
    }
}

/// What the browser says of the machine.
fn machine() -> String {
    let navigator = window().navigator();
    let browser = navigator.user_agent().unwrap_or_default();
    tr_with("{0}, {1} cores", &[&browser, &navigator.hardware_concurrency()])
}

/// Why an engine has no figure for what was not tried.
fn left_out(why: &str) -> Timing {
    Timing::LeftOut(why.to_owned())
}
