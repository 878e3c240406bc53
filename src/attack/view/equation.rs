//! The picture equation of one model: clean input, noise, adversarial input, verdict, probabilities.

use super::{pictures::Pictures, row_change::RowChange, verdict::VerdictBadge};
use crate::i18n::{
    number::{fixed, said},
    tr, tr_with,
};
use crate::web::reactive::{live, memo, text};
use crate::web::when::When;
use crate::{
    attack::{
        results::{Age, Shown},
        verdict::Verdict,
        words::{self, answer, figure},
    },
    charts::bars::Bars,
    controls::term::TermButton,
    shell::state::State,
};
use foolproof_core::manifest::Model;
use leptos::prelude::*;

/// The equation of the first or second model of the pair.
#[component]
pub fn Equation(
    /// 0 for the chosen model, 1 for its counterpart.
    place: usize,
) -> impl IntoView {
    let state = expect_context::<State>();
    let model = memo(move || state.pair().into_iter().nth(place));
    let shown = memo(move || {
        let id = model.get()?.id;
        state.results.with(|results| results.shown.get(&id).cloned())
    });
    let shown: Signal<Option<Shown>> = shown.into();
    let name = move || {
        model.get().map_or_else(|| [tr("Natural model"), tr("Robust model")][place % 2].to_owned(), |model| model.name)
    };
    let lost = move || {
        let path = model.get().map(|model| model.weights.path);
        path.is_some_and(|path| state.failed.with(|failed| failed.contains(&path)))
    };
    let verdict = memo(move || shown.with(|shown| shown.as_ref().and_then(Verdict::of)));
    let unsure = memo(move || {
        let sure = |shown: &Shown| shown.sample().is_none_or(|sample| words::sureness(&sample.adversarial) >= 0.5);
        shown.with(|shown| shown.as_ref().is_some_and(|shown| !sure(shown)))
    });
    // Some datasets have no counterpart.
    let alone = live(move || place > 0 && state.manifest().is_some() && model.with(Option::is_none));
    view! {
        <article class="equation" hidden=alone class:stale=live(move || stale(state, &shown)) aria-label=name>
            <header>
                <h2>
                    {name} " " <span class="dim">{text(move || model.get().map(|model| made(&model)))}</span>
                </h2>
                <When on=live(move || !lost()) otherwise=|| view! { <p class="lost">{tr("Its weights could not be loaded.")}</p> }>
                    <VerdictBadge verdict=verdict unsure=live(move || unsure.get()) />
                    <span class="turn">{text(move || shown.with(|shown| shown.as_ref().and_then(|shown| turn(state, shown))))}</span>
                </When>
            </header>
            <When on=live(move || state.format().kind.is_picture()) otherwise=move || view! { <RowChange shown /> }>
                <Pictures shown name=Signal::derive(name) place />
            </When>
            <Bars shown label=Signal::derive(move || shown.with(|shown| bars_text(state, shown.as_ref()))) />
            <Readout shown />
        </article>
    }
}

/// How a model was made, in words.
fn made(model: &Model) -> &'static str {
    if model.robust { tr("trained against attacks") } else { tr("trained as usual") }
}

/// Whether what is shown is no answer to the attack in force.
fn stale(state: State, shown: &Signal<Option<Shown>>) -> bool {
    let now = state.job.get();
    shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.age(now.as_deref()) != Age::Now))
}

/// `7 → 3`.
fn turn(state: State, shown: &Shown) -> Option<String> {
    let (classes, sample) = (state.classes(), shown.sample()?);
    let name = |label| words::class(label, &classes);
    Some(match Verdict::of(shown)? {
        Verdict::Fooled => format!("{} → {}", name(shown.truth()?), name(sample.adversarial.label)),
        Verdict::Held | Verdict::Right => name(sample.clean.label),
        Verdict::NothingToDo | Verdict::NoStart | Verdict::NoGradient => name(sample.clean.label),
        Verdict::AlreadyWrong => tr_with("{0}, not {1}", &[&name(sample.clean.label), &name(shown.truth()?)]),
    })
}

fn bars_text(state: State, shown: Option<&Shown>) -> String {
    let Some(sample) = shown.and_then(Shown::sample) else { return tr("No probabilities yet.").into() };
    let classes = state.classes();
    tr_with(
        "Probabilities: clean {0}, attacked {1}.",
        &[&answer(&sample.clean, &classes), &answer(&sample.adversarial, &classes)],
    )
}

/// The inspected pixel in figures; distances while none is.
#[component]
fn Readout(shown: Signal<Option<Shown>>) -> impl IntoView {
    let state = expect_context::<State>();
    let pixel = move || {
        let index = state.inspected.get()?;
        shown.with(|shown| {
            let shown = shown.as_ref()?;
            let format = state.format();
            let change = |feature: usize| {
                let (before, after) = (shown.job.inputs.pixels.get(feature)?, shown.sample()?.pixels.get(feature)?);
                let moved = said(format!("{:+.3}", after - before));
                Some(format!("{} → {} ({moved})", fixed(*before, 3), fixed(*after, 3)))
            };
            let changes: Vec<String> = format.at(index).map(change).collect::<Option<_>>()?;
            Some(format!("{}: {}", format.place(index), changes.join(" · ")))
        })
    };
    let distances = move || {
        shown.with(|shown| {
            let distance = shown.as_ref()?.sample()?.distance;
            let [l2, l1] = [distance.l2, distance.l1].map(|length| figure((f64::from(length) * 100.0).round() / 100.0));
            let linf = figure((f64::from(distance.linf) * 1e4).round() / 1e4);
            let features = state.format().counted(distance.l0);
            Some(tr_with("L∞ {0} · L2 {1} · L1 {2} · {3}", &[&linf, &l2, &l1, &features]))
        })
    };
    let warning =
        move || shown.with(|shown| shown.as_ref().and_then(Shown::sample).is_some_and(|sample| sample.zero_gradient));
    view! {
        <p class="readout">
            // The blank makes it another text than the name of the attack.
            <TermButton id="noise" word=tr("Noise ") />
            " "
            <span class="figures" translate="no">{text(move || pixel().or_else(distances))}</span>
        </p>
        <When on=live(warning)>
            <p class="warning">
                {tr("The gradient was zero at every start, so this attack saw nothing to follow: that the answer stays proves nothing.")}
            </p>
        </When>
    }
}
