//! The page's end of the bridge: has the lab loaded when one of the lab's pages is first opened or an own model is
//! asked for, tells the lab the settings, takes the keys that the lab sets and the models that it keeps, and carries
//! questions and answers both ways.

use super::{
    channel,
    messages::{self, LabAnswer, LabQuestion, Lost, OwnModel, PageAnswer, PageQuestion, ToLab, ToPage},
    questions::{Questions, Then},
};
use crate::i18n::tr;
use crate::web::reactive::{effect, live, text};
use crate::{
    files::{library, manifest_reader},
    host::{self, message::Refusal},
    link::{OWN, Page},
    shell::state::State,
    web::browser_json,
};
use foolproof_core::manifest::Model;
use leptos::{html, prelude::*};
use std::{cell::RefCell, sync::Arc};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Loads and starts the lab, unless it is there or on its way; in `www/start.js`, which also shows and tells it
    /// where that fails.
    #[wasm_bindgen(js_name = foolproofLab)]
    pub fn open();

    /// Whether the host waits for an answer, so that a frame must not rest though nobody sees it; in `www/start.js`.
    #[wasm_bindgen(js_name = foolproofAwaited)]
    pub fn awaited(on: bool);
}

thread_local! {
    /// What was asked of the lab.
    static ASKED: RefCell<Questions<LabAnswer>> = const { RefCell::new(Questions::new()) };
}

/// Listens to the lab, and has it loaded once it is needed.
pub fn start(state: State) {
    let heard = move |bytes: &[u8]| match ToPage::read(bytes) {
        Ok(message) => hear(state, message),
        Err(why) => miss(bytes, &why),
    };
    channel::listen(channel::TO_PAGE, Box::new(heard));
    // Without its program there is no way to know what models this browser keeps.
    channel::listen_for_missing(Box::new(move |_| {
        if !state.lab.get_untracked() {
            list_own(state, Vec::new());
        }
    }));
    crate::explain::place::start(state);
    effect(move || {
        let needed = |settings: &crate::link::Settings| {
            settings.page.is_lab()
                || settings.lesson.is_some()
                || settings.model.as_ref().is_some_and(|model| model.starts_with(OWN))
        };
        if state.settings.with(needed) {
            open();
        }
        if state.lab.get() {
            tell(&ToLab::Settings(Box::new(state.linked.get())));
        }
    });
    effect(move || {
        let known = state.catalog.with(Option::is_some) && state.shipped.with(|shipped| shipped.manifest.is_some());
        if state.lab.get()
            && known
            && let Ok(catalog) = host::window::catalog(state)
        {
            tell(&ToLab::Catalog { json: browser_json::text(&catalog) });
        }
    });
}

fn hear(state: State, message: ToPage) {
    match message {
        ToPage::Ask { id, question } => asked(state, id, question),
        ToPage::Answer { id, answer } => answered(id, answer),
        ToPage::Hello => state.lab.set(true),
        ToPage::Explains => state.explains.set(true),
        ToPage::Set { fragment } => {
            drop(host::window::set(state, &mut |settings| settings.update_fragment(&fragment)));
        }
        ToPage::Models { json } => {
            let list = browser_json::parse(&json).and_then(|list| manifest_reader::manifest(&list));
            list_own(state, list.map_or(Vec::new(), |list| list.models));
        }
        ToPage::Kept(own) => take_weights(state, own),
        ToPage::Progress { json } => host::window::pass_on("progress", &json),
        ToPage::Lesson { json } => host::window::pass_on("answer", &json),
        ToPage::Result { json } => host::window::pass_on("result", &json),
    }
}

/// Says what is lost with a message that cannot be read: on the console, and to whoever waits for it.
fn miss(bytes: &[u8], why: &str) {
    channel::complain(why);
    match Lost::of(bytes) {
        Some(Lost::Question(id)) => {
            tell(&ToLab::Answer { id, answer: PageAnswer::Refused(messages::unreadable(why)) });
        }
        Some(Lost::Answer(id)) => answered(id, LabAnswer::Refused(messages::unreadable(why))),
        None => {}
    }
}

