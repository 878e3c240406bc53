//! The answers in a plane around the input, with the norm ball, and the table behind it; or the loss there.

use super::{drawn::Drawn, point::Point, state::ExplanationState, surface::surface};
use crate::charts::{chart_file::SaveChart, data_table::behind};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::{class, percent},
    controls::{
        choice::{Choice, OneOf},
        term::define,
    },
    explain::{Area, areas, path, short, term},
    web::{
        reactive::{live, memo, text},
        when::{When, list},
    },
};
use foolproof_core::protocol::Explained;
use leptos::prelude::*;
use std::{fmt::Write, sync::Arc};

/// Rooms, in places, that a class's name needs.
const ROOM: usize = 2;

/// What of the plane is shown, by its key.
const ANSWERS: &str = "answers";
const LOSS: &str = "loss";

/// The map and its table, or the loss surface.
#[component]
pub fn Map(state: ExplanationState) -> impl IntoView {
    let found = state.seen(|asked, explained| match explained {
        Explained::Map(map) => Some(Drawn { asked: asked.clone(), map: Arc::new(map.clone()), areas: areas(map) }),
        _ => None,
    });
    let classes = memo(move || state.classes());
    let kind = RwSignal::new(ANSWERS.to_owned());
    let kinds = || vec![Choice::new(ANSWERS, tr("Answers")), Choice::new(LOSS, tr("Loss surface"))];
    let shows_loss = live(move || kind.with(|kind| kind == LOSS));
    let land = move || found.get().iter().filter_map(|drawn| surface(drawn, &classes.get())).collect();
    view! {
        <OneOf label=tr("What the plane shows") choices=live(kinds) chosen=text(move || kind.get()) set=move |id| kind.set(id) locked=live(|| false) />
        <When on=shows_loss otherwise=move || answers(found, classes)>
            {list(land)}
        </When>
    }
}

fn answers(found: Memo<Vec<Drawn>>, classes: Memo<Vec<String>>) -> impl IntoView {
    view! {
        <p>
            {define(term("plane"), tr("Decision map").into())}
            {tr(": to the right the attack, upward a random direction of the seed. Every place is clipped to the pixel range, as an attack's pictures are.")}
        </p>
        <SaveChart selector="svg.decision" name="foolproof-decision-map.png" />
        {list(move || found.get().iter().map(|drawn| chart(drawn, &classes.get())).collect())}
    }
}

fn chart(drawn: &Drawn, classes: &[String]) -> AnyView {
    let Drawn { asked, map, areas } = drawn;
    let side = f64::from(map.side);
    let norm = asked.job.attack.norm.symbol();
    let fills: Vec<AnyView> = areas
        .iter()
        .map(|area| {
            view! { <path class=format!("area area-{}", area.label % 10) d=path(map, area.label) /> }.into_any()
        })
        .collect();
    let names: Vec<AnyView> = areas
        .iter()
        .filter(|area| area.room >= ROOM)
        .map(|area| {
            let (row, column) = area.middle;
            // Beside the dots in the middle row rather than on them.
            view! {
                <text class="name" x=(column as f64 + 0.5).to_string() y=(row as f64 + 1.5).to_string() text-anchor="middle">
                    {class(area.label, classes)}
                </text>
            }
            .into_any()
        })
        .collect();
    let at = |along: f32, across: f32| {
        let half = (side - 1.0) / 2.0;
        let scale = half / f64::from(map.reach);
        (half + 0.5 + f64::from(along) * scale, half + 0.5 - f64::from(across) * scale)
    };
    let mut outline = String::new();
    for (place, [along, across]) in map.outline.iter().enumerate() {
        let ((x, y), pen) = (at(*along, *across), if place == 0 { 'M' } else { 'L' });
        // Writing to memory does not fail.
        let _ = write!(outline, "{pen}{x:.2} {y:.2}");
    }
    outline.push('Z');
    let point = |along: f32| {
        let (x, y) = at(along, 0.0);
        [x as f32, y as f32]
    };
    let clean = Point::Clean.at(point(0.0), tr("clean"), -1.8);
    let twin = map.attacked.map(|far| Point::Adversarial.at(point(far), tr("adversarial"), 3.4));
    let reach = short(map.reach);
    view! {
        <svg class="decision" viewBox=format!("0 0 {side} {}", side + 4.0) role="img" aria-label=label(drawn, classes)>
            {fills}
            <path class="ball" d=outline />
            {names}
            {clean}
            {twin}
            <text class="axis-end" x="0" y=(side + 3.0).to_string()>{format!("−{reach}")}</text>
            <text class="axis-end" x=(side / 2.0).to_string() y=(side + 3.0).to_string() text-anchor="middle">
                {drawn.along()}{format!(", {norm}")}
            </text>
            <text class="axis-end" x=side.to_string() y=(side + 3.0).to_string() text-anchor="end">{format!("+{reach}")}</text>
        </svg>
        <p class="dim">
            {tr_with("The dashed line is where the {0} ball of radius {1} ends in this plane.", &[&norm, &short(asked.job.attack.eps)])}
            {map.attacked.is_none().then_some(tr(" The attack changed nothing, so the map follows the gradient instead."))}
        </p>
        {shares(areas, classes)}
    }
    .into_any()
}

fn label(drawn: &Drawn, classes: &[String]) -> String {
    let Drawn { map, areas, .. } = drawn;
    let at = |along: f32| {
        let (side, middle) = (map.side as usize, (map.side / 2) as f32);
        let column = (middle + along / map.reach * middle).round().clamp(0.0, 2.0 * middle) as usize;
        map.labels.get(map.side as usize / 2 * side + column).map_or_else(String::new, |&label| class(label, classes))
    };
    let within = areas.iter().filter(|area| area.within > 0.0);
    let within: Vec<String> =
        within.map(|area| format!("{} {}", class(area.label, classes), percent(area.within))).collect();
    let twin = map
        .attacked
        .map_or_else(String::new, |far| tr_with(" The adversarial input lies in the area of {0}.", &[&at(far)]));
    tr_with(
        "Decision map. The clean input lies in the area of {0}.{1} Inside the norm ball: {2}.",
        &[&at(0.0), &twin, &within.join(", ")],
    )
}

fn shares(areas: &[Area], classes: &[String]) -> AnyView {
    let row = |area: &Area| {
        let within = if area.within > 0.0 { percent(area.within) } else { tr("none").into() };
        vec![class(area.label, classes), percent(area.share), within]
    };
    let heads = [tr("Class"), tr("Share of the map"), tr("Share of the ball in it")].map(str::to_owned);
    behind(tr("Decision map as a table"), heads.into(), areas.iter().map(row).collect())
}
