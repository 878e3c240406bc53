//! What one model's adversarial examples do to the others.

use super::state::{EvaluationState, term};
use crate::charts::chart_file::SaveChart;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::live;
use crate::{
    controls::term::define,
    evaluate::{report::Report, wording::share},
    web::when::{When, list},
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
#[component]
pub fn Transfer() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let found = evaluation.shown(shown);
    let several = live(move || found.with(|found| found.as_ref().is_some_and(|(names, _)| names.len() > 1)));
    let tables = move || {
        let (names, attacks) = found.get().unwrap_or_default();
        let attacks = attacks.into_iter().enumerate();
        attacks.map(|(place, (attack, rows))| matrix(&names, place, &attack, &rows)).collect()
    };
    view! {
        <When on=several>
            <section class="part" aria-labelledby="transfer">
                <h2 id="transfer">{define(term("transfer"), tr("Transfer").into())}</h2>
                <p class="dim">{tr("Of the examples that fooled the model in the row, and whose clean inputs the model in the column reads right: the share that fools it too.")}</p>
                <div class="matrices">{list(tables)}</div>
            </section>
        </When>
    }
}

fn matrix(names: &[String], place: usize, attack: &str, rows: &[Vec<Option<Accuracy>>]) -> AnyView {
    let heads: Vec<AnyView> =
        names.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }.into_any()).collect();
    let row = |(place, shares): (usize, &Vec<Option<Accuracy>>)| {
        let cell = |found: &Option<Accuracy>| {
            let [figure, below] = found.as_ref().map_or_else(|| ["–".into(), String::new()], share);
            view! { <td>{figure}<small>{below}</small></td> }.into_any()
        };
        let cells: Vec<AnyView> = shares.iter().map(cell).collect();
        view! {
            <tr>
                <th scope="row">{tr_with("made on {0}", &[&names[place]])}</th>
                {cells}
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rows.iter().enumerate().map(row).collect();
    view! {
        <div>
        <div class="scroll" tabindex="0" role="group" aria-label=tr_with("Transfer of {0}", &[&attack])>
            <table id=format!("transfer-{place}")>
                <caption>{attack.to_owned()}</caption>
                <thead>
                    <tr>
                        <td></td>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <SaveChart
            selector=format!("#transfer-{place}")
            name=format!("foolproof-transfer-{place}.png")
            label=tr("Save matrix as PNG")
        />
        </div>
    }
    .into_any()
}
