//! What an evaluation has told so far, of which a report is made as often as it is shown.

use super::{
    audit::Audit,
    plan::Plan,
    report::{About, Report},
};
use foolproof_core::{
    protocol::{Fault, Part, Radii, Votes},
    report::{Ledger, ModelReport, Trial},
};

/// Everything told about an evaluation so far.
#[derive(Clone, Debug)]
pub struct Study {
    /// What is done.
    pub plan: Plan,
    /// Of the evaluation.
    pub ledger: Ledger,
    /// The auditor's part.
    pub audit: Audit,
    /// Inputs that were lost with their workers.
    pub lost: usize,
    /// The report of a file, whose figures stand in place of the ledger's.
    loaded: Option<Box<Report>>,
}

impl Study {
    /// An empty one, for inputs of these classes.
    pub fn new(plan: Plan, labels: &[u32]) -> Study {
        let labels = &labels[..labels.len().min(plan.request.n)];
        let mut ledger =
            Ledger::new(plan.request.models.clone(), plan.trials.clone(), labels.to_vec(), plan.data.classes.len());
        ledger.most = plan.radius.as_ref().map(|spec| spec.eps);
        ledger.smoothing = plan.request.smoothing;
        let detectors = Some(&plan.request.detectors).filter(|list| !list.is_empty());
        ledger.detection = detectors.map(|list| (list.clone(), plan.request.fpr));
        let audit = Audit::new(&plan, labels, Vec::new());
        Study { ledger, audit, plan, lost: 0, loaded: None }
    }

    /// The audit alone, of a report that was loaded.
    pub fn of_report(report: Report, plan: Plan, labels: &[u32], asides: Vec<String>) -> Study {
        let audit = Audit::new(&plan, labels, asides);
        Study { loaded: Some(Box::new(report)), audit, ..Study::new(plan, labels) }
    }

    /// Takes over the auditor's part of another plan of the same inputs, which is to be run anew.
    pub fn audit_anew(&mut self, plan: &Plan, labels: &[u32], asides: Vec<String>) {
        self.audit = Audit::new(plan, labels, asides);
    }

    /// Notes a part of the job at this place of [`Plan::jobs`].
    ///
    /// # Errors
    /// A [`Fault`] if it is of another evaluation.
    pub fn add(&mut self, job: usize, part: Part) -> Result<(), Fault> {
        if job == 0 { self.ledger.add(part) } else { self.audit.ledger.add(part) }
    }

    /// An attack of the job at this place of [`Plan::jobs`], with its rank among all whose pictures are shown: those of the
    /// auditor that count come after the chosen ones.
    pub fn trial(&self, job: usize, attack: usize) -> Option<(usize, Trial)> {
        let chosen = &self.ledger.trials;
        if job == 0 {
            return Some((attack, chosen.get(attack)?.clone()));
        }
        self.audit
            .counts(attack)
            .then(|| Some((chosen.len() + attack, self.audit.ledger.trials.get(attack)?.clone())))?
    }

    /// Notes radii.
    ///
    /// # Errors
    /// As [`Study::add`].
    pub fn add_radii(&mut self, radii: Radii) -> Result<(), Fault> {
        self.ledger.add_radii(radii)
    }

    /// Notes votes.
    ///
    /// # Errors
    /// As [`Study::add`].
    pub fn add_votes(&mut self, votes: Votes) -> Result<(), Fault> {
        self.ledger.add_votes(votes)
    }

    /// The figures so far. `about` is of this run; a loaded report keeps its own.
    pub fn report(&self, about: About) -> Report {
        let mut report = match &self.loaded {
            Some(loaded) => {
                let mut report = Report::clone(loaded);
                report.reweigh(self.plan.request.weight);
                report
            }
            None => self.measured(about),
        };
        self.audit.judge(&mut report);
        report
    }

    fn measured(&self, about: About) -> Report {
        let models: Vec<ModelReport> =
            (0..self.ledger.models.len()).map(|model| self.ledger.figures(model, self.plan.request.weight)).collect();
        Report {
            data: self.plan.data.id.clone(),
            data_name: self.plan.data.name.clone(),
            kind: self.plan.data.kind.clone(),
            classes: self.plan.data.classes.clone(),
            labels: self.ledger.labels.clone(),
            seed: self.plan.seed,
            weight: self.plan.request.weight,
            norm: self.plan.norm,
            eps: self.plan.eps,
            trials: self.ledger.trials.clone(),
            radius: self.plan.radius.clone(),
            complete: models.iter().all(|model| model.worst.n == self.ledger.labels.len()),
            lost: self.lost,
            audit: Vec::new(),
            audited: 0,
            models,
            about,
        }
    }
}
