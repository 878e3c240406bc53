//! The radius when the norm changes.

use super::State;
use crate::{
    attack::{plan, words::figure},
    i18n::tr_with,
    link::{Settings, default_eps},
};
use leptos::prelude::*;

impl State {
    /// Gives a norm that was just entered its own radius, unless the change brought one, and says so where it is the
    /// usual one.
    pub(super) fn follow_norm(self, before: &Settings, after: &mut Settings, brought: bool) {
        if brought {
            return self.radius_said.set(String::new());
        }
        let first = self.with_facts(|facts| {
            let data = plan::dataset(after, facts.manifest)?;
            let norms = plan::card(after, facts)?.norms.clone();
            self.radii.try_update_value(|radii| radii.follow(before, after, &norms, |norm| default_eps(data, norm)))
        });
        if first.flatten() == Some(true) {
            let radius = after.eps.map(figure).unwrap_or_default();
            let said =
                tr_with("{0} is usual in {1}; each norm keeps its own epsilon.", &[&radius, &after.norm.symbol()]);
            self.radius_said.set(said);
        } else if after.norm != before.norm {
            self.radius_said.set(String::new());
        }
    }
}
