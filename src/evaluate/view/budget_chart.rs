//! A chart of the accuracy that an attack leaves against what it spends: queries or steps.

use crate::charts::data_table::Figure;
use crate::charts::line_chart::{Chart, Line, few, heads};
use crate::i18n::tr_with;
use crate::{
    attack::words::figure,
    evaluate::{
        accuracy_by_budget::{Falls, after, half, points},
        report::Report,
        wording::{interval, percent, value},
    },
};
use foolproof_core::report::AttackFigures;

/// Most rows of a table.
const ROWS: usize = 12;

/// What accuracy is drawn against.
pub struct Axis<Place> {
    /// In the drawing's id.
    pub kind: &'static str,
    /// Reads the line off an attack's figures.
    pub falls: fn(&AttackFigures) -> &Falls,
    /// How far to the right a number lies, 0 to 1.
    pub right: Place,
    /// Words at the left and at the right end.
    pub across: [String; 2],
    /// `Accuracy against steps of {0}: {1}.`
    pub label: &'static str,
    /// `{0}: {1} left, half of those that fell within {2} steps`.
    pub half: &'static str,
    /// What the button says.
    pub save: &'static str,
    /// What is counted, at the head of the table.
    pub head: &'static str,
}

/// The models' figures under one attack, each with the model's place.
pub fn of_attack(report: &Report, attack: usize) -> Vec<(usize, &AttackFigures)> {
    let models = report.models.iter().enumerate();
    models.filter_map(|(model, report)| Some((model, report.attacks.get(attack)?))).collect()
}

/// One attack's chart.
pub fn chart<Place: Fn(u32) -> f64>(report: &Report, attack: usize, axis: Axis<Place>) -> Chart {
    let found = of_attack(report, attack);
    let line = |&(model, figures): &(usize, &AttackFigures)| {
        let left = figures.accuracy.value;
        let points = points((axis.falls)(figures), left, &axis.right);
        Line { name: report.name(model), end: Some(percent(left)), points }
    };
    let said = |&(model, figures): &(usize, &AttackFigures)| {
        let (name, left) = (report.name(model), percent(figures.accuracy.value));
        match half((axis.falls)(figures)) {
            Some(at) => tr_with(axis.half, &[&name, &left, &figure(f64::from(at))]),
            None => tr_with("{0}: {1} left", &[&name, &left]),
        }
    };
    let (name, said) = (report.attack(attack), found.iter().map(said).collect::<Vec<_>>());
    Chart {
        kind: axis.kind,
        label: tr_with(axis.label, &[&name, &said.join("; ")]),
        title: name,
        across: axis.across,
        up: ["0 %".into(), "100 %".into()],
        heads: heads(axis.head, found.iter().map(|(model, _)| report.name(*model))),
        rows: rows(&found, axis.falls),
        lines: found.iter().map(line).collect(),
        save: axis.save,
    }
}

/// The accuracy that is left at a few of the places at which inputs fell, of any model.
fn rows(found: &[(usize, &AttackFigures)], falls: fn(&AttackFigures) -> &Falls) -> Vec<(String, Vec<Figure>)> {
    let mut fell: Vec<u32> = found.iter().flat_map(|(_, figures)| falls(figures)).map(|(at, _)| *at).collect();
    fell.sort_unstable();
    fell.dedup();
    let row = |place: usize| {
        let cell = |(_, figures): &(usize, &AttackFigures)| {
            let left = after(falls(figures), fell[place], figures.accuracy);
            (value(&left), interval(&left))
        };
        (figure(f64::from(fell[place])), found.iter().map(cell).collect())
    };
    few(fell.len(), ROWS).into_iter().map(row).collect()
}
