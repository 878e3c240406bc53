//! The auditor's findings: is the robust accuracy to be trusted?

use super::{
    part::{Part, gist, terms},
    run::{self, Mode},
    state::EvaluationState,
};
use crate::charts::data_table::{Grid, heads};
use crate::i18n::{tr, tr_heard, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::{
    evaluate::{
        gist,
        report::{Audited, Report},
        wording::{check, trust, verdict},
    },
    inputs::format::ordinal,
    web::when::{When, list},
};
use leptos::prelude::*;

/// The checks, model by model, and the button that runs them.
pub fn part(evaluation: EvaluationState) -> Part {
    let found =
        evaluation.shown(|report| (0..report.models.len()).map(|model| of_model(report, model)).collect::<Vec<_>>());
    let none = live(move || found.with(|found| found.iter().flatten().all(|(_, _, checks)| checks.is_empty())));
    let busy = memo(move || evaluation.is_busy());
    let looked = move || {
        evaluation.in_view.with(|report| {
            report.as_ref().map(|report| tr_with("Attacks of growing strength on the first {0} inputs. A verdict is only as sharp as that number allows.", &[&report.audited]))
        })
    };
    let inside = move || {
        view! {
            <p>{tr("Could the robustness be an illusion, such as gradient masking?")}</p>
            {terms(&["masking"])}
            <button
                type="button"
                aria-disabled=text(move || busy.get().to_string())
                on:click=move |_| run::start(evaluation, Mode::Audit)
            >
                {tr("Run the auditor")}
            </button>
            <p role="status">{text(move || evaluation.refused.get())}</p>
            <When on=live(move || !none.get())>
                <p class="dim">{text(looked)}</p>
                {list(move || found.get().unwrap_or_default().into_iter().map(|found| model_view(evaluation, found)).collect())}
            </When>
        }
    };
    Part {
        id: "auditor",
        title: tr("Auditor"),
        there: live(|| true),
        gist: gist(evaluation, gist::auditor),
        inside: inside.into(),
    }
}

/// A model's name, id and checks.
type Found = (String, String, Vec<Audited>);

fn of_model(report: &Report, model: usize) -> Found {
    let id = report.models[model].id.clone();
    let checks = report.audit.iter().filter(|audited| audited.model == id).cloned().collect();
    (report.name(model), id, checks)
}

fn model_view(evaluation: EvaluationState, (name, id, checks): Found) -> AnyView {
    let worst = checks.iter().map(|audited| audited.check.verdict).max();
    let summary = trust(worst);
    let row = |audited: Audited| {
        let found = audited.check;
        // What an attack without gradients broke, no other one shows.
        let shown = (found.check == "black-box").then(|| evaluation.audited("square")).flatten();
        let address = found.sample.map(|index| (index, evaluation.address(index, &id, shown.as_ref())));
        let link = address
            .map(|(index, address)| view! { " " <a href=address>{tr_with("See input {0}", &[&ordinal(index)])}</a> });
        view! {
            <tr>
                <td>
                    <strong class=format!("finding {}", verdict(found.verdict))>{tr(verdict(found.verdict))}</strong>
                </td>
                <th scope="row">{check(&found.check)}</th>
                <td>{tr_heard(&found.evidence)} {link}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = checks.into_iter().map(row).collect();
    let columns = [tr("Verdict"), tr("Check"), tr("Evidence")].map(str::to_owned);
    let grid = Grid { class: Some("checks-table"), ..Grid::new(heads(columns), rows) };
    view! {
        <h3>{format!("{name}: {summary}")}</h3>
        {grid.scrolling(tr_with("Checks of {0}", &[&name]))}
    }
    .into_any()
}
