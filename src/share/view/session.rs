//! The session as a file: what goes in, and what happens when one is opened, dropped or pasted.

use super::ShareState;
use crate::controls::check::Check;
use crate::controls::complaint::Complaint;
use crate::controls::files::{self, Chosen, Wanted};
use crate::i18n::{tr, tr_mark, tr_with};
use crate::{
    evaluate::{own_drawing::Own, view::exports},
    models::view::{importer, storage},
    train::view::record,
};
use crate::{
    evaluate::{report_file, report_json},
    link::Drawing,
    models::{Kept, PREFIX, file},
    share::session::{Drawn, LONGEST, Packed, Results, Session},
    train::record::Record,
    web::{
        reactive::{live, memo},
        save_file::save_text,
        when::{When, list},
    },
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

/// What to put in, a button that saves it, and the way back.
#[component]
pub fn SessionFile(sharing: ShareState) -> impl IntoView {
    let own = memo(move || sharing.evaluation.own.get().unwrap_or_default());
    let mut all = BTreeSet::new();
    own.with_untracked(|own| all.extend(own.iter().map(|kept| kept.name.clone())));
    let chosen = RwSignal::new(all);
    let row = move |kept: Kept| {
        let name = kept.name.clone();
        let flip = move |_: bool| {
            chosen.update(|chosen| {
                if !chosen.remove(&name) {
                    chosen.insert(name.clone());
                }
            });
        };
        let own = kept.name.clone();
        view! {
            <li>
                <Check on=live(move || chosen.with(|chosen| chosen.contains(&own))) set=flip>
                    {kept.name}
                </Check>
            </li>
        }
        .into_any()
    };
    let save = move |_| {
        let names = chosen.get_untracked();
        spawn_local(async move {
            match pack(sharing, &names).await {
                Ok(session) => {
                    let saved = save_text("foolproof-session.json", "application/json", &session.write());
                    if saved.is_ok() {
                        sharing.evaluation.saved.set_value(sharing.evaluation.report.get_untracked());
                    }
                    sharing.saved(saved);
                }
                Err(why) => sharing.said.set(why),
            }
        });
    };
    let take = Callback::new(move |files: Vec<Chosen>| {
        files.into_iter().take(1).for_each(|(_, file)| open(sharing, file));
    });
    let json = "application/json,.json";
    let wanted = Wanted { label: tr("Open a session or a report"), accept: json, ..Wanted::default() };
    view! {
        <section class="share-part" aria-labelledby="share-session">
            <h3 id="share-session">{tr("Session file")}</h3>
            <p class="dim">{tr("One file with everything: the experiment, collected drawings, results, and the models that you choose.")}</p>
            <When on=live(move || own.with(|own| !own.is_empty()))>
                <ul class="share-models" aria-label=tr("Own models in the file")>
                    {list(move || own.get().into_iter().map(row).collect())}
                </ul>
            </When>
            <div class="tools">
                <button type="button" on:click=save>
                    {tr("Save session")}
                </button>
            </div>
            // The whole dialog takes drops.
            <div class="drop">
                {files::button(wanted, Signal::stored(false), Complaint::new(), take)} <span class="dim">{tr("or drop or paste it here")}</span>
            </div>
        </section>
    }
}

/// Opens a file that was dropped on the dialog.
pub fn drop_file(sharing: ShareState, event: &web_sys::DragEvent) {
    event.prevent_default();
    first(event.data_transfer()).into_iter().for_each(|file| open(sharing, file));
}

/// Opens a file that was pasted.
pub fn paste_file(sharing: ShareState, event: &web_sys::ClipboardEvent) {
    first(event.clipboard_data()).into_iter().for_each(|file| open(sharing, file));
}

fn first(data: Option<web_sys::DataTransfer>) -> Option<File> {
    data.and_then(|data| data.files()).and_then(|files| files.get(0))
}

async fn pack(sharing: ShareState, names: &BTreeSet<String>) -> Result<Session, String> {
    let evaluation = sharing.evaluation;
    let mut models = Vec::new();
    for kept in evaluation.own.get_untracked().unwrap_or_default().iter().filter(|kept| names.contains(&kept.name)) {
        let weights = storage::get(evaluation).await.weights(&kept.name).await.map_err(|fault| fault.message)?;
        let whole = file::write(kept, &weights).map_err(|fault| fault.message)?;
        models.push(Packed::new(&kept.name, &kept.data, &whole));
    }
    let drawn = |own: &Own| Drawn { pixels: own.drawing.encode(), label: own.label };
    let report = evaluation.report.get_untracked();
    Ok(Session {
        fragment: untrack(|| sharing.fragment()),
        drawings: evaluation.drawings.with_untracked(|all| all.iter().map(drawn).collect()),
        models,
        results: Results {
            attack: sharing.result.get_untracked(),
            report: report.and_then(|report| serde_json::from_str(&report_json::file(&report)).ok()),
            training: record::taken(sharing.trainer),
        },
    })
}

fn open(sharing: ShareState, file: File) {
    if file.size() > LONGEST as f64 {
        return sharing.said.set(tr_with("{0} is longer than {1} MB.", &[&file.name(), &(LONGEST >> 20)]));
    }
    spawn_local(async move {
        let text = gloo_file::futures::read_as_text(&gloo_file::Blob::from(web_sys::Blob::from(file))).await;
        let session = text.map_err(|_| tr("The file cannot be read.").to_owned()).and_then(|text| Session::read(&text));
        let said = match session {
            Ok(session) => restore(sharing, session).await,
            Err(why) => Err(why),
        };
        sharing.said.set(said.unwrap_or_else(|why| why));
    });
}

/// Puts everything in its place; what was done, in words.
async fn restore(sharing: ShareState, session: Session) -> Result<String, String> {
    let evaluation = sharing.evaluation;
    if untrack(|| evaluation.is_busy()) {
        return Err(tr("Cancel the evaluation first.").into());
    }
    if untrack(|| sharing.trainer.is_busy()) {
        return Err(tr("Cancel the training first.").into());
    }
    let mut settings = evaluation.settings.with_untracked(|now| session.settings(now));
    // Results that are wrong are told before anything is changed.
    let report = session.results.report.as_ref().map(|value| report_file::load(&value.to_string())).transpose()?;
    let trained = session.results.training.as_ref().map(Record::read).transpose()?;
    // Ids in the file, and here.
    let (mut ids, mut lost) = (BTreeMap::new(), Vec::new());
    for packed in &session.models {
        let (id, unkept) = keep(sharing, packed).await?;
        ids.insert(format!("{PREFIX}{}", packed.name), id);
        lost.extend(unkept);
    }
    let here = |id: Option<&String>| id.and_then(|id| ids.get(id).cloned());
    settings.model = here(settings.model.as_ref()).or(settings.model);
    let own = |drawn: &Drawn| Some(Own { drawing: Drawing::decode(&drawn.pixels)?, label: drawn.label });
    let drawings: Vec<Own> = session.drawings.iter().filter_map(own).collect();
    let counts = [
        (session.models.len(), tr_mark("{0} model"), tr_mark("{0} models")),
        (drawings.len(), tr_mark("{0} drawing"), tr_mark("{0} drawings")),
        (usize::from(report.is_some()), tr_mark("{0} report"), tr_mark("{0} reports")),
        (usize::from(trained.is_some()), tr_mark("{0} training run"), tr_mark("{0} training runs")),
    ];
    if !drawings.is_empty() {
        evaluation.drawings.set(drawings);
    }
    if let Some(report) = report {
        exports::show(evaluation, report).await;
    }
    if let Some((result, run)) = trained {
        // A model of that name that is not in the file may be another one.
        let model = here(run.model.as_ref());
        record::show(sharing.trainer, result, run, model);
    }
    // As a link that is opened, so that Back leads to where the visitor was.
    window()
        .location()
        .set_hash(&settings.fragment())
        .map_err(|_| tr("The browser does not let the page go there.").to_owned())?;
    let counted = counts.iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<String> =
        counted.map(|(count, one, many)| tr_with(if *count == 1 { one } else { many }, &[count])).collect();
    let with = if parts.is_empty() { String::new() } else { tr_with(", with {0}", &[&parts.join(", ")]) };
    let mut said = vec![tr_with("The session is restored{0}.", &[&with])];
    said.extend(lost);
    Ok(said.join(" "))
}

/// Puts a model into the model store, unless it is there already. Answers its id, and, where the storage refused it,
/// why it is there only until the page is left.
async fn keep(sharing: ShareState, packed: &Packed) -> Result<(String, Option<String>), String> {
    let evaluation = sharing.evaluation;
    let known = evaluation.known.get_untracked().ok_or(tr("The list of datasets is not loaded yet."))?;
    let data = known.manifest.datasets.iter().find(|data| data.id == packed.data);
    let data = data.ok_or_else(|| {
        tr_with("The model “{0}” is for “{1}”, which this page does not have.", &[&packed.name, &packed.data])
    })?;
    let model = importer::own(&packed.name, packed.bytes()?, data).await.map_err(|fault| fault.message)?;
    let weights = model.weights.clone();
    let brought = Kept::imported(model, &data.id);
    let same = |kept: &Kept| kept.sha256 == brought.sha256 && kept.data == brought.data;
    if let Some(kept) = evaluation.own.get_untracked().iter().flatten().find(|kept| same(kept)) {
        return Ok((kept.id(), None));
    }
    let storage::Stored { kept, unkept } = storage::keep(evaluation, brought, &weights).await;
    Ok((kept.id(), unkept))
}
