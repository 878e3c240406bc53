//! From a request to what workers are to do: the evaluation itself, and the auditor's attacks.

#[cfg(test)]
mod tests;

use super::{detectors_json::is_adaptive, ensemble, items, request::EvaluationRequest};
use crate::{
    attack::{plan, scale::widen},
    link::{Settings, default_eps, largest_eps},
    workers::evaluation::CostedJob,
};
use foolproof_core::{
    catalog::{Access, Aim, Card, Catalog, Knob, Norm},
    defence::bare,
    manifest::{Dataset, Manifest},
    protocol::{AttackSpec, Detection, EvaluationJob, Inputs, Smoothing, ThreatModel},
    report::{self, Role, Trial},
};

/// Id that stands for the visitor's own drawings in place of a dataset's.
pub const OWN: &str = "own";
/// Most inputs that the auditor looks at.
pub const AUDITED: usize = 50;
/// Fewest and most steps of the search for the smallest radius.
const SEARCH: (f64, f64) = (10.0, 40.0);
/// Attacks that the search makes of each input, about.
const ROUNDS: f64 = 8.0;
/// What one look at a copy costs, in steps of an attack, which go there and back.
const LOOK: f64 = 0.4;
/// Training inputs that detectors learn from: one half says what is usual, the other sets thresholds.
pub const REFERENCES: usize = 2000;
/// Steps of an attack that has no knob for them, about.
const UNKNOWN: f64 = 100.0;

/// Everything about an evaluation but its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is to be done.
    pub request: EvaluationRequest,
    /// The dataset.
    pub data: Dataset,
    /// Norm of the ball.
    pub norm: Norm,
    /// Radius of the ball, pixels in [0, 1].
    pub eps: f32,
    /// How far each feature may go, as [`AttackSpec::limits`].
    pub limits: Vec<f32>,
    /// The attacks of the evaluation.
    pub trials: Vec<Trial>,
    /// The attack behind the smallest radii, its radius the largest tried.
    pub radius: Option<AttackSpec>,
    /// What the auditor's attacks are there for; empty without an audit.
    pub roles: Vec<Role>,
    /// The auditor's attacks.
    pub audit: Vec<Trial>,
    /// For each attack of the evaluation the place of its twin of twice the steps among the auditor's, if it has one.
    pub twins: Vec<Option<usize>>,
    /// For each of them the places of itself at smaller radii, ascending; none where that is not looked at.
    pub nearer: Vec<Vec<usize>>,
    /// Seed of every random draw.
    pub seed: u64,
}

impl Plan {
    /// The plan for these settings; `None` if their dataset is not there. Models that name no defence of their own stand
    /// behind the link's.
    pub fn of(
        settings: &Settings,
        mut request: EvaluationRequest,
        manifest: &Manifest,
        catalog: &Catalog,
    ) -> Option<Plan> {
        let data = plan::dataset(settings, manifest)?.clone();
        let models = request.models.iter().map(|id| ensemble::behind(id, &settings.defence));
        request.models =
            models.fold(Vec::new(), |all, id| if all.contains(&id) { all } else { [all, vec![id]].concat() });
        let eps = settings.eps.unwrap_or_else(|| default_eps(&data, settings.norm)) as f32;
        let threat = ThreatModel { norm: settings.norm, eps, limits: plan::limits(settings, &data) };
        let of_wish = request.attacks.iter().filter_map(|item| {
            let card = item.card(catalog)?;
            Some(Trial { spec: item.spec(settings, card, &threat), aim: card.aim })
        });
        let trials: Vec<Trial> = of_wish.collect();
        let radius = request.radius.then(|| search(&trials, &data, &threat, catalog)).flatten();
        let radius = radius.map(|spec| AttackSpec { target: items::mode(settings), ..spec });
        let (seed, audited) = (settings.seed, request.audit);
        let ThreatModel { norm, eps, limits } = threat;
        let (roles, audit, twins, nearer) = Default::default();
        let plan = Plan { request, data, norm, eps, limits, trials, radius, roles, audit, twins, nearer, seed };
        let trials = plan.trials.clone();
        Some(if audited { plan.audited(&trials, catalog) } else { plan })
    }

    /// What all its attacks may change.
    fn threat(&self) -> ThreatModel {
        ThreatModel { norm: self.norm, eps: self.eps, limits: self.limits.clone() }
    }

