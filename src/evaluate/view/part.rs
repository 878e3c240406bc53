//! A part of the report: it folds, its most important figures stay in sight, and the table of contents leads to it.

use super::state::{EvaluationState, term};
use crate::{
    controls::term::define,
    web::{
        reactive::{live, text},
        when::When,
    },
};
use gloo_events::EventListener;
use leptos::{ev, prelude::*};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// A part of the report.
#[derive(Clone)]
pub struct Part {
    /// Id of its heading.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Whether there is something in it.
    pub there: Signal<bool>,
    /// Its most important figures, in sight even when it is folded.
    pub gist: Signal<String>,
    /// What is in it.
    pub inside: ViewFn,
}

impl Part {
    /// The same, which the link can hide by the name `measure.` and its id.
    pub fn unless_hidden(self, evaluation: EvaluationState) -> Part {
        let (id, there) = (self.id, self.there);
        let shown = move || evaluation.settings.with(|settings| settings.shows(&format!("measure.{id}")));
        Part { there: live(move || there.get() && shown()), ..self }
    }

    /// The part, folded or not as the visit has left it.
    pub fn view(self, evaluation: EvaluationState) -> AnyView {
        let Part { id, title, there, gist, inside } = self;
        let open = live(move || evaluation.unfolded.with(|all| all.contains(id)));
        let toggled = move |event: ev::Event| {
            let place = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            evaluation.unfold(id, place.is_some_and(|details| details.has_attribute("open")));
        };
        view! {
            <When on=there>
                <section class="part" aria-labelledby=id>
                    <details prop:open=open on:toggle=toggled>
                        <summary>
                            <h2 id=id>{title}</h2>
                            <span class="gist">{gist}</span>
                        </summary>
                        <div class="inside">{inside.run()}</div>
                    </details>
                </section>
            </When>
        }
        .into_any()
    }
}

/// The terms that a part is about, each of which opens its definition.
pub fn terms(ids: &'static [&'static str]) -> AnyView {
    let one = |id: &&'static str| view! { <span>{define(term(id), String::new())}</span> };
    view! { <p class="terms">{ids.iter().map(one).collect::<Vec<_>>()}</p> }.into_any()
}

/// A gist that follows the report.
pub fn gist(
    evaluation: EvaluationState,
    read: impl Fn(&crate::evaluate::report::Report) -> String + Send + Sync + 'static,
) -> Signal<String> {
    let told = evaluation.shown(read);
    text(move || told.get())
}

/// On paper nothing is folded. Browsers of today do that by the style; this is for the others.
pub fn unfold_on_paper(evaluation: EvaluationState, parts: Arc<[&'static str]>) {
    let before = StoredValue::new(None);
    let unfold = move |_: &web_sys::Event| {
        before.set_value(Some(evaluation.unfolded.get_untracked()));
        evaluation.unfolded.set(parts.iter().copied().collect());
    };
    let fold_again = move |_: &web_sys::Event| {
        before.try_update_value(Option::take).flatten().into_iter().for_each(|before| evaluation.unfolded.set(before));
    };
    let listeners =
        [EventListener::new(&window(), "beforeprint", unfold), EventListener::new(&window(), "afterprint", fold_again)];
    let kept = StoredValue::new_local(Some(listeners));
    on_cleanup(move || drop(kept.try_update_value(Option::take)));
}
