//! The report as the page shows it: figures with everything that is needed to read them, kept as JSON and read again.

use super::{
    methods,
    plan::{OWN, Plan},
};
use crate::attack::words::plain;
use foolproof_core::{
    catalog::Norm,
    input_kind::InputKind,
    protocol::{AttackSpec, Smoothing},
    report::{Check, ModelReport, Trial},
};
use serde::{Deserialize, Serialize};

/// Circumstances of an evaluation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The link that asked for it.
    pub fragment: String,
    /// Names of the models, in the report's order.
    pub names: Vec<String>,
    /// Names of the attacks, in the report's order.
    pub attacks: Vec<String>,
    /// Workers that it ran on.
    pub workers: usize,
    /// Time it took so far, milliseconds.
    pub millis: f64,
    /// What the methods say beside the attacks' settings, a sentence each.
    #[serde(default)]
    pub asides: Vec<String>,
}

/// A check of the auditor and the model that it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audited {
    /// The model's id.
    pub model: String,
    /// The check.
    #[serde(flatten)]
    pub check: Check,
}

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The dataset's id.
    pub data: String,
    /// The dataset's name.
    pub data_name: String,
    /// What the inputs are.
    #[serde(default, skip_serializing_if = "InputKind::is_picture")]
    pub kind: InputKind,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// True classes of the inputs, the first of the test split.
    pub labels: Vec<u32>,
    /// Seed of every random draw.
    pub seed: u64,
    /// Share of the worst case in the score.
    pub weight: f64,
    /// The norm.
    pub norm: Norm,
    /// The radius.
    pub eps: f32,
    /// The attacks.
    pub trials: Vec<Trial>,
    /// The attack behind the smallest radii, with the largest radius tried.
    pub radius: Option<AttackSpec>,
    /// Whether every input went through every attack.
    pub complete: bool,
    /// Inputs that were lost with their workers.
    pub lost: usize,
    /// The figures, model by model.
    pub models: Vec<ModelReport>,
    /// What the auditor found.
    pub audit: Vec<Audited>,
    /// Inputs that the auditor looks at.
    pub audited: usize,
    /// How it came about.
    pub about: About,
}

/// How a model is judged that draws at random.
fn drawn(model: &ModelReport) -> String {
    format!(
        " {} draws at random: its answers are the likeliest over {} draws, and attacks follow means over draws.",
        model.id, model.draws
    )
}

impl Report {
    /// A model's name.
    pub fn name(&self, model: usize) -> String {
        self.about.names.get(model).cloned().unwrap_or_else(|| self.models[model].id.clone())
    }

    /// An attack's name.
    pub fn attack(&self, attack: usize) -> String {
        self.about.attacks.get(attack).cloned().unwrap_or_else(|| self.trials[attack].spec.id.clone())
    }

    /// Weighs the worst case anew in the score.
    pub fn reweigh(&mut self, weight: f64) {
        self.weight = weight;
        for model in &mut self.models {
            model.score = weight * model.worst.value + (1.0 - weight) * model.clean.value;
        }
    }

    /// Whether a plan is about the same models and inputs, as far as can be told without these: then its audit says
    /// something about this report.
    pub fn is_of(&self, plan: &Plan) -> bool {
        let models = self.models.iter().map(|model| &model.id).eq(&plan.request.models);
        let limits = self.trials.iter().all(|trial| trial.spec.limits == plan.limits);
        models
            && limits
            && (&self.data, self.norm, self.eps, self.seed) == (&plan.data.id, plan.norm, plan.eps, plan.seed)
    }

    /// Whether its inputs begin with some of these classes.
    pub fn begins_with(&self, labels: &[u32]) -> bool {
        !labels.is_empty() && self.labels.starts_with(labels)
    }

    /// What the evaluation ran on, in words.
    pub fn engine(&self) -> String {
        let many = if self.about.workers == 1 { "worker" } else { "workers" };
        format!("CPU, WebAssembly SIMD, {} {many}", self.about.workers)
    }

    /// What was attacked, in words.
    pub fn inputs(&self) -> String {
        let count = self.labels.len();
        match self.data.as_str() {
            OWN if count == 1 => "1 drawing of the visitor's own".into(),
            OWN => format!("{count} drawings of the visitor's own"),
            _ => format!("the first {count} {} of the test split of {}", self.noun(), self.data_name),
        }
    }

