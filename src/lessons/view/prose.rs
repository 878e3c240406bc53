//! A lesson's text as elements. Nothing of it is ever HTML text, so a lesson cannot bring a script along.

use super::state::LessonState;
use crate::i18n::tr;
use crate::{
    lessons::{
        lesson::{Block, Inline},
        route, words,
    },
    web::reactive::text,
};
use leptos::{html, prelude::*};

/// The parts of a text. Where it is `live`, what can be tried is links.
pub fn blocks(class: LessonState, all: &[Block], live: bool) -> Vec<AnyView> {
    all.iter().map(|block| part(class, block, live)).collect()
}

fn part(class: LessonState, block: &Block, live: bool) -> AnyView {
    let paragraph = |inner: &Vec<Inline>| html::p().child(inlines(class, inner, live)).into_any();
    let items = |all: &[Vec<Inline>]| {
        all.iter().map(|item| html::li().child(inlines(class, item, live)).into_any()).collect::<Vec<_>>()
    };
    match block {
        Block::Paragraph(inner) => paragraph(inner),
        Block::Try(all) => {
            let label = html::p().class("try-label").child(tr(words::TRY));
            let inner = all.iter().map(paragraph).collect::<Vec<_>>();
            html::div().class("try").child((label, inner)).into_any()
        }
        Block::List(true, all) => html::ol().child(items(all)).into_any(),
        Block::List(false, all) => html::ul().class("plain").child(items(all)).into_any(),
        Block::Code(code) => html::pre().tabindex("0").child(html::code().child(code.clone())).into_any(),
    }
}

/// A run of text.
pub fn inlines(class: LessonState, all: &[Inline], live: bool) -> Vec<AnyView> {
    all.iter().map(|inline| run(class, inline, live)).collect()
}

fn run(class: LessonState, inline: &Inline, live: bool) -> AnyView {
    let inner = |all: &[Inline]| inlines(class, all, live);
    match inline {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Break => " ".into_any(),
        Inline::Strong(all) => html::strong().child(inner(all)).into_any(),
        Inline::Emphasis(all) => html::em().child(inner(all)).into_any(),
        Inline::Code(code) => html::code().child(code.clone()).into_any(),
        Inline::Web(address, all) => {
            html::a().href(address.clone()).target("_blank").rel("noopener").child(inner(all)).into_any()
        }
        Inline::Keys(_, all) if !live => html::strong().child(inner(all)).into_any(),
        Inline::Keys(keys, all) => {
            let keys = keys.clone();
            let href = move || class.evaluation.settings.with(|now| format!("#{}", route::with(now, &keys).fragment()));
            html::a().class("set").href(text(href)).child(inner(all)).into_any()
        }
        Inline::Claim(_, all) => html::span().class("claim").title(tr(words::CLAIM)).child(inner(all)).into_any(),
    }
}
