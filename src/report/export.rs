//! A report as text for others: CSV of the inputs, a Markdown table, and the methods paragraph that names every setting.

use super::{Accuracy, Ledger, ModelReport};
use crate::protocol::AttackSpec;

/// One line an input and model.
pub fn csv(ledger: &Ledger, models: &[ModelReport]) -> String {
    let mut text = String::from("model,index,truth,clean,attacked,radius,broken,certified\n");
    for model in models {
        for row in &model.samples {
            let broken: Vec<&str> = row.broken.iter().map(|&place| ledger.trials[place].spec.id.as_str()).collect();
            let radius = match row.radius {
                None => String::new(),
                Some(None) => "beyond".into(),
                Some(Some(radius)) => radius.to_string(),
            };
            let fields = [
                model.id.clone(),
                row.index.to_string(),
                row.truth.to_string(),
                row.clean.to_string(),
                row.attacked.to_string(),
                radius,
                broken.join(" "),
                row.certified.map_or_else(String::new, |radius| radius.to_string()),
            ];
            text += &fields.map(|field| quoted(&field)).join(",");
            text.push('\n');
        }
    }
    text
}

/// The accuracies, models as columns.
pub fn table(ledger: &Ledger, models: &[ModelReport]) -> String {
    let row = |name: &str, of: &dyn Fn(&ModelReport) -> Accuracy| {
        let cells: Vec<String> = models.iter().map(|model| accuracy(&of(model))).collect();
        format!("| {} | {} |\n", name.replace('|', "\\|"), cells.join(" | "))
    };
    let names: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
    let mut text = format!("| accuracy | {} |\n| --- |{}\n", names.join(" | "), " --- |".repeat(models.len()));
    text += &row("clean", &|model| model.clean);
    for (place, trial) in ledger.trials.iter().enumerate() {
        text += &row(&setting(&trial.spec), &|model| model.attacks[place].accuracy);
    }
    text + &row("worst case", &|model| model.worst)
}

/// How it was measured, every hyper-parameter named; `inputs` says what on: `the first 100 images of the test split of
/// MNIST`.
pub fn methods(ledger: &Ledger, inputs: &str, seed: u64, engine: &str) -> String {
    let attacks: Vec<String> = ledger.trials.iter().map(|trial| setting(&trial.spec)).collect();
    format!(
        "Models {} were evaluated on {inputs}, pixels in [0, 1], with {}. An image \
         counts as robust if it is classified right and no attack within the radius changes that, judged over every \
         iterate and restart. Seed {seed}; engine: {engine}. Intervals are Wilson's at 95 %.",
        ledger.models.join(", "),
        attacks.join("; ")
    )
}

/// An attack with all that was set: `pgd (L∞, epsilon 0.3, steps 40)`.
pub fn setting(spec: &AttackSpec) -> String {
    let mut parts = vec![spec.norm.symbol().to_string(), format!("epsilon {}", spec.eps)];
    parts.extend(spec.target.map(|target| format!("target {target}")));
    parts.extend(spec.knobs.iter().map(|(key, value)| format!("{key} {value}")));
    format!("{} ({})", spec.id, parts.join(", "))
}

fn accuracy(accuracy: &Accuracy) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    format!("{} % [{}, {}], n = {}", percent(accuracy.value), percent(accuracy.low), percent(accuracy.high), accuracy.n)
}

/// A field with quotes where CSV needs them.
fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\n']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_string(),
    }
}
