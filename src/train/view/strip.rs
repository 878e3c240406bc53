//! Sixteen fixed test pictures under attack, whose frames turn from fooled to held while the model hardens.

use super::state::TrainingState;
use crate::i18n::{tr, tr_with};
use crate::{
    attack::{
        view::verdict::VerdictBadge,
        words::{Verdict, class},
    },
    charts::{colour::grey, pixels::paint},
    train::scoreboard::{Face, STRIP},
    web::{
        reactive::{effect, live, memo, text},
        when::When,
    },
};
use foolproof_core::picture::SIDE;
use leptos::{html, prelude::*};

/// The strip, from the first attack on.
#[component]
pub fn Strip() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let there = live(move || trainer.strip.with(Option::is_some));
    let held = memo(move || {
        trainer
            .strip
            .with(|strip| strip.as_ref().map(|faces| (faces.iter().filter(|face| face.held()).count(), faces.len())))
    });
    let said =
        move || held.get().map(|(held, all)| tr_with("{0} of {1} hold against PGD with 10 steps.", &[&held, &all]));
    // Sixteen places that stay, so that only what changes is drawn anew.
    let faces = move || (0..STRIP).map(|place| view! { <Picture place /> }.into_any()).collect::<Vec<_>>();
    view! {
        <When on=there>
            <section class="part" aria-labelledby="strip">
                <h2 id="strip">{tr("Sixteen test pictures under attack")}</h2>
                <p>{text(said)}</p>
                <ul class="faces">{faces()}</ul>
            </section>
        </When>
    }
}

#[component]
fn Picture(place: usize) -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    let face = memo(move || trainer.strip.with(|strip| strip.as_ref().and_then(|faces| faces.get(place).cloned())));
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some((canvas, face)) = canvas.get().zip(face.get())
            && face.pixels.len() == SIDE * SIDE
        {
            paint(&canvas, &grey(face.pixels.iter().copied()), SIDE);
        }
    });
    let verdict = memo(move || face.get().map(|face| verdict(&face)));
    let classes = memo(move || trainer.evaluation.dataset().map(|data| data.classes).unwrap_or_default());
    let says = move || {
        let classes = classes.get();
        face.get().map(|face| {
            let (truth, attacked) = (class(face.truth, &classes), class(face.attacked, &classes));
            if face.held() { truth } else { format!("{truth} → {attacked}") }
        })
    };
    let frame = move || {
        verdict.get().map_or("face", |verdict| if verdict == Verdict::Held { "face held" } else { "face fooled" })
    };
    view! {
        <li class=text(frame) hidden=live(move || face.with(Option::is_none))>
            <canvas node_ref=canvas width=SIDE height=SIDE aria-hidden="true"></canvas>
            <span class="says">{text(says)}</span>
            <VerdictBadge verdict=live(move || verdict.get()) />
        </li>
    }
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
