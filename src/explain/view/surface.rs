//! The loss around the input as a landscape, coloured by the answers.

use super::{drawn::Drawn, point::Point};
use crate::charts::{chart_file::SaveChart, data_table::behind, plot::keys};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::class,
    controls::term::define,
    evaluate::items::toward,
    explain::{COARSE, Ridge, Surface, coarse, short, term},
};
use foolproof_core::protocol::{DecisionMap, Target};
use leptos::prelude::*;

/// The landscape with what it says; nothing of a map that is cut off.
pub fn surface(drawn: &Drawn, classes: &[String]) -> Option<AnyView> {
    let Drawn { map, areas, .. } = drawn;
    let surface = Surface::of(map)?;
    let [width, height] = Surface::SIZE;
    let ridges: Vec<AnyView> = surface.ridges.iter().map(ridge).collect();
    let (at, loss) = surface.clean;
    let clean = Point::Clean.at(at, tr("clean"), -1.8);
    let twin = surface.attacked.map(|(at, _)| Point::Adversarial.at(at, tr("adversarial"), -1.8));
    let key = |label: u32| (format!("crest area-{}", label % 10), class(label, classes));
    let right = match map.attacked {
        Some(_) => tr("the attack"),
        None => tr("the gradient, as the attack changed nothing"),
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
            {tr_with(
                ": height is the cross-entropy {0}. To the right {1}, into the distance the random direction; colours are the answers.",
                &[&direction(drawn, classes), &right],
            )}
        </p>
        <SaveChart selector="svg.surface" name="foolproof-loss-surface.png" />
        <svg class="decision surface" viewBox=format!("-1 -3 {} {}", width + 2.0, height + 7.0) role="img" aria-label=label>
            {ridges}
            {clean}
            {twin}
            <text class="axis-end" x="0" y=(height + 3.0).to_string()>{format!("−{}", short(map.reach))}</text>
            <text class="axis-end" x=(Surface::FRONT / 2.0).to_string() y=(height + 3.0).to_string() text-anchor="middle">{drawn.along()}</text>
            <text class="axis-end" x=Surface::FRONT.to_string() y=(height + 3.0).to_string() text-anchor="end">{format!("+{}", short(map.reach))}</text>
        </svg>
        {keys(areas.iter().map(|area| key(area.label)))}
        <p>{figures}</p>
        {behind(tr("Loss surface as a table"), heads(map), rows(map)?)}
    };
    Some(view.into_any())
}

/// Which way the loss points. Nobody told the class of a drawing: its attack leaves what the model said of it.
fn direction(Drawn { asked, map, .. }: &Drawn, classes: &[String]) -> String {
    let inputs = &asked.job.inputs;
    match (asked.job.attack.target, &inputs.labels, map.labels.get(map.labels.len() / 2)) {
        (Some(Target::Class(target)), ..) => {
            tr_with("toward the target {0}: an attack descends", &[&class(target, classes)])
        }
        (Some(mode), ..) => tr_with("{0}: an attack descends", &[&toward(mode)]),
        (None, None, Some(&own)) => {
            tr_with("toward the model's own clean answer {0}: an attack climbs", &[&class(own, classes)])
        }
        _ => tr("toward the true class: an attack climbs").to_owned(),
    }
}

/// Heads of the table: how far along.
fn heads(map: &DecisionMap) -> Vec<String> {
    let along = COARSE.map(|share| signed(share * map.reach));
    std::iter::once(tr("Across / along").to_owned()).chain(along).collect()
}

/// Its rows: how far across, and the losses there.
fn rows(map: &DecisionMap) -> Option<Vec<Vec<String>>> {
    let row = |(losses, share): ([f32; 5], f32)| {
        std::iter::once(signed(-share * map.reach)).chain(losses.map(short)).collect()
    };
    Some(coarse(map)?.into_iter().zip(COARSE).map(row).collect())
}

fn signed(value: f32) -> String {
    let sign = match value {
        _ if value > 0.0 => "+",
        _ if value < 0.0 => "−",
        _ => "",
    };
    format!("{sign}{}", short(value.abs()))
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
