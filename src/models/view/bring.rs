//! The way in for a model's file: choose it, confirm its layers where they had to be guessed, and choose among the ways of
//! reading pixels where it reads few test images.

use super::bringing::{Bringing, Step, Tried};
use crate::{
    controls::files::{self, Chosen, Wanted},
    i18n::{tr, tr_with},
    models::trial,
    web::{
        reactive::{live, text},
        when::{When, list},
    },
};
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// What may be chosen: weights, lists of layers, and what is often taken for either.
const FILES: &str = ".safetensors,.pt,.pth,.onnx,.json,.py,.txt,.h5,.npz";

/// The way in.
#[component]
pub fn Bring() -> impl IntoView {
    let evaluation = expect_context::<crate::train::view::state::TrainingState>().evaluation;
    let bringing = Bringing::new(evaluation);
    let Bringing { step, complaint, .. } = bringing;
    let take = Callback::new(move |files: Vec<Chosen>| {
        bringing.choose_files(files.into_iter().map(|(_, file)| file).collect());
    });
    files::follow("model", take);
    let (never, wanted) =
        (Signal::stored(false), Wanted { label: tr("Bring in a model"), accept: FILES, several: true, folder: false });
    let is = move |wanted: fn(&Step) -> bool| live(move || step.with(wanted));
    let busy = is(|step| matches!(step, Step::Busy(_)));
    let said = move || step.with(|step| if let Step::Busy(said) = step { said.clone() } else { String::new() });
    view! {
        {files::zone(
            vec![files::button(wanted, never, complaint, take)],
            tr("or drop it here: .safetensors, .pt or .onnx; a list of its layers beside it, if you have one"),
            never,
            take,
        )}
        {complaint.view()}
        <p role="status" class="dim">
            {text(said)}
        </p>
        <When on=busy>
            <button type="button" on:click=move |_| leave(move || bringing.give_up())>
                {tr("Cancel")}
            </button>
        </When>
        <When on=is(|step| matches!(step, Step::Layers(..)))>{layers(bringing)}</When>
        <When on=is(|step| matches!(step, Step::Names(_)))>{names(bringing)}</When>
        <When on=is(|step| matches!(step, Step::Doubt(_)))>{doubt(bringing)}</When>
    }
}

/// Does what a button asks that goes away with it: the focus goes to the way in.
fn leave(deed: impl FnOnce()) {
    let field = document().query_selector(".own input[type=file]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        // Focusing can only fail on an element that is gone.
        let _ = field.focus();
    }
    deed();
}

/// The layers that were guessed, to be mended and confirmed.
fn layers(bringing: Bringing) -> AnyView {
    let Bringing { step, layers, .. } = bringing;
    let assumed = move || step.with(|step| if let Step::Layers(_, assumed) = step { assumed.to_vec() } else { vec![] });
    let item = |sentence: String| view! { <li>{sentence}</li> }.into_any();
    view! {
        <div class="guess" role="group" aria-label=tr("Layers of the model")>
            <p>{tr("The file has no list of layers. This one fits its tensors; mend it where it is wrong, or paste your own.")}</p>
            <ul>{list(move || assumed().into_iter().map(item).collect())}</ul>
            <textarea
                rows="12"
                spellcheck="false"
                translate="no"
                aria-label=tr("List of layers, as PyTorch source or JSON")
                prop:value=layers
                on:input=move |event| layers.set(event_target_value(&event))
            ></textarea>
            <button type="button" class="main" on:click=move |_| leave(move || bringing.confirm())>
                {tr("Use these layers")}
            </button>
            <button type="button" class="quiet" on:click=move |_| leave(move || bringing.give_up())>
                {tr("Leave it")}
            </button>
        </div>
    }
    .into_any()
}

/// The names of the file's layers beside the places in the list that they are taken for.
fn names(bringing: Bringing) -> AnyView {
    let pairs = move || match bringing.step.get() {
        Step::Names(request) => request.names.clone(),
        _ => Vec::new(),
    };
    let item = |(from, to): (String, String)| view! { <li translate="no">{format!("{from} → {to}")}</li> }.into_any();
    view! {
        <div class="guess" role="group" aria-label=tr("Names of the layers")>
            <p>{tr("The file's layers have other names than the list. By their order and shapes they are these; a number is the place in the list.")}</p>
            <ul>{list(move || pairs().into_iter().map(item).collect())}</ul>
            <button type="button" class="main" on:click=move |_| leave(move || bringing.confirm())>
                {tr("They are right")}
            </button>
            <button type="button" class="quiet" on:click=move |_| leave(move || bringing.give_up())>
                {tr("Leave it")}
            </button>
        </div>
    }
    .into_any()
}

/// What each way of reading pixels came to, each with its button.
fn doubt(bringing: Bringing) -> AnyView {
    let rows = move || {
        let tried = bringing.step.with(|step| if let Step::Doubt(tried) = step { tried.clone() } else { Rc::new([]) });
        let best = tried.iter().map(|one| one.reading.accuracy.value).fold(0.0, f64::max);
        let row = |at: usize| {
            let Tried { name, reading, .. } = &tried[at];
            let share = trial::share(reading.accuracy.value);
            let marked = if reading.accuracy.value == best { "best" } else { "" };
            let label = tr_with("Keep it so, {0}", &[name]);
            view! {
                <li class=marked>
                    <span>{name.clone()}</span>
                    <span translate="no">{share}</span>
                    <button type="button" aria-label=label on:click=move |_| leave(move || bringing.choose(at))>
                        {tr("Keep it so")}
                    </button>
                </li>
            }
            .into_any()
        };
        (0..tried.len()).map(row).collect()
    };
    view! {
        <div class="doubt" role="group" aria-label=tr("Ways of reading pixels")>
            <p>{tr("Read in other ways, it is right on so many of the same images:")}</p>
            <ul>{list(rows)}</ul>
            <button type="button" class="quiet" on:click=move |_| leave(move || bringing.give_up())>
                {tr("Leave it")}
            </button>
        </div>
    }
    .into_any()
}
