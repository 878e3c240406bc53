//! How unusual the input and its adversarial twin are beside test images, which of those they resemble, and whether the
//! visitor's inputs drift.

use super::super::{chart_file::SaveChart, samples::canvas};
use super::desk::Desk;
use crate::ui::texts::{tr, tr_with};
use crate::{
    protocol::{ExplainJob, Explained, Neighbours},
    report::Spread,
    ui::{
        explain::{
            short, term,
            unusual::{FEW, LEVEL, drift, edge, rank},
        },
        measure::bins::{BARS, Bins},
        react::memo,
        widgets::{term::define, when::list},
        words::class,
    },
};
use leptos::prelude::*;
use std::{fmt::Write, sync::Arc};

/// Size of the drawing in its own units.
const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 90.0;

/// What was found, with its question and the classes of the test images.
#[derive(Clone, PartialEq)]
struct Drawn {
    asked: Arc<ExplainJob>,
    found: Arc<Neighbours>,
    labels: Vec<u32>,
}

/// One of the two inputs.
struct Judged<'a> {
    name: &'static str,
    near: &'a [(u32, f32)],
    distance: f32,
}

impl Drawn {
    /// The input and its twin.
    fn judged(&self) -> Option<[Judged<'_>; 2]> {
        let [.., clean, twin] = self.found.near.as_slice() else { return None };
        Some([Judged::new(tr("Clean input"), clean)?, Judged::new(tr("Adversarial input"), twin)?])
    }
}

impl<'a> Judged<'a> {
    fn new(name: &'static str, near: &'a [(u32, f32)]) -> Option<Judged<'a>> {
        Some(Judged { name, near, distance: near.last()?.1 })
    }
}

/// The chart, the neighbours of both inputs, and the drift.
#[component]
pub fn Unusual(desk: Desk) -> impl IntoView {
    let answers = desk.seen(|asked, explained| match explained {
        Explained::Neighbours(found) => Some((asked.clone(), Arc::new(found.clone()))),
        _ => None,
    });
    let drawn = memo(move || {
        let references = desk.company.references()?;
        let (asked, found) = answers.get().pop()?;
        Some(Drawn { asked, found, labels: references.inputs.labels.clone().unwrap_or_default() })
    });
    let classes = memo(move || desk.classes());
    let shown = move || drawn.get().and_then(|drawn| view_of(&drawn, &classes.get())).into_iter().collect();
    view! {
        <p>
            {define(term("unusual"), tr("Unusual inputs").into())}
            {tr(": how far the input lies from the test images, in what the model decides by.")}
        </p>
        {list(shown)}
    }
}

fn view_of(drawn: &Drawn, classes: &[String]) -> Option<AnyView> {
    let (judged, edge) = (drawn.judged()?, edge(&drawn.found.usual)?);
    let count = drawn.found.usual.len();
    let pictures: Vec<AnyView> = judged.iter().map(|one| neighbours(drawn, one, edge, classes)).collect();
    let seen = &drawn.found.near[..drawn.found.near.len() - 1];
    let shown = view! {
        {chart(drawn, &judged, edge)}
        <p class="dim">
            {tr_with("Bars: the distances of {0} test images. The dashed line is the edge, {1}: 95 of 100 test images lie to its left.", &[&count, &short(edge)])}
        </p>
        <SaveChart selector="#unusual" name="foolproof-unusual-inputs.png" />
        <div class="attributions">{pictures}</div>
        <h3>{define(term("drift"), tr("Drift").into())}</h3>
        <p>{drift_text(&drawn.found.usual, seen)}</p>
    };
    Some(shown.into_any())
}

/// What is said of one input, and the test images that it resembles.
fn neighbours(drawn: &Drawn, judged: &Judged, edge: f32, classes: &[String]) -> AnyView {
    let size: usize = drawn.asked.job.inputs.shape[1..].iter().product();
    let picture = |&(place, distance): &(u32, f32)| {
        let at = place as usize;
        let pixels = drawn.asked.job.inputs.pixels.get(at * size..(at + 1) * size).map(<[f32]>::to_vec);
        let name = drawn.labels.get(at).map_or_else(String::new, |&label| class(label, classes));
        view! {
            <li>
                {canvas(pixels)} <span>{name}</span>
                <small>{short(distance)}</small>
            </li>
        }
        .into_any()
    };
    let pictures: Vec<AnyView> = judged.near.iter().map(picture).collect();
    view! {
        <section>
            <h3>{judged.name}</h3>
            <p>{verdict(&drawn.found.usual, judged.distance, edge)}</p>
            <p class="strip-title">{tr("Nearest test images, their classes and distances")}</p>
            <ul class="strip company">{pictures}</ul>
        </section>
    }
    .into_any()
}

