//! Lessons: the overview and what is printed are pages of the lab, the open step a panel beside whichever page it is
//! about.

mod answers;
mod classroom;
mod overview;
mod panel;
mod papers;
mod pictures;
mod prose;
mod question;
mod sheet;
mod state;
mod teacher_sheet;
mod teachers;
mod worksheet;

use super::{route, words};
use crate::evaluate::view::state::EvaluationState;
use crate::i18n::tr;
use crate::{
    link::Page,
    web::{
        reactive::{effect, live, memo},
        when::When,
    },
};
use leptos::prelude::*;
use overview::LearnPage;
use panel::Panel;
use papers::Papers;
use state::LessonState;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// Fills the panel, and follows links to steps.
pub fn start(evaluation: EvaluationState) -> LessonState {
    let class = LessonState::new(evaluation);
    class.follow();
    if let Some(panel) = place() {
        let shown = panel.clone();
        // The step whose experiment is shown.
        let step = memo(move || evaluation.settings.with(|now| route::place(now).filter(|_| now.page != Page::Learn)));
        effect(move || {
            let open = step.with(Option::is_some);
            // An attribute of a plain name can always be set.
            let _ = shown.toggle_attribute_with_force("hidden", !open);
            if open {
                sheet::show_experiment();
            }
        });
        panel.set_text_content(None);
        leptos::mount::mount_to(panel, move || view! { <Panel class /> }).forget();
    }
    open_steps(class);
    class
}

/// The Learn page, once it is open, or one of the pages for paper in its place.
pub fn page(class: LessonState) -> impl IntoView {
    let paper = live(move || class.evaluation.settings.with(|settings| route::paper(settings).is_some()));
    view! {
        <When on=paper otherwise=move || view! { <LearnPage class /> }>
            <Papers class />
        </When>
    }
}

/// The panel's place, before the pages: the one that `www/start.js` made while the lab was loading, or a new one.
fn place() -> Option<HtmlElement> {
    let found = document().get_element_by_id("lesson");
    let panel = found.or_else(|| insert().ok().flatten())?;
    panel.set_attribute("aria-label", tr(words::PANEL)).ok()?;
    panel.dyn_into().ok()
}

fn insert() -> Result<Option<Element>, JsValue> {
    let lab = document().get_element_by_id("lab");
    let Some(first) = lab.and_then(|lab| lab.previous_element_sibling()) else { return Ok(None) };
    let panel = document().create_element("aside")?;
    panel.set_id("lesson");
    first.before_with_node_1(&panel)?;
    Ok(Some(panel))
}

/// A link to a step on the Learn page means the step as it begins. It replaces that link, so that Back leads past it.
fn open_steps(class: LessonState) {
    effect(move || {
        let settings = class.evaluation.settings.get();
        let Some((id, step)) = route::place(&settings).filter(|_| settings.page == Page::Learn) else { return };
        let begun = class.lesson(&id).and_then(|lesson| route::begin(&settings, &*lesson.ok()?, step));
        if let Some(begun) = begun {
            // A fragment is always a valid address.
            let _ = window().location().replace(&format!("#{}", begun.fragment()));
        }
    });
}
