//! How unusual the input and its adversarial twin are beside test images, which of those they resemble, and whether the
//! visitor's inputs drift.

use super::state::ExplanationState;
use crate::i18n::{tr, tr_with};
use crate::{
    attack::words::class,
    controls::term::define,
    evaluate::bins::Bins,
    explain::{
        short, term,
        unusual::{drift_text, edge, verdict},
    },
    web::{reactive::memo, when::list},
};
use crate::{
    charts::{
        chart_file::SaveChart,
        data_table::behind,
        plot::{Area, Plot, Shape, plot},
    },
    evaluate::view::small::canvas,
};
use foolproof_core::{
    protocol::{ExplainJob, Explained, Neighbours},
    report::{SHARES, Spread},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The drawing; above it stand the signs and the names of the two inputs.
const AREA: Area = Area { width: 260.0, height: 90.0, upper: (0.0, 0.0), below: 15.0, view_box: "-8 -34 276 144" };

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
pub fn Unusual(state: ExplanationState) -> impl IntoView {
    let answers = state.seen(|asked, explained| match explained {
        Explained::Neighbours(found) => Some((asked.clone(), Arc::new(found.clone()))),
        _ => None,
    });
    let drawn = memo(move || {
        let references = state.others.references()?;
        let (asked, found) = answers.get().pop()?;
        Some(Drawn { asked, found, labels: references.inputs.labels.clone().unwrap_or_default() })
    });
    let classes = memo(move || state.classes());
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
    let (_, seen) = drawn.found.near.split_last()?;
    let seen: Vec<f32> = seen.iter().filter_map(|near| near.last()).map(|(_, far)| *far).collect();
    let shown = view! {
        {chart(drawn, &judged, edge)}
        <p class="dim">
            {tr_with("Bars: the distances of {0} test images. The dashed line is the edge, {1}: 95 of 100 test images lie to its left.", &[&count, &short(edge)])}
        </p>
        <SaveChart selector="#unusual" name="foolproof-unusual-inputs.png" />
        {distances(&drawn.found.usual, &judged)}
        <div class="attributions">{pictures}</div>
        <h3>{define(term("drift"), tr("Drift").into())}</h3>
        <p>{drift_text(&drawn.found.usual, &seen)}</p>
    };
    Some(shown.into_any())
}

/// What is said of one input, and the test images that it resembles.
fn neighbours(drawn: &Drawn, judged: &Judged, edge: f32, classes: &[String]) -> AnyView {
    let [_, channels, rows, columns] = drawn.asked.job.inputs.shape;
    let size = channels * rows * columns;
    let picture = |&(place, distance): &(u32, f32)| {
        let at = place as usize;
        let pixels = drawn.asked.job.inputs.pixels.get(at * size..(at + 1) * size).map(<[f32]>::to_vec);
        let name = drawn.labels.get(at).map_or_else(String::new, |&label| class(label, classes));
        view! {
            <li>
                {canvas([channels, rows, columns], pixels)} <span>{name}</span>
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

/// The chart's figures.
fn distances(usual: &[f32], judged: &[Judged; 2]) -> AnyView {
    let spread = Spread::of(usual.iter().copied().map(Some));
    let quantile = |(share, at): (f64, &Option<f32>)| {
        vec![
            tr_with("{0} % of the test images, at most", &[&format_args!("{:.0}", 100.0 * share)]),
            short(at.unwrap_or_default()),
        ]
    };
    let usual = SHARES.into_iter().zip(&spread.quantiles).map(quantile);
    let own = judged.iter().map(|one| vec![one.name.to_owned(), short(one.distance)]);
    let heads = [tr("Input"), tr("Distance to the fifth nearest test image")].map(str::to_owned);
    behind(tr("Distances as a table"), heads.into(), usual.chain(own).collect())
}

fn chart(drawn: &Drawn, judged: &[Judged; 2], edge: f32) -> Option<AnyView> {
    let spread = Spread::of(drawn.found.usual.iter().copied().map(Some));
    let largest =
        spread.values.iter().flatten().copied().chain(judged.iter().map(|one| one.distance)).fold(0.0, f32::max);
    let bins = Bins::of(&spread, Some(largest))?;
    let x = |distance: f32| f64::from(distance / largest.max(f32::MIN_POSITIVE)) * AREA.width;
    let said: Vec<String> =
        judged.iter().map(|one| format!("{}: {}", one.name, verdict(&drawn.found.usual, one.distance, edge))).collect();
    let mut shapes = vec![
        Shape::path("bars", bins.path(AREA.width, AREA.height)),
        Shape::path("axis", format!("M0 {}H{}", AREA.height, AREA.width)),
        Shape::path("chance", format!("M{:.1} 0V{}", x(edge), AREA.height)),
        AREA.under(0.0, "0".into()),
        AREA.right(short(largest)),
    ];
    shapes.extend(judged.iter().enumerate().flat_map(|(place, one)| mark(place, one.name, x(one.distance))));
    let label = said.join(" ");
    let id = Some("unusual".into());
    Some(plot(Plot { id, class: "chart unusual", view_box: AREA.view_box, label, shapes }))
}

/// Where one of the two inputs lies: a line with a sign at its top, and above all the sign with the name, so that no name
/// meets the other one or its line, however near they are.
fn mark(place: usize, name: &str, at: f64) -> [Shape; 4] {
    let (class, top, legend) = if place == 0 { ("mark clean", -4.0, 3.0) } else { ("mark attacked", -13.0, 118.0) };
    let sign = |x: f64, y: f64| match place {
        0 => Shape::path(class, format!("M{:.1} {y}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0", x - 3.0)),
        _ => Shape::path(class, format!("M{x:.1} {}l4 4l-4 4l-4 -4z", y - 4.0)),
    };
    let line = Shape::path(class, format!("M{at:.1} {}V{top}", AREA.height));
    [line, sign(at, top), sign(legend, -25.0), Shape::words(legend + 8.0, -21.0, name.to_owned())]
}
