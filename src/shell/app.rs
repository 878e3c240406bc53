//! The root of the page: starts everything that runs beside the widgets, and frames them.

use super::{
    from_lab,
    header::Header,
    live::Live,
    notes::Notes,
    state::{State, jobs},
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{effect, live, text};
use crate::web::when::When;
use crate::{
    attack::view::page::AttackPage,
    files::library,
    host,
    inputs::view::upload,
    link::{Language, Settings, Words as _, address_bar},
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// Puts the page into the element `app`.
pub fn mount() {
    crate::web::stopped::install();
    let root = document().get_element_by_id("app").and_then(|element| element.dyn_into().ok());
    let root: web_sys::HtmlElement = match root.or_else(|| document().body()) {
        Some(root) => root,
        None => return,
    };
    leptos::mount::mount_to(root, App).forget();
}

#[component]
fn App() -> impl IntoView {
    let (settings, remarks) = address_bar::read();
    let state = State::new(settings);
    state.link();
    provide_context(state);
    state.remark(remarks);
    jobs::start(state);
    library::start(state);
    address_bar::start(state);
    from_lab::start(state);
    upload::follow_drops(state);
    host::window::start(state);
    follow_theme(state);
    follow_language(state);
    let embed = state.setting(|settings| settings.embed);
    let in_lab = state.setting(|settings| settings.page.is_lab());
    view! {
        <div class="app" class:embed=live(move || embed.get())>
            <When on=live(move || !embed.get())>
                <a class="skip" href="#main" on:click=skip>{tr("Skip to the experiment")}</a>
                <Header />
            </When>
            <Notes />
            <div hidden=live(move || in_lab.get())>
                <AttackPage />
            </div>
            {from_lab::place(state)}
            {host::window::stranger::words(state)}
            <When on=live(move || !embed.get())>
                <Footer />
            </When>
            <Live />
        </div>
    }
}

/// The fragment belongs to the experiment, so the skip link moves the focus by itself.
fn skip(event: web_sys::MouseEvent) {
    event.prevent_default();
    if let Some(main) = document()
        .query_selector("div:not([hidden]) > main")
        .ok()
        .flatten()
        .and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // Focusing can only fail on an element that is gone.
        let _ = main.focus();
    }
}

fn follow_theme(state: State) {
    let theme = state.setting(|settings| settings.theme);
    effect(move || {
        if let Some(root) = document().document_element() {
            // The attribute's name is valid, so this cannot fail.
            let _ = root.set_attribute("data-theme", theme.get().word());
        }
    });
}

/// The texts are loaded before the page is, so another language brings the page anew; the link keeps the experiment.
fn follow_language(state: State) {
    let language = state.setting(|settings| settings.language);
    let loaded = language.get_untracked();
    effect(move || {
        if language.get() != loaded {
            address_bar::write(state, false);
            // After the answer to a host who asked for it. A page that is not loaded again stays as it is.
            gloo_timers::callback::Timeout::new(0, || drop(window().location().reload())).forget();
        }
    });
}

/// The page in its other language, called by that language's own name.
fn language_switch(state: State) -> impl IntoView {
    let now = document().document_element().and_then(|root| root.get_attribute("lang"));
    let (to, name) = if now.as_deref() == Some(Language::German.word()) {
        (Language::English, "English")
    } else {
        (Language::German, "Deutsch")
    };
    let address = move || format!("#{}", Settings { language: to, ..state.linked.get() }.fragment());
    let hidden = live(move || !state.settings.with(|settings| settings.shows("lang")));
    html::p().hidden(hidden).child(html::a().href(text(address)).lang(to.word()).child(name))
}

#[component]
fn Footer() -> impl IntoView {
    let state = expect_context::<State>();
    let credit = move || {
        let dataset = state.settings.with(|settings| state.shipped.with(|shipped| shipped.dataset(settings).cloned()));
        dataset.map(|data| match data.credit.is_empty() {
            true => tr_with("{0}: data of your own.", &[&data.name]),
            false => format!("{}: {} ({}).", data.name, data.credit, data.licence),
        })
    };
    html::footer().class("foot").child((
        html::p().child(tr("Everything runs in this tab. Nothing you draw or upload leaves this browser.")),
        html::p().child(credit),
        language_switch(state),
        // offline.js writes here once it is true.
        html::p().id("offline").role("status"),
    ))
}
