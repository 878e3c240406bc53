//! What the tests of texts let pass, and why.

/// Names of attacks, methods and settings, and whose they are: written alike in every language, they need no translation.
pub const NAMES: [&str; 35] = [
    "APGD-CE",
    "APGD-DLR",
    "APGD-T",
    "BIM",
    "CleverHans",
    "Foolbox",
    "Foolproof, live",
    "Boundary",
    "Brendel et al.",
    "C&W",
    "DeepFool",
    "EAD",
    "FAB-T",
    "FGSM",
    "HopSkipJump",
    "Chen et al.",
    "JSMA",
    "MI-FGSM",
    "SPSA",
    "Ilyas et al., NES",
    "Uesato et al., SPSA",
    "PGD",
    "Papernot et al.",
    "Madry et al., MNIST",
    "Foolbox, L∞",
    "Square",
    "MART",
    "TRADES",
    "torchattacks",
    "Adam",
    "AdamW",
    "BPDA",
    "EOT",
    "k-WTA",
    "Free",
];

/// Words that a language has in common with English, and sentences of values alone.
pub const ALIKE: [&str; 35] = [
    "AutoAttack",
    "Batch",
    "Beta",
    "Bits",
    "Drift",
    "Engine",
    "Ensemble",
    "Epsilon",
    "Gradient",
    "Lambda",
    "Link",
    "Logit {0}.",
    "L∞ {0} · L2 {1} · L1 {2} · {3}",
    "Name",
    "Name:",
    "Norm",
    "Patch",
    "Pause",
    "Precision",
    "Radius",
    "Recall",
    "Seed",
    "Standard",
    "Start",
    "Thermometer",
    "Theta",
    "Transfer",
    "auto",
    "auto: {0} = {1}",
    "robust",
    "robust ",
    "{0} min",
    "{0} ms",
    "{0} s",
    "{0}. In {1}: {2}.",
];

/// What is shown but is no language, and what only programs of a host and the console get.
pub const AS_THEY_ARE: [&str; 12] = [
    "Foolproof",
    "PyTorch",
    "CPU, WebAssembly SIMD, {}",
    "The job was stopped.",
    "No training with these settings has been finished; run one.",
    "No evaluation with these settings has been finished; run one.",
    "The catalog cannot be read: {why}.",
    "A message between page and lab is lost: {why}.",
    "Page and lab do not understand each other: {why}.",
    "The list of models or of attacks could not be loaded.",
    "The model is not loaded.",
    "“{id}” is no model that this browser keeps.",
];

/// Files with sentences that are not shown where they stand, and why not.
const EXCEPTED: [(&str, &str); 10] = [
    ("src/controls/terms.rs", "a table, read by english.rs"),
    ("src/explain/terms.rs", "a table, read by english.rs"),
    ("src/evaluate/terms.rs", "a table, read by english.rs"),
    ("src/share/embed.rs", "a table, read by english.rs"),
    ("src/host/", "answers to programs, which read English"),
    ("src/evaluate/methods.rs", "the methods paragraph, which is English as the papers are"),
    ("src/evaluate/report.rs", "the methods paragraph"),
    ("src/evaluate/report_json.rs", "a report's own fields"),
    ("src/train/result.rs", "a result's own fields"),
    ("src/link/drawing.rs", "for people who look for faults"),
];

/// Whether a place is in one of these files.
pub fn is_excepted(place: &str) -> bool {
    EXCEPTED.iter().any(|(file, _)| place.starts_with(file))
}
