//! What is attacked: the pad with its tools, the way from the pad to the model, and the gallery.

use super::{gallery::Gallery, pad::Pad, upload::UploadButton};
use crate::charts::pixels::paint;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{effect, live, text};
use crate::web::when::When;
use crate::{attack::words::class, charts::colour, link::Input, shell::state::State};
use foolproof_core::picture::SIDE;
use leptos::{html, prelude::*};
use web_sys::{KeyboardEvent, MouseEvent};

/// The panel of the input.
#[component]
pub fn InputPanel() -> impl IntoView {
    let state = expect_context::<State>();
    let shows = move |control: &'static str| state.setting(move |settings| settings.shows(control));
    let (draw, gallery) = (shows("draw"), shows("gallery"));
    let press = move |event: KeyboardEvent| {
        let undo = (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("z");
        if undo && !input_locked(state).get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            if event.shift_key() { state.redo_input() } else { state.undo_input() }
        }
    };
    view! {
        <section class="input" aria-label=tr("Input") on:keydown=press>
            <When on=live(move || draw.get())>
                <Pad />
                <Tools />
            </When>
            <Way />
            <When on=live(move || gallery.get())>
                <Gallery />
            </When>
        </section>
    }
}

/// Whether the input is fixed.
pub fn input_locked(state: State) -> Signal<bool> {
    state.setting(|settings| !settings.lets("input") || !settings.lets("draw")).into()
}

#[component]
fn Tools() -> impl IntoView {
    let state = expect_context::<State>();
    let locked = input_locked(state);
    let upload = state.setting(|settings| settings.shows("upload"));
    let tool = move |name: &'static str, off: Signal<bool>, run: fn(State)| {
        // Not `disabled`, which would take the focus from under the hand that pressed it.
        let press = move |_: MouseEvent| {
            if !off.get_untracked() {
                run(state);
            }
        };
        view! {
            <button type="button" disabled=locked aria-disabled=text(move || off.get().to_string()) on:click=press>
                {name}
            </button>
        }
    };
    let blank =
        Signal::derive(move || state.subject.with(|subject| subject.as_ref().is_none_or(|subject| subject.is_blank())));
    let first = Signal::derive(move || !state.drafts.with(|history| history.can_undo()));
    let last = Signal::derive(move || !state.drafts.with(|history| history.can_redo()));
    view! {
        <div class="tools" role="group" aria-label=tr("Drawing")>
            {tool(tr("Undo"), first, State::undo_input)} {tool(tr("Redo"), last, State::redo_input)} {tool(tr("Clear"), blank, State::wipe)}
            <When on=live(move || upload.get())>
                <UploadButton />
            </When>
        </div>
    }
}

/// Before and after centring, or where a test image is from.
#[component]
fn Way() -> impl IntoView {
    let state = expect_context::<State>();
    let drawn = state.setting(|settings| matches!(settings.input, Input::Draw(_)));
    let before = move || grey(&state.draft.with(|draft| draft.before()));
    let after = move || {
        let pixels = state.settings.with(|settings| match &settings.input {
            Input::Draw(drawing) => drawing.pixels().to_vec(),
            Input::Test(_) => Vec::new(),
        });
        grey(&pixels)
    };
    view! {
        <div class="way">
            <When on=live(move || drawn.get()) otherwise=move || view! { <p>{text(move || provenance(state))}</p> }>
                <Small rgba=Signal::derive(before) label=tr("Before centring") />
                <span aria-hidden="true">"→"</span>
                <Small rgba=Signal::derive(after) label=tr("After centring, as the model gets it") />
                <p>{tr("Scaled and centred the way MNIST was, then given to the model.")}</p>
            </When>
        </div>
    }
}

fn grey(pixels: &[u8]) -> Vec<u8> {
    colour::grey(pixels.iter().map(|&pixel| f32::from(pixel) / 255.0))
}

/// `Test image 12 of MNIST, labelled 9.`
fn provenance(state: State) -> String {
    state.settings.with(|settings| {
        let Input::Test(index) = settings.input else { return String::new() };
        let name = state.shipped.with(|shipped| shipped.dataset(settings).map(|data| data.name.clone()));
        let label = state.subject.with(|subject| subject.as_ref().and_then(|subject| subject.label));
        match (name, label) {
            (Some(name), Some(label)) => tr_with(
                "Test image {0} of {1}, labelled {2}. Draw on the pad to try your own.",
                &[&index, &name, &class(label, &state.classes())],
            ),
            _ => tr_with("Test image {0} is being loaded.", &[&index]),
        }
    })
}

/// A thumbnail.
#[component]
pub fn Small(
    /// RGBA of `SIDE * SIDE` pixels; anything else shows nothing.
    #[prop(into)]
    rgba: Signal<Vec<u8>>,
    /// A text in place of the picture.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some(canvas) = canvas.get() {
            rgba.with(|rgba| paint(&canvas, rgba, SIDE));
        }
    });
    view! { <canvas class="small" node_ref=canvas width=SIDE height=SIDE role="img" aria-label=label></canvas> }
}
