//! One iteration of a gradient attack at a time: its five stages as pictures, and one pixel in figures.

use super::{
    animation::SaveSteps,
    code::Code,
    picture::{Paint, Picture},
    state::ExplanationState,
};
use crate::charts::data_table::{Grid, heads};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::answer,
    explain::{Line, lines, most, short, strongest},
    web::{
        reactive::{effect, live, memo, text},
        when::list,
    },
};
use foolproof_core::{
    catalog::Norm,
    protocol::{ExplainJob, Explained, LONGEST_WALK, Walk},
};
use leptos::prelude::*;
use std::sync::Arc;

/// A walk with its question.
pub type Told = (Arc<ExplainJob>, Arc<Walk>);

/// Names of the stages' pictures.
pub fn stages(norm: Norm) -> [&'static str; 5] {
    let direction = if norm == Norm::Linf { tr("2. Its sign") } else { tr("2. Scaled to norm 1") };
    [
        tr("1. Gradient of the loss"),
        direction,
        tr("3. Step by α"),
        tr("4. Project into the ball"),
        tr("5. Clip to 0 … 1"),
    ]
}

/// The iterations.
#[component]
pub fn Steps(state: ExplanationState) -> impl IntoView {
    let told = state.seen(|asked, explained| match explained {
        Explained::Walk(walk) => Some((asked.clone(), Arc::new(walk.clone()))),
        _ => None,
    });
    let told = memo(move || told.with(|told| told.first().cloned()));
    let (at, pixel) = (RwSignal::new(0usize), RwSignal::new(0usize));
    let count = memo(move || told.with(|told| told.as_ref().map_or(0, |(_, walk)| walk.stages.len())));
    effect(move || {
        at.update(|at| *at = (*at).min(count.get().saturating_sub(1)));
        told.with(|told| {
            if let Some(first) = told.as_ref().and_then(|(_, walk)| walk.stages.first()) {
                pixel.set(strongest(first));
            }
        });
    });
    let head = text(move || told.with(|told| told.as_ref().map(|told| heading(told, at.get(), state))));
    let numbers = memo(move || {
        told.with(|told| {
            let Some((asked, walk)) = told else { return Vec::new() };
            let attack = &asked.job.attack;
            lines(walk, at.get(), pixel.get(), &asked.job.inputs.pixels, attack.norm, attack.eps)
        })
    });
    let go = move |forward: bool| {
        at.update(|at| {
            *at = if forward { (*at + 1).min(count.get_untracked().saturating_sub(1)) } else { at.saturating_sub(1) }
        });
    };
    let columns = [tr("Stage"), tr("Formula"), tr("This pixel")].map(str::to_owned);
    let caption = text(move || tr_with("The pixel in {0}", &[&state.format().spoken(pixel.get())]));
    let rows = list(move || numbers.get().into_iter().map(row).collect());
    let grid = Grid { caption: Some(caption.into_any()), ..Grid::new(heads(columns), rows) };
    view! {
        <div class="tools">
            <button type="button" aria-disabled=text(move || (at.get() == 0).to_string()) on:click=move |_| go(false)>
                {tr("Previous iteration")}
            </button>
            <button
                type="button"
                aria-disabled=text(move || (at.get() + 1 >= count.get()).to_string())
                on:click=move |_| go(true)
            >
                {tr("Next iteration")}
            </button>
        </div>
        <p role="status">{head}</p>
        <div class="stages">{(0..5).map(|stage| picture(state, told, at, pixel, stage)).collect::<Vec<_>>()}</div>
        <p class="dim">
            {tr("Pictures 3 to 5 show what has been added to the clean input so far, on one scale. Point at a pixel, or move over them with the arrow keys.")}
        </p>
        {grid.scrolling(tr("One pixel in this iteration").into())}
        <div class="tools">
            <SaveSteps state told />
        </div>
        <Code told />
    }
}

fn row(line: Line) -> AnyView {
    view! {
        <tr>
            <th scope="row">{line.stage}</th>
            <td class="formula">{line.formula}</td>
            <td>{line.numbers}</td>
        </tr>
    }
    .into_any()
}

/// Where the walk is.
fn heading((asked, walk): &Told, at: usize, state: ExplanationState) -> String {
    let Some(iteration) = walk.stages.get(at) else { return String::new() };
    let cut = if walk.iterations as usize > LONGEST_WALK {
        tr_with(" (the first {0} are told)", &[&LONGEST_WALK])
    } else {
        String::new()
    };
    let attack = &asked.job.attack;
    // Attacks that step otherwise, or not at all, are not shown: PGD is, in the same ball.
    let other = match walk.attack == attack.id {
        true => String::new(),
        false => {
            let (shown, chosen) = (state.attack_name(&walk.attack), state.attack_name(&attack.id));
            tr_with(" This is a step of {0} at radius {1}, not of {2}.", &[&shown, &short(attack.eps), &chosen])
        }
    };
    let next = walk.stages.get(at + 1).map_or_else(String::new, |next| format!(" → {}", short(next.loss)));
    tr_with(
        "Iteration {0} of {1}{2}. Step size α = {3}. The model says {4}. Loss {5}{6}.{7}",
        &[
            &(at + 1),
            &walk.iterations,
            &cut,
            &short(walk.step),
            &answer(&iteration.answer, &state.classes()),
            &short(iteration.loss),
            &next,
            &other,
        ],
    )
}

fn picture(
    state: ExplanationState,
    told: Memo<Option<Told>>,
    at: RwSignal<usize>,
    pixel: RwSignal<usize>,
    stage: usize,
) -> AnyView {
    let shown = memo(move || told.with(|told| told.as_ref().and_then(|told| paint(told, at.get(), stage))));
    let caption = move || {
        let norm = told.with(|told| told.as_ref().map_or(Norm::Linf, |(asked, _)| asked.job.attack.norm));
        stages(norm)[stage]
    };
    let label = move || {
        let value = shown.with(|shown| match shown {
            Some(Paint::Signed(values, _) | Paint::Ink(values)) => values.get(pixel.get()).copied().map(short),
            None => None,
        });
        tr_with(
            "{0}. In {1}: {2}.",
            &[&caption(), &state.format().spoken(pixel.get()), &value.unwrap_or_else(|| tr("nothing").into())],
        )
    };
    view! { <Picture format=live(move || state.format()) paint=live(move || shown.get()) label=text(label) caption=text(caption) pixel=pixel /> }.into_any()
}

/// The gradient and the direction each on their own scale, what follows on the step's.
fn paint((asked, walk): &Told, at: usize, stage: usize) -> Option<Paint> {
    let iteration = walk.stages.get(at)?;
    let clean = &asked.job.inputs.pixels;
    let change = |x: &[f32]| x.iter().zip(clean).map(|(x, clean)| x - clean).collect::<Vec<f32>>();
    let stepped = change(&iteration.stepped);
    let full = most(&stepped);
    Some(match stage {
        0 => Paint::Signed(iteration.gradient.clone(), most(&iteration.gradient)),
        1 => Paint::Signed(iteration.direction.clone(), most(&iteration.direction)),
        2 => Paint::Signed(stepped, full),
        3 => Paint::Signed(change(&iteration.projected), full),
        _ => Paint::Signed(change(&iteration.clipped), full),
    })
}
