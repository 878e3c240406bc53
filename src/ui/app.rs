//! The root of the page: starts everything that runs beside the widgets, and frames them.

use super::{
    address::Words as _,
    annex, host, library, link,
    pages::attack::AttackPage,
    state::{State, jobs},
    widgets::{header::Header, live::Live, notes::Notes},
};
use crate::ui::react::{effect, live};
use crate::ui::widgets::when::When;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// Puts the page into the element `app`.
pub fn mount() {
    let root = document().get_element_by_id("app").and_then(|element| element.dyn_into().ok());
    let root: web_sys::HtmlElement = match root.or_else(|| document().body()) {
        Some(root) => root,
        None => return,
    };
    leptos::mount::mount_to(root, App).forget();
}

#[component]
fn App() -> impl IntoView {
    let (settings, remarks) = link::read();
    let state = State::new(settings);
    provide_context(state);
    state.remark(remarks);
    jobs::start(state);
    library::start(state);
    link::start(state);
    annex::start(state);
    host::window::start(state);
    follow_theme(state);
    let embed = state.setting(|settings| settings.embed);
    let in_lab = state.setting(|settings| settings.page.is_lab());
    view! {
        <div class="app" class:embed=live(move || embed.get())>
            <When on=live(move || !embed.get())>
                <a class="skip" href="#main" on:click=skip>"Skip to the experiment"</a>
                <Header />
            </When>
            <Notes />
            <div hidden=live(move || in_lab.get())>
                <AttackPage />
            </div>
            {annex::place(state)}
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

#[component]
fn Footer() -> impl IntoView {
    let state = expect_context::<State>();
    let credit = move || {
        let dataset = state.settings.with(|settings| state.shipped.with(|shipped| shipped.dataset(settings).cloned()));
        dataset.map(|data| format!("{}: {} ({}).", data.name, data.credit, data.licence))
    };
    html::footer().class("foot").child((
        html::p().child("Everything runs in this tab. Nothing you draw or upload leaves this browser."),
        html::p().child(credit),
        // offline.js writes here once it is true.
        html::p().id("offline").role("status"),
    ))
}
