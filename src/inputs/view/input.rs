//! What is attacked: the pad with its tools, the way from the pad to the model, and the gallery.

use super::{form::Form, gallery::Gallery, mask::MaskTools, pad::Pad, thumbnail::Thumbnail, upload::UploadButton};
use crate::i18n::{tr, tr_heard, tr_mark, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::web::when::When;
use crate::{
    attack::{view::field::ignored, words::class},
    charts::colour,
    inputs::format::ordinal,
    link::Input,
    shell::state::State,
};
use foolproof_core::fault::FaultKind;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent};

/// The panel of the input.
#[component]
pub fn InputPanel() -> impl IntoView {
    let state = expect_context::<State>();
    let shows = move |control: &'static str| state.setting(move |settings| settings.shows(control));
    let (draw, gallery) = (shows("draw"), shows("gallery"));
    let picture = memo(move || state.format().kind.is_picture());
    let press = move |event: KeyboardEvent| {
        let undo = (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("z");
        if undo && !state.input_locked().get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            if event.shift_key() { state.redo_input() } else { state.undo_input() }
        }
    };
    view! {
        <section class="input" aria-label=tr("Input") on:keydown=press>
            <When on=live(move || draw.get())>
                <When on=live(move || picture.get()) otherwise=|| view! { <Form /> }>
                    <Pad />
                </When>
                <Tools />
            </When>
            <Way />
            <When on=live(move || gallery.get())>
                <Gallery />
            </When>
        </section>
    }
}

#[component]
fn Tools() -> impl IntoView {
    let state = expect_context::<State>();
    let locked = state.input_locked();
    let (upload, mask) =
        (state.setting(|settings| settings.shows("upload")), state.setting(|settings| settings.shows("mask")));
    let idle = ignored(state, "mask");
    let picture = memo(move || state.format().kind.is_picture());
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
        <div class="tools" role="group" aria-label=text(move || if picture.get() { tr("Drawing") } else { tr("Row") })>
            {tool(tr("Undo"), first, State::undo_input)} {tool(tr("Redo"), last, State::redo_input)}
            <When on=live(move || picture.get())>{tool(tr("Clear"), blank, State::wipe)}</When>
            <When on=live(move || picture.get() && upload.get())>
                <UploadButton />
            </When>
            <When on=live(move || mask.get() && !idle.get() && has_mask(state))>
                <MaskTools />
            </When>
        </div>
    }
}

/// Whether the mask has its tools: beside a coloured picture, and beside a grey one that has a mask, as of a link. Most
/// digits have none, and their page stays as simple as it was.
fn has_mask(state: State) -> bool {
    let masked = state.masking.get() || state.settings.with(|settings| settings.mask.is_some());
    let format = state.format();
    format.kind.is_picture() && (masked || !format.is_grey())
}

/// Before and after centring, or where a test image is from.
#[component]
fn Way() -> impl IntoView {
    let state = expect_context::<State>();
    let drawn = memo(move || {
        let draws = state.settings.with(|settings| matches!(settings.input, Input::Draw(_)));
        state.format().is_grey() && draws && !as_it_came(state)
    });
    let before = move || grey(&state.on_pad().before());
    let after = move || {
        let pixels = state.settings.with(|settings| match &settings.input {
            Input::Draw(drawing) => drawing.pixels().to_vec(),
            Input::Test(_) | Input::Row(_) => Vec::new(),
        });
        grey(&pixels)
    };
    view! {
        <div class="way">
            <When on=live(move || drawn.get()) otherwise=move || provenance_view(state)>
                <Thumbnail rgba=Signal::derive(before) label=tr("Before centring") />
                <span aria-hidden="true">"→"</span>
                <Thumbnail rgba=Signal::derive(after) label=tr("After centring, as the model gets it") />
                <p>{tr("Scaled and centred the way MNIST was, then given to the model.")}</p>
            </When>
        </div>
    }
}

fn grey(pixels: &[u8]) -> Vec<u8> {
    colour::grey(pixels.iter().map(|&pixel| f32::from(pixel) / 255.0))
}

/// Whether the input is a picture that was taken as it is, and could be centred.
fn as_it_came(state: State) -> bool {
    state.draft.with(|draft| draft.as_ref().is_some_and(|draft| draft.is_as_it_came(&state.format())))
}

/// Where the input is from; beside a picture that was taken as it is a button that centres it.
fn provenance_view(state: State) -> impl IntoView {
    let centre = move |_: MouseEvent| match untrack(|| state.on_pad().centred(&state.format())) {
        Ok(draft) => state.upload(draft),
        Err(why) => state.note(tr_heard(&why.to_string()), Some(FaultKind::Input)),
    };
    view! {
        <p>{text(move || provenance(state))}</p>
        <When on=live(move || as_it_came(state))>
            <button type="button" disabled=state.input_locked() on:click=centre>
                {tr("Centre it")}
            </button>
        </When>
    }
}

/// `Test image 13 of MNIST, labelled 9.`
fn provenance(state: State) -> String {
    let format = state.format();
    state.settings.with(|settings| {
        let index = match settings.input {
            Input::Test(index) => index,
            Input::Draw(_) if format.is_grey() => {
                return tr_with(
                    "Your picture has the {0} x {0} pixels of an input, so it is taken as it is.",
                    &[&format.side()],
                );
            }
            Input::Draw(_) => return tr_with("Your picture, as {0} x {0} pixels.", &[&format.side()]),
            Input::Row(_) => return tr("A row of your own.").to_owned(),
        };
        let name = state.shipped.with(|shipped| shipped.dataset(settings).map(|data| data.name.clone()));
        let label = state.subject.with(|subject| subject.as_ref().and_then(|subject| subject.label));
        match (name, label) {
            (Some(name), Some(label)) => {
                let (number, class) = (ordinal(index), class(label, &state.classes()));
                let (said, own) = match format.kind.is_picture() {
                    true => {
                        (tr_mark("Test image {0} of {1}, labelled {2}."), tr_mark("Draw on the pad to try your own."))
                    }
                    false => {
                        (tr_mark("Test row {0} of {1}, labelled {2}."), tr_mark("Change a value to try your own."))
                    }
                };
                let said = tr_with(said, &[&number, &name, &class]);
                if settings.shows("draw") { format!("{said} {}", tr(own)) } else { said }
            }
            _ => tr_with("{0} is being loaded.", &[&format.test_name(index)]),
        }
    })
}
