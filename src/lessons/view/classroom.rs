//! The answers of a class: codes are pasted, and become tables in this browser.

use super::{
    papers::{HandOut, live_address, print_button},
    state::LessonState,
};
use crate::i18n::{tr, tr_with};
use crate::{
    lessons::{
        classroom::{Collected, LONGEST, MOST, Table, WrongLine, collect, csv, tables},
        code::Given,
        lesson::{Question, plain},
        route::{self, Paper},
    },
    web::{
        reactive::{effect, live, memo, text},
        save_file::save_text,
        when::{When, list},
    },
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The page.
#[component]
pub fn Class(
    /// The lessons.
    class: LessonState,
) -> impl IntoView {
    let pasted = RwSignal::new(String::new());
    let found = memo(move || pasted.with(|text| collect(text)).map(Arc::new));
    let codes = move || found.get().unwrap_or_default();
    want_lessons(class, found);
    let said = RwSignal::new("");
    let save = move |_| {
        let text = csv(&codes().answers, |lesson, step| question(class, lesson, step));
        let saved = save_text("foolproof-class.csv", "text/csv", &text);
        said.set(if saved.is_ok() { "" } else { tr("This browser does not let the page save a file.") });
    };
    let has = live(move || !codes().answers.is_empty());
    let wrong = move || codes().wrong.iter().map(wrong_line).collect();
    view! {
        <h1>{tr("Answers of a class")}</h1>
        <div class="paper-tools class-in">
            <p>
                {tr("Learners find a code on their page “My answers”. Paste the codes here, as they came by chat or mail; other text around them does no harm. Nothing leaves this browser, and nothing is kept when the page is closed.")}
            </p>
            <p>{tr("A code is no proof: anybody can write one, with any name and any answers.")}</p>
            <p>{tr("The learners' page:")}</p>
            <HandOut address=live_address(|| route::short_paper(&Paper::Mine)) />
            <label>
                {tr("The codes")}
                <textarea
                    class="text"
                    rows="6"
                    spellcheck="false"
                    translate="no"
                    prop:value=pasted
                    on:input=move |event| pasted.set(event_target_value(&event))
                ></textarea>
            </label>
        </div>
        <p role="status">{text(move || pasted.with(|text| counted(text, &found.get())))}</p>
        <ul class="remarks plain">{list(wrong)}</ul>
        <When on=has>
            <div class="tools paper-tools">
                <button type="button" on:click=save>
                    {tr("Save CSV")}
                </button>
                {print_button()}
                <span role="status">{text(move || said.get())}</span>
            </div>
            <p class="dim">{tr("✓ right at the first try, ✓ 2 right at the second, ✗ 2 not right after two tries, – open.")}</p>
            {move || class_tables(class, &codes())}
        </When>
    }
}

/// The lessons that the codes name give the tables their titles and questions.
fn want_lessons(class: LessonState, found: Memo<Result<Arc<Collected>, usize>>) {
    effect(move || {
        let found = found.get().unwrap_or_default();
        for lesson in found.answers.iter().flat_map(|one| &one.lessons) {
            // What is not in the list stays a name.
            drop(class.listed(&lesson.id));
        }
    });
}

/// What was found of how much.
fn counted(text: &str, found: &Result<Arc<Collected>, usize>) -> String {
    let found = match found {
        _ if text.trim().is_empty() => return String::new(),
        Err(length) => return tr_with("The text has {0} bytes, more than the {1} that are read.", &[length, &LONGEST]),
        Ok(found) => found,
    };
    if found.answers.is_empty() && found.wrong.is_empty() {
        return tr("No code found. A code begins with FP1- and goes on in groups of five letters and digits.").into();
    }
    let codes = tr_with("Codes read: {0}. Not readable: {1}.", &[&found.answers.len(), &found.wrong.len()]);
    let twice = (found.twice > 0).then(|| tr_with("There more than once: {0}.", &[&found.twice]));
    let left = (found.left > 0).then(|| tr_with("Left out, since {0} are read at once: {1}.", &[&MOST, &found.left]));
    [Some(codes), twice, left].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn wrong_line(wrong: &WrongLine) -> AnyView {
    let words = tr_with("Line {0}, “{1}…”: {2}.", &[&wrong.line, &wrong.begins, &wrong.why]);
    html::li().child(words).into_any()
}

fn class_tables(class: LessonState, found: &Collected) -> Vec<AnyView> {
    let order = class.list.get().and_then(Result::ok).unwrap_or_default();
    tables(&found.answers, &order).iter().map(|table| of_lesson(class, table)).collect()
}

/// A question's words and its answers', once its lesson is there.
fn question(class: LessonState, lesson: &str, step: usize) -> Option<(String, Vec<String>)> {
    let lesson = class.lesson(lesson)?.ok()?;
    let Question { text, choices } = lesson.steps.get(step)?.question.as_ref()?;
    Some((plain(text), choices.iter().map(|choice| plain(&choice.text)).collect()))
}

fn of_lesson(class: LessonState, table: &Table) -> AnyView {
    let lesson = class.lesson(table.lesson).and_then(Result::ok);
    let title = lesson.map_or_else(|| table.lesson.to_owned(), |lesson| lesson.title.clone());
    let steps = || 0..table.questions;
    let heads = steps().map(|step| {
        let words = question(class, table.lesson, step).map(|(text, _)| text);
        html::th().scope("col").title(words).child((step + 1).to_string()).into_any()
    });
    let row = |(name, given): &(&str, &[Option<Given>])| {
        let cells = steps().map(|step| cell(given.get(step).copied().flatten()));
        let right = given.iter().flatten().filter(|given| given.right).count();
        let cells = cells.chain([html::td().child(format!("{right}/{}", given.len())).into_any()]).collect::<Vec<_>>();
        html::tr().child((html::th().scope("row").child((*name).to_owned()), cells)).into_any()
    };
    let sums = steps().map(|step| html::td().child(format!("{}/{}", table.right(step), table.rows.len())).into_any());
    view! {
        <section class="answered">
            <h2>{title.clone()}</h2>
            <div class="scroll" tabindex="0" role="region" aria-label=title>
                <table class="class-table">
                    <thead>
                        <tr>
                            <th scope="col">{tr("Name")}</th>
                            {heads.collect::<Vec<_>>()}
                            <th scope="col">{tr("right")}</th>
                        </tr>
                    </thead>
                    <tbody>{table.rows.iter().map(row).collect::<Vec<_>>()}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row">{tr("right")}</th>
                            {sums.collect::<Vec<_>>()}
                            <td></td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// A mark, and for those who do not see it what it means.
fn cell(given: Option<Given>) -> AnyView {
    let (class, mark, words) = match given {
        None => ("", "–".to_owned(), tr("open").to_owned()),
        Some(Given { right: true, tries, .. }) => {
            let mark = if tries == 1 { "✓".to_owned() } else { format!("✓ {tries}") };
            ("right", mark, tr_with("right at try {0}", &[&tries]))
        }
        Some(Given { tries, .. }) => ("wrong", format!("✗ {tries}"), tr_with("not right yet, tries: {0}", &[&tries])),
    };
    let mark = html::span().aria_hidden("true").child(mark);
    html::td().class(class).child((mark, html::span().class("hidden").child(words))).into_any()
}