    /// The same with the auditor's attacks that the engine has, and the twins of these.
    fn audited(mut self, trials: &[Trial], catalog: &Catalog) -> Plan {
        let known = |(role, mut spec): (Role, AttackSpec)| {
            let card = catalog.attacks.iter().find(|card| card.id == spec.id && card.norms.contains(&self.norm))?;
            spec.knobs.retain(|key, _| card.knobs.iter().any(|knob| knob.key == *key));
            Some((role, Trial { spec, aim: card.aim }))
        };
        let pixels = self.data.shape.iter().product();
        let plan = report::plan(&self.threat(), pixels).into_iter().filter_map(known);
        (self.roles, self.audit) = plan.unzip();
        self.twins = trials.iter().map(|trial| Some(self.beside(Role::Twin, twin(trial, catalog)?))).collect();
        let smaller = trials.iter().map(|trial| nearer(trial, catalog));
        self.nearer = smaller.map(|own| own.into_iter().map(|one| self.beside(Role::Nearer, one)).collect()).collect();
        self
    }

    /// The place of an attack among the auditor's; what runs anyhow is not run twice.
    fn beside(&mut self, role: Role, (card, trial): (&Card, Trial)) -> usize {
        let known = self.audit.iter().position(|other| same(card, &other.spec, &trial.spec));
        known.unwrap_or_else(|| {
            self.roles.push(role);
            self.audit.push(trial);
            self.audit.len() - 1
        })
    }

    /// Ids of the models that the workers need: those of the request, and the members of its ensembles, all bare. What
    /// stands before them the engines make.
    pub fn members(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for member in self.request.models.iter().flat_map(|id| ensemble::members(id)).map(bare) {
            if !all.iter().any(|known| known == member) {
                all.push(member.to_owned());
            }
        }
        all
    }

    /// The same on so many of the visitor's own drawings.
    pub fn of_drawings(mut self, count: usize) -> Plan {
        self.request.n = count;
        self.data = Dataset { id: OWN.into(), name: "own drawings".into(), test: Vec::new(), ..self.data };
        self
    }

    /// The same, to run the auditor alone on the first of `n` inputs that went through these attacks.
    pub fn only_audit(mut self, trials: &[Trial], n: usize, catalog: &Catalog) -> Plan {
        self.request.n = n.min(AUDITED);
        self.trials.clear();
        (self.radius, self.request.smoothing) = (None, None);
        self.request.detectors.clear();
        self.audited(trials, catalog)
    }

    /// Training inputs that its detectors learn from; 0 where none look on.
    pub fn references(&self) -> usize {
        let there: usize = self.data.train.iter().map(|shard| shard.count).sum();
        if self.request.detectors.is_empty() { 0 } else { there.min(REFERENCES) }
    }

    /// What workers are to do with these inputs, the first of the test split: the evaluation, then the audit. A job
    /// without attacks is left empty, so that places stay. Detectors learn from `references`, if there are any.
    pub fn jobs(&self, inputs: &Inputs, references: Option<Inputs>) -> [CostedJob; 2] {
        let specs = |trials: &[Trial]| trials.iter().map(|trial| trial.spec.clone()).collect::<Vec<_>>();
        let costed = |trials: &[Trial], radius: Option<AttackSpec>, smoothing: Option<Smoothing>, most: usize| {
            let idle = trials.is_empty() && radius.is_none() && smoothing.is_none();
            let count = if idle { 0 } else { most };
            let search = radius.as_ref().map_or(0.0, |spec| ROUNDS * cost(spec));
            let votes = smoothing.map_or(0.0, |own| LOOK * f64::from(own.select + own.draws));
            let each = search + votes + trials.iter().map(|trial| cost(&trial.spec)).sum::<f64>();
            let job = EvaluationJob {
                models: self.request.models.clone(),
                inputs: first(inputs, count),
                first: 0,
                crafted_on: crafted(trials).map(|most| first(inputs, most.min(count))),
                attacks: specs(trials),
                radius,
                smoothing,
                detection: None,
                seed: self.seed,
            };
            CostedJob { job, cost: each * self.request.models.len() as f64 }
        };
        let audited = if self.request.models.is_empty() { 0 } else { AUDITED };
        let smoothing = self.request.smoothing;
        let mut evaluation = costed(&self.trials, self.radius.clone(), smoothing, usize::MAX);
        let EvaluationRequest { detectors, fpr, .. } = &self.request;
        let of = |references| Detection { detectors: detectors.clone(), fpr: *fpr, references };
        evaluation.job.detection = references.filter(|_| !detectors.is_empty()).map(of);
        [evaluation, costed(&self.audit, None, None, audited)]
    }
}

