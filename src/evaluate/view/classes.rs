//! Confusion matrices and the figures by class, clean or attacked.

use super::{
    part::{Part, gist, terms},
    state::EvaluationState,
};
use crate::charts::{
    chart_file::SaveChart,
    data_table::{Grid, cell, closed, cornered, heads, row},
};
use crate::i18n::{number, tr, tr_mark, tr_with};
use crate::web::reactive::live;
use crate::{
    attack::words::class,
    controls::choice::{Choice, OneOf},
    evaluate::{gist, report::Report, wording::percent},
    web::when::list,
};
use foolproof_core::report::Classes;
use leptos::prelude::*;

/// A model's name, its counts, and the names of the classes.
type Shown = (String, Classes, Vec<String>);

fn of_model(report: &Report, model: usize, attacked: bool) -> Shown {
    let (clean, under_attack) = &report.models[model].classes;
    (report.name(model), if attacked { under_attack.clone() } else { clean.clone() }, report.classes.clone())
}

/// The matrices, with the switch between clean and attacked.
pub fn part(evaluation: EvaluationState) -> Part {
    let attacked = RwSignal::new(true);
    let of = move |attacked: bool| {
        evaluation.shown(move |report| {
            (0..report.models.len()).map(|model| of_model(report, model, attacked)).collect::<Vec<_>>()
        })
    };
    let (clean, under_attack) = (of(false), of(true));
    let tables = move || {
        let shown = if attacked.get() { under_attack.get() } else { clean.get() };
        let shown = shown.unwrap_or_default().into_iter().enumerate();
        shown.map(|(place, shown)| model_view(place, shown, attacked.get())).collect()
    };
    let inside = move || {
        view! {
            {terms(&["confusion", "f1"])}
            <p class="dim">{tr("How often each class is answered for each true one, of clean inputs or of each input's worst case.")}</p>
            <OneOf
                label=tr("Inputs of the matrices")
                choices=live(|| vec![Choice::new("clean", tr("Clean")), Choice::new("attacked", tr("Attacked"))])
                chosen=live(move || if attacked.get() { "attacked".to_owned() } else { "clean".to_owned() })
                set=move |id: String| attacked.set(id == "attacked")
                locked=live(|| false)
            />
            <div class="matrices">{list(tables)}</div>
        }
    };
    Part {
        id: "classes",
        title: tr("Class by class"),
        there: live(|| true),
        gist: gist(evaluation, gist::classes),
        inside: inside.into(),
    }
}

fn model_view(place: usize, (name, shown, names): Shown, attacked: bool) -> AnyView {
    let kind = if attacked { tr_mark("attacked") } else { tr_mark("clean") };
    let said = tr(kind);
    let row_of = |(truth, counts): (usize, &Vec<usize>)| {
        let all = counts.iter().sum::<usize>().max(1);
        let cell = |(answer, &count): (usize, &usize)| {
            let depth = (4 * count).div_ceil(all);
            let right = if answer == truth { "right" } else { "wrong" };
            view! { <td class=format!("{right} depth-{depth}")>{number::said(count.to_string())}</td> }.into_any()
        };
        row(class(truth as u32, &names), counts.iter().enumerate().map(cell).collect())
    };
    let rows: Vec<AnyView> = shown.confusion.iter().enumerate().map(row_of).collect();
    let [precision, recall, f1] = shown.macro_mean.map(percent);
    let matrix = Grid {
        class: Some("confusion"),
        id: Some(format!("confusion-{place}")),
        caption: Some(tr_with("Rows: true class. Columns: answer, {0}.", &[&said]).into_any()),
        ..Grid::new(cornered(names.clone()), rows)
    };
    let figures = closed(tr_with("{0} by class", &[&name]), by_class(&shown, &names));
    view! {
        <div>
            <h3>{name.clone()}</h3>
            {matrix.scrolling(tr_with("Confusion matrix of {0}, {1}", &[&name, &said]))}
            <SaveChart
                selector=format!("#confusion-{place}")
                name=format!("foolproof-confusion-{place}-{kind}.png")
                label=tr("Save matrix as PNG")
            />
            <p class="dim">{tr_with("Means over the classes: precision {0}, recall {1}, F1 {2}.", &[&precision, &recall, &f1])}</p>
            {figures}
        </div>
    }
    .into_any()
}

/// Precision, recall and F1 of each class.
fn by_class(shown: &Classes, names: &[String]) -> AnyView {
    let row_of = |(at, name): (usize, &String)| {
        let of = |figures: &[Option<f64>]| figures.get(at).copied().flatten().map_or_else(|| "–".into(), percent);
        row(name.clone(), [of(&shown.precision), of(&shown.recall), of(&shown.f1)].map(cell).into())
    };
    let columns = [tr("Class"), tr("Precision"), tr("Recall"), "F1"].map(str::to_owned);
    Grid::new(heads(columns), names.iter().enumerate().map(row_of).collect::<Vec<_>>()).view()
}
