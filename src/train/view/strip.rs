//! Sixteen fixed test inputs under attack, whose frames turn from fooled to held while the model hardens; before the first
//! run they are shown as they are.

use super::state::TrainingState;
use crate::i18n::{tr, tr_with};
use crate::{
    attack::{verdict::Verdict, view::verdict::VerdictBadge, words::class},
    charts::{colour::picture, pixels::paint},
    evaluate::{rows::named, view::small::values},
    files::job_files::Load,
    train::scoreboard::{Face, STRIP, Strip as Shown},
    web::{
        reactive::{effect, live, memo, text},
        when::{When, list},
    },
};
use leptos::{html, prelude::*};
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// The strip; points in the plane have a picture of their own.
#[component]
pub fn Strip() -> impl IntoView {
    let trainer = expect_context::<TrainingState>();
    bring(trainer);
    let points = trainer.wished(|request| request.points.is_some());
    let there = live(move || points.get() != Some(true));
    let attacked = memo(move || trainer.strip.with(|strip| strip.as_ref().is_some_and(|strip| strip.attacked)));
    let held = memo(move || {
        trainer.strip.with(|strip| {
            strip.as_ref().map(|strip| (strip.faces.iter().filter(|face| face.held()).count(), strip.faces.len()))
        })
    });
    let said = move || {
        match held.get().filter(|_| attacked.get()) {
        Some((held, all)) => tr_with("{0} of {1} hold against PGD with 10 steps.", &[&held, &all]),
        None => tr("None has been attacked yet. While the model trains, each is attacked again and again: a dashed frame says that it fools the model, a solid one that the model holds.").into(),
    }
    };
    let shape = memo(move || {
        let shown = trainer.strip.with(|strip| strip.as_ref().map(|strip| (strip.kind.is_picture(), strip.shape)));
        shown.or_else(|| trainer.evaluation.dataset().map(|data| (data.kind.is_picture(), data.shape)))
    });
    let title = move || match (trainer.kind().is_picture(), attacked.get()) {
        (true, true) => tr("Sixteen test pictures under attack"),
        (true, false) => tr("Sixteen test pictures"),
        (false, true) => tr("Sixteen test rows under attack"),
        (false, false) => tr("Sixteen test rows"),
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
                <p>{text(said)} " " {text(move || trainer.of_run())}</p>
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
    let attacked = move || trainer.strip.with(|strip| strip.as_ref().is_some_and(|strip| strip.attacked));
    let verdict = memo(move || face.get().filter(|_| attacked()).map(|face| verdict(&face)));
    let says = move || {
        let face = face.get()?;
        let named = |label| trainer.strip.with(|strip| strip.as_ref().map(|strip| class(label, &strip.classes)));
        let (truth, attacked) = (named(face.truth)?, named(face.attacked)?);
        Some(if face.held() { truth } else { format!("{truth} → {attacked}") })
    };
    let frame = move || match verdict.get() {
        Some(Verdict::Held) => "face held",
        Some(_) => "face fooled",
        None => "face waiting",
    };
    view! {
        // Until the inputs are there, their frames keep their places.
        <li class=text(frame) hidden=live(move || face.with(Option::is_none) && trainer.strip.with(Option::is_some))>
            {match shape {
                Some(shape) => canvas(shape, face),
                None => list(move || row(trainer, place).into_iter().collect()).into_any(),
            }}
            <span class="says">{text(says)}</span>
            <VerdictBadge verdict=live(move || verdict.get()) />
        </li>
    }
}

/// Brings the test inputs, as long as no run shows any of these data.
fn bring(trainer: TrainingState) {
    let evaluation = trainer.evaluation;
    let data = memo(move || {
        let points =
            trainer.request.with(|request| request.as_ref().is_none_or(|(request, _)| request.points.is_some()));
        evaluation.dataset().filter(|_| !points)
    });
    let missing = memo(move || {
        let of = |data: &str| {
            trainer.strip.with(|strip| strip.as_ref().is_some_and(|strip| strip.attacked || strip.data == data))
        };
        data.get().filter(|data| !of(&data.id))
    });
    effect(move || {
        let Some(data) = missing.get() else { return };
        spawn_local(async move {
            let count = STRIP.min(data.test.iter().map(|shard| shard.count).sum());
            let inputs = Load::new(evaluation, |_, _| ()).tests(&data, count).await;
            let wanted = missing.try_get_untracked().flatten().is_some_and(|wanted| wanted.id == data.id);
            // Without them the frames stay empty; a run says why.
            if let (Ok(inputs), true) = (inputs, wanted) {
                trainer.strip.set(Some(Arc::new(Shown::waiting(&data, &inputs))));
            }
        });
    });
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
