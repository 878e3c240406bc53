//! The invariants of ARCHITECTURE.md, read off the sources: who may name whom, how long a file may be, what every
//! attack owes its readers.

mod field;
mod source;

use source::{Source, below};

/// Longest file, in lines.
const LONGEST: usize = 300;

/// What each crate may depend on, of the project's own crates and of those that make a layer.
const LAYERS: [(&str, &[&str]); 9] = [
    ("crates/core", &[]),
    ("crates/kernels", &[]),
    ("crates/engine", &["foolproof-core", "foolproof-kernels", "burn"]),
    ("crates/importer", &["foolproof-core", "web-sys", "js-sys", "wasm-bindgen"]),
    ("crates/browser", &["foolproof-core", "web-sys", "js-sys", "wasm-bindgen"]),
    (
        "crates/worker",
        &["foolproof-core", "foolproof-engine", "foolproof-browser", "burn", "web-sys", "js-sys", "wasm-bindgen"],
    ),
    ("crates/fuzz", &["foolproof", "foolproof-core", "foolproof-importer"]),
    ("crates/zoo", &["foolproof-core", "foolproof-engine", "burn"]),
    (".", &["foolproof-core", "foolproof-browser", "leptos", "web-sys", "js-sys", "wasm-bindgen"]),
];

/// Crates that make a layer: who has one of them knows tensors, or the web.
const TELLING: [&str; 5] = ["burn", "leptos", "web-sys", "js-sys", "wasm-bindgen"];

/// Where code stands.
const CODE: [&str; 4] = ["src", "crates", "xtask/src", "tests"];

/// Ways to bring a tensor's values to the CPU: each stalls the device, and without `async` panics in a browser.
const READBACKS: [&str; 12] = [
    "into_data",
    "to_data",
    "into_scalar",
    "into_data_async",
    "to_data_async",
    "into_scalar_async",
    "into_data_as",
    "to_data_as",
    "try_into_vec_as",
    "try_to_vec_as",
    "nonzero",
    "argwhere",
];

/// Fails with every offence, one a line.
fn check(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{rule}\n  {}\n", offences.join("\n  "));
}

/// `file:line: word` wherever one of the words stands in the code.
fn uses(sources: &[Source], words: &[&str]) -> Vec<String> {
    sources.iter().flat_map(|source| words.iter().flat_map(|word| source.lines_with(word))).collect()
}

/// `file: path` wherever a path below one of these is used.
fn paths(sources: &[Source], roots: &[&str]) -> Vec<String> {
    sources.iter().flat_map(|source| roots.iter().flat_map(|root| source.paths_below(root))).collect()
}

#[test]
fn crates_are_the_layers() {
    let mut offences = Vec::new();
    for (folder, allowed) in LAYERS {
        let path = crate::checkout::root().join(folder).join("Cargo.toml");
        let manifest = std::fs::read_to_string(&path).unwrap();
        let used = dependencies(&manifest);
        let none = !manifest.contains("dependencies]");
        assert!(none || !used.is_empty(), "{folder} has no dependencies where this test looks for them");
        let layers = used.iter().filter(|name| name.starts_with("foolproof") || TELLING.contains(&name.as_str()));
        offences
            .extend(layers.filter(|name| !allowed.contains(&name.as_str())).map(|name| format!("{folder}: {name}")));
    }
    check("A crate depends on the layers below it, and on none beside or above.", offences);
}

/// The names of a manifest's dependencies, those of tests left out.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut counts = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            counts = line.ends_with("dependencies]") && !line.contains("dev-") && !line.contains("workspace");
        } else if counts && let Some(name) = line.split(['.', ' ', '=']).next().filter(|name| !name.is_empty()) {
            names.push(name.to_owned());
        }
    }
    names
}

#[test]
fn the_engine_knows_neither_files_nor_clock() {
    let engine = engine();
    let mut offences = paths(&engine, &["std::fs", "std::io", "std::net", "std::env", "std::time", "std::thread"]);
    offences.extend(uses(&engine, &["Instant", "SystemTime"]));
    check("The engine is pure: no files, no clock.", offences);
}

/// The engine; its session too, which is told the time by its caller.
fn engine() -> Vec<Source> {
    let all = below("crates/engine/src");
    assert!(all.len() > 50, "the engine is not where this test looks for it");
    all
}

