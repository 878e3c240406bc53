//! Points in the plane while a network learns them: the regions of its answers, the border between them, and each
//! point's ball.

mod recipe;

use super::{plane_view::SIDE, state::TrainingState};
use crate::charts::data_table::{Grid, cell, closed, heads, row};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::figure,
    charts::pixels::paint,
    evaluate::wording::{interval, value},
    link::Page,
    train::plane_picture::{Frame, Signs, UNITS, signs},
    web::{
        reactive::{effect, live, memo, text},
        when::list,
    },
};
use leptos::{html, prelude::*};
use std::sync::Arc;

pub use recipe::{PlaneGo, PlaneRecipe, TrainOn};

/// The picture, its legend, its figures and the table behind it.
#[component]
pub fn Plane() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let points = trainer.wished(|request| request.points);
    let ball = trainer.wished(|request| (request.settings.recipe.norm, request.eps as f32));
    follow(trainer);
    let places = memo(move || {
        let drawn = points.get().flatten().map(|points| points.drawn());
        Arc::new(drawn.iter().flat_map(|drawn| drawn.iter()).collect::<Vec<_>>())
    });
    let frame = memo(move || trainer.plane_view.frame.get());
    // The balls follow the slider at once; what falls in them is known a moment later.
    let drawn = memo(move || {
        let (norm, eps) = ball.get().unwrap_or((foolproof_core::catalog::Norm::Linf, 0.0));
        let frame = frame.get();
        let marks = frame.as_ref().map_or(&[][..], |frame| &frame.marks);
        places.with(|places| signs(places, norm, eps, marks))
    });
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        let regions = frame.get().map_or_else(|| vec![0; 4 * SIDE * SIDE], |frame| frame.regions());
        if let Some(canvas) = canvas.get() {
            paint(&canvas, &regions, SIDE);
        }
    });
    let border = memo(move || frame.get().map(|frame| frame.border(SIDE)).unwrap_or_default());
    let path = move |class: &'static str, read: fn(&Signs) -> &String| {
        view! { <path class=class d=live(move || drawn.with(|signs| read(signs).clone())) /> }
    };
    let size = format!("0 0 {UNITS} {UNITS}");
    view! {
        <section class="part" aria-labelledby="plane">
            <h2 id="plane">{tr("The network in the plane")}</h2>
            <div class="plane">
                <div class="plane-picture">
                    <canvas node_ref=canvas width=SIDE height=SIDE aria-hidden="true"></canvas>
                    <svg viewBox=size role="img" aria-label=text(move || sentence(&frame.get()))>
                        {path("rim", |signs| &signs.held)}
                        {path("rim fallen", |signs| &signs.fallen)}
                        <path class="border" d=border />
                        {path("point class-0", |signs| &signs.points[0])}
                        {path("point class-1", |signs| &signs.points[1])}
                        {path("point class-2", |signs| &signs.points[2])}
                        {path("way", |signs| &signs.ways)}
                        {path("wrong", |signs| &signs.wrong)}
                    </svg>
                </div>
                <div class="plane-words">
                    {list(move || vec![figures(&frame.get())])}
                    {legend()}
                </div>
            </div>
            {list(move || frame.get().iter().map(|frame| table(frame)).collect())}
        </section>
    }
}

/// Has the network on show looked at again when radius, norm or points change, and lets the worker go with the page.
fn follow(trainer: TrainingState) {
    let asked = trainer.wished(|request| (request.points, request.settings.recipe.norm, request.eps.to_bits()));
    effect(move || {
        if asked.get().is_some() {
            trainer.plane_view.again();
        }
    });
    let here = memo(move || trainer.evaluation.settings.with(|settings| settings.page == Page::Train));
    effect(move || {
        if !here.get() {
            trainer.plane_view.rest();
        }
    });
    on_cleanup(move || trainer.plane_view.rest());
}

/// What the picture shows, for those who do not see it.
fn sentence(frame: &Option<Arc<Frame>>) -> String {
    let Some(frame) = frame else { return tr("Points in the plane with their norm balls; no network yet.").into() };
    let (clean, robust) = frame.figures();
    let (norm, eps) = (frame.norm.symbol(), figure(crate::attack::scale::widen(frame.eps)));
    tr_with(
        "Decision regions of the network with {0} points in {1} classes: clean {2}, robust {3} within {4} balls of radius {5}.",
        &[&clean.n, &frame.points.figure.classes(), &value(&clean), &value(&robust), &norm, &eps],
    )
}

fn figures(frame: &Option<Arc<Frame>>) -> AnyView {
    let Some(frame) = frame else {
        return view! { <p class="dim">{tr("Train, and the regions of the network’s answers appear here.")}</p> }
            .into_any();
    };
    let (clean, robust) = frame.figures();
    let n = clean.n;
    let (norm, eps) = (frame.norm.symbol(), figure(crate::attack::scale::widen(frame.eps)));
    view! {
        <p class="plane-figures">
            <span>{tr("clean ")} <b>{value(&clean)}</b></span>
            <span>{tr("robust ")} <b>{value(&robust)}</b></span>
        </p>
        <p class="dim">
            {tr_with("Of the {0} points it trains on. Robust: right, and PGD with 20 steps and 2 restarts finds no other answer within {1} {2} ({3}).", &[&n, &norm, &eps, &interval(&robust)])}
        </p>
    }
    .into_any()
}

fn legend() -> AnyView {
    let sign = |class: &'static str, path: &'static str, said: &'static str| {
        view! {
            <li>
                <svg viewBox="0 0 40 40" width="20" height="20" aria-hidden="true">
                    <path class=class d=path />
                </svg>
                {said}
            </li>
        }
    };
    view! {
        <ul class="plane-legend">
            {sign("border", "M2 20h36", tr("where the answer changes"))}
            {sign("rim", "M6 6h28v28h-28z", tr("ball in which the point holds"))}
            {sign("rim fallen", "M6 6h28v28h-28z", tr("ball in which it falls"))}
            {sign("way", "M6 32L28 12M21 5l14 14m0 -14l-14 14", tr("its adversarial example"))}
            {sign("wrong", "M8 8l24 24m0 -24l-24 24", tr("answered wrongly already"))}
        </ul>
    }
    .into_any()
}

fn table(frame: &Frame) -> AnyView {
    let row_of = |class: usize| {
        let (all, right, held) = frame.class(class);
        let name = [tr("A: discs"), tr("B: squares"), tr("C: triangles")][class % 3];
        row(name, [all, right, held].map(|count| cell(count.to_string())).into())
    };
    let rows: Vec<AnyView> = (0..frame.points.figure.classes()).map(row_of).collect();
    let columns = [tr("Class"), tr("Points"), tr("Right"), tr("Hold in their ball")].map(str::to_owned);
    let grid = Grid::results(heads(columns), rows).scrolling(tr("The picture as a table").into());
    closed(tr("The picture as a table").into(), grid)
}
