//! The page inside another: what it shows there, how large, with a live preview, and the code to paste.

use super::{ShareState, here};
use crate::charts::data_table::{Grid, closed, heads, row};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::{
    controls::{
        check::CellCheck,
        choice::{Choice, OneOf},
    },
    link::{Settings, Theme, Words},
    share::embed::{Control, Frame, HOSTS, Host, code, controls},
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen_futures::spawn_local;

/// Sizes: a name, a width (none is all there is), a height.
const SIZES: [(&str, Option<u32>, u32); 4] = [
    (tr_mark("Full width"), None, 720),
    (tr_mark("Wide, 960 x 640"), Some(960), 640),
    (tr_mark("Narrow, 480 x 720"), Some(480), 720),
    (tr_mark("Phone, 320 x 480"), Some(320), 480),
];

/// What the visitor chose.
#[derive(Clone, Debug, PartialEq)]
struct EmbedOptions {
    host: Host,
    size: usize,
    theme: Theme,
    hide: BTreeSet<String>,
    lock: BTreeSet<String>,
}

impl EmbedOptions {
    fn address(&self, settings: &Settings) -> String {
        let (hide, lock) = (self.hide.clone(), self.lock.clone());
        let settings = Settings { embed: true, theme: self.theme, hide, lock, ..settings.clone() };
        format!("{}#{}", here(), settings.fragment())
    }

    fn frame(&self, settings: &Settings) -> Frame {
        let (_, width, height) = SIZES[self.size];
        Frame { address: self.address(settings), width, height }
    }
}

/// The choices, the preview, the code.
#[component]
pub fn Embed(sharing: ShareState) -> impl IntoView {
    let settings = sharing.evaluation.settings;
    let options = RwSignal::new(settings.with_untracked(|settings| EmbedOptions {
        host: Host::Html,
        size: 0,
        theme: settings.theme,
        hide: settings.hide.clone(),
        lock: settings.lock.clone(),
    }));
    let snippet =
        memo(move || options.with(|options| code(options.host, &settings.with(|settings| options.frame(settings)))));
    let previewed = RwSignal::new(false);
    view! {
        <section class="share-part" aria-labelledby="share-embed">
            <h3 id="share-embed">{tr("Embed")}</h3>
            <p class="dim">{tr("The page as it is now, inside course material. Hide or lock what learners should leave alone. ")} <a href="host.html" target="_blank">{tr("Set, run and read it from your page")}</a> "."</p>
            <div class="choices">
                {picker(tr("Made with"), hosts, move || options.with(|options| place(options.host)), move |at| options.update(|options| options.host = HOSTS[at].0))}
                {picker(tr("Size"), move || SIZES.map(|(name, ..)| tr(name).to_owned()).into(), move || options.with(|options| options.size), move |at| options.update(|options| options.size = at))}
                {picker(tr("Colours"), themes, move || options.with(|options| THEMES.iter().position(|theme| *theme == options.theme).unwrap_or(0)), move |at| options.update(|options| options.theme = THEMES[at]))}
            </div>
            <Controls sharing options />
            <div class="tools">
                <button
                    type="button"
                    aria-expanded=text(move || previewed.get().to_string())
                    on:click=move |_| previewed.update(|shown| *shown = !*shown)
                >
                    {tr("Preview")}
                </button>
                <button type="button" on:click=move |_| spawn_local(sharing.copy(snippet.get_untracked()))>
                    {tr("Copy code")}
                </button>
            </div>
            <textarea class="text" readonly rows="5" spellcheck="false" aria-label=tr("Code to paste") prop:value=text(move || snippet.get())></textarea>
            <When on=live(move || previewed.get())>
                <Preview sharing options />
            </When>
        </section>
    }
}

const THEMES: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

fn themes() -> Vec<String> {
    THEMES.iter().map(|theme| tr(theme.word()).to_owned()).collect()
}

fn hosts() -> Vec<String> {
    HOSTS.iter().map(|(_, name)| tr(name).to_owned()).collect()
}

fn place(host: Host) -> usize {
    HOSTS.iter().position(|(one, _)| *one == host).unwrap_or(0)
}

/// A labelled list of names, chosen by place.
fn picker(
    label: &'static str,
    names: impl Fn() -> Vec<String> + Send + Sync + 'static,
    at: impl Fn() -> usize + Send + Sync + 'static,
    set: impl Fn(usize) + Send + Sync + 'static,
) -> AnyView {
    let choices = live_choices(names);
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <OneOf list=true
                label
                choices
                chosen=text(move || at().to_string())
                set=move |id: String| id.parse().into_iter().for_each(&set)
                locked=live(|| false)
            />
        </label>
    }
    .into_any()
}

fn live_choices(names: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Signal<Vec<Choice>> {
    live(move || names().into_iter().enumerate().map(|(at, name)| Choice::new(at.to_string(), name)).collect())
}

/// A row for each control: hide it, lock it.
#[component]
fn Controls(sharing: ShareState, options: RwSignal<EmbedOptions>) -> impl IntoView {
    let place = memo(move || sharing.evaluation.settings.with(|settings| (settings.page, settings.lesson.is_some())));
    let cell = move |control: Control, can: bool, word: &str, set: fn(&mut EmbedOptions) -> &mut BTreeSet<String>| {
        let on = live(move || options.with(|options| set(&mut options.clone()).contains(control.key)));
        let flip = move |_: bool| {
            options.update(|options| {
                let keys = set(options);
                if !keys.remove(control.key) {
                    keys.insert(control.key.to_owned());
                }
            });
        };
        let label = tr_with("{0} {1}", &[&word, &tr(control.name)]);
        view! {
            <td>
                {can.then(|| view! { <CellCheck label on set=flip /> })}
            </td>
        }
        .into_any()
    };
    let row_of = move |control: &'static Control| {
        let hide = cell(*control, control.hides, tr("Hide"), |options| &mut options.hide);
        let lock = cell(*control, control.locks, tr("Lock"), |options| &mut options.lock);
        row(tr(control.name), vec![hide, lock])
    };
    let rows = move |(page, lesson)| controls(page, lesson).map(row_of).collect::<Vec<_>>();
    let columns = [tr("Control"), tr("Hide"), tr("Lock")].map(str::to_owned);
    let grid = Grid { class: Some("share-controls"), ..Grid::new(heads(columns), list(move || rows(place.get()))) };
    closed(tr("Hide or lock controls").into(), grid.view())
}

/// The page in a frame, as it would be. A change reaches it as a link that is opened, so it is not loaded again.
#[component]
fn Preview(sharing: ShareState, options: RwSignal<EmbedOptions>) -> impl IntoView {
    let settings = sharing.evaluation.settings;
    let frame = memo(move || options.with(|options| settings.with(|settings| options.frame(settings))));
    let width = move || frame.with(|frame| frame.width.map_or("100%".to_owned(), |width| format!("{width}px")));
    view! {
        <div class="share-preview">
            <iframe
                title=tr("Preview")
                src=text(move || frame.with(|frame| frame.address.clone()))
                style:width=text(width)
                style:height=text(move || frame.with(|frame| format!("{}px", frame.height)))
            ></iframe>
        </div>
    }
}
