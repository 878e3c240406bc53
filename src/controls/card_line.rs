//! What an attack or a training method does, and where it comes from, in one line.

use foolproof_core::catalog::Card;
use leptos::prelude::*;

/// The card's name, its summary, and the paper behind it.
pub fn card_line(card: Card) -> AnyView {
    view! {
        <b>{card.name}</b>
        ". "
        {card.summary}
        " "
        <a href=card.paper.url target="_blank" rel="noopener" title=card.paper.title>
            {card.paper.cite}
        </a>
    }
    .into_any()
}
