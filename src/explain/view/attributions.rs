//! How much each pixel counts: three methods, the clean and the adversarial picture side by side.

use super::{
    picture::{Paint, Picture},
    state::ExplanationState,
};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::class,
    controls::{
        choice::{Choice, OneOf},
        term::define,
    },
    explain::{attribution_text, most, name, sum_text, term},
    web::reactive::{live, memo, text},
};
use foolproof_core::protocol::{Attribution, Explained, Method};
use leptos::prelude::*;

/// The pictures, and the choice of the class.
#[component]
pub fn Attributions(state: ExplanationState) -> impl IntoView {
    let found = state.seen(|_, explained| match explained {
        Explained::Attribution(found) => Some(found.clone()),
        _ => None,
    });
    let pictures = state.seen(|asked, explained| match explained {
        Explained::Attribution(found) if found.method == Method::Gradient => {
            Some(if found.attacked { asked.adversarial.clone() } else { asked.job.inputs.pixels.clone() })
        }
        _ => None,
    });
    let choices = move || {
        let classes = state.classes().into_iter().enumerate();
        let own = Choice::new("own", tr("each picture's own answer"));
        std::iter::once(own).chain(classes.map(|(at, name)| Choice::new(at.to_string(), name))).collect()
    };
    let ink = move |at: usize| live(move || pictures.with(|all| all.get(at).cloned().map(Paint::Ink)));
    let format = live(move || state.format());
    let said = move |at: usize, what: &'static str| {
        text(move || {
            let label = found.with(|found| found.iter().find(|one| one.attacked == (at == 1)).map(|one| one.class));
            label.map(|label| tr_with("{0}, class {1}", &[&what, &class(label, &state.classes())]))
        })
    };
    view! {
        <label class="field inline">
            <span>{tr("Class explained")}</span>
            <OneOf list=true
                label=tr("Class explained")
                choices=live(choices)
                chosen=text(move || state.class.get().map_or_else(|| "own".to_owned(), |class| class.to_string()))
                set=move |id: String| state.class.set(id.parse().ok())
                locked=live(|| false)
            />
        </label>
        <div class="attributions">
            <div class="pair-of-pictures">
                <h3>{tr("Input")}</h3>
                <Picture format paint=ink(0) label=tr("Clean input") caption=said(0, tr("Clean")) />
                <Picture format paint=ink(1) label=tr("Adversarial input") caption=said(1, tr("Adversarial")) />
            </div>
            {Method::ALL.map(|method| of_method(state, found, method)).into_iter().collect::<Vec<_>>()}
        </div>
        <p class="dim">
            {tr("Vermilion pixels speak for the class, blue ones against it; both pictures of a method have one scale. These maps say what the network's answer depends on nearby, not why it was learnt.")}
        </p>
    }
}

/// One method's two maps on one scale.
fn of_method(state: ExplanationState, found: Memo<Vec<Attribution>>, method: Method) -> AnyView {
    let own =
        memo(move || found.with(|found| found.iter().filter(|one| one.method == method).cloned().collect::<Vec<_>>()));
    let paint = move |at: usize| {
        live(move || {
            own.with(|own| {
                let full = most(own.iter().flat_map(|one| &one.values));
                own.get(at).map(|one| Paint::Signed(one.values.clone(), full))
            })
        })
    };
    let label = move |at: usize| {
        text(move || {
            let said = |own: &Vec<Attribution>| {
                own.get(at).map(|found| attribution_text(found, &class(found.class, &state.classes()), &state.format()))
            };
            // A picture has a text from the first moment on.
            own.with(said).unwrap_or_else(|| tr_with("{0}: not computed yet.", &[&tr(name(method))]))
        })
    };
    let format = live(move || state.format());
    let caption = move |at: usize| text(move || own.with(|own| own.get(at).map(sum_text)));
    view! {
        <div class="pair-of-pictures">
            <h3>{define(term(name(method)), tr(name(method)).into())}</h3>
            <Picture format paint=paint(0) label=label(0) caption=caption(0) />
            <Picture format paint=paint(1) label=label(1) caption=caption(1) />
        </div>
    }
    .into_any()
}
