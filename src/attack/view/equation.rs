//! The picture equation of one model: clean input, noise, adversarial input, verdict, probabilities.

use super::verdict::VerdictBadge;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::web::when::When;
use crate::{
    attack::{
        results::Shown,
        words::{self, Verdict, answer, changes, figure},
    },
    charts::colour,
    shell::state::State,
};
use crate::{
    charts::{bars::Bars, pixels::Pixels},
    controls::term::TermButton,
};
use foolproof_core::{catalog::Norm, picture::SIDE};
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
    view! {
        <article class="equation" class:stale=live(move || stale(state, &shown)) aria-label=name>
            <header>
                <h2>{name}</h2>
                <When on=live(move || !lost()) otherwise=|| view! { <p class="lost">{tr("Its weights could not be loaded.")}</p> }>
                    <VerdictBadge verdict=verdict />
                    <span class="turn">{text(move || shown.with(|shown| shown.as_ref().and_then(|shown| turn(state, shown))))}</span>
                </When>
            </header>
            <Pictures shown name=Signal::derive(name) />
            <Bars shown label=Signal::derive(move || shown.with(|shown| bars_text(state, shown.as_ref()))) />
            <Readout shown />
        </article>
    }
}

/// Whether what is shown belongs to another input than the one in force, while an attack is under way.
fn stale(state: State, shown: &Signal<Option<Shown>>) -> bool {
    let now = state.job.get();
    let another = |shown: &Shown| Some(&shown.job.inputs) != now.as_ref().map(|job| &job.inputs);
    state.is_running() && shown.with(|shown| shown.as_ref().is_some_and(another))
}

/// `7 → 3`.
fn turn(state: State, shown: &Shown) -> Option<String> {
    let (classes, sample) = (state.classes(), shown.sample()?);
    let name = |label| words::class(label, &classes);
    Some(match Verdict::of(shown)? {
        Verdict::Fooled => format!("{} → {}", name(shown.truth()?), name(sample.adversarial.label)),
        Verdict::Held | Verdict::Right => name(sample.clean.label),
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

#[component]
fn Pictures(shown: Signal<Option<Shown>>, name: Signal<String>) -> impl IntoView {
    let state = expect_context::<State>();
    let picture = move |paint: fn(&Shown) -> Option<Vec<u8>>| {
        Signal::derive(move || shown.with(|shown| shown.as_ref().and_then(paint)))
    };
    let say = move |text: fn(&Shown, &[String]) -> Option<String>, none: &'static str| {
        Signal::derive(move || {
            shown
                .with(|shown| shown.as_ref().and_then(|shown| text(shown, &state.classes())))
                .unwrap_or_else(|| none.into())
        })
    };
    let clean = say(|shown, classes| Some(answer(&shown.sample()?.clean, classes)), "");
    let attacked = say(|shown, classes| Some(answer(&shown.sample()?.adversarial, classes)), "");
    let label = move |what: &'static str, said: Signal<String>| {
        Signal::derive(move || tr_with("{0}; {1} says {2}.", &[&what, &name.get(), &said.get()]))
    };
    let most = memo(move || shown.with(|shown| shown.as_ref().map(full_scale)));
    view! {
        <div class="pictures">
            <figure>
                <Pixels rgba=picture(|shown| Some(colour::grey(shown.job.inputs.pixels.iter().copied()))) label=label(tr("Clean input"), clean) />
                <figcaption class="clean">{clean}</figcaption>
            </figure>
            <span class="sign" aria-hidden="true">"+"</span>
            <figure>
                <Pixels rgba=picture(noise) label=say(|shown, _| words::noise_text(shown), tr("Noise: none yet.")) keys=true />
                <figcaption><Legend most /></figcaption>
            </figure>
            <span class="sign" aria-hidden="true">"="</span>
            <figure>
                <Pixels
                    rgba=picture(|shown| Some(colour::grey(shown.sample()?.pixels.iter().copied())))
                    label=label(tr("Adversarial input"), attacked)
                />
                <figcaption class="attacked">{attacked}</figcaption>
            </figure>
        </div>
    }
}

/// Where the colours of the noise are full: the radius for L∞, unless the attack knows none; the largest change otherwise.
fn full_scale(shown: &Shown) -> f32 {
    let eps = shown.job.attack.eps;
    let most = shown.sample().map_or(eps, |sample| sample.distance.linf);
    if shown.job.attack.norm == Norm::Linf { eps.max(most) } else { most }
}

fn noise(shown: &Shown) -> Option<Vec<u8>> {
    Some(colour::signed(changes(&shown.job, &shown.sample()?.pixels), full_scale(shown)))
}

/// The numbers at the ends of the noise's colours.
#[component]
fn Legend(most: Memo<Option<f32>>) -> impl IntoView {
    let end = move |sign: &'static str| {
        move || most.get().map_or_else(String::new, |most| format!("{sign}{}", figure(most.into())))
    };
    view! {
        <span class="legend">
            <span class="low">{end("−")}</span>
            <span class="ramp" aria-hidden="true"></span>
            <span class="high">{end("+")}</span>
        </span>
    }
}

/// The inspected pixel in figures; distances while none is.
#[component]
fn Readout(shown: Signal<Option<Shown>>) -> impl IntoView {
    let state = expect_context::<State>();
    let pixel = move || {
        let index = state.inspected.get()?;
        shown.with(|shown| {
            let shown = shown.as_ref()?;
            let (before, after) = (*shown.job.inputs.pixels.get(index)?, *shown.sample()?.pixels.get(index)?);
            let place = tr_with("Row {0}, column {1}", &[&(index / SIDE + 1), &(index % SIDE + 1)]);
            Some(format!("{place}: {before:.3} → {after:.3} ({:+.3})", after - before))
        })
    };
    let distances = move || {
        shown.with(|shown| {
            let distance = shown.as_ref()?.sample()?.distance;
            let [l2, l1] = [distance.l2, distance.l1].map(|length| figure((f64::from(length) * 100.0).round() / 100.0));
            let linf = figure((f64::from(distance.linf) * 1e4).round() / 1e4);
            Some(tr_with("L∞ {0} · L2 {1} · L1 {2} · {3} pixels", &[&linf, &l2, &l1, &distance.l0]))
        })
    };
    let warning =
        move || shown.with(|shown| shown.as_ref().and_then(Shown::sample).is_some_and(|sample| sample.zero_gradient));
    view! {
        <p class="readout">
            // The blank makes it another text than the name of the attack.
            <TermButton id="noise" word=tr("Noise ") />
            " "
            <span class="figures">{text(move || pixel().or_else(distances))}</span>
        </p>
        <When on=live(warning)>
            <p class="warning">
                {tr("The gradient was zero at every start, so this attack saw nothing to follow. “Held” proves nothing here.")}
            </p>
        </When>
    }
}
