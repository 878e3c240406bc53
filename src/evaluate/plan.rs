//! From a request to what workers are to do: the evaluation itself, and the auditor's attacks.

use super::{ensemble, request::EvaluationRequest};
use crate::{
    attack::{plan, scale::widen},
    link::{Settings, default_eps, largest_eps},
    workers::evaluation::CostedJob,
};
use foolproof_core::{
    catalog::{Aim, Card, Catalog, Knob, Norm},
    manifest::{Dataset, Manifest},
    protocol::{AttackSpec, EvaluationJob, Inputs, knobs},
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
    /// Seed of every random draw.
    pub seed: u64,
}

impl Plan {
    /// The plan for these settings; `None` if their dataset is not there.
    pub fn of(settings: &Settings, request: EvaluationRequest, manifest: &Manifest, catalog: &Catalog) -> Option<Plan> {
        let data = plan::dataset(settings, manifest)?.clone();
        let eps = settings.eps.unwrap_or_else(|| default_eps(&data, settings.norm)) as f32;
        let trial = |spec: AttackSpec, aim: Aim| Trial { spec, aim };
        let of_wish = request.attacks.iter().filter_map(|item| {
            let card = item.card(catalog)?;
            Some(trial(item.spec(settings, card, eps), card.aim))
        });
        let trials: Vec<Trial> = of_wish.collect();
        let radius = request.radius.then(|| search(&trials, &data, settings.norm, catalog)).flatten();
        let (norm, seed, audited) = (settings.norm, settings.seed, request.audit);
        let (roles, audit, twins) = Default::default();
        let plan = Plan { request, data, norm, eps, trials, radius, roles, audit, twins, seed };
        let trials = plan.trials.clone();
        Some(if audited { plan.audited(&trials, catalog) } else { plan })
    }

    /// The same with the auditor's attacks that the engine has, and the twins of these.
    fn audited(mut self, trials: &[Trial], catalog: &Catalog) -> Plan {
        let known = |(role, mut spec): (Role, AttackSpec)| {
            let card = catalog.attacks.iter().find(|card| card.id == spec.id && card.norms.contains(&self.norm))?;
            spec.knobs.retain(|key, _| card.knobs.iter().any(|knob| knob.key == *key));
            Some((role, Trial { spec, aim: card.aim }))
        };
        let pixels = self.data.shape.iter().product();
        let plan = report::plan(self.norm, self.eps, pixels).into_iter().filter_map(known);
        (self.roles, self.audit) = plan.unzip();
        self.twins.clear();
        for trial in trials {
            let place = twin(trial, catalog).map(|(card, twin)| {
                // What runs anyhow is not run twice.
                self.audit.iter().position(|other| same(card, &other.spec, &twin.spec)).unwrap_or_else(|| {
                    self.roles.push(Role::Twin);
                    self.audit.push(twin);
                    self.audit.len() - 1
                })
            });
            self.twins.push(place);
        }
        self
    }

