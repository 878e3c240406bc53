//! The attack's own lines of Rust, those of one stage marked.

use super::steps::{Told, stages};
use crate::i18n::{tr, tr_with};
use crate::{
    controls::choice::{Choice, OneOf},
    explain::code::{CodeLine, STAGES, files, marked, name},
    files::library::fetch::{self, Freshness},
    web::{
        reactive::{effect, live, memo, text},
        when::list,
    },
};
use foolproof_core::catalog::Norm;
use leptos::{html, prelude::*};
use std::collections::BTreeMap;
use wasm_bindgen_futures::spawn_local;

/// Longest file taken, bytes.
const LONGEST: u64 = 100_000;

/// Files by their address, or why one is not there.
type Sources = BTreeMap<String, Result<String, String>>;

/// The code behind the steps that are shown; its files are loaded once it is opened.
#[component]
pub fn Code(told: Memo<Option<Told>>) -> impl IntoView {
    let (open, stage, sources) = (RwSignal::new(false), RwSignal::new(0), RwSignal::new(Sources::new()));
    let details = NodeRef::<html::Details>::new();
    let attack = memo(move || told.with(|told| told.as_ref().map(|(_, walk)| walk.attack.clone())));
    let norm = memo(move || told.with(|told| told.as_ref().map_or(Norm::Linf, |(asked, _)| asked.job.attack.norm)));
    let paths = memo(move || attack.with(|attack| attack.as_deref().map(files).unwrap_or_default()));
    effect(move || {
        if open.get() {
            paths.get().into_iter().for_each(|path| load(path, sources));
        }
    });
    let choices = move || {
        let names = stages(norm.get()).into_iter().chain([tr("6. Keep the best")]);
        names.enumerate().map(|(at, name)| Choice::new(at.to_string(), name)).collect()
    };
    let shown = memo(move || {
        let stage = STAGES.get(stage.get()).copied().unwrap_or_default();
        sources.with(|sources| {
            let file = |path: String| Some((marked(sources.get(&path)?.as_ref().ok()?, stage)?, path));
            paths.get().into_iter().filter_map(file).collect::<Vec<_>>()
        })
    });
    let trouble = move || {
        let lacking = |path: &String| sources.with(|sources| sources.get(path)?.as_ref().err().cloned());
        let why = paths.with(|paths| paths.iter().find_map(lacking))?;
        Some(tr_with("Not all of the code can be shown. {0}", &[&why]))
    };
    view! {
        <details
            class="code"
            node_ref=details
            on:toggle=move |_| open.set(details.get_untracked().is_some_and(|details| details.open()))
        >
            <summary>{tr("Show me the code")}</summary>
            <OneOf
                label=tr("Stage in the code")
                choices=live(choices)
                chosen=text(move || Some(stage.get().to_string()))
                set=move |id: String| stage.set(id.parse().unwrap_or_default())
                locked=live(|| false)
            />
            <p class="dim">
                {tr("The lines that the engine on this page was made from, in Rust; those of the chosen stage are marked.")}
            </p>
            <p class="warning" role="status">{text(trouble)}</p>
            {list(move || shown.get().into_iter().map(|(lines, path)| file(&path, lines)).collect())}
        </details>
    }
}

/// Loads a file that is not there yet; one that could not be had is asked for again.
fn load(path: String, sources: RwSignal<Sources>) {
    if sources.with_untracked(|sources| sources.get(&path).is_some_and(Result::is_ok)) {
        return;
    }
    spawn_local(async move {
        let bytes = fetch::bytes(&path, LONGEST, Freshness::Revalidate, |_| ()).await.map_err(|fault| fault.message);
        let read = |bytes| String::from_utf8(bytes).map_err(|_| tr_with("{0} is no text.", &[&path]));
        let found = bytes.and_then(read);
        sources.update(|sources| drop(sources.insert(path, found)));
    });
}

/// A file that scrolls, at its first marked line.
fn file(path: &str, lines: Vec<CodeLine>) -> AnyView {
    let (frame, first) = (NodeRef::<html::Pre>::new(), NodeRef::<html::Mark>::new());
    let mut marks = 0;
    let line = |line: CodeLine| {
        if !line.marked {
            return (line.text + "\n").into_any();
        }
        marks += 1;
        let text = line.text + "\n";
        match marks {
            1 => view! { <mark node_ref=first>{text}</mark> }.into_any(),
            _ => view! { <mark>{text}</mark> }.into_any(),
        }
    };
    let lines: Vec<AnyView> = lines.into_iter().map(line).collect();
    effect(move || {
        if let Some((frame, first)) = frame.get().zip(first.get()) {
            frame.set_scroll_top(first.offset_top() - frame.client_height() / 3);
        }
    });
    let label = tr_with("Lines of {0}", &[&name(path)]);
    view! {
        <h3 translate="no">{name(path).to_owned()}</h3>
        <pre node_ref=frame class="scroll" tabindex="0" role="group" aria-label=label translate="no">
            <code>{lines}</code>
        </pre>
    }
    .into_any()
}