/// Answers the lab at once.
fn asked(state: State, id: u32, question: PageQuestion) {
    let answer = match question {
        PageQuestion::Newest => PageAnswer::Newest { json: host::window::newest(state) },
        PageQuestion::Weights { model } => match state.weights.with_value(|all| all.get(&model).cloned()) {
            Some(weights) => PageAnswer::Weights { weights: weights.to_vec() },
            None => PageAnswer::Refused(Refusal::new("model", "The model is not loaded.")),
        },
    };
    tell(&ToLab::Answer { id, answer });
}

/// Tells the lab something; nobody hears it where the lab is not there.
pub fn tell(message: &ToLab) {
    channel::send(channel::TO_LAB, message.write());
}

/// A number for a question to the lab, for whoever must know it before the answer comes.
pub fn number() -> u32 {
    ASKED.with_borrow_mut(Questions::number)
}

/// Asks the lab, which must be there. What it knows it answers before this returns, what it must wait for later.
pub fn ask(id: u32, question: LabQuestion, then: Then<LabAnswer>) {
    ASKED.with_borrow_mut(|asked| asked.wait(id, then));
    tell(&ToLab::Ask { id, question });
}

/// Asks for an own model's weights. Where they cannot be had, the lab shows why.
pub fn ask_weights(state: State, model: String) {
    let then = move |answer| {
        if let LabAnswer::Weights(own) = answer {
            take_weights(state, own);
        }
    };
    ask(number(), LabQuestion::Weights { model }, Box::new(then));
}

fn answered(id: u32, answer: LabAnswer) {
    if let Some(then) = ASKED.with_borrow_mut(|asked| asked.answered(id)) {
        then(answer);
    }
}

/// Puts the models that this browser keeps beside the shipped ones.
fn list_own(state: State, own: Vec<Model>) {
    state.own.set(true);
    state.shipped.update(|shipped| {
        let Some(manifest) = shipped.manifest.as_mut().map(Arc::make_mut) else { return };
        let stale =
            |id: &String| id.starts_with(OWN) && !own.iter().any(|one| manifest.models.contains(one) && one.id == *id);
        shipped.models.retain(|id| !stale(id));
        manifest.models.retain(|model| !model.id.starts_with(OWN));
        manifest.models.extend(own);
    });
    let remarks = state.replace(state.settings.get_untracked());
    state.remark(remarks);
}

/// Has an own model's weights and card.
fn take_weights(state: State, OwnModel { id, weights, card }: OwnModel) {
    let model = untrack(|| state.manifest()).and_then(|all| all.models.iter().find(|one| one.id == id).cloned());
    if let Some(model) = model {
        state.weights.update_value(|known| drop(known.insert(model.card.path.clone(), card.into_bytes().into())));
        library::take_model(state, &model, weights);
    }
}

/// The place that the lab fills.
pub fn place(state: State) -> impl IntoView {
    let shown = state.setting(|settings| settings.page.is_lab());
    html::div().id("lab").hidden(live(move || !shown.get()))
}

/// Links to the pages, in the header.
pub fn links(state: State) -> impl IntoView {
    let link = move |(page, name): (Page, &'static str)| {
        let address = move || {
            let mut settings = state.linked.get();
            settings.page = page;
            // Lessons stay open beside the other pages; their own page begins with all of them.
            settings.lesson.take_if(|_| page == Page::Learn);
            format!("#{}", settings.fragment())
        };
        let current = move || if state.settings.with(|settings| settings.page) == page { "page" } else { "false" };
        html::a().href(text(address)).aria_current(text(current)).child(name).into_any()
    };
    let pages = [
        (Page::Attack, tr("Attack")),
        (Page::Train, tr("Train")),
        (Page::Measure, tr("Measure")),
        (Page::Learn, tr("Learn")),
    ];
    html::nav().class("pages").aria_label(tr("Pages")).child(pages.map(link).into_iter().collect::<Vec<_>>())
}