    /// What its inputs are, in the plural.
    fn noun(&self) -> &'static str {
        if self.kind.is_picture() { "images" } else { "rows" }
    }

    /// The methods paragraph.
    pub fn methods(&self) -> String {
        let engine = format!("{}, program version {}", self.engine(), env!("CARGO_PKG_VERSION"));
        let models: Vec<&str> = self.models.iter().map(|model| model.id.as_str()).collect();
        let text =
            foolproof_core::report::methods(&self.kind, &models, &self.trials, &self.inputs(), self.seed, &engine);
        // Reports of older versions have none.
        let proven = match self.models.iter().any(|model| model.certified.n > 0) {
            true => "; certified radii are proven by interval bounds (Gowal et al. 2018)",
            false => "",
        };
        let search = self.radius.as_ref().map(|spec| {
            format!(
                " Smallest radii were found by halving with {} steps of PGD, up to {}{proven}.",
                plain(spec.knobs.get("steps").copied().unwrap_or_default()),
                plain(crate::attack::scale::widen(spec.eps))
            )
        });
        let votes = self.models.iter().find_map(|model| model.smoothed.as_ref()).map(|of| {
            let Smoothing { sigma, select, draws } = of.smoothing;
            format!(
                " Each model was smoothed by Gaussian noise of {} (Cohen et al. 2019): the class is the likeliest of {select} \
                 noisy copies, its share bounded by {draws} others (Clopper and Pearson 1934), each certificate of an L2 \
                 radius at a risk of {}.",
                plain(crate::attack::scale::widen(sigma)),
                of.alpha
            )
        });
        let watched = self.models.iter().find_map(|model| model.detectors.first());
        let watched = watched.map(|one| {
            let all = self.models.iter().map(|model| &model.detectors).find(|all| !all.is_empty());
            let names: Vec<String> = all.into_iter().flatten().map(|one| one.detector.text()).collect();
            format!(
                " Detectors ({}) were fitted to clean training inputs, with thresholds at a share of {} flagged of others; no attack \
                 but an adaptive one knew of them. Areas under ROC curves are of inputs that fell against clean ones that were \
                 answered right, with DeLong's intervals.",
                names.join(", "),
                plain(crate::attack::scale::widen(one.asked))
            )
        });
        let score = format!(" The score weighs the worst case with {} against the clean accuracy.", plain(self.weight));
        let counted = match self.models.iter().any(|model| model.chosen.is_some()) {
            true => format!(
                " The worst case and the radii count what the auditor broke within the radius, on the first {} inputs.",
                self.audited
            ),
            false => String::new(),
        };
        let random = self.models.iter().filter(|model| model.draws > 1);
        let random: String = random.map(drawn).collect();
        let behind: String = self.models.iter().filter_map(|model| methods::defended(&model.id)).collect();
        let asides: String = self.about.asides.iter().map(|aside| format!(" {aside}")).collect();
        text + &search.unwrap_or_default()
            + &votes.unwrap_or_default()
            + &watched.unwrap_or_default()
            + &score
            + &counted
            + &behind
            + &random
            + &asides
    }

    /// Whether one of the chosen attacks broke this model on this input.
    pub fn is_broken(&self, (model, index): (usize, usize)) -> bool {
        let rows = self.models.get(model).map_or(&[][..], |model| &model.samples);
        rows.iter().any(|row| row.index == index && !row.broken.is_empty())
    }

    /// Inputs of a model that show most: those that fell at the smallest radii, or those that stood the largest.
    /// Inputs that were wrong already show nothing. Without radii, those that most attacks broke, or none did.
    pub fn extremes(&self, model: usize, hardest: bool, most: usize) -> Vec<usize> {
        let rows = &self.models[model].samples;
        // While the search goes on, only inputs that it is done with can be compared.
        let searched = rows.iter().any(|row| row.radius.is_some());
        let samples = rows.iter().filter(|row| row.clean == row.truth && row.radius.is_some() == searched);
        let key = |row: &foolproof_core::report::SampleRow| match row.radius {
            Some(radius) => radius.unwrap_or(f32::MAX),
            None => -((row.broken.len() + usize::from(row.found.is_some())) as f32),
        };
        let mut keyed: Vec<(f32, usize)> = samples.map(|row| (key(row), row.index)).collect();
        keyed.sort_by(|a, b| if hardest { a.0.total_cmp(&b.0) } else { b.0.total_cmp(&a.0) });
        keyed.into_iter().take(most).map(|(_, index)| index).collect()
    }
}
