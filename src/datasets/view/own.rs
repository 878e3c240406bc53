//! The datasets that this browser keeps: what is in them, use, rename, delete, bring in.

use super::{bring::Bring, storage};
use crate::{
    attack::words::bytes,
    controls::{complaint::Complaint, kept_name::kept_name},
    datasets::KeptDataset,
    evaluate::view::state::EvaluationState,
    i18n::{tr, tr_with},
    models::view::storage::act,
    web::{
        reactive::{live, memo},
        when::{When, list},
    },
};
use leptos::prelude::*;

/// The list, and the way in.
#[component]
pub fn OwnData() -> impl IntoView {
    let evaluation = expect_context::<crate::train::view::state::TrainingState>().evaluation;
    let own = memo(move || evaluation.data.get().unwrap_or_default());
    let any = live(move || own.with(|own| !own.is_empty()));
    view! {
        <section class="part own" aria-labelledby="own-data">
            <h2 id="own-data">{tr("Your data")}</h2>
            <When on=any otherwise=|| view! { <p class="dim">{tr("None yet. What you bring in is kept in this browser, and nowhere else.")}</p> }>
                <ul class="models datasets">{list(move || own.get().into_iter().map(|kept| row(evaluation, kept)).collect())}</ul>
            </When>
            <Bring />
        </section>
    }
}

fn row(evaluation: EvaluationState, kept: KeptDataset) -> AnyView {
    let [channels, rows, columns] = kept.dataset.shape;
    let [train, test] = kept.items();
    let kind = if channels == 1 { tr("grey") } else { tr("colour") };
    let about = tr_with(
        "{0} x {1} pixels, {2}; {3} to train on, {4} for the test; {5}",
        &[&columns, &rows, &kind, &train, &test, &bytes(kept.bytes() as f64)],
    );
    let classes = kept.dataset.classes.iter().zip(&kept.counts);
    let classes: Vec<String> = classes.map(|(class, [train, test])| format!("{class}: {}", train + test)).collect();
    let name = StoredValue::new(kept.dataset.name.clone());
    let complaint = Complaint::new();
    let rename = move |event| {
        let to = event_target_value(&event);
        act(
            evaluation,
            async move { Ok(complaint.or_done(storage::rename(evaluation, &name.get_value(), &to).await)) },
        );
    };
    let delete = move |_| act(evaluation, async move { storage::delete(evaluation, &name.get_value()).await });
    let own = kept.dataset.name;
    let (called, deleted) = (tr_with("Name of the data {0}", &[&own]), tr_with("Delete the data {0}", &[&own]));
    let used = tr_with("Use the data {0}", &[&own]);
    view! {
        <li>
            {kept_name(called, own, complaint, rename)}
            <span class="dim">{about}</span>
            <details>
                <summary>{tr_with("{0} classes", &[&classes.len()])}</summary>
                <p translate="no">{classes.join(", ")}</p>
            </details>
            <button type="button" aria-label=used on:click=move |_| storage::open(evaluation, &name.get_value())>
                {tr("Use it")}
            </button>
            <button type="button" class="quiet" aria-label=deleted on:click=delete>
                {tr("Delete")}
            </button>
        </li>
    }
    .into_any()
}
