//! Brings in a model's file: reads it, asks for its layers where they had to be guessed, tries it on test images, and
//! keeps it as it reads best.

use super::{
    importer,
    storage::{self, act},
    trial::Trial,
};
use crate::{
    controls::complaint::Complaint,
    evaluate::view::state::EvaluationState,
    files::job_files::Load,
    i18n::{tr, tr_heard, tr_with},
    models::{
        Kept, snippet,
        trial::{self, Reading, Way},
    },
};
use foolproof_core::{
    importing::{ImportAnswer, ImportRequest, ImportedModel, LONGEST, LONGEST_LAYERS},
    manifest::Dataset,
    protocol::{Fault, FaultKind, Inputs},
};
use leptos::prelude::*;
use std::rc::Rc;

/// Where bringing a model in is.
#[derive(Clone)]
pub enum Step {
    /// Nowhere.
    Ready,
    /// At work, on what this says.
    Busy(String),
    /// The layers were guessed, and wait for the visitor's word; the request has the names that they have in the file.
    Layers(Rc<ImportRequest>, Rc<[String]>),
    /// The layers have other names in the file, which the request pairs with their places; the pairs wait for the
    /// visitor's word.
    Names(Rc<ImportRequest>),
    /// It reads few images; these are the ways that were tried.
    Doubt(Rc<[Tried]>),
}

/// A way, and what came of it.
pub struct Tried {
    /// What is said of the way.
    pub name: String,
    /// What it reads.
    pub reading: Reading,
    model: ImportedModel,
}

/// Handles of the part; copies are the same.
#[derive(Clone, Copy)]
pub struct Bringing {
    evaluation: EvaluationState,
    /// Where it is.
    pub step: RwSignal<Step, LocalStorage>,
    /// The list of layers as the visitor has it.
    pub layers: RwSignal<String>,
    /// What is wrong with the file that was chosen, or with its layers.
    pub complaint: Complaint,
    /// Counts files, so that what belongs to one that was given up is known by its number.
    turn: StoredValue<u32>,
    /// Name of the model that was kept last.
    kept: StoredValue<String>,
}

fn bad(why: impl Into<String>) -> Fault {
    Fault::new(FaultKind::File, why)
}

impl Bringing {
    /// Nothing yet.
    pub fn new(evaluation: EvaluationState) -> Bringing {
        let (step, layers) = (RwSignal::new_local(Step::Ready), RwSignal::new(String::new()));
        let (turn, kept) = (StoredValue::new(0), StoredValue::new(String::new()));
        Bringing { evaluation, step, layers, complaint: Complaint::new(), turn, kept }
    }

    /// Reads what was chosen.
    pub fn choose_files(self, files: Vec<web_sys::File>) {
        if files.is_empty() {
            return;
        }
        self.begin(async move { self.read(files).await });
    }

    /// Does what comes next; what came of it is said.
    fn begin(self, deed: impl Future<Output = Result<String, Fault>> + 'static) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        self.step.set(Step::Busy(tr("Reading the file.").into()));
        self.complaint.say(String::new());
        act(self.evaluation, async move {
            let done = deed.await;
            if self.turn.get_value() != turn {
                return Ok(String::new());
            }
            if self.step.with_untracked(|step| matches!(step, Step::Busy(_))) {
                self.step.set(Step::Ready);
            }
            Ok(self.complaint.or_done(done))
        });
    }

    /// Gives the file up.
    pub fn give_up(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.step.set(Step::Ready);
    }

    /// Reads what was chosen: one file of weights, and perhaps a list of layers.
    async fn read(self, chosen: Vec<web_sys::File>) -> Result<String, Fault> {
        let is_list = |file: &&web_sys::File| {
            let name = file.name().to_ascii_lowercase();
            [".json", ".py", ".txt"].iter().any(|end| name.ends_with(end))
        };
        // Whatever else was chosen: what it is, its first bytes tell.
        let Some(file) = chosen.iter().find(|file| !is_list(file)) else {
            return Err(bad(tr("Choose a file of weights; a list of layers alone is no model.")));
        };
        // Sizes are looked at before anything is read.
        if file.size() > LONGEST as f64 {
            return Err(bad(tr_with(
                "{0} cannot be used: it is longer than {1} MB.",
                &[&file.name(), &(LONGEST >> 20)],
            )));
        }
        let layers = chosen.iter().find(is_list);
        if let Some(layers) = layers.filter(|layers| layers.size() > LONGEST_LAYERS as f64) {
            return Err(bad(tr_with("{0} cannot be used: it is too long for a list of layers.", &[&layers.name()])));
        }
        let unreadable = |_| bad(tr("The file cannot be read."));
        let blob = |file: &web_sys::File| gloo_file::Blob::from(web_sys::Blob::from(file.clone()));
        let content = gloo_file::futures::read_as_bytes(&blob(file)).await.map_err(unreadable)?;
        let mut request = importer::request(&file.name(), content, &self.data()?);
        if let Some(layers) = layers {
            let text = gloo_file::futures::read_as_text(&blob(layers)).await.map_err(unreadable)?;
            request.layers = Some((layers.name(), text));
        }
        self.import(request).await
    }

    fn data(self) -> Result<Dataset, Fault> {
        untrack(|| self.evaluation.dataset()).ok_or_else(|| bad(tr("The list of datasets is not loaded yet.")))
    }

