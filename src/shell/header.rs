//! The top of the page: name, engine, share, colours.

use super::engine_chip::EngineChip;
use super::from_lab;
use super::state::State;
use crate::i18n::{tr, tr_with};
use crate::link::{Theme, Words as _, address_bar};
use crate::web::reactive::{live, text};
use crate::web::when::When;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How long the button says that the link was copied, in milliseconds.
const THANKS: u32 = 2500;

/// The header.
#[component]
pub fn Header() -> impl IntoView {
    let state = expect_context::<State>();
    let shows = move |control: &'static str| state.setting(move |settings| settings.shows(control));
    let (engine, share, theme) = (shows("engine"), shows("share"), shows("theme"));
    view! {
        <header class="top">
            <p class="brand">
                <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">
                    <path class="body" d="M2 2H22V22H2Z" />
                    <path class="digit" d="M7 5H17V9L12 20H9L13.5 9H7Z" />
                    <path class="spark" d="M15 13H18V16H15ZM18 16H21V19H18ZM5 11H8V14H5Z" />
                </svg>
                "Foolproof"
            </p>
            {from_lab::links(state)}
            <div class="top-tools">
                <When on=live(move || engine.get())>
                    <EngineChip />
                </When>
                <When on=live(move || share.get())>
                    <Share />
                </When>
                <When on=live(move || theme.get())>
                    <ThemeSwitch />
                </When>
            </div>
        </header>
    }
}

/// Copies the link that restores the experiment.
#[component]
fn Share() -> impl IntoView {
    let state = expect_context::<State>();
    let said = RwSignal::new(tr("Copy link"));
    let copy = move |_| {
        let address = address_bar::address(state);
        spawn_local(async move {
            let clipboard = window().navigator().clipboard();
            // Outside secure contexts there is no clipboard, and a frame may not be allowed to use it.
            let copied = !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(&address)).await.is_ok();
            if copied {
                said.set(tr("Copied"));
                Timeout::new(THANKS, move || said.set(tr("Copy link"))).forget();
            } else {
                address_bar::write(state, false);
                state.note(tr("The clipboard is not available here; the link is in the address bar.").into(), None);
            }
        });
    };
    view! {
        <button type="button" class="share" on:click=copy title=tr("A link that restores exactly this experiment, your drawing included")>
            <span aria-live="polite">{text(move || said.get())}</span>
        </button>
        // start.js has the lab loaded for it, whose dialog it opens.
        <button type="button" id="share-open" aria-haspopup="dialog">{tr("Share")}</button>
    }
}

/// System, light, dark, and around again.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let state = expect_context::<State>();
    let theme = state.setting(|settings| settings.theme);
    let next = move |_| {
        let to = match theme.get_untracked() {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Auto,
        };
        state.change("theme", |settings| settings.theme = to);
        state.rest();
    };
    let label = move || tr_with("Colours: {0}", &[&tr(theme.get().word())]);
    view! {
        <button type="button" class="theme" aria-label=text(label) title=text(label) on:click=next>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                {move || match theme.get() {
                    Theme::Auto => view! { <path d="M8 1A7 7 0 1 1 8 15 7 7 0 1 1 8 1ZM8 2.5A5.5 5.5 0 0 0 8 13.5Z" /> }.into_any(),
                    Theme::Light => {
                        view! { <path d="M8 4.5A3.5 3.5 0 1 1 8 11.5 3.5 3.5 0 1 1 8 4.5ZM7.3 0H8.7V3H7.3ZM7.3 13H8.7V16H7.3ZM0 7.3H3V8.7H0ZM13 7.3H16V8.7H13Z" /> }
                            .into_any()
                    }
                    Theme::Dark => view! { <path d="M10 1A7 7 0 1 0 15 11 6 6 0 0 1 10 1Z" /> }.into_any(),
                }}
            </svg>
        </button>
    }
}
