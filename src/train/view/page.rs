//! The Train page as a whole: the recipe, the run, what it shows, and the models that came of it.

use super::{
    board::Scoreboard,
    curves::Curves,
    plane::{Plane, PlaneGo, PlaneRecipe, TrainOn},
    recipe::{Go, Recipe},
    run::saved,
    settings::Settings,
    state::{Phase, TrainingState},
    strip::Strip,
    sweep::SweepTable,
};
use crate::datasets::view::own::OwnData;
use crate::i18n::{tr, tr_with};
use crate::models::view::own::OwnModels;
use crate::{
    attack::words::bytes,
    evaluate::{
        rows::plural,
        view::page::{Optional, Remarks, waiting},
        wording::time,
    },
    link::Page,
    web::{
        reactive::{live, text},
        when::When,
    },
};
use leptos::prelude::*;

/// The page; nothing while another page is open, but what is trained goes on.
#[component]
pub fn TrainPage() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let open = live(move || trainer.evaluation.settings.with(|settings| settings.page == Page::Train));
    let known = live(move || trainer.evaluation.known.with(Option::is_some));
    let points = trainer.wished(|request| request.points.is_some());
    let points = live(move || points.get() == Some(true));
    view! {
        <When on=open>
            <main class="measure train" tabindex="-1">
                <h1 class="hidden">{tr("Foolproof: make a model robust")}</h1>
                <When on=known otherwise=waiting>
                    <section class="question" aria-label=tr("Recipe")>
                        <TrainOn />
                        <When on=points otherwise=|| view! { <Recipe /> }>
                            <PlaneRecipe />
                        </When>
                        <Remarks request=trainer.request />
                        <When on=points otherwise=|| view! { <Go /> }>
                            <PlaneGo />
                        </When>
                        <p class="state">{text(move || state(trainer))}</p>
                        <p class="hidden" role="status">
                            {text(move || announced(trainer))}
                        </p>
                        <Resume />
                        <Settings />
                    </section>
                    <When on=points>
                        <Plane />
                    </When>
                    <Strip />
                    <SweepTable />
                    <Scoreboard />
                    <Curves />
                    <Optional name="train.own">
                        <OwnModels />
                        <OwnData />
                    </Optional>
                </When>
            </main>
        </When>
    }
}

/// The offer to go on with a run that an earlier visit left behind.
#[component]
fn Resume() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let there = live(move || trainer.left.with(Option::is_some) && !trainer.is_busy());
    let said = move || {
        trainer.left.with(|left| {
            let left = left.as_ref()?;
            let share = 100.0 * left.share;
            Some(match left.sweep {
                Some((done, all)) => {
                    tr_with("A sweep of an earlier visit rests: {0} of {1} runs are done.", &[&done, &all])
                }
                None => tr_with("A run of an earlier visit rests at {0} %.", &[&format_args!("{share:.0}")]),
            })
        })
    };
    view! {
        <When on=there>
            <div class="resume">
                <p>{text(said)}</p>
                <div class="tools">
                    <button type="button" on:click=move |_| trainer.resume()>
                        {tr("Go on with it")}
                    </button>
                    <button type="button" on:click=move |_| saved::forget(trainer)>
                        {tr("Forget it")}
                    </button>
                </div>
            </div>
        </When>
    }
}

/// What it is at, with figures.
fn state(trainer: TrainingState) -> String {
    let progress = trainer.progress.get();
    let what = plural(&trainer.kind());
    let so_far = || {
        let (share, images) = (100.0 * progress.share, progress.images);
        tr_with("{0} %, batch {1}, {2} {3}", &[&format_args!("{share:.0}"), &progress.batch, &images, &what])
    };
    let said = trainer.said.get();
    let state = trainer.phase.with(|phase| match phase {
        Phase::Empty => String::new(),
        Phase::Loading(_, 0) => tr("Loading the model and the images.").into(),
        Phase::Loading(done, total) => {
            tr_with("Loading the model and the images: {0} of {1}.", &[&bytes(*done as f64), &bytes(*total as f64)])
        }
        Phase::Running if progress.batch == 0 => tr("The workers are starting.").into(),
        Phase::Running => {
            let left = progress.left.map(|left| tr_with(", about {0} left", &[&time(1000.0 * left)]));
            format!("{}{}.", so_far(), left.unwrap_or_default())
        }
        Phase::Paused => tr_with("{0}. Paused.", &[&so_far()]),
        Phase::Scoring => tr("Trained. Now both models are attacked with attacks that training did not use.").into(),
        Phase::Done => {
            let done = tr_with("Done: {0} {1} in {2}.", &[&progress.images, &what, &time(1000.0 * progress.seconds)]);
            [Some(done), trainer.of_run()].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        Phase::Failed(fault) => tr_with("It could not go on. {0}", &[&fault.message]),
    });
    let unkept = if trainer.is_busy() { trainer.unkept.get() } else { String::new() };
    let all = [state, trainer.engine.get(), said, unkept];
    all.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// What people who hear the page are told: when it begins, rests and ends, not each step.
fn announced(trainer: TrainingState) -> String {
    let word = trainer.phase.with(|phase| match phase {
        Phase::Empty | Phase::Loading(..) => "",
        Phase::Running => tr("The training is running."),
        Phase::Paused => tr("The training is paused."),
        Phase::Scoring => tr("The training is over; the scoreboard is being made."),
        Phase::Done => tr("The training is done."),
        Phase::Failed(_) => tr("The training could not go on."),
    });
    word.to_owned()
}