    /// Ids of the models that the workers need: those of the request, and the members of its ensembles.
    pub fn members(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for member in self.request.models.iter().flat_map(|id| ensemble::members(id)) {
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
        self.radius = None;
        self.audited(trials, catalog)
    }

    /// What workers are to do with these inputs, the first of the test split: the evaluation, then the audit. A job
    /// without attacks is left empty, so that places stay.
    pub fn jobs(&self, inputs: &Inputs) -> [CostedJob; 2] {
        let specs = |trials: &[Trial]| trials.iter().map(|trial| trial.spec.clone()).collect::<Vec<_>>();
        let costed = |trials: &[Trial], radius: Option<AttackSpec>, most: usize| {
            let idle = trials.is_empty() && radius.is_none();
            let count = if idle { 0 } else { most };
            let search = radius.as_ref().map_or(0.0, |spec| ROUNDS * cost(spec));
            let each = search + trials.iter().map(|trial| cost(&trial.spec)).sum::<f64>();
            let job = EvaluationJob {
                models: self.request.models.clone(),
                inputs: first(inputs, count),
                first: 0,
                crafted_on: crafted(trials).map(|most| first(inputs, most.min(count))),
                attacks: specs(trials),
                radius,
                seed: self.seed,
            };
            CostedJob { job, cost: each * self.request.models.len() as f64 }
        };
        let audited = if self.request.models.is_empty() { 0 } else { AUDITED };
        [costed(&self.trials, self.radius.clone(), usize::MAX), costed(&self.audit, None, audited)]
    }
}

/// The attack behind the smallest radii: PGD with as many steps as the evaluation's, within reason.
fn search(trials: &[Trial], data: &Dataset, norm: Norm, catalog: &Catalog) -> Option<AttackSpec> {
    catalog.attacks.iter().find(|card| card.id == "pgd" && card.norms.contains(&norm))?;
    let steps =
        trials.iter().filter_map(|trial| trial.spec.knobs.get("steps")).fold(0.0, |most: f64, &own| most.max(own));
    let knobs = knobs([("steps".to_owned(), steps.clamp(SEARCH.0, SEARCH.1))]);
    Some(AttackSpec { id: "pgd".into(), norm, eps: farthest(data, norm), target: None, knobs, limits: Vec::new() })
}

/// The largest radius that is searched: wide enough for the curve to come down to chance.
pub fn farthest(data: &Dataset, norm: Norm) -> f32 {
    let pixels = data.shape.iter().product();
    let most = (2.0 * default_eps(data, norm)).max(widen(report::boundless(norm, pixels)));
    most.min(largest_eps(norm, pixels)) as f32
}

/// An attack with twice its steps, or as many as its card allows; `None` where it has no more, and where that says
/// nothing: steps of the nearest input's attacks shorten distances, and those of AutoAttack's members take minutes.
fn twin<'a>(trial: &Trial, catalog: &'a Catalog) -> Option<(&'a Card, Trial)> {
    let id = &trial.spec.id;
    let card = catalog.attacks.iter().find(|card| card.id == *id && card.aim == Aim::Within && id != "autoattack")?;
    let knob = card.knobs.iter().find(|knob| knob.key == "steps")?;
    let steps = trial.spec.knobs.get("steps").copied().or(knob.default)?;
    let mut twin = trial.clone();
    twin.spec.knobs.insert("steps".into(), (2.0 * steps).min(knob.max));
    (steps < knob.max).then_some((card, twin))
}

/// Whether two settings of an attack are one, knobs that are missing at their defaults.
fn same(card: &Card, one: &AttackSpec, other: &AttackSpec) -> bool {
    let settings = |spec: &AttackSpec| {
        let value = |knob: &Knob| spec.knobs.get(&knob.key).copied().or(knob.default);
        card.knobs.iter().map(value).collect::<Vec<_>>()
    };
    (&one.id, one.norm, one.eps) == (&other.id, other.norm, other.eps) && settings(one) == settings(other)
}

