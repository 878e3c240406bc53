//! Clean input, noise and adversarial input as pictures.

use super::sticker::StickerFrame;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::web::when::When;
use crate::{
    attack::{
        results::Shown,
        scale::round_digits,
        words::{self, answer, changes, figure},
    },
    charts::{colour, pixels::Pixels},
    shell::state::State,
};
use foolproof_core::catalog::Norm;
use leptos::prelude::*;

/// The pictures of one model's result.
#[component]
pub fn Pictures(
    /// The result.
    shown: Signal<Option<Shown>>,
    /// The model's name.
    name: Signal<String>,
    /// 0 for the chosen model, 1 for its counterpart.
    place: usize,
) -> impl IntoView {
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
    let scale = memo(move || shown.with(|shown| shown.as_ref().map(full_scale)));
    let moved = |shown: &Shown| shown.sample().is_some_and(|sample| sample.distance.linf > 0.0);
    let changed = memo(move || shown.with(|shown| shown.as_ref().is_some_and(moved)));
    let plain = RwSignal::new(false);
    let most = memo(move || scale.get().map(|scale| if plain.get() { TRUE } else { scale }));
    let noise = Signal::derive(move || shown.with(|shown| noise(shown.as_ref()?, most.get()?)));
    view! {
        <div class="pictures">
            <figure>
                <Pixels rgba=picture(|shown| Some(colour::picture(&shown.job.inputs.pixels, shape(shown)))) label=label(tr("Clean input"), clean) />
                <figcaption class="clean">{clean}</figcaption>
            </figure>
            <span class="sign" aria-hidden="true">"+"</span>
            <figure class="noise">
                <Pixels rgba=noise label=say(|shown, _| words::noise_text(shown), tr("Noise: none yet.")) keys=true />
                <figcaption><Legend most scale plain changed /></figcaption>
            </figure>
            <span class="sign" aria-hidden="true">"="</span>
            <figure>
                <div class="under-sticker">
                    <Pixels
                        rgba=picture(|shown| Some(colour::picture(&shown.sample()?.pixels, shape(shown))))
                        label=label(tr("Adversarial input"), attacked)
                    />
                    <StickerFrame stop={place == 0} />
                </div>
                <figcaption class="attacked">{attacked}</figcaption>
            </figure>
        </div>
    }
}

/// Where the colours of the noise are full at its true strength: a change from black to white.
const TRUE: f32 = 1.0;

/// Where the colours of the noise are full: the radius for L∞, unless the attack knows none; the largest change otherwise.
fn full_scale(shown: &Shown) -> f32 {
    let eps = shown.job.attack.eps;
    let most = shown.sample().map_or(eps, |sample| sample.distance.linf);
    if shown.job.attack.norm == Norm::Linf { eps.max(most) } else { most }
}

fn noise(shown: &Shown, full: f32) -> Option<Vec<u8>> {
    let changes: Vec<f32> = changes(&shown.job, &shown.sample()?.pixels).collect();
    Some(colour::change(&changes, shape(shown), full))
}

/// `[channel, row, column]` of the input.
fn shape(shown: &Shown) -> [usize; 3] {
    let [_, channels, rows, columns] = shown.job.inputs.shape;
    [channels, rows, columns]
}

/// The numbers at the ends of the noise's colours; each channel of a coloured picture is around grey.
#[component]
fn Legend(
    /// Where the colours are full.
    most: Memo<Option<f32>>,
    /// Where they are if small changes are to be seen.
    scale: Memo<Option<f32>>,
    /// Whether the noise is shown at its true strength instead.
    plain: RwSignal<bool>,
    /// Whether there is any.
    changed: Memo<bool>,
) -> impl IntoView {
    let times = move || scale.get().map_or(1.0, |scale| f64::from(TRUE / scale.max(f32::MIN_POSITIVE)));
    // Where nothing is changed nothing is shown stronger.
    let loud = memo(move || times() >= 1.5 && changed.get());
    let strength = move || match plain.get() {
        true => tr("true strength").to_owned(),
        false => tr_with("shown {0} times stronger", &[&round_digits(times(), 2)]),
    };
    let end = move |sign: &'static str| {
        move || most.get().map_or_else(String::new, |most| format!("{sign}{}", figure(most.into())))
    };
    let state = expect_context::<State>();
    let coloured = live(move || state.format().shape[0] == 3);
    view! {
        <span class="legend" class:coloured=coloured>
            <span class="low">{end("−")}</span>
            <span class="ramp" aria-hidden="true"></span>
            <span class="high">{end("+")}</span>
            <When on=live(move || loud.get())>
                <button
                    type="button"
                    class="quiet"
                    title=tr("The noise as strong as it is, or with its colours spread to be seen")
                    aria-pressed=text(move || plain.get().to_string())
                    on:click=move |_| plain.update(|plain| *plain = !*plain)
                >
                    {text(strength)}
                </button>
            </When>
        </span>
    }
}
