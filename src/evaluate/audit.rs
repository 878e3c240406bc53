//! The auditor's part of an evaluation: what its attacks found, and what that says of a report, be it of this run or of a
//! file.

use super::{
    methods,
    plan::{AUDITED, Plan},
    report::{Audited, Report},
};
use foolproof_core::report::{Ledger, Role, audit, count_found, nearer, own_checks, twice, weak};

/// Everything that the auditor's attacks told.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Of the auditor's attacks.
    pub ledger: Ledger,
    roles: Vec<Role>,
    twins: Vec<Option<usize>>,
    nearer: Vec<Vec<usize>>,
    /// What the methods say of attacks that the report did not know when it began.
    asides: Vec<String>,
}

impl Audit {
    /// An empty one, for inputs of these classes.
    pub fn new(plan: &Plan, labels: &[u32], asides: Vec<String>) -> Audit {
        let labels = labels[..labels.len().min(AUDITED)].to_vec();
        let ledger = Ledger::new(plan.request.models.clone(), plan.audit.clone(), labels, plan.data.classes.len());
        Audit { ledger, roles: plan.roles.clone(), twins: plan.twins.clone(), nearer: plan.nearer.clone(), asides }
    }

    /// Whether what this attack breaks counts: it keeps to the radius.
    pub fn counts(&self, attack: usize) -> bool {
        self.roles.get(attack).is_some_and(|role| *role != Role::Boundless)
    }