/// Steps of an attack, about.
fn cost(spec: &AttackSpec) -> f64 {
    let knob = |key: &str| spec.knobs.get(key).copied();
    let steps = knob("steps").or_else(|| knob("queries")).unwrap_or(match spec.id.as_str() {
        "fgsm" | "noise" => 1.0,
        _ => UNKNOWN,
    });
    steps * knob("restarts").unwrap_or(1.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{catalog, manifest};

    fn planned(fragment: &str) -> Plan {
        let (settings, _) = Settings::read(fragment);
        let (request, _) = EvaluationRequest::read(&settings, &manifest(), &catalog());
        Plan::of(&settings, request, &manifest(), &catalog()).unwrap()
    }

    fn inputs(n: usize) -> Inputs {
        Inputs { shape: [n, 1, 28, 28], pixels: vec![0.5; n * 784], labels: Some(vec![1; n]) }
    }

    #[test]
    fn the_evaluation_comes_first_and_the_audit_looks_at_fewer() {
        let plan = planned("eps=.2&measure.attacks=pgd:steps:4,pgd:steps:60");
        let [evaluation, audit] = plan.jobs(&inputs(80));
        assert_eq!((evaluation.job.inputs.shape[0], audit.job.inputs.shape[0]), (80, 50));
        let steps: Vec<f64> = evaluation.job.attacks.iter().map(|spec| spec.knobs["steps"]).collect();
        assert_eq!((steps, evaluation.job.attacks[0].eps), (vec![4.0, 60.0], 0.2));
        let search = evaluation.job.radius.unwrap();
        assert_eq!((search.eps, search.knobs["steps"]), (0.6, 40.0));
        assert_eq!(evaluation.cost, 2.0 * (4.0 + 60.0 + 8.0 * 40.0));
    }

    #[test]
    fn the_audit_leaves_out_attacks_that_the_engine_has_not() {
        let plan = planned("");
        assert_eq!(plan.roles, [Role::Pgd, Role::Longer, Role::Restarts, Role::Boundless, Role::Twin]);
        assert!(plan.audit.iter().all(|trial| trial.spec.id == "pgd"));
    }

    #[test]
    fn each_attack_within_the_radius_has_a_twin_of_twice_its_steps() {
        let chosen = "pgd:steps:4:step:.02,pgd:steps:400,pgd:steps:500,deep,pgd:steps:40:restarts:5";
        let plan = planned(&format!("norm=l2&measure.attacks={chosen}"));
        // As many steps as there may be, and none for the attack without steps.
        let steps = |twin: &Option<usize>| twin.map(|at| plan.audit[at].spec.knobs["steps"]);
        let found: Vec<Option<f64>> = plan.twins.iter().map(steps).collect();
        assert_eq!(found, [Some(8.0), Some(500.0), None, None, Some(80.0)]);
        assert_eq!(plan.audit[plan.twins[0].unwrap()].spec.knobs["step"], 0.02, "its own step stays");
        let plan = planned("measure.attacks=pgd:steps:40");
        assert_eq!((plan.twins.clone(), plan.roles[1]), (vec![Some(1)], Role::Longer), "the auditor runs it anyhow");
        let again = plan.clone().only_audit(&plan.trials, 500, &catalog());
        assert_eq!((again.twins, again.request.n, again.trials.len()), (plan.twins, AUDITED, 0));
    }

    #[test]
    fn the_search_goes_as_far_as_the_auditor() {
        let most = |norm: &str| planned(&format!("norm={norm}")).radius.unwrap().eps;
        assert_eq!(["linf", "l2", "l1"].map(most), [0.6, 12.0, 300.0]);
    }

    #[test]
    fn a_perturbation_for_all_is_crafted_on_the_first_inputs() {
        let mut plan = planned("measure.attacks=pgd:steps:4,pgd:steps:5");
        assert_eq!(plan.jobs(&inputs(80))[0].job.crafted_on, None);
        plan.trials[1].aim = Aim::Shared;
        let crafted_on = |n: usize| plan.jobs(&inputs(n))[0].job.crafted_on.as_ref().map(|inputs| inputs.shape[0]);
        assert_eq!((crafted_on(80), crafted_on(20)), (Some(50), Some(20)));
    }

    #[test]
    fn an_ensemble_needs_its_members_once() {
        let plan = planned("measure.models=natural,natural%2Brobust,robust%2Bother");
        assert_eq!(plan.members(), ["natural", "robust", "other"]);
        assert_eq!(plan.jobs(&inputs(1))[0].job.models, ["natural", "natural+robust", "robust+other"]);
    }

    #[test]
    fn what_is_not_wished_for_is_no_work() {
        let [evaluation, audit] = planned("measure.radius=0&measure.audit=0").jobs(&inputs(5));
        assert_eq!((evaluation.job.radius, audit.job.inputs.shape[0], audit.work()), (None, 0, 0.0));
        let [evaluation, audit] = planned("").only_audit(&[], 5, &catalog()).jobs(&inputs(5));
        assert_eq!((evaluation.job.inputs.shape[0], audit.job.inputs.shape[0]), (0, 5));
    }
}
