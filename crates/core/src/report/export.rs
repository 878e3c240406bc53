//! A report as text for others: CSV of the inputs, a Markdown table, and the methods paragraph that names every setting.

use super::{Accuracy, AttackFigures, DetectorReport, ModelReport, SampleRow, Trial};
use crate::input_kind::{Column, InputKind};
use crate::protocol::{AttackSpec, SampleOutcome, Target};

/// Most features that the limits of each are written out of.
const EACH: usize = 64;

/// One line an input and model; `trials` are the attacks that the models' figures are of, in order.
pub fn csv(trials: &[Trial], models: &[ModelReport]) -> String {
    let mut text =
        String::from("model,index,truth,clean,attacked,radius,broken,certified,margin,doubled,audit,untried,draws");
    // Columns for what most reports have not.
    let smoothed = models.iter().any(|model| model.smoothed.is_some());
    text += if smoothed { ",smoothed,votes,smoothed_radius" } else { "" };
    let watched = models.iter().find(|model| !model.detectors.is_empty()).map(|model| model.detectors.as_slice());
    // What each detector says of the clean input, and of what each attack made of it.
    let columns = |one: &DetectorReport| {
        let name = one.detector.text();
        let attacks = trials.iter().map(|trial| format!(",{}", quoted(&format!("{name} {}", trial.spec.id))));
        format!(",{}{}", quoted(&name), attacks.collect::<String>())
    };
    let columns: Vec<String> = watched.iter().flat_map(|all| all.iter().map(columns)).collect();
    text += &columns.concat();
    text.push('\n');
    for model in models {
        for row in &model.samples {
            let ids = |places: &mut dyn Iterator<Item = usize>| {
                places.map(|place| trials[place].spec.id.as_str()).collect::<Vec<_>>().join(" ")
            };
            // Attacks that break it with twice their steps only, and whether the auditor breaks what all of them left.
            let fell = |attack: &AttackFigures| attack.twice.as_ref().is_some_and(|of| of.fell.contains(&row.index));
            let mut doubled =
                model.attacks.iter().enumerate().filter(|(_, attack)| fell(attack)).map(|(place, _)| place);
            let weak = model.weak.as_ref().is_some_and(|weak| weak.inputs.contains(&row.index));
            let fields = [
                model.id.clone(),
                row.index.to_string(),
                row.truth.to_string(),
                row.clean.to_string(),
                row.attacked.to_string(),
                searched(row.radius),
                ids(&mut row.broken.iter().copied()),
                row.certified.map_or_else(String::new, |radius| radius.to_string()),
                searched(row.margin),
                ids(&mut doubled),
                if weak { "broken".into() } else { String::new() },
                untried(trials, row),
                model.draws.to_string(),
            ];
            text += &fields.map(|field| quoted(&field)).join(",");
            if smoothed {
                text += &voted(model, row.index);
            }
            if watched.is_some() {
                // An input that some attack has not been done on yet has blanks.
                let blank = || vec![String::new(); trials.len() + 1];
                let told = |place: usize| row.scores.get(place).map(|own| own.iter().map(f32::to_string).collect());
                let cells = (0..columns.len()).flat_map(|place| told(place).unwrap_or_else(blank));
                text += &cells.map(|cell| format!(",{cell}")).collect::<String>();
            }
            text.push('\n');
        }
    }
    text
}

/// What votes on noisy copies of an input prove: class, votes, and the radius, which is `none` where there is no answer.
fn voted(model: &ModelReport, index: usize) -> String {
    let found = model.smoothed.as_ref().and_then(|of| of.samples.iter().find(|sample| sample.index == index));
    found.map_or_else(
        || ",,,".into(),
        |sample| {
            let radius = sample.radius.map_or_else(|| "none".into(), |radius| radius.to_string());
            format!(",{},{},{radius}", sample.class, sample.count)
        },
    )
}

/// The attacks that were not carried out on an input, each with why: `jsma:nothing-to-do`.
fn untried(trials: &[Trial], row: &SampleRow) -> String {
    let one = |(place, why): &(usize, SampleOutcome)| Some(format!("{}:{}", trials.get(*place)?.spec.id, why.word()));
    row.untried.iter().filter_map(one).collect::<Vec<_>>().join(" ")
}

/// A distance that was searched for, or not.
fn searched(distance: Option<Option<f32>>) -> String {
    match distance {
        None => String::new(),
        Some(None) => "beyond".into(),
        Some(Some(distance)) => distance.to_string(),
    }
}

/// The accuracies, models as columns, each with what the auditor holds against it. As for [`csv`].
pub fn table(trials: &[Trial], models: &[ModelReport]) -> String {
    let row = |name: &str, of: &dyn Fn(&ModelReport) -> String| {
        let cells: Vec<String> = models.iter().map(of).collect();
        format!("| {} | {} |\n", name.replace('|', "\\|"), cells.join(" | "))
    };
    let names: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
    let mut text = format!("| accuracy | {} |\n| --- |{}\n", names.join(" | "), " --- |".repeat(models.len()));
    text += &row("clean", &|model| accuracy(&model.clean));
    if models.iter().any(|model| model.draws > 1) {
        text += &row("draws an answer", &|model| model.draws.to_string());
    }
    for (place, trial) in trials.iter().enumerate() {
        text += &row(&setting(&trial.spec), &|model| attacked(&model.attacks[place]));
    }
    text + &row("worst case", &|model| {
        let weak = model
            .weak
            .as_ref()
            .map(|weak| format!(" (weak set: the auditor breaks {} of {} more)", weak.inputs.len(), weak.of));
        accuracy(&model.worst) + &weak.unwrap_or_default()
    })
}

