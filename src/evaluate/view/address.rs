//! Links from the report to the attack page, where an input is seen under the attack that broke it.

use super::state::EvaluationState;
use crate::{
    attack::plan,
    evaluate::{ensemble, plan::OWN},
    link::{Drawing, Input, Page},
};
use foolproof_core::{defence::bare, protocol::AttackSpec};
use leptos::prelude::*;

impl EvaluationState {
    /// The address of the attack page with an input and a model of the report, and the attack that is to be seen there;
    /// the page's own where none is told.
    pub fn address(self, index: usize, model: &str, attack: Option<&AttackSpec>) -> String {
        let mut settings = self.settings.get();
        self.known.with(|known| {
            let catalog = known.as_ref().map(|known| &known.catalog);
            attack.iter().zip(catalog).for_each(|(spec, catalog)| plan::choose(&mut settings, spec, catalog));
        });
        settings.page = Page::Attack;
        settings.input = self.input(index);
        // An ensemble is no model of that page; its first member is.
        let first = ensemble::members(model).next().unwrap_or(model);
        (settings.model, settings.defence) = (Some(bare(first).to_owned()), ensemble::defence(first));
        format!("#{}", settings.fragment())
    }

    /// An input of the report as the attack page takes it.
    fn input(self, index: usize) -> Input {
        let own = self.report.with_untracked(|report| report.as_ref().is_some_and(|report| report.data == OWN));
        let drawing = self.images.with_value(|images| {
            let (pixels, _) = images.get(&(OWN.to_owned(), 0))?.sample(index)?;
            let bytes: Vec<u8> = pixels.iter().map(|pixel| (255.0 * pixel).round() as u8).collect();
            Drawing::new(&bytes)
        });
        drawing.filter(|_| own).map_or(Input::Test(index), Input::Draw)
    }

    /// The first of the auditor's attacks of this id; none beside a report that was loaded.
    pub fn audited(self, id: &str) -> Option<AttackSpec> {
        self.study.with_value(|study| {
            let audit = &study.as_ref()?.audit;
            let place = audit.ledger.trials.iter().position(|trial| trial.spec.id == id)?;
            audit.counts(place).then(|| audit.ledger.trials[place].spec.clone())
        })
    }
}
