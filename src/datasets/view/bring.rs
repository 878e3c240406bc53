//! Brings a dataset in: what was chosen, its name and seed, how far it is, and what was made of it.

use super::{importer, storage};
use crate::{
    controls::{
        complaint::Complaint,
        files::{self, Chosen, Wanted},
    },
    datasets::store,
    evaluate::view::state::EvaluationState,
    i18n::{tr, tr_heard, tr_with},
    models::view::storage as models,
    web::{
        reactive::{live, text},
        when::{When, list},
    },
    workers::importer::Importer,
};
use foolproof_core::{
    importing::dataset::{DatasetCard, DatasetRequest, FEWEST_ITEMS, LARGEST_SIDE, MOST_FILES, MOST_ITEMS},
    protocol::Fault,
};
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// What goes on in the part, which goes on when its page is left; copies are the same.
#[derive(Clone, Copy)]
pub struct Bringing {
    evaluation: EvaluationState,
    name: RwSignal<String>,
    seed: RwSignal<String>,
    /// Items read, of how many, while it is at work.
    progress: RwSignal<Option<(u32, u32)>>,
    /// What was made of the last one.
    card: RwSignal<Option<Rc<DatasetCard>>, LocalStorage>,
    said: RwSignal<String>,
    /// What is wrong with the files, and with the seed.
    wrong: Complaint,
    wrong_seed: Complaint,
    importer: StoredValue<Option<Importer>, LocalStorage>,
    /// Whether the visitor has given it up.
    cancelled: StoredValue<bool>,
}

/// Files that may be chosen.
const FILES: &str = ".zip,.npz,.npy,.csv,.tsv,image/*";

/// The way in.
#[component]
pub fn Bring() -> impl IntoView {
    let bringing = expect_context::<Bringing>();
    let Bringing { name, seed, progress, said, wrong, wrong_seed, .. } = bringing;
    let busy = live(move || progress.with(Option::is_some));
    let take = Callback::new(move |files: Vec<Chosen>| bringing.begin(files));
    files::follow("data", take);
    let folder = Wanted { label: tr("Choose a folder of pictures"), accept: "", several: false, folder: true };
    let several = Wanted { label: tr("Choose files or a zip"), accept: FILES, several: true, folder: false };
    let far = move || match progress.get() {
        None => said.get(),
        Some((_, 0)) => tr("Reading the files.").into(),
        Some((done, total)) => tr_with("{0} of {1} items are read.", &[&done, &total]),
    };
    let rule = tr_with(
        "Pictures in folders named by class, or beside a CSV of file names and classes; NumPy arrays (.npy, .npz); or a zip of these. {0} to {1} items, up to {2} x {2} pixels; larger ones are made smaller. Nothing is sent.",
        &[&FEWEST_ITEMS, &MOST_ITEMS, &LARGEST_SIDE],
    );
    view! {
        <p class="dim">{rule}</p>
        <div class="tools">
            <label class="field">
                <span class="label">{tr("Name to keep it under")}</span>
                <input type="text" class="text" maxlength="40" autocomplete="off" spellcheck="false" prop:value=name on:input=move |event| name.set(event_target_value(&event)) />
            </label>
            <label class="field">
                <span class="label">{tr("Seed of the split")}</span>
                <input
                    type="text"
                    class="text"
                    inputmode="numeric"
                    maxlength="20"
                    autocomplete="off"
                    aria-invalid=wrong_seed.invalid()
                    aria-describedby=wrong_seed.describes()
                    prop:value=seed
                    on:input=move |event| {
                        wrong_seed.say(String::new());
                        seed.set(event_target_value(&event));
                    }
                />
                {wrong_seed.view()}
            </label>
        </div>
        {files::zone(
            [folder, several].map(|wanted| files::button(wanted, busy, wrong, take)).into(),
            tr("or drop them here: a folder, a zip, .npz, .npy, a .csv with its pictures"),
            busy,
            take,
        )}
        {wrong.view()}
        <p role="status" class="said">{text(far)}</p>
        <When on=busy>
            <button type="button" on:click=move |_| bringing.cancel()>
                {tr("Cancel")}
            </button>
        </When>
        {outcome(bringing)}
    }
}