/// An attack's accuracy, whether twice the steps or a smaller radius leave less, and on how many inputs it was not carried out.
fn attacked(figures: &AttackFigures) -> String {
    let doubt = figures.twice.as_ref().filter(|twice| !twice.converged).map(|twice| {
        let (left, own) = (accuracy(&twice.twin), accuracy(&twice.own));
        format!(" (not converged: {} steps leave {left}, these {own})", twice.steps)
    });
    let rise = figures.nearer.as_ref().filter(|nearer| nearer.rises).map(|nearer| {
        let (less, own) = (accuracy(&nearer.nearer), accuracy(&nearer.own));
        format!(" (rises with epsilon: {} leaves {less}, this {own})", nearer.eps)
    });
    let untried = [
        (figures.blind, "without a gradient to follow"),
        (figures.idle, "with nothing to do"),
        (figures.unstarted, "without a start"),
    ];
    let untried = untried.into_iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!(" ({count} {why})"));
    accuracy(&figures.accuracy) + &doubt.unwrap_or_default() + &rise.unwrap_or_default() + &untried.collect::<String>()
}

/// How it was measured, every hyper-parameter named; `inputs` says what on: `the first 100 images of the test split of
/// MNIST`.
pub fn methods(kind: &InputKind, models: &[&str], trials: &[Trial], inputs: &str, seed: u64, engine: &str) -> String {
    let attacks: Vec<String> = trials.iter().map(|trial| setting(&trial.spec)).collect();
    let aimed = trials.iter().any(|trial| trial.spec.target.is_some());
    let changes = if aimed { "changes that (one with a target: to its target)" } else { "changes that" };
    let (values, input) = match kind {
        InputKind::Picture => ("pixels in [0, 1]".to_owned(), "An image"),
        InputKind::Plane => ("coordinates in [0, 1]".to_owned(), "A point"),
        InputKind::Table(columns) => {
            let range = |column: &Column| format!("{} from {} to {}", column.title(), column.min, column.max);
            let ranges: Vec<String> = columns.iter().map(range).collect();
            (format!("each column's range as [0, 1] ({})", ranges.join(", ")), "A row")
        }
    };
    format!(
        "Models {} were evaluated on {inputs}, {values}, with {}. {input} \
         counts as robust if it is classified right and no attack within the radius {changes}, judged over every \
         iterate and restart. Seed {seed}; engine: {engine}. Intervals are Wilson's at 95 %.",
        models.join(", "),
        attacks.join("; ")
    )
}

/// An attack with all that was set: `pgd (L∞, epsilon 0.3, steps 40)`.
pub fn setting(spec: &AttackSpec) -> String {
    let mut parts = vec![spec.norm.symbol().to_string(), format!("epsilon {}", spec.eps)];
    parts.extend(spec.target.map(|target| format!("target {}", words(target))));
    parts.extend(spec.knobs.iter().map(|(key, value)| format!("{key} {value}")));
    parts.extend(reach(&spec.limits));
    format!("{} ({})", spec.id, parts.join(", "))
}

/// What is aimed at, in words.
fn words(target: Target) -> String {
    match target {
        Target::Class(class) => class.to_string(),
        Target::Least => "least likely class".into(),
        Target::Second => "second most likely class".into(),
        Target::Random => "random class".into(),
    }
}

/// How far features may go: of a few each, of a picture's how many may, and between what.
fn reach(limits: &[f32]) -> Option<String> {
    let moving: Vec<f32> = limits.iter().copied().filter(|&limit| limit > 0.0).collect();
    let (least, most) = moving.iter().fold((f32::MAX, 0.0f32), |(least, most), &one| (least.min(one), most.max(one)));
    let range = if least < most { format!("{least} to {most}") } else { most.to_string() };
    match limits.len() {
        0 => None,
        1..=EACH => {
            let each: Vec<String> = limits.iter().map(|limit| limit.to_string()).collect();
            Some(format!("features move by at most {} times epsilon", each.join(" ")))
        }
        all => Some(format!("{} of {all} features move by at most {range} times epsilon", moving.len())),
    }
}

fn accuracy(accuracy: &Accuracy) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    format!("{} % [{}, {}], n = {}", percent(accuracy.value), percent(accuracy.low), percent(accuracy.high), accuracy.n)
}

/// Rows of a table with what an attack made of each, in the units of the columns: one line a row, given as its number, its
/// true class, its values and the attacked ones, all in [0, 1].
pub fn rows<'a>(columns: &[Column], rows: impl Iterator<Item = (usize, u32, &'a [f32], &'a [f32])>) -> String {
    let titles = |what: &str| columns.iter().map(|column| quoted(&(column.title() + what))).collect::<Vec<_>>();
    let line = |fields: [Vec<String>; 3]| fields.concat().join(",") + "\n";
    let head = line([vec!["index".into(), "truth".into()], titles(""), titles(" attacked")]);
    let shown = |values: &[f32]| {
        let fields = columns.iter().zip(values).map(|(column, &value)| column.shown(value).to_string());
        fields.collect::<Vec<_>>()
    };
    let each = rows.map(|(index, truth, clean, attacked)| {
        line([vec![index.to_string(), truth.to_string()], shown(clean), shown(attacked)])
    });
    head + &each.collect::<String>()
}

/// A field with quotes where CSV needs them.
pub fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\n']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_string(),
    }
}

#[cfg(test)]
mod tests;
