//! The report as the page shows it: figures with everything that is needed to read them, kept as JSON and read again.

use super::plan::{OWN, Plan};
use crate::{
    catalog::Norm,
    protocol::{AttackSpec, Fault, Part, Radii},
    report::{Check, Ledger, ModelReport, Trial, audit},
    ui::words::figure,
};
use serde::{Deserialize, Serialize};

/// Everything told about an evaluation so far.
#[derive(Clone, Debug)]
pub struct Study {
    /// What is done.
    pub plan: Plan,
    /// Of the evaluation.
    pub ledger: Ledger,
    /// Of the auditor's attacks.
    pub audited: Ledger,
    /// Inputs that were lost with their workers.
    pub lost: usize,
}

impl Study {
    /// An empty one, for inputs of these classes.
    pub fn new(plan: Plan, labels: &[u32]) -> Study {
        let labels = &labels[..labels.len().min(plan.wish.n)];
        let ledger = |trials: &[Trial], most: usize| {
            let labels = labels[..labels.len().min(most)].to_vec();
            Ledger::new(plan.wish.models.clone(), trials.to_vec(), labels, plan.data.classes.len())
        };
        let (evaluated, audited) = (ledger(&plan.trials, usize::MAX), ledger(&plan.audit, super::plan::AUDITED));
        Study { ledger: evaluated, audited, plan, lost: 0 }
    }

    /// Takes over the auditor's part of another plan, which is to be run anew.
    pub fn audit_anew(&mut self, plan: &Plan, labels: &[u32]) {
        let labels = labels[..labels.len().min(super::plan::AUDITED)].to_vec();
        (self.plan.roles, self.plan.audit) = (plan.roles.clone(), plan.audit.clone());
        self.audited =
            Ledger::new(self.plan.wish.models.clone(), plan.audit.clone(), labels, self.plan.data.classes.len());
    }

    /// Notes a part of the task at this place of [`Plan::tasks`].
    ///
    /// # Errors
    /// A [`Fault`] if it is of another evaluation.
    pub fn add(&mut self, task: usize, part: Part) -> Result<(), Fault> {
        if task == 0 { self.ledger.add(part) } else { self.audited.add(part) }
    }

    /// Notes radii.
    ///
    /// # Errors
    /// As [`Study::add`].
    pub fn add_radii(&mut self, radii: Radii) -> Result<(), Fault> {
        self.ledger.add_radii(radii)
    }

    /// The figures so far.
    pub fn sheet(&self, about: About) -> Sheet {
        let models: Vec<ModelReport> =
            (0..self.ledger.models.len()).map(|model| self.ledger.figures(model, self.plan.wish.weight)).collect();
        let checks = |(place, id): (usize, &String)| {
            let found = audit(&self.audited, place, &self.plan.roles);
            found.into_iter().map(|check| Audited { model: id.clone(), check }).collect::<Vec<_>>()
        };
        let norm = self.plan.trials.iter().chain(&self.plan.audit).map(|trial| trial.spec.norm).next();
        Sheet {
            data: self.plan.data.id.clone(),
            data_name: self.plan.data.name.clone(),
            classes: self.plan.data.classes.clone(),
            labels: self.ledger.labels.clone(),
            seed: self.plan.seed,
            weight: self.plan.wish.weight,
            norm: norm.unwrap_or(Norm::Linf),
            eps: self.plan.eps,
            trials: self.ledger.trials.clone(),
            radius: self.plan.radius.clone(),
            complete: models.iter().all(|model| model.worst.n == self.ledger.labels.len()),
            lost: self.lost,
            audit: self.ledger.models.iter().enumerate().flat_map(checks).collect(),
            audited: self.audited.labels.len(),
            models,
            about,
        }
    }
}

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
pub struct Sheet {
    /// The dataset's id.
    pub data: String,
    /// The dataset's name.
    pub data_name: String,
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

impl Sheet {
    /// A model's name.
    pub fn name(&self, model: usize) -> String {
        self.about.names.get(model).cloned().unwrap_or_else(|| self.models[model].id.clone())
    }

    /// An attack's name.
    pub fn attack(&self, attack: usize) -> String {
        self.about.attacks.get(attack).cloned().unwrap_or_else(|| self.trials[attack].spec.id.clone())
    }

    /// What the evaluation ran on, in words.
    pub fn engine(&self) -> String {
        let many = if self.about.workers == 1 { "worker" } else { "workers" };
        format!("CPU, WebAssembly SIMD, {} {many}", self.about.workers)
    }

    /// A ledger of the same settings and inputs, without results: what the exports read settings from.
    pub fn settings(&self) -> Ledger {
        let models = self.models.iter().map(|model| model.id.clone()).collect();
        Ledger::new(models, self.trials.clone(), self.labels.clone(), self.classes.len())
    }

    /// What was attacked, in words.
    pub fn inputs(&self) -> String {
        let count = self.labels.len();
        match self.data.as_str() {
            OWN if count == 1 => "1 drawing of the visitor's own".into(),
            OWN => format!("{count} drawings of the visitor's own"),
            _ => format!("the first {count} images of the test split of {}", self.data_name),
        }
    }

    /// The methods paragraph.
    pub fn methods(&self) -> String {
        let engine = format!("{}, program version {}", self.engine(), env!("CARGO_PKG_VERSION"));
        let text = crate::report::methods(&self.settings(), &self.inputs(), self.seed, &engine);
        let search = self.radius.as_ref().map(|spec| {
            format!(
                " Smallest radii were found by halving with {} steps of PGD, up to {}; certified radii are proven by \
                 interval bounds (Gowal et al. 2018).",
                figure(spec.knobs.get("steps").copied().unwrap_or_default()),
                figure(crate::ui::scale::widen(spec.eps))
            )
        });
        let score =
            format!(" The score weighs the worst case with {} against the clean accuracy.", figure(self.weight));
        let asides: String = self.about.asides.iter().map(|aside| format!(" {aside}")).collect();
        text + &search.unwrap_or_default() + &score + &asides
    }

    /// Inputs of a model that show most: those that fell at the smallest radii, or those that stood the largest.
    /// Inputs that were wrong already show nothing. Without radii, those that most attacks broke, or none did.
    pub fn extremes(&self, model: usize, hardest: bool, most: usize) -> Vec<usize> {
        let rows = &self.models[model].samples;
        // While the search goes on, only inputs that it is done with can be compared.
        let searched = rows.iter().any(|row| row.radius.is_some());
        let samples = rows.iter().filter(|row| row.clean == row.truth && row.radius.is_some() == searched);
        let key = |row: &crate::report::SampleRow| match row.radius {
            Some(radius) => radius.unwrap_or(f32::MAX),
            None => -(row.broken.len() as f32),
        };
        let mut keyed: Vec<(f32, usize)> = samples.map(|row| (key(row), row.index)).collect();
        keyed.sort_by(|a, b| if hardest { a.0.total_cmp(&b.0) } else { b.0.total_cmp(&a.0) });
        keyed.into_iter().take(most).map(|(_, index)| index).collect()
    }
}
