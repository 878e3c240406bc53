//! Below the controls: loss per step, and every figure as a table.

use super::{
    loss::{LossChart, LossTable},
    term::TermButton,
};
use crate::{
    manifest::Model,
    ui::{
        results::Shown,
        state::State,
        words::{Verdict, answer, class, figure, percent},
    },
};
use leptos::prelude::*;

/// Loss and figures of both models.
#[component]
pub fn Details() -> impl IntoView {
    let state = expect_context::<State>();
    let results = Memo::new(move |_| {
        let pair = state.pair();
        state.results.with(|results| {
            let shown = |model: Model| results.shown.get(&model.id).cloned().map(|shown| (model, shown));
            pair.into_iter().filter_map(shown).collect::<Vec<_>>()
        })
    });
    view! {
        <section class="details" aria-label="Details">
            <div>
                <h2>
                    <TermButton id="loss" word="Loss" />
                    " per step"
                </h2>
                <LossChart results />
                <LossTable results />
            </div>
            <div>
                <h2>"Figures"</h2>
                <Figures results />
                <Probabilities results />
            </div>
        </section>
    }
}

#[component]
fn Figures(results: Memo<Vec<(Model, Shown)>>) -> impl IntoView {
    let state = expect_context::<State>();
    let row = move |name: &'static str, cell: fn(&Shown, &[String]) -> Option<String>| {
        let cells = move || {
            let classes = state.classes();
            let text = |(_, shown): &(Model, Shown)| cell(shown, &classes).unwrap_or_else(|| "–".into());
            results.with(|results| results.iter().map(text).map(|text| view! { <td>{text}</td> }).collect_view())
        };
        view! {
            <tr>
                <th scope="row">{name}</th>
                {cells}
            </tr>
        }
    };
    view! {
        <div class="scroll">
            <table>
                <Head first="" results />
                <tbody>
                    {row("Verdict", |shown, _| Some(Verdict::of(shown)?.word().into()))}
                    {row("Clean", |shown, classes| Some(answer(&shown.sample()?.clean, classes)))}
                    {row("Attacked", |shown, classes| Some(answer(&shown.sample()?.adversarial, classes)))}
                    {row("Largest change (L∞)", |shown, _| Some(figure(round(shown.sample()?.distance.linf))))}
                    {row("Length (L2)", |shown, _| Some(figure(round(shown.sample()?.distance.l2))))}
                    {row("Sum (L1)", |shown, _| Some(figure(round(shown.sample()?.distance.l1))))}
                    {row("Pixels changed (L0)", |shown, _| Some(figure(round(shown.sample()?.distance.l0))))}
                    {row("Step size", |shown, _| Some(figure(round(shown.outcome.step))))}
                    {row("Queries of the model", |shown, _| Some(shown.outcome.queries.to_string()))}
                    {row("Time", |shown, _| Some(format!("{:.0} ms", shown.outcome.millis)))}
                    {row("Seed", |shown, _| Some(shown.job.seed.to_string()))}
                </tbody>
            </table>
        </div>
    }
}

fn round(value: f32) -> f64 {
    (f64::from(value) * 1e5).round() / 1e5
}

#[component]
fn Head(first: &'static str, results: Memo<Vec<(Model, Shown)>>) -> impl IntoView {
    let names = move || {
        results.with(|results| {
            results.iter().map(|(model, _)| view! { <th scope="col">{model.name.clone()}</th> }).collect_view()
        })
    };
    let corner = if first.is_empty() {
        view! { <td></td> }.into_any()
    } else {
        view! { <th scope="col">{first}</th> }.into_any()
    };
    view! {
        <thead>
            <tr>{corner} {names}</tr>
        </thead>
    }
}

/// The bars' figures: clean and attacked, a row a class.
#[component]
fn Probabilities(results: Memo<Vec<(Model, Shown)>>) -> impl IntoView {
    let state = expect_context::<State>();
    let row = move |at: usize| {
        let cells = move || {
            let text = |(_, shown): &(Model, Shown)| {
                let sample = shown.sample()?;
                let of = |all: &[f32]| all.get(at).copied().map_or_else(|| "–".into(), percent);
                Some(format!("{} → {}", of(&sample.clean.probabilities), of(&sample.adversarial.probabilities)))
            };
            results.with(|results| results.iter().map(text).map(|text| view! { <td>{text}</td> }).collect_view())
        };
        view! {
            <tr>
                <th scope="row">{class(at as u32, &state.classes())}</th>
                {cells}
            </tr>
        }
    };
    view! {
        <details>
            <summary>"Probabilities as a table"</summary>
            <div class="scroll">
                <table>
                    <Head first="Class" results />
                    <tbody>{move || (0..state.classes().len()).map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