/// The attack behind the smallest radii: PGD with as many steps as the evaluation's, within reason.
fn search(trials: &[Trial], data: &Dataset, threat: &ThreatModel, catalog: &Catalog) -> Option<AttackSpec> {
    catalog.attacks.iter().find(|card| card.id == "pgd" && card.norms.contains(&threat.norm))?;
    let steps =
        trials.iter().filter_map(|trial| trial.spec.knobs.get("steps")).fold(0.0, |most: f64, &own| most.max(own));
    Some(threat.within(farthest(data, threat.norm)).attack("pgd", &[("steps", steps.clamp(SEARCH.0, SEARCH.1))]))
}

/// The largest radius that is searched: wide enough for the curve to come down to chance.
pub fn farthest(data: &Dataset, norm: Norm) -> f32 {
    let pixels = data.shape.iter().product();
    let most = (2.0 * default_eps(data, norm)).max(widen(report::boundless(norm, pixels)));
    most.min(largest_eps(norm, pixels)) as f32
}

/// An attack with twice its steps, or as many as its card allows; `None` where it has no more, and where that says
/// nothing: steps of the nearest input's attacks shorten distances, those of AutoAttack's members take minutes, and what knows of
/// detectors would find none among the auditor's.
fn twin<'a>(trial: &Trial, catalog: &'a Catalog) -> Option<(&'a Card, Trial)> {
    let id = &trial.spec.id;
    let longer = |card: &&Card| card.id == *id && card.aim == Aim::Within && id != "autoattack" && !is_adaptive(id);
    let card = catalog.attacks.iter().find(longer)?;
    let knob = card.knobs.iter().find(|knob| knob.key == "steps")?;
    let steps = trial.spec.knobs.get("steps").copied().or(knob.default)?;
    let mut twin = trial.clone();
    twin.spec.knobs.insert("steps".into(), (2.0 * steps).min(knob.max));
    (steps < knob.max).then_some((card, twin))
}

/// An attack at smaller radii: a single step at every eighth, others at the half. None where that says nothing or takes too
/// long: attacks without gradients ask thousands of times, and those on the nearest input have no radius.
fn nearer<'a>(trial: &Trial, catalog: &'a Catalog) -> Vec<(&'a Card, Trial)> {
    let (id, eps) = (&trial.spec.id, trial.spec.eps);
    let follows = |card: &&Card| {
        let bounded = card.aim == Aim::Within && card.access == Access::Gradient;
        bounded && card.id != "autoattack" && !is_adaptive(&card.id)
    };
    let Some(card) = catalog.attacks.iter().find(|card| card.id == *id).filter(follows) else { return Vec::new() };
    let single = card.knobs.iter().all(|knob| knob.key != "steps");
    let shares = if single { (1..8u8).map(|eighth| f32::from(eighth) / 8.0).collect() } else { vec![0.5] };
    let within = |share: f32| (card, Trial { spec: AttackSpec { eps: share * eps, ..trial.spec.clone() }, ..*trial });
    shares.into_iter().filter(|_| eps > 0.0).map(within).collect()
}

/// Whether two settings of an attack are one, knobs that are missing at their defaults.
fn same(card: &Card, one: &AttackSpec, other: &AttackSpec) -> bool {
    let settings = |spec: &AttackSpec| {
        let value = |knob: &Knob| spec.knobs.get(&knob.key).copied().or(knob.default);
        card.knobs.iter().map(value).collect::<Vec<_>>()
    };
    let fixed = |spec: &AttackSpec| (spec.id.clone(), spec.norm, spec.eps, spec.target);
    fixed(one) == fixed(other) && settings(one) == settings(other)
}

/// Steps of an attack, about.
fn cost(spec: &AttackSpec) -> f64 {
    let knob = |key: &str| spec.knobs.get(key).copied();
    let steps = knob("steps").or_else(|| knob("queries")).unwrap_or(match spec.id.as_str() {
        "fgsm" | "noise" => 1.0,
        _ => UNKNOWN,
    });
    steps * knob("restarts").unwrap_or(1.0) * knob("eot").unwrap_or(1.0)
}

/// Number of inputs that perturbations shared by all are crafted on, if there is an attack that makes one.
fn crafted(trials: &[Trial]) -> Option<usize> {
    trials.iter().filter(|trial| trial.aim == Aim::Shared).map(|trial| trial.spec.crafted()).max()
}

/// At most so many of the inputs, from the first.
fn first(inputs: &Inputs, most: usize) -> Inputs {
    let [batch, channels, rows, columns] = inputs.shape;
    let count = batch.min(most);
    Inputs {
        shape: [count, channels, rows, columns],
        pixels: inputs.pixels[..count * channels * rows * columns].to_vec(),
        labels: inputs.labels.as_ref().map(|labels| labels[..count].to_vec()),
    }
}