    async fn import(self, request: ImportRequest) -> Result<String, Fault> {
        let turn = self.turn.get_value();
        match importer::import(&request).await? {
            ImportAnswer::Refused(fault) => Err(fault),
            ImportAnswer::Guessed { architecture, names, assumed } if self.turn.get_value() == turn => {
                self.layers.set(snippet::sequential(&architecture.layers));
                let assumed = assumed.iter().map(|sentence| tr_heard(sentence)).collect();
                self.step.set(Step::Layers(Rc::new(ImportRequest { names, ..request }), assumed));
                Ok(String::new())
            }
            ImportAnswer::Matched(names) if self.turn.get_value() == turn => {
                self.step.set(Step::Names(Rc::new(ImportRequest { names, ..request })));
                Ok(String::new())
            }
            ImportAnswer::Model(model) if self.turn.get_value() == turn => {
                if model.ours {
                    self.keep(*model, None).await
                } else {
                    self.try_out(request, *model).await
                }
            }
            _ => Ok(String::new()),
        }
    }

    /// The visitor's word on the layers, or on their names.
    pub fn confirm(self) {
        let before = self.step.get_untracked();
        let request = match &before {
            Step::Layers(request, _) => {
                let layers = Some((tr("the list of layers").to_owned(), self.layers.get_untracked()));
                ImportRequest { layers, ..(**request).clone() }
            }
            Step::Names(request) => (**request).clone(),
            _ => return,
        };
        self.begin(async move {
            let done = self.import(request).await;
            if done.is_err() {
                // The list can be mended.
                self.step.set(before);
            }
            done
        });
    }

    /// Tries a model on test images and keeps it. One that reads few of them is tried in other ways as well.
    async fn try_out(self, request: ImportRequest, model: ImportedModel) -> Result<String, Fault> {
        let data = self.data()?;
        let count = trial::IMAGES.min(data.test.iter().map(|shard| shard.count).sum());
        let inputs = match Load::new(self.evaluation, |_, _| ()).tests(&data, count).await {
            Ok(inputs) => inputs,
            // Its model is the visitor's whether images can be had or not.
            Err(fault) => return self.keep(model, Some(fault.message)).await,
        };
        let (trial, turn) = (Trial::start(), self.turn.get_value());
        self.step.set(Step::Busy(tr("Trying it on test images.").into()));
        let read = match reading(&trial, &model, &inputs).await {
            _ if self.turn.get_value() != turn => return Ok(String::new()),
            // Nor whether a worker lives; what no engine can compute is no model.
            Err(fault) if fault.kind == FaultKind::Crash => return self.keep(model, Some(fault.message)).await,
            read => read?,
        };
        let said = self.keep(model.clone(), Some(read.sentence(&data.classes))).await?;
        if read.is_doubtful() {
            // Said now: once all ways are tried, the visitor may have been told of something else.
            self.evaluation.shelved.set(said);
            let ways = trial::ways(&data.id, &inputs, model.has_channels);
            self.find_ways(&trial, &request, &inputs, ways, Tried { name: String::new(), reading: read, model })
                .await?;
            return Ok(String::new());
        }
        Ok(said)
    }

    /// Tries the other ways of reading pixels, and offers them all; the first is the one that it was read in.
    async fn find_ways(
        self,
        trial: &Trial,
        request: &ImportRequest,
        inputs: &Inputs,
        ways: Vec<Way>,
        first: Tried,
    ) -> Result<(), Fault> {
        let (turn, all) = (self.turn.get_value(), ways.len() - 1);
        let mut tried = vec![first];
        for (at, Way { name, changes }) in ways.into_iter().enumerate() {
            if at == 0 {
                tried[0].name = name;
                continue;
            }
            let values: [&dyn std::fmt::Display; 3] = [&at, &all, &name];
            let said = tr_with("It reads few test images. Trying it in another way, {0} of {1}: {2}.", &values);
            self.step.set(Step::Busy(said));
            if let ImportAnswer::Model(model) = importer::import(&ImportRequest { changes, ..request.clone() }).await? {
                let reading = reading(trial, &model, inputs).await?;
                tried.push(Tried { name, reading, model: *model });
            }
            if self.turn.get_value() != turn {
                return Ok(());
            }
        }
        self.step.set(Step::Doubt(tried.into()));
        Ok(())
    }

    /// The visitor's choice among the ways: it takes the place of the one that was kept.
    pub fn choose(self, at: usize) {
        let Step::Doubt(tried) = self.step.get_untracked() else { return };
        let Ok(data) = self.data() else { return };
        let Tried { reading, model, .. } = &tried[at];
        let (model, said) = (model.clone(), reading.sentence(&data.classes));
        self.begin(async move {
            let before = self.kept.get_value();
            // Gone already, if the visitor has deleted it.
            let _ = storage::get(self.evaluation).await.delete(&before).await;
            self.keep(model, Some(said)).await
        });
    }

    /// Keeps a model; what is said of it.
    async fn keep(self, model: ImportedModel, said: Option<String>) -> Result<String, Fault> {
        let data = self.data()?;
        let notices: Vec<String> = model.notices.iter().map(|notice| tr_heard(notice)).collect();
        let weights = model.weights.clone();
        let stored = storage::keep(self.evaluation, Kept::imported(model, &data.id), &weights).await;
        self.kept.set_value(stored.kept.name.clone());
        let all = [stored.said()].into_iter().chain(said).chain(notices).filter(|said| !said.is_empty());
        Ok(all.collect::<Vec<_>>().join(" "))
    }
}

/// What a model reads of the inputs.
async fn reading(trial: &Trial, model: &ImportedModel, inputs: &Inputs) -> Result<Reading, Fault> {
    let answers = trial.answers(&model.architecture, &model.weights, inputs).await?;
    Ok(Reading::of(&answers, inputs.labels.as_deref().unwrap_or_default()))
}