#[test]
fn the_engine_draws_no_number_without_a_seed() {
    let mut offences = uses(&engine(), &["thread_rng", "from_os_rng", "from_entropy", "OsRng", "getrandom"]);
    offences.extend(paths(&engine(), &["rand::rng", "rand::random", "Tensor::random"]));
    check("The engine takes its seeds as arguments; burn's own generator is one for the whole program.", offences);
}

#[test]
fn what_shows_does_not_know_the_protocol() {
    let views: Vec<Source> = ["src/attack/view", "src/inputs/view", "src/controls", "src/charts"]
        .into_iter()
        .flat_map(below)
        .filter(|source| source.path != "src/attack/view/page.rs")
        .collect();
    assert!(views.len() > 15, "the views are not where this test looks for them");
    check(
        "Views of the attack page and controls show plain values; they name no requests and events.",
        paths(&views, &["foolproof_core::protocol"]),
    );
}

#[test]
fn attacks_training_methods_and_defences_read_nothing_back() {
    let methods: Vec<Source> = [
        "crates/engine/src/attacks",
        "crates/engine/src/training_methods",
        "crates/engine/src/defences",
        "crates/engine/src/detectors",
    ]
    .into_iter()
    .flat_map(below)
    .collect();
    assert!(!methods.is_empty(), "there is no attack where this test looks for them");
    check(
        "Attacks, training methods and defences work with masks on the device; the session reads back.",
        uses(&methods, &READBACKS),
    );
}

#[test]
fn every_attack_training_method_and_defence_is_registered_and_cites_its_paper() {
    let mut offences = Vec::new();
    for (folder, registry) in [
        ("crates/engine/src/attacks", "crates/engine/src/attacks.rs"),
        ("crates/engine/src/training_methods", "crates/engine/src/training_methods.rs"),
        ("crates/engine/src/defences", "crates/engine/src/defences.rs"),
        ("crates/engine/src/detectors", "crates/engine/src/detectors.rs"),
    ] {
        for method in below(folder).iter().filter(|source| source.path.starts_with(&format!("{folder}/"))) {
            if method.is_part_of_another(folder) {
                continue;
            }
            let row = format!("{}::", method.stem());
            if !Source::read(registry).code.contains(&row) {
                offences.push(format!("{}: {registry} has no row with `{row}`", method.path));
            }
            if !["arxiv.org/", "doi.org/", "openreview.net/"].iter().any(|host| method.text.contains(host)) {
                offences.push(format!("{}: cites no paper with an arXiv, DOI or OpenReview address", method.path));
            }
        }
    }
    check("Every attack, training method and defence is in its registry and names its paper.", offences);
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    let mut offences = Vec::new();
    for source in CODE.into_iter().flat_map(below) {
        if !source.text.trim_start().starts_with("//!") {
            offences.push(format!("{}: begins without a module doc (`//!`)", source.path));
        }
        let lines = source.text.lines().count();
        if lines > LONGEST {
            offences.push(format!("{}: {lines} lines, more than {LONGEST}", source.path));
        }
    }
    check("Every file has one subject, said in its first line.", offences);
}

#[test]
fn nothing_is_left_for_later() {
    let sources: Vec<Source> = CODE.into_iter().flat_map(below).collect();
    // Put together here, so that this file does not name them itself.
    let marks =
        [["TO", "DO"], ["FIX", "ME"], ["to", "do!"], ["unimple", "mented!"], ["d", "bg!"]].map(|parts| parts.concat());
    let found = |source: &Source| {
        let lines = source.text.lines().enumerate();
        let marked = lines.filter(|(_, line)| marks.iter().any(|mark| source::has_word(line, mark)));
        marked.map(|(at, line)| format!("{}:{}: {}", source.path, at + 1, line.trim())).collect::<Vec<_>>()
    };
    check("Nothing is left for later.", sources.iter().flat_map(found).collect());
}

#[test]
fn nobody_owns_a_drawer_for_odds_and_ends() {
    let drawers = ["utils", "util", "helpers", "helper", "common", "misc"];
    let sources: Vec<Source> = CODE.into_iter().flat_map(below).collect();
    let named = sources.iter().filter(|source| source.path.split(['/', '.']).any(|part| drawers.contains(&part)));
    check("A file is named after its one subject.", named.map(|source| source.path.clone()).collect());
}

#[test]
fn hosts_are_told_the_policy_that_the_page_has() {
    let page = include_str!("../../www/index.html");
    let policy =
        page.split("Content-Security-Policy\" content=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(policy.contains("default-src 'none'"));
    assert!(include_str!("../../HOSTING.md").contains(policy), "HOSTING.md must have: {policy}");
}
