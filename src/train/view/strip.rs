//! Sixteen fixed test inputs under attack, whose frames turn from fooled to held while the model hardens.

use super::state::TrainingState;
use crate::i18n::{tr, tr_with};
use crate::{
    attack::{verdict::Verdict, view::verdict::VerdictBadge, words::class},
    charts::{colour::picture, pixels::paint},
    evaluate::{rows::named, view::small::values},
    train::scoreboard::{Face, STRIP},
    web::{
        reactive::{effect, live, memo, text},
        when::{When, list},
    },
};
use leptos::{html, prelude::*};

/// The strip, from the first attack on.
#[component]
pub fn Strip() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let there = live(move || trainer.strip.with(Option::is_some));
    let held = memo(move || {
        trainer.strip.with(|strip| {
            strip.as_ref().map(|strip| (strip.faces.iter().filter(|face| face.held()).count(), strip.faces.len()))
        })
    });
    let said =
        move || held.get().map(|(held, all)| tr_with("{0} of {1} hold against PGD with 10 steps.", &[&held, &all]));
    let shape =
        memo(move || trainer.strip.with(|strip| strip.as_ref().map(|strip| (strip.kind.is_picture(), strip.shape))));
    let title = move || match shape.get() {
        Some((false, _)) => tr("Sixteen test rows under attack"),
        _ => tr("Sixteen test pictures under attack"),
    };
    // Sixteen places that stay as long as inputs have one shape, so that only what changes is drawn anew.
    let faces = move || {
        let shape = shape.get().and_then(|(pictures, shape)| pictures.then_some(shape));
        (0..STRIP).map(|place| view! { <Input place shape /> }.into_any()).collect::<Vec<_>>()
    };
    view! {
        <When on=there>
            <section class="part" aria-labelledby="strip">
                <h2 id="strip">{text(title)}</h2>
                <p>{text(said)}</p>
                <ul class="faces">{list(faces)}</ul>
            </section>
        </When>
    }
}

/// One input of the strip; `shape` is that of a picture.
#[component]
fn Input(place: usize, shape: Option<[usize; 3]>) -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let face =
        memo(move || trainer.strip.with(|strip| strip.as_ref().and_then(|strip| strip.faces.get(place).cloned())));
    let verdict = memo(move || face.get().map(|face| verdict(&face)));
    let says = move || {
        let face = face.get()?;
        let named = |label| trainer.strip.with(|strip| strip.as_ref().map(|strip| class(label, &strip.classes)));
        let (truth, attacked) = (named(face.truth)?, named(face.attacked)?);
        Some(if face.held() { truth } else { format!("{truth} → {attacked}") })
    };
    let frame = move || {
        verdict.get().map_or("face", |verdict| if verdict == Verdict::Held { "face held" } else { "face fooled" })
    };
    view! {
        <li class=text(frame) hidden=live(move || face.with(Option::is_none))>
            {match shape {
                Some(shape) => canvas(shape, face),
                None => list(move || row(trainer, place).into_iter().collect()).into_any(),
            }}
            <span class="says">{text(says)}</span>
            <VerdictBadge verdict=live(move || verdict.get()) />
        </li>
    }
}

/// The picture under attack.
fn canvas(shape: [usize; 3], face: Memo<Option<Face>>) -> AnyView {
    let canvas = NodeRef::<html::Canvas>::new();
    let [_, rows, columns] = shape;
    effect(move || {
        if let Some((canvas, face)) = canvas.get().zip(face.get())
            && face.pixels.len() == shape.iter().product::<usize>()
        {
            paint(&canvas, &picture(&face.pixels, shape), columns);
        }
    });
    view! { <canvas node_ref=canvas width=columns height=rows aria-hidden="true"></canvas> }.into_any()
}

/// The values of a row, and what the attack made of them.
fn row(trainer: TrainingState, place: usize) -> Option<AnyView> {
    trainer.strip.with(|strip| {
        let strip = strip.as_ref()?;
        let face = strip.faces.get(place)?;
        Some(values(named(&strip.kind, strip.clean(place), Some(&face.pixels))))
    })
}

fn verdict(face: &Face) -> Verdict {
    if face.clean != face.truth {
        Verdict::AlreadyWrong
    } else if face.held() {
        Verdict::Held
    } else {
        Verdict::Fooled
    }
}
