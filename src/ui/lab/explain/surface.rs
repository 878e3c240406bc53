//! The loss around the input as a landscape, coloured by the answers.

use super::super::chart_file::SaveChart;
use super::map::Drawn;
use crate::ui::texts::{tr, tr_with};
use crate::ui::{
    explain::{Ridge, Surface, short, term},
    widgets::term::define,
    words::class,
};
use leptos::prelude::*;

/// The landscape with what it says; nothing of a map that is cut off.
pub fn surface(drawn: &Drawn, classes: &[String]) -> Option<AnyView> {
    let Drawn { asked, map, areas } = drawn;
    let surface = Surface::of(map)?;
    let [width, height] = Surface::SIZE;
    let ridges: Vec<AnyView> = surface.ridges.iter().map(ridge).collect();
    let (at, loss) = surface.clean;
    let clean = point("input", tr("clean"), at);
    let twin = surface.attacked.map(|(at, _)| point("twin", tr("adversarial"), at));
    let key = |label: u32| {
        view! {
            <li>
                <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                    <path class=format!("crest area-{}", label % 10) d="M0 4H28" />
                </svg>
                {class(label, classes)}
            </li>
        }
        .into_any()
    };
    let keys: Vec<AnyView> = areas.iter().map(|area| key(area.label)).collect();
    let toward = match asked.job.attack.target {
        Some(target) => tr_with("toward the target {0}: the attack descends", &[&class(target, classes)]),
        None => tr("toward the true class: the attack climbs").to_owned(),
    };
    let figures = match surface.attacked {
        Some((_, attacked)) => tr_with(
            "Loss {0} at the clean input, {1} at the adversarial one, {2} at the highest place.",
            &[&short(loss), &short(attacked), &short(surface.most)],
        ),
        None => {
            tr_with("Loss {0} at the clean input, {1} at the highest place.", &[&short(loss), &short(surface.most)])
        }
    };
    let label = format!("{} {figures}", tr("Loss surface."));
    let view = view! {
        <p>
            {define(term("surface"), tr("Loss surface").into())}
            {tr_with(": height is the cross-entropy {0}. To the right the attack, into the distance the random direction; colours are the answers.", &[&toward])}
        </p>
        <SaveChart selector="svg.surface" name="foolproof-loss-surface.png" />
        <svg class="decision surface" viewBox=format!("-1 -3 {} {}", width + 2.0, height + 7.0) role="img" aria-label=label>
            {ridges}
            {clean}
            {twin}
            <text class="axis-end" x="0" y=(height + 3.0).to_string()>{format!("−{}", short(map.reach))}</text>
            <text class="axis-end" x=(Surface::FRONT / 2.0).to_string() y=(height + 3.0).to_string() text-anchor="middle">{tr("along the attack")}</text>
            <text class="axis-end" x=Surface::FRONT.to_string() y=(height + 3.0).to_string() text-anchor="end">{format!("+{}", short(map.reach))}</text>
        </svg>
        <ul class="keys">{keys}</ul>
        <p>{figures}</p>
    };
    Some(view.into_any())
}

fn ridge(ridge: &Ridge) -> AnyView {
    let piece = |(label, path): &(u32, String)| {
        view! { <path class=format!("crest area-{}", label % 10) d=path.clone() /> }.into_any()
    };
    let crest: Vec<AnyView> = ridge.crest.iter().map(piece).collect();
    view! {
        <path class="skin" d=ridge.skin.clone() />
        {crest}
    }
    .into_any()
}

/// A named point: the clean input's dot, or the adversarial one's cross.
fn point(kind: &'static str, name: &'static str, [x, y]: [f32; 2]) -> AnyView {
    let mark = match kind {
        "input" => view! { <circle class=kind cx=x.to_string() cy=y.to_string() r="0.9" /> }.into_any(),
        _ => view! { <path class=kind d=format!("M{} {}l1.8 1.8m0 -1.8l-1.8 1.8", x - 0.9, y - 0.9) /> }.into_any(),
    };
    view! {
        {mark}
        <text class="point" x=x.to_string() y=(y - 1.8).to_string() text-anchor="middle">{name}</text>
    }
    .into_any()
}
