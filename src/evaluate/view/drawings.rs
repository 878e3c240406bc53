//! Own drawings as the inputs of an evaluation: collected from the attack page, each with the class that the visitor
//! gives it. They stay in this tab; a link does not hold them.

use super::{small::canvas, state::EvaluationState};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::class,
    controls::choice::{Choice, OneOf},
    evaluate::own_drawing::Own,
    link::{Drawing, Input},
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use foolproof_core::manifest::Dataset;
use leptos::prelude::*;

/// Most drawings.
const MOST: usize = 200;

/// The collection, and the choice between it and the test images.
#[component]
pub fn Drawings() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let label = RwSignal::new(0u8);
    let shape = memo(move || evaluation.dataset().map_or([0; 3], |data: Dataset| data.shape));
    let pictures = memo(move || evaluation.dataset().is_none_or(|data| data.kind.is_picture()));
    let current = memo(move || {
        let fits = |drawing: &Drawing| drawing.pixels().len() == shape.get().iter().product::<usize>();
        evaluation.settings.with(|settings| match &settings.input {
            Input::Draw(drawing) if fits(drawing) && drawing.pixels().iter().any(|&pixel| pixel > 0) => {
                Some(drawing.clone())
            }
            Input::Draw(_) | Input::Test(_) | Input::Row(_) => None,
        })
    });
    let classes = memo(move || evaluation.dataset().map_or_else(Vec::new, |data| data.classes));
    let ready = move || current.with(Option::is_some) && evaluation.drawings.with(|all| all.len() < MOST);
    let add = move |_| {
        if let Some(drawing) = current.get_untracked().filter(|_| untrack(ready)) {
            let own = Own { drawing, label: label.get_untracked() };
            evaluation.drawings.update(|all| all.push(own));
            evaluation.uses_drawings.set(true);
        }
    };
    let some = live(move || evaluation.drawings.with(|all| !all.is_empty()));
    let names = move || classes.get().into_iter().enumerate().map(|(at, name)| Choice::new(at.to_string(), name));
    let sources = move || {
        let count = evaluation.drawings.with(Vec::len);
        vec![Choice::new("test", tr("Test images")), Choice::new("own", tr_with("Own drawings ({0})", &[&count]))]
    };
    let shown = move || {
        let all = evaluation.drawings.get().into_iter().enumerate();
        all.map(|(place, own)| item(evaluation, place, own, &classes.get(), shape.get())).collect()
    };
    view! {
        <details class="own-drawings" hidden=live(move || !pictures.get())>
            <summary>{tr("Measure on own drawings")}</summary>
            <p class="dim">
                {tr("Draw or upload on the Attack page, come back, say what it is, and add it. Drawings stay in this tab; the link does not hold them.")}
            </p>
            <div class="tools">
                <label class="field inline">
                    <span>{tr("The drawing is a")}</span>
                    <OneOf list=true
                        label=tr("Class of the drawing")
                        choices=live(move || names().collect())
                        chosen=text(move || label.get().to_string())
                        set=move |id: String| label.set(id.parse().unwrap_or_default())
                        locked=live(|| false)
                    />
                </label>
                <button type="button" aria-disabled=text(move || (!ready()).to_string()) on:click=add>
                    {tr("Add the current drawing")}
                </button>
            </div>
            <p class="dim" hidden=live(move || current.with(Option::is_some))>
                {tr("The Attack page shows no drawing now.")}
            </p>
            <When on=some>
                <OneOf
                    label=tr("Inputs measured")
                    choices=live(sources)
                    chosen=live(move || if evaluation.uses_drawings.get() { "own".to_owned() } else { "test".to_owned() })
                    set=move |id: String| evaluation.uses_drawings.set(id == "own")
                    locked=live(|| false)
                />
                <ul class="strip">{list(shown)}</ul>
            </When>
        </details>
    }
}

fn item(evaluation: EvaluationState, place: usize, own: Own, classes: &[String], shape: [usize; 3]) -> AnyView {
    let name = class(own.label.into(), classes);
    let remove = move |_| {
        evaluation.drawings.update(|all| {
            if place < all.len() {
                drop(all.remove(place));
            }
        });
        if evaluation.drawings.with_untracked(Vec::is_empty) {
            evaluation.uses_drawings.set(false);
        }
    };
    view! {
        <li>
            <span class="pair" role="img" aria-label=tr_with("Drawing {0}, a {1}", &[&(place + 1), &name])>
                {canvas(shape, Some(own.drawing.scaled()))}
            </span>
            <span>{name.clone()}</span>
            <button type="button" aria-label=tr_with("Remove drawing {0}, a {1}", &[&(place + 1), &name]) on:click=remove>
                {tr("Remove")}
            </button>
        </li>
    }
    .into_any()
}