    /// Says in a report of the same inputs what was found of it.
    pub fn judge(&self, report: &mut Report) {
        let checks = |(place, id): (usize, &String)| {
            let found = audit(&self.ledger, place, &self.roles);
            found.into_iter().map(|check| Audited { model: id.clone(), check }).collect::<Vec<_>>()
        };
        report.audit = self.ledger.models.iter().enumerate().flat_map(checks).collect();
        report.audited = self.ledger.labels.len();
        let most = report.radius.as_ref().map(|spec| spec.eps);
        for model in &mut report.models {
            count_found(model, &self.ledger, &self.roles, report.norm, most);
            let twin = |attack: usize| twice(model, attack, &self.ledger, (*self.twins.get(attack)?)?);
            let less = |attack: usize| nearer(model, attack, &self.ledger, self.nearer.get(attack)?);
            let beside: Vec<_> = (0..model.attacks.len()).map(|attack| (twin(attack), less(attack))).collect();
            model.weak = weak(model, &self.ledger, &self.roles);
            model.attacks.iter_mut().zip(beside).for_each(|(attack, (twin, less))| {
                (attack.twice, attack.nearer) = (twin, less);
            });
            // Of a model that the auditor has not come to, nothing is said.
            if report.audit.iter().any(|found| found.model == model.id) {
                let own = own_checks(model, &report.trials).into_iter();
                report.audit.extend(own.map(|check| Audited { model: model.id.clone(), check }));
            }
        }
        report.reweigh(report.weight);
        if !self.asides.is_empty() {
            report.about.asides.retain(|aside| !methods::is_of_auditor(aside));
            let new = self.asides.iter().filter(|aside| !report.about.asides.contains(aside)).cloned();
            let new: Vec<String> = new.collect();
            report.about.asides.extend(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{
        report::About,
        report_file::load,
        report_json::{
            file,
            tests::{ASKED, report},
        },
        request::EvaluationRequest,
        study::Study,
    };
    use crate::{
        fixture::{catalog, manifest, outcome},
        link::Settings,
    };
    use foolproof_core::{
        protocol::{Part, Timeline},
        report::Weak,
    };
    use serde_json::{Value, json};

    fn plan(more: &str) -> Plan {
        let (settings, _) = Settings::read(&format!("{ASKED}{more}"));
        let (request, _) = EvaluationRequest::read(&settings, &manifest(), &catalog());
        Plan::of(&settings, request, &manifest(), &catalog()).unwrap()
    }

    #[test]
    fn a_report_is_audited_on_its_own_models_and_inputs_alone() {
        let report = load(&file(&report())).unwrap();
        assert!(report.is_of(&plan("")) && report.is_of(&plan("&measure.n=50&measure.attacks=pgd")));
        for other in ["&norm=l2", "&eps=.2", "&seed=1", "&measure.models=robust,natural", "&measure.models=robust"] {
            assert!(!report.is_of(&plan(other)), "{other}");
        }
        assert!(!report.is_of(&plan("").of_drawings(2)));
        assert!(!report.is_of(&Plan { limits: vec![0.5; 784], ..plan("") }), "other changes were allowed");
        assert!(report.begins_with(&[7, 7]) && report.begins_with(&[7]));
        assert!(!report.begins_with(&[7, 1]) && !report.begins_with(&[7, 7, 7]) && !report.begins_with(&[]));
    }

    #[test]
    fn an_audit_of_a_loaded_report_counts_what_it_found_and_changes_nothing_else() {
        let before = load(&file(&report())).unwrap();
        let plan = plan("").only_audit(&before.trials, before.labels.len(), &catalog());
        let count = plan.audit.len();
        let asides = vec!["The auditor ran more.".to_owned()];
        let mut study = Study::of_report(before.clone(), plan, &[7, 7], asides);
        // The robust model stood on its one input, and falls to the auditor.
        for attack in 0..count {
            let samples = outcome("robust", 7, 3).samples;
            let part = Part {
                draws: 1,
                detected: Vec::new(),
                model: "robust".into(),
                attack,
                first: 0,
                samples,
                timeline: Timeline::default(),
                transfer: vec![vec![3]; 2],
                millis: 1.0,
            };
            study.add(1, part).unwrap();
        }
        let after = study.report(About::default());
        assert_eq!(after.models[1].weak, Some(Weak { inputs: vec![0], of: 1 }));
        let twice = after.models[1].attacks[0].twice.clone().unwrap();
        assert_eq!((twice.steps, twice.own.value, twice.twin.value), (8, 1.0, 0.0));
        assert!(after.audit.iter().all(|found| found.model == "robust") && !after.audit.is_empty());
        assert!(after.methods().ends_with("An aside. The auditor ran more."));
        // It counts in the worst case, the score, the answers and the file, and is named.
        let fallen = &after.models[1];
        assert_eq!((fallen.worst.value, fallen.chosen.unwrap().value, fallen.score), (0.0, 1.0, 0.5));
        let row = &fallen.samples[0];
        assert_eq!(
            (row.attacked, row.found.as_ref().unwrap().attack.as_str()),
            (3, "pgd"),
            "the nearest: at a smaller radius"
        );
        assert!(after.methods().contains("count what the auditor broke within the radius, on the first 2 inputs."));
        assert_eq!(load(&file(&after)).unwrap(), after);
        assert_eq!(
            (&after.trials, &after.labels, &after.about.names, &after.models[0].samples),
            (&before.trials, &before.labels, &before.about.names, &before.models[0].samples)
        );
        assert_eq!((after.models[0].worst, after.complete), (before.models[0].worst, before.complete));
    }

    #[test]
    fn another_weight_is_another_score_of_a_loaded_report() {
        let mut report = load(&file(&report())).unwrap();
        report.reweigh(0.25);
        assert_eq!(report.models.iter().map(|model| model.score).collect::<Vec<_>>(), [0.75, 1.0]);
        assert!(report.weight == 0.25 && report.methods().contains("weighs the worst case with 0.25"));
    }

    #[test]
    fn a_report_of_an_older_version_loads_and_claims_nothing_that_it_does_not_hold() {
        let mut old: Value = serde_json::from_str(&file(&report())).unwrap();
        for model in old["page"]["models"].as_array_mut().unwrap() {
            for key in ["certified", "weak"] {
                model.as_object_mut().unwrap().remove(key);
            }
            model["transfer"] = json!([[0.5, null]]);
            for attack in model["attacks"].as_array_mut().unwrap() {
                for key in ["by_queries", "by_steps", "members", "loss_at", "twice"] {
                    attack.as_object_mut().unwrap().remove(key);
                }
            }
            for row in model["samples"].as_array_mut().unwrap() {
                row.as_object_mut().unwrap().remove("certified");
            }
        }
        let loaded = load(&old.to_string()).unwrap();
        assert!(loaded.methods().contains("up to 0.6.") && !loaded.methods().contains("certified"));
        let share = loaded.models[0].transfer[0][0].unwrap();
        assert_eq!((share.value, share.n, loaded.models[0].transfer[0][1]), (0.5, 0, None));
        assert!(report().methods().contains("up to 0.6; certified radii are proven"));
    }
}
