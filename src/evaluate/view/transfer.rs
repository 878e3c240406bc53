//! What one model's adversarial examples do to the others.

use super::{
    part::{Part, gist, terms},
    state::EvaluationState,
};
use crate::charts::{
    chart_file::SaveChart,
    data_table::{Grid, cornered, double, row},
};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::live;
use crate::{
    evaluate::{gist, report::Report, wording::share},
    web::when::list,
};
use foolproof_core::report::Accuracy;
use leptos::prelude::*;

/// Names of the models, and a table an attack: its name and a row for each model that it was made on.
type Shown = (Vec<String>, Vec<(String, Rows)>);
/// A share for each model that the examples were tried on.
type Rows = Vec<Vec<Option<Accuracy>>>;

fn shown(report: &Report) -> Shown {
    let names = (0..report.models.len()).map(|model| report.name(model)).collect();
    let rows =
        |attack: usize| report.models.iter().map(move |model| model.transfer.get(attack).cloned().unwrap_or_default());
    (names, (0..report.trials.len()).map(|attack| (report.attack(attack), rows(attack).collect())).collect())
}

/// A matrix for each attack; nothing for a single model.
pub fn part(evaluation: EvaluationState) -> Part {
    let found = evaluation.shown(shown);
    let several = live(move || found.with(|found| found.as_ref().is_some_and(|(names, _)| names.len() > 1)));
    let tables = move || {
        let (names, attacks) = found.get().unwrap_or_default();
        let attacks = attacks.into_iter().enumerate();
        attacks.map(|(place, (attack, rows))| matrix(&names, place, &attack, &rows)).collect()
    };
    let inside = move || {
        view! {
            {terms(&["transfer"])}
            <p class="dim">{tr("Of the examples that fooled the model in the row, and whose clean inputs the model in the column reads right: the share that fools it too.")}</p>
            <div class="matrices">{list(tables)}</div>
        }
    };
    Part {
        id: "transfer",
        title: tr("Transfer"),
        there: several,
        gist: gist(evaluation, gist::transfer),
        inside: inside.into(),
    }
}

fn matrix(names: &[String], place: usize, attack: &str, rows: &[Vec<Option<Accuracy>>]) -> AnyView {
    let row_of = |(place, shares): (usize, &Vec<Option<Accuracy>>)| {
        let cell = |found: &Option<Accuracy>| {
            let [figure, below] = found.as_ref().map_or_else(|| ["–".into(), String::new()], share);
            double((figure, below))
        };
        row(tr_with("made on {0}", &[&names[place]]), shares.iter().map(cell).collect())
    };
    let rows: Vec<AnyView> = rows.iter().enumerate().map(row_of).collect();
    let grid = Grid {
        id: Some(format!("transfer-{place}")),
        caption: Some(attack.to_owned().into_any()),
        ..Grid::new(cornered(names.to_vec()), rows)
    };
    view! {
        <div>
            {grid.scrolling(tr_with("Transfer of {0}", &[&attack]))}
            <SaveChart
                selector=format!("#transfer-{place}")
                name=format!("foolproof-transfer-{place}.png")
                label=tr("Save matrix as PNG")
            />
        </div>
    }
    .into_any()
}