fn verdict(usual: &[f32], distance: f32, edge: f32) -> String {
    let beyond = if distance > edge { tr("Unusual") } else { tr("Usual") };
    let nearer = format!("{:.0} %", 100.0 * rank(usual, distance));
    tr_with(
        "{0}: {1} from its fifth nearest test image, farther than {2} of the test images are from theirs.",
        &[&beyond, &short(distance), &nearer],
    )
}

fn drift_text(usual: &[f32], seen: &[Vec<(u32, f32)>]) -> String {
    let far: Vec<f32> = seen.iter().filter_map(|near| near.last()).map(|(_, far)| *far).collect();
    let Some(found) = drift(usual, &far) else {
        return tr_with(
            "Told from {0} different clean inputs on, so far {1}: draw or choose some more.",
            &[&FEW, &far.len()],
        );
    };
    let figures: [&dyn std::fmt::Display; 3] =
        [&far.len(), &short(found.difference as f32), &short(found.probability as f32)];
    match found.probability < LEVEL {
        true => tr_with(
            "Your {0} clean inputs drift from the test images: Kolmogorov-Smirnov distance {1}, probability by chance {2}.",
            &figures,
        ),
        false => tr_with(
            "Your {0} clean inputs may well be as the test images are: Kolmogorov-Smirnov distance {1}, probability by chance {2}.",
            &figures,
        ),
    }
}

fn chart(drawn: &Drawn, judged: &[Judged; 2], edge: f32) -> Option<AnyView> {
    let spread = Spread::of(drawn.found.usual.iter().copied().map(Some));
    let largest =
        spread.values.iter().flatten().copied().chain(judged.iter().map(|one| one.distance)).fold(0.0, f32::max);
    let bins = Bins::of(&spread, Some(largest))?;
    let x = |distance: f32| f64::from(distance / largest.max(f32::MIN_POSITIVE)) * WIDTH;
    let mut bars = String::new();
    for (at, &count) in bins.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (step, height) = (WIDTH / BARS as f64, HEIGHT * count as f64 / bins.tallest() as f64);
        // Writing to memory does not fail.
        let _ = write!(bars, "M{:.1} {HEIGHT}v-{height:.1}h{:.1}v{height:.1}z", at as f64 * step + 0.5, step - 1.0);
    }
    let said: Vec<String> =
        judged.iter().map(|one| format!("{}: {}", one.name, verdict(&drawn.found.usual, one.distance, edge))).collect();
    let mark = |(place, one): (usize, &Judged)| {
        let (at, top) = (x(one.distance), -9.0 - 13.0 * place as f64);
        // A name that would leave the drawing stands on the other side of its line.
        let (anchor, beside) = if at > 0.6 * WIDTH { ("end", at - 4.0) } else { ("start", at + 4.0) };
        view! {
            <path class=if place == 0 { "mark clean" } else { "mark attacked" } d=format!("M{at:.1} {HEIGHT}V{:.1}", top - 4.0) />
            <text x=beside.to_string() y=top.to_string() text-anchor=anchor>{one.name}</text>
        }
        .into_any()
    };
    let marks: Vec<AnyView> = judged.iter().enumerate().map(mark).collect();
    let view = view! {
        <svg class="chart unusual" id="unusual" viewBox="-8 -34 276 144" role="img" aria-label=said.join(" ")>
            <path class="bars" d=bars />
            <path class="axis" d=format!("M0 {HEIGHT}H{WIDTH}") />
            <path class="chance" d=format!("M{0:.1} 0V{HEIGHT}", x(edge)) />
            <text x="0" y=(HEIGHT + 15.0).to_string()>"0"</text>
            <text x=WIDTH.to_string() y=(HEIGHT + 15.0).to_string() text-anchor="end">{short(largest)}</text>
            {marks}
        </svg>
    };
    Some(view.into_any())
}
