//! From a wish to the tasks of the pool: the evaluation itself, and the auditor's attacks.

use super::{ensemble, wish::Wish};
use crate::{
    catalog::{Aim, Catalog, Norm},
    manifest::{Dataset, Manifest},
    protocol::{AttackSpec, EvaluationJob, Inputs},
    report::{self, Role, Trial},
    ui::{
        address::{Settings, default_eps, largest_eps},
        plan,
        pool::Task,
    },
};
use std::collections::BTreeMap;

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
    pub wish: Wish,
    /// The dataset.
    pub data: Dataset,
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
    /// Seed of every random draw.
    pub seed: u64,
}

impl Plan {
    /// The plan for these settings; `None` if their dataset is not there.
    pub fn of(settings: &Settings, wish: Wish, manifest: &Manifest, catalog: &Catalog) -> Option<Plan> {
        let data = plan::dataset(settings, manifest)?.clone();
        let eps = settings.eps.unwrap_or_else(|| default_eps(&data, settings.norm)) as f32;
        let trial = |spec: AttackSpec, aim: Aim| Trial { spec, aim };
        let of_wish = wish.attacks.iter().filter_map(|item| {
            let card = item.card(catalog)?;
            Some(trial(item.spec(settings, card, eps), card.aim))
        });
        let trials: Vec<Trial> = of_wish.collect();
        let radius = wish.radius.then(|| search(&trials, &data, settings.norm, catalog)).flatten();
        let (roles, audit) = if wish.audit { audit(settings.norm, eps, catalog) } else { Default::default() };
        Some(Plan { wish, data, eps, trials, radius, roles, audit, seed: settings.seed })
    }

    /// Ids of the models that the workers need: those of the wish, and the members of its ensembles.
    pub fn members(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for member in self.wish.models.iter().flat_map(|id| ensemble::members(id)) {
            if !all.iter().any(|known| known == member) {
                all.push(member.to_owned());
            }
        }
        all
    }

    /// The same on so many of the visitor's own drawings.
    pub fn of_drawings(mut self, count: usize) -> Plan {
        self.wish.n = count;
        self.data = Dataset { id: OWN.into(), name: "own drawings".into(), test: Vec::new(), ..self.data };
        self
    }

    /// The same, to run the auditor alone.
    pub fn only_audit(mut self, norm: Norm, catalog: &Catalog) -> Plan {
        (self.roles, self.audit) = audit(norm, self.eps, catalog);
        self.trials.clear();
        self.radius = None;
        self
    }

    /// What the pool is to do with these inputs, the first of the test split: the evaluation, then the audit. A task
    /// without attacks is left empty, so that places stay.
    pub fn tasks(&self, inputs: &Inputs) -> [Task; 2] {
        let specs = |trials: &[Trial]| trials.iter().map(|trial| trial.spec.clone()).collect::<Vec<_>>();
        let task = |trials: &[Trial], radius: Option<AttackSpec>, most: usize| {
            let idle = trials.is_empty() && radius.is_none();
            let count = if idle { 0 } else { most };
            let search = radius.as_ref().map_or(0.0, |spec| ROUNDS * cost(spec));
            let each = search + trials.iter().map(|trial| cost(&trial.spec)).sum::<f64>();
            let job = EvaluationJob {
                models: self.wish.models.clone(),
                inputs: first(inputs, count),
                first: 0,
                attacks: specs(trials),
                radius,
                seed: self.seed,
            };
            Task { job, cost: each * self.wish.models.len() as f64 }
        };
        let audited = if self.wish.models.is_empty() { 0 } else { AUDITED };
        [task(&self.trials, self.radius.clone(), usize::MAX), task(&self.audit, None, audited)]
    }
}

/// The attack behind the smallest radii: PGD with as many steps as the evaluation's, within reason.
fn search(trials: &[Trial], data: &Dataset, norm: Norm, catalog: &Catalog) -> Option<AttackSpec> {
    catalog.attacks.iter().find(|card| card.id == "pgd" && card.norms.contains(&norm))?;
    let steps =
        trials.iter().filter_map(|trial| trial.spec.knobs.get("steps")).fold(0.0, |most: f64, &own| most.max(own));
    let usual = default_eps(data, norm);
    // Wide enough for the curve to come down to chance: at half of the scale every picture can be made plain grey.
    let most = match norm {
        Norm::Linf => (2.0 * usual).max(0.5),
        Norm::L2 | Norm::L1 => 4.0 * usual,
    };
    let most = most.min(largest_eps(norm, data.shape.iter().product()));
    let knobs = BTreeMap::from([("steps".to_owned(), steps.clamp(SEARCH.0, SEARCH.1))]);
    Some(AttackSpec { id: "pgd".into(), norm, eps: most as f32, target: None, knobs })
}

/// The auditor's attacks that the engine has.
fn audit(norm: Norm, eps: f32, catalog: &Catalog) -> (Vec<Role>, Vec<Trial>) {
    let known = |(role, mut spec): (Role, AttackSpec)| {
        let card = catalog.attacks.iter().find(|card| card.id == spec.id && card.norms.contains(&norm))?;
        spec.knobs.retain(|key, _| card.knobs.iter().any(|knob| knob.key == *key));
        Some((role, Trial { spec, aim: card.aim }))
    };
    report::plan(norm, eps).into_iter().filter_map(known).unzip()
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
    use crate::ui::fixture::{catalog, manifest};

    fn planned(fragment: &str) -> Plan {
        let (settings, _) = Settings::read(fragment);
        let (wish, _) = Wish::read(&settings, &manifest(), &catalog());
        Plan::of(&settings, wish, &manifest(), &catalog()).unwrap()
    }

    fn inputs(n: usize) -> Inputs {
        Inputs { shape: [n, 1, 28, 28], pixels: vec![0.5; n * 784], labels: Some(vec![1; n]) }
    }

    #[test]
    fn the_evaluation_comes_first_and_the_audit_looks_at_fewer() {
        let plan = planned("eps=.2&measure.attacks=pgd:steps:4,pgd:steps:60");
        let [evaluation, audit] = plan.tasks(&inputs(80));
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
        assert_eq!(plan.roles, [Role::Pgd, Role::Longer, Role::Restarts, Role::Boundless]);
        assert!(plan.audit.iter().all(|trial| trial.spec.id == "pgd"));
    }

    #[test]
    fn an_ensemble_needs_its_members_once() {
        let plan = planned("measure.models=natural,natural%2Brobust,robust%2Bother");
        assert_eq!(plan.members(), ["natural", "robust", "other"]);
        assert_eq!(plan.tasks(&inputs(1))[0].job.models, ["natural", "natural+robust", "robust+other"]);
    }

    #[test]
    fn what_is_not_wished_for_is_no_work() {
        let [evaluation, audit] = planned("measure.radius=0&measure.audit=0").tasks(&inputs(5));
        assert_eq!((evaluation.job.radius, audit.job.inputs.shape[0], audit.work()), (None, 0, 0.0));
        let [evaluation, audit] = planned("").only_audit(Norm::Linf, &catalog()).tasks(&inputs(5));
        assert_eq!((evaluation.job.inputs.shape[0], audit.job.inputs.shape[0]), (0, 5));
    }
}
