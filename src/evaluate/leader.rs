//! Which model does best, as far as one evaluation can tell.

use super::{report::Report, wording::percent};
use crate::i18n::{tr, tr_with};
use foolproof_core::report::ModelReport;

/// The sentence about the model that keeps most under its worst attack. None is put first where another one's interval
/// meets its own: what lies between them may be chance. `None` before there are figures.
pub fn sentence(report: &Report) -> Option<String> {
    let known: Vec<(usize, &ModelReport)> =
        report.models.iter().enumerate().filter(|(_, model)| model.worst.n > 0).collect();
    let (place, best) = known.iter().copied().max_by(|a, b| a.1.worst.value.total_cmp(&b.1.worst.value))?;
    let values: [&dyn std::fmt::Display; 3] =
        [&report.name(place), &percent(best.worst.value), &percent(best.clean.value)];
    let near: Vec<String> = known
        .iter()
        .filter(|(_, model)| model.worst.high >= best.worst.low)
        .map(|(place, _)| report.name(*place))
        .collect();
    Some(match (known.len(), near.len()) {
        (1, _) => tr_with("{0} keeps {1} of its inputs under its worst attack, against {2} without attack.", &values),
        (_, 1) => tr_with(
            "{0} keeps the most under its worst attack: {1} of its inputs, against {2} without attack.",
            &values,
        ),
        _ => tr_with("None is ahead: the intervals of {0} overlap.", &[&near.join(tr(" and "))]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::report_json::tests::report;
    use foolproof_core::report::Accuracy;

    fn said(worst: &[(usize, usize)]) -> Option<String> {
        let mut report = report();
        report.models = vec![report.models[0].clone(); worst.len()];
        report.about.names = worst.iter().enumerate().map(|(place, _)| format!("M{place}")).collect();
        let models = report.models.iter_mut().zip(worst);
        models.for_each(|(model, (right, n))| model.worst = Accuracy::of(*right, *n));
        sentence(&report)
    }

    /// F8.
    #[test]
    fn no_winner_is_named_where_intervals_overlap() {
        let none = "None is ahead: the intervals of M0 and M1 overlap.";
        assert_eq!(said(&[(50, 100), (55, 100)]).as_deref(), Some(none));
        assert_eq!(said(&[(55, 100), (50, 100), (2, 100)]).as_deref(), Some(none));
        assert!(said(&[(10, 100), (90, 100)]).unwrap().starts_with("M1 keeps the most"));
        assert!(said(&[(50, 100)]).unwrap().starts_with("M0 keeps 50.0 % of its inputs"));
        assert_eq!(said(&[(0, 0), (0, 0)]), None);
        // Two seeds of one recipe, a hundred images: five points are chance.
        assert!(said(&[(93, 100), (88, 100)]).unwrap().starts_with("None is ahead"));
    }
}
