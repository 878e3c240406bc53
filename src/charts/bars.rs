//! Probabilities of all classes, clean above attacked, so that one sees them cross over.

use crate::i18n::tr;
use crate::web::reactive::{live, memo, text};
use crate::web::when::list;
use crate::{
    attack::{
        results::Shown,
        words::{class, percent},
    },
    shell::state::State,
};
use leptos::prelude::*;

/// The attack that leaves the input as it is.
const NONE: &str = "none";

/// Paired bars, a row a class. The table with every figure is in the details below.
#[component]
pub fn Bars(
    /// The result.
    #[prop(into)]
    shown: Signal<Option<Shown>>,
    /// Text in place of the chart.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let state = expect_context::<State>();
    let count = memo(move || state.classes().len());
    // Where nothing is attacked there is nothing to compare with.
    let idle = memo(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.job.attack.id == NONE)));
    // Words need more room than digits.
    let named = move || state.classes().iter().any(|name| name.chars().count() > 2);
    view! {
        <div class="bars" class:idle=live(move || idle.get()) role="img" aria-label=label>
            <p class="key" aria-hidden="true">
                <span class="swatch before"></span>
                {tr("clean")}
                <span class="after-key">
                    <span class="swatch after"></span>
                    {tr("attacked")}
                </span>
            </p>
            <div class="rows" class:words=live(named)>
                {list(move || (0..count.get()).map(|row| view! { <Row row shown /> }.into_any()).collect())}
            </div>
        </div>
    }
}

#[component]
fn Row(row: usize, shown: Signal<Option<Shown>>) -> impl IntoView {
    let state = expect_context::<State>();
    let pair = memo(move || {
        shown.with(|shown| {
            let sample = shown.as_ref()?.sample()?;
            let of = |all: &[f32]| all.get(row).copied().unwrap_or(0.0);
            Some((of(&sample.clean.probabilities), of(&sample.adversarial.probabilities)))
        })
    });
    let labels = move || {
        shown.with(|shown| shown.as_ref()?.sample().map(|sample| (sample.clean.label, sample.adversarial.label)))
    };
    let clean = memo(move || labels().is_some_and(|(clean, _)| clean == row as u32));
    let attacked = memo(move || labels().is_some_and(|(_, attacked)| attacked == row as u32));
    let width = move |pick: fn((f32, f32)) -> f32| move || format!("{:.1}%", pair.get().map_or(0.0, pick) * 100.0);
    let figure = move || match pair.get() {
        Some((_, after)) if attacked.get() => percent(after),
        Some((before, _)) if clean.get() => percent(before),
        _ => String::new(),
    };
    view! {
        <div class="bar" class:clean=live(move || clean.get()) class:attacked=live(move || attacked.get())>
            <span class="class">{text(move || class(row as u32, &state.classes()))}</span>
            <span class="track">
                <span class="fill before" style:width=width(|(before, _)| before)></span>
                <span class="fill after" style:width=width(|(_, after)| after)></span>
            </span>
            <span class="value" translate="no">{text(figure)}</span>
        </div>
    }
}
