//! The pictures of a step on paper: which steps have some, and the attack that makes them.

use super::{
    lesson::{Lesson, Step},
    route,
};
use crate::{
    attack::plan,
    files::shipped::Shipped,
    link::{Facts, Input, Page, Settings},
};
use foolproof_core::{
    defence::bare,
    protocol::{AttackJob, Outcome, Sample},
};

/// The attack that leaves the input as it is.
const NONE: &str = "none";

/// The control of the page that shows a second model.
const BESIDE: &str = "beside";

/// The steps of a lesson that are about one input, from 1, each with its settings put right: they name a second model only
/// where the step shows one.
pub fn steps(lesson: &Lesson, facts: Facts) -> Vec<(u32, Settings)> {
    let of_step = |(number, step): (u32, &Step)| {
        let (mut settings, _) = Settings::read(&step.state);
        settings.check(facts);
        let uses = route::uses(step);
        if !uses.is_empty() && !uses.contains(BESIDE) {
            settings.hide.insert(BESIDE.to_owned());
        }
        let picture = plan::dataset(&settings, facts.manifest).is_some_and(|data| data.kind.is_picture());
        (settings.page == Page::Attack && picture).then_some((number, settings))
    };
    (1..).zip(&lesson.steps).filter_map(of_step).collect()
}

/// The indices of the test images that a step's attack asks for: its own input, and the first ones, which a perturbation
/// for all is crafted on.
pub fn indices(settings: &Settings) -> Vec<usize> {
    match settings.input {
        Input::Test(index) => vec![0, index],
        Input::Draw(_) | Input::Row(_) => vec![0],
    }
}

/// The attack of a step on one of its models, as the page would send it; `None` as long as something of it is missing.
pub fn job(settings: &Settings, facts: Facts, shipped: &Shipped, model: &str) -> Option<AttackJob> {
    let subject = shipped.subject(settings)?;
    let mut job = plan::attack(settings, facts, &subject, &shipped.models)?;
    job.models.retain(|id| bare(id) == model);
    if job.models.is_empty() {
        return None;
    }
    shipped.accompany(settings, plan::card(settings, facts)?.aim, job)
}

/// What an attack on one input made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The model's name.
    pub model: String,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// What was attacked, and how.
    pub job: AttackJob,
    /// What came of it.
    pub outcome: Outcome,
}

impl Picture {
    /// The one input's result.
    pub fn sample(&self) -> Option<&Sample> {
        self.outcome.samples.first()
    }

    /// `[channel, row, column]`.
    pub fn shape(&self) -> [usize; 3] {
        let [_, channels, rows, columns] = self.job.inputs.shape;
        [channels, rows, columns]
    }

    /// Whether anything was attacked.
    pub fn is_attacked(&self) -> bool {
        self.job.attack.id != NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        files::shipped::Samples,
        fixture::{catalog, manifest},
        lessons::read,
    };
    use foolproof_core::idx;
    use std::sync::Arc;

    const TEXT: &str = "---\ntitle: T\nminutes: 1\n---\n## A\n```state\npage=attack&data=mnist&model=robust&input=test:3\n\
        attack=pgd&eps=.2\n```\n### Q?\n- [ ] a\n  b\n- [x] c\n  d\n\n## B\n```state\npage=measure&data=mnist\n```\n### Q?\n\
        - [ ] a\n  b\n- [x] c\n  d\n\n## C\n```state\npage=attack&attack=none&input=test:0&lesson.uses=eps\n```\n### Q?\n- [ ] a\n  b\n- [x] c\n  d\n";

    /// The first shard, pictures of one grey each, and a loaded model.
    fn shipped() -> Shipped {
        let manifest = manifest();
        let shard = &manifest.datasets[0].test[0];
        let pixels: Vec<u8> = (0..shard.count).flat_map(|at| vec![10 + at as u8; 784]).collect();
        let images = idx::write_images(&idx::Images { shape: [1, 28, 28], values: pixels.into() });
        let labels: Vec<u8> = (0..shard.count).map(|at| (at % 10) as u8).collect();
        let samples = Samples::read(shard, [1, 28, 28], &images, &idx::write_labels(&labels)).unwrap();
        let tests = [(("mnist".to_owned(), 0), Arc::new(samples))].into();
        let models = vec!["natural".to_owned(), "robust".to_owned()];
        Shipped { manifest: Some(Arc::new(manifest)), tests, models, ..Shipped::default() }
    }

    #[test]
    fn steps_about_one_input_have_pictures_of_their_own_attack() {
        let (manifest, catalog, shipped) = (manifest(), catalog(), shipped());
        let facts = Facts { manifest: &manifest, catalog: Some(&catalog), own: true };
        let steps = steps(&read::lesson("t", TEXT).unwrap(), facts);
        assert_eq!(steps.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(indices(&steps[0].1), [0, 3]);
        let first = job(&steps[0].1, facts, &shipped, "robust").unwrap();
        assert_eq!(
            (&first.models[..], first.attack.eps, first.inputs.pixels[0]),
            (&["robust".to_owned()][..], 0.2, 13.0 / 255.0)
        );
        let models = |settings| plan::models(settings, &manifest).iter().map(|model| &*model.id).collect::<Vec<_>>();
        assert_eq!(models(&steps[0].1), ["robust", "natural"], "a step that says nothing shows both");
        assert_eq!(models(&steps[1].1), ["natural"], "this one uses epsilon alone");
        assert_eq!(job(&steps[0].1, facts, &shipped, "natural").unwrap().models, ["natural"]);
        assert_eq!(job(&steps[0].1, facts, &shipped, "nobody"), None);
        let last = job(&steps[1].1, facts, &shipped, "natural").unwrap();
        assert_eq!((&last.models[0][..], &last.attack.id[..]), ("natural", NONE));
        let picture =
            |job| Picture { model: "A".into(), classes: vec![], job, outcome: crate::fixture::outcome("robust", 7, 3) };
        assert!(picture(first).is_attacked() && !picture(last).is_attacked());
    }

    #[test]
    fn without_its_files_a_step_has_no_attack() {
        let (manifest, catalog) = (manifest(), catalog());
        let facts = Facts { manifest: &manifest, catalog: Some(&catalog), own: true };
        let (_, settings) = steps(&read::lesson("t", TEXT).unwrap(), facts).remove(0);
        let no_images = Shipped { tests: Default::default(), ..shipped() };
        let no_model = Shipped { models: Vec::new(), ..shipped() };
        assert_eq!(
            (job(&settings, facts, &no_images, "robust"), job(&settings, facts, &no_model, "robust")),
            (None, None)
        );
    }
}
