//! What the page has of its lab: has it loaded when one of its pages is first opened or an own model is asked for, tells
//! it settings and catalog, takes what it tells and asks, and keeps its place and the links to its pages.

use crate::{
    attack::rise::Rise,
    bridge::{
        channel, lab_loader,
        messages::{PageAnswer, PageQuestion, ToLab, ToPage},
    },
    files::{library, manifest_reader},
    host::{self, message::Refusal},
    i18n::tr,
    link::{OWN, Page, Remark, Settings},
    shell::state::State,
    web::{
        browser_json,
        reactive::{effect, live, text},
    },
};
use foolproof_core::manifest::{Dataset, Manifest};
use leptos::{html, prelude::*};
use serde_json::Value;
use std::sync::Arc;

/// Listens to the lab, and has it loaded once it is needed.
pub fn start(state: State) {
    lab_loader::start(move |message| hear(state, message));
    // Without its program there is no way to know what models this browser keeps.
    channel::listen_for_missing(Box::new(move |_| {
        if !state.lab.get_untracked() {
            list_own(state, Manifest::default());
        }
    }));
    crate::explain::place::start(state);
    effect(move || {
        let needed = |settings: &Settings| {
            settings.page.is_lab()
                || settings.lesson.is_some()
                || settings.data.starts_with(OWN)
                || settings.model.as_ref().is_some_and(|model| model.starts_with(OWN))
        };
        if state.settings.with(needed) {
            lab_loader::open();
        }
    });
    // Of the settings it follows those of links alone, so that nothing is told while the pen is down.
    effect(move || {
        if state.lab.get() {
            lab_loader::tell(&ToLab::Settings(Box::new(state.linked.get())));
        }
    });
    effect(move || {
        let known = state.catalog.with(Option::is_some) && state.shipped.with(|shipped| shipped.manifest.is_some());
        if state.lab.get()
            && known
            && let Ok(catalog) = host::window::catalog(state)
        {
            lab_loader::tell(&ToLab::Catalog { json: browser_json::text(&catalog) });
        }
    });
}

fn hear(state: State, message: ToPage) {
    match message {
        ToPage::Ask { id, question } => asked(state, id, question),
        // The bridge has handed it to whoever asked.
        ToPage::Answer { .. } => {}
        ToPage::Hello => state.lab.set(true),
        ToPage::Explains => state.explains.set(true),
        ToPage::Set { fragment } => {
            drop(host::window::set(state, &mut |settings| settings.update_fragment(&fragment)));
        }
        ToPage::Ignored { keys } => {
            drop(forget(state, &keys));
            state.remark(keys.into_iter().map(|key| Remark::Ignored { key }).collect());
        }
        ToPage::Models { json } => {
            let list = browser_json::parse(&json).and_then(|list| manifest_reader::manifest(&list));
            list_own(state, list.unwrap_or_default());
        }
        ToPage::Kept(own) => library::take_own(state, own),
        ToPage::Progress { json } => host::window::pass_on("progress", &json),
        ToPage::Lesson { json } => host::window::pass_on("answer", &json),
        ToPage::Result { json } => host::window::pass_on("result", &json),
    }
}

/// Drops keys that the lab does not know: in the address they would only stand in the way.
pub fn forget(state: State, keys: &[String]) -> Value {
    let drop_them = &mut |settings: &mut Settings| {
        settings.forget(keys);
        Vec::new()
    };
    host::window::set(state, drop_them)
}

/// Answers the lab at once.
fn asked(state: State, id: u32, question: PageQuestion) {
    let answer = match question {
        PageQuestion::Newest => PageAnswer::Newest { json: host::window::newest(state) },
        PageQuestion::Challenge => PageAnswer::Challenge(match state.rise.get_untracked() {
            Rise::Over(result) => Some(Box::new((*result).clone())),
            Rise::Waiting | Rise::Rising { .. } | Rise::Left => None,
        }),
        PageQuestion::Weights { model } => match state.weights.with_value(|all| all.get(&model).cloned()) {
            Some(weights) => PageAnswer::Weights { weights: weights.to_vec() },
            None => PageAnswer::Refused(Refusal::new("model", "The model is not loaded.")),
        },
    };
    lab_loader::tell(&ToLab::Answer { id, answer });
}

/// Puts the models and datasets that this browser keeps beside the shipped ones.
fn list_own(state: State, own: Manifest) {
    state.own.set(true);
    state.shipped.update(|shipped| {
        let Some(manifest) = shipped.manifest.as_mut().map(Arc::make_mut) else { return };
        let stale = |id: &String| {
            id.starts_with(OWN) && !own.models.iter().any(|one| manifest.models.contains(one) && one.id == *id)
        };
        shipped.models.retain(|id| !stale(id));
        manifest.models.retain(|model| !model.id.starts_with(OWN));
        manifest.models.extend(own.models);
        let same = |data: &Dataset| own.datasets.iter().any(|one| one.id == data.id && one.test == data.test);
        let gone = manifest.datasets.iter().filter(|data| data.id.starts_with(OWN) && !same(data));
        for data in gone {
            shipped.tests.retain(|(id, _), _| *id != data.id);
            shipped.failed.retain(|path| !data.test.iter().any(|shard| shard.images.path == *path));
        }
        manifest.datasets.retain(|data| !data.id.starts_with(OWN));
        manifest.datasets.extend(own.datasets);
    });
    let remarks = state.replace(state.settings.get_untracked());
    state.remark(remarks);
}

/// The place that the lab fills.
pub fn place(state: State) -> impl IntoView {
    let shown = state.setting(|settings| settings.page.is_lab());
    html::div().id("lab").hidden(live(move || !shown.get()))
}

/// How a page's link is marked: whoever has a lesson open is learning, wherever its experiment lies.
fn current(settings: &Settings, page: Page) -> &'static str {
    match (settings.page == page, settings.lesson.is_some()) {
        (true, false) => "page",
        (_, true) if page == Page::Learn => "page",
        (true, true) => "location",
        (false, _) => "false",
    }
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
        let current = move || state.settings.with(|settings| current(settings, page));
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
