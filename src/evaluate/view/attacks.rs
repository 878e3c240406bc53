//! The attacks of the evaluation: sets known by a name, and a card for each attack of the catalog.

use super::state::EvaluationState;
use crate::charts::data_table::closed;
use crate::controls::check::Check;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{live, memo, text};
use crate::{
    evaluate::{
        items::{self, Item, Set},
        request::attacks_text,
    },
    web::when::list,
};
use foolproof_core::catalog::{Access, Aim, Card};
use leptos::prelude::*;

/// Sets, chosen attacks, and cards.
#[component]
pub fn Attacks() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let chosen = evaluation.wished(|request| request.attacks.clone());
    let norm = memo(move || evaluation.settings.with(|settings| settings.norm));
    let sets =
        memo(move || evaluation.known.get().map_or_else(Vec::new, |known| items::sets(&known.catalog, norm.get())));
    let set = move |set: Set| {
        let (own, items) = (set.items.clone(), set.items);
        let on = move || chosen.with(|chosen| chosen.as_ref() == Some(&own)).to_string();
        view! {
            <button
                type="button"
                title=set.help
                aria-pressed=text(on)
                on:click=move |_| evaluation.set(&[("measure.attacks", attacks_text(&items))])
            >
                {set.name}
            </button>
        }
        .into_any()
    };
    let cards = memo(move || {
        let known = evaluation.known.get();
        let cards = known.iter().flat_map(|known| &known.catalog.attacks);
        cards.filter(|card| card.id != "none" && !card.straw_man).cloned().collect::<Vec<Card>>()
    });
    // What is chosen is told all the same.
    let hidden = live(move || evaluation.settings.with(|settings| !settings.shows("measure.attacks")));
    let one_by_one = view! {
        <ul class="cards">
            {list(move || cards.get().into_iter().map(|card| view! { <AttackCard card /> }.into_any()).collect())}
        </ul>
    };
    view! {
        <section class="arsenal" aria-labelledby="arsenal">
            <h2 id="arsenal">{tr("Attacks")}</h2>
            <div class="tools" role="group" aria-label=tr("Sets of attacks") hidden=hidden>
                {list(move || sets.get().into_iter().map(set).collect())}
            </div>
            <Chosen />
            <div hidden=hidden>{closed(tr("Choose attacks one by one").into(), one_by_one)}</div>
        </section>
    }
}

/// What is chosen, in order, each with its settings and a way out.
#[component]
fn Chosen() -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let named = memo(move || {
        let (Some(known), Some((request, _))) = (evaluation.known.get(), evaluation.request.get()) else {
            return Vec::new();
        };
        evaluation.settings.with(|settings| {
            let name = |item: &Item| {
                let card = item.card(&known.catalog)?;
                Some((item.clone(), item.name(settings, card)))
            };
            request.attacks.iter().filter_map(name).collect::<Vec<_>>()
        })
    });
    let drop_item = move |item: &Item| {
        let left: Vec<Item> =
            named.get_untracked().into_iter().map(|(item, _)| item).filter(|one| one != item).collect();
        evaluation.set(&[("measure.attacks", attacks_text(&left))]);
    };
    let entry = move |(item, name): (Item, String)| {
        let label = tr_with("Leave out {0}", &[&name]);
        view! {
            <li>
                <span>{name}</span>
                <button type="button" class="quiet" aria-label=label on:click=move |_| drop_item(&item)>
                    "✕"
                </button>
            </li>
        }
        .into_any()
    };
    let none = live(move || named.with(Vec::is_empty));
    view! {
        <ul class="chosen" aria-label=tr("Chosen attacks") hidden=none>
            {list(move || named.get().into_iter().map(entry).collect())}
        </ul>
        <p class="dim" hidden=live(move || !none.get())>
            {tr("No attack is chosen.")}
        </p>
    }
}

#[component]
fn AttackCard(card: Card) -> impl IntoView {
    let evaluation = expect_context::<EvaluationState>();
    let chosen = evaluation.wished(|request| request.attacks.clone());
    let (own, this) = (card.id.clone(), card.clone());
    let on = live(move || chosen.with(|chosen| chosen.iter().flatten().any(|item| item.id == own)));
    let fits = memo(move || {
        let takes = evaluation.dataset().is_none_or(|data| this.takes(data.shape));
        takes && this.norms.contains(&evaluation.settings.with(|settings| settings.norm))
    });
    let id = card.id.clone();
    let flip = move |_: bool| {
        let mut items = chosen.get_untracked().unwrap_or_default();
        let before = items.len();
        items.retain(|item| item.id != id);
        if items.len() == before {
            items.push(Item::new(&id, &[]));
        }
        evaluation.set(&[("measure.attacks", attacks_text(&items))]);
    };
    let symbols = card.norms.iter().map(|norm| norm.symbol()).collect::<Vec<_>>().join(", ");
    let kind = format!("{}, {}, {symbols}", access(card.access), aim(card.aim));
    view! {
        <li class:off=live(move || !fits.get())>
            <Check on locked=live(move || !fits.get()) set=flip>
                <strong>{card.name}</strong>
            </Check>
            <p>{card.summary}</p>
            <p class="dim">
                {kind} ". " <a href=card.paper.url target="_blank" rel="noopener">
                    {card.paper.cite}
                </a>
            </p>
        </li>
    }
}

fn access(access: Access) -> &'static str {
    match access {
        Access::None => tr("knows nothing"),
        Access::Gradient => tr("white-box"),
        Access::Scores => tr("black-box, scores"),
        Access::Decision => tr("black-box, decisions"),
    }
}

fn aim(aim: Aim) -> &'static str {
    match aim {
        Aim::Within => tr("fixed radius"),
        Aim::Nearest => tr("minimum norm"),
        Aim::Shared => tr("one change for all"),
        Aim::Free => tr("no norm"),
    }
}