/// What was taken otherwise, and what was left out.
fn outcome(bringing: Bringing) -> AnyView {
    let card = bringing.card;
    let line = |text: String| view! { <li>{text}</li> }.into_any();
    let notices = move || card.with(|card| card.as_ref().map(|card| card.notices.clone())).unwrap_or_default();
    let skipped = move || {
        let all = card.with(|card| card.as_ref().map(|card| (card.skipped.clone(), card.more))).unwrap_or_default();
        let more = (all.1 > 0).then(|| tr_with("and {0} more", &[&all.1]));
        let named = all.0.into_iter().map(|(name, why)| format!("{name}: {}", tr_heard(&why)));
        named.chain(more).collect::<Vec<_>>()
    };
    let any = live(move || card.with(|card| card.as_ref().is_some_and(|card| !card.skipped.is_empty())));
    view! {
        <ul class="notices">{list(move || notices().iter().map(|one| line(tr_heard(one))).collect())}</ul>
        <When on=any>
            <details open>
                <summary>{tr("Left out")}</summary>
                <ul class="skipped">{list(move || skipped().into_iter().map(line).collect())}</ul>
            </details>
        </When>
    }
    .into_any()
}

impl Bringing {
    /// Nothing brought yet.
    pub fn new(evaluation: EvaluationState) -> Bringing {
        Bringing {
            evaluation,
            name: RwSignal::new(String::new()),
            seed: RwSignal::new("1".into()),
            progress: RwSignal::new(None),
            card: RwSignal::new_local(None),
            said: RwSignal::new(String::new()),
            wrong: Complaint::new(),
            wrong_seed: Complaint::new(),
            importer: StoredValue::new_local(None),
            cancelled: StoredValue::new(false),
        }
    }

    fn begin(self, mut files: Vec<Chosen>) {
        let busy = self.progress.with_untracked(Option::is_some);
        if files.is_empty() || busy {
            return;
        }
        // One more than are taken says that there are too many.
        files.truncate(MOST_FILES + 1);
        let (wished, seed) = (self.name.get_untracked(), self.seed.get_untracked());
        let Ok(seed) = seed.trim().parse() else {
            return self.wrong_seed.say(tr_with("The seed “{0}” is no whole number.", &[&seed]));
        };
        self.card.set(None);
        self.progress.set(Some((0, 0)));
        self.cancelled.set_value(false);
        spawn_local(async move {
            let done = self.read(files, wished, seed).await;
            self.importer.set_value(None);
            let cancelled = self.cancelled.try_get_value() == Some(true);
            self.progress.set(None);
            self.said.set(match done {
                Err(_) if cancelled => tr("Cancelled; nothing is kept.").into(),
                done => self.wrong.or_done(done),
            });
        });
    }

    fn cancel(self) {
        self.cancelled.set_value(true);
        self.importer.with_value(|importer| importer.iter().for_each(Importer::end));
    }

    /// Reads and keeps them; what to say of it.
    async fn read(self, files: Vec<Chosen>, wished: String, seed: u64) -> Result<String, Fault> {
        let model_store = models::get(self.evaluation).await;
        let named = if wished.trim().is_empty() { usual_name(&files) } else { wished };
        let name = store::free(model_store.store(), &named).await?;
        let reader = importer::start(&DatasetRequest { name: name.clone(), seed }, &files)?;
        self.importer.set_value(Some(reader.clone()));
        let told = move |done, total| self.progress.set(Some((done, total)));
        let (kept, card) = importer::keep(&reader, &model_store, &name, told).await?;
        self.card.set(Some(Rc::new(card)));
        self.name.set(String::new());
        storage::refresh(self.evaluation).await;
        models::tell(self.evaluation);
        let [train, test] = kept.items();
        Ok(match model_store.lasts() {
            true => {
                models::persist();
                tr_with(
                    "“{0}” is kept in this browser: {1} items to train on, {2} for the test.",
                    &[&name, &train, &test],
                )
            }
            false => tr_with(
                "“{0}” is there until this tab closes, since this browser does not let the page store anything: {1} items to train on, {2} for the test.",
                &[&name, &train, &test],
            ),
        })
    }
}

/// The name of the folder, or of the file without its ending.
fn usual_name(files: &[Chosen]) -> String {
    let path = files.first().map_or("", |(path, _)| path.as_str());
    let first = path.split('/').next().unwrap_or_default();
    first.rsplit_once('.').map_or(first, |(stem, _)| stem).to_owned()
}
