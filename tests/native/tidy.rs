//! The invariants of ARCHITECTURE.md, read off the sources: who may name whom, how long a file may be, what every
//! attack owes its readers.

mod source;

use source::{Source, below};

/// Longest file, in lines.
const LONGEST: usize = 300;

/// What only a web page has.
const WEB: [&str; 11] = [
    "leptos",
    "leptos_use",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "gloo_net",
    "gloo_timers",
    "gloo_events",
    "gloo_file",
    "gloo_worker",
];

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
fn the_engine_knows_neither_web_nor_files_nor_clock() {
    let engine = below("src/engine");
    let mut offences = uses(&engine, &WEB);
    offences.extend(paths(&engine, &["std::fs", "std::io", "std::net", "std::env", "std::time", "std::thread"]));
    offences.extend(uses(&engine, &["Instant", "SystemTime"]));
    check("src/engine is pure: no web, no files, no clock.", offences);
}

#[test]
fn the_engine_draws_no_number_without_a_seed() {
    let mut offences = uses(&below("src/engine"), &["thread_rng", "from_os_rng", "from_entropy", "OsRng", "getrandom"]);
    offences.extend(paths(&below("src/engine"), &["rand::rng", "rand::random", "Tensor::random"]));
    check("src/engine takes its seeds as arguments; burn's own generator is one for the whole program.", offences);
}

#[test]
fn what_page_and_worker_share_knows_no_web() {
    let names = [
        "architecture",
        "catalog",
        "idx",
        "manifest",
        "picture",
        "plane",
        "protocol",
        "report",
        "session",
        "training",
        "weights",
    ];
    let shared: Vec<Source> = names.iter().flat_map(|name| below(&format!("src/{name}"))).collect();
    assert!(shared.len() >= names.len() - 1, "the shared files are not where this test looks for them");
    check("The shared data, the picture and the session know no web.", uses(&shared, &WEB));
}

#[test]
fn the_page_does_not_link_the_engine() {
    // What the page links of the shared files must not bring the engine along.
    let page: Vec<Source> =
        ["src/ui", "src/plane", "src/training", "src/weights"].into_iter().flat_map(below).collect();
    let mut offences = uses(&page, &["burn"]);
    offences.extend(paths(&page, &["crate::engine", "crate::session", "crate::worker::serve", "crate::worker::gpu"]));
    check("The page never names the engine: one name would link all of it into the page.", offences);
}

#[test]
fn a_widget_does_not_know_the_protocol() {
    check(
        "src/ui/widgets show plain values; only the pages know requests and events.",
        paths(&below("src/ui/widgets"), &["crate::protocol"]),
    );
}

#[test]
fn attacks_and_training_methods_read_nothing_back() {
    let methods: Vec<Source> = ["src/engine/attacks", "src/engine/defences"].into_iter().flat_map(below).collect();
    assert!(!methods.is_empty(), "there is no attack where this test looks for them");
    check(
        "Attacks and training methods work with masks on the device; the session reads back.",
        uses(&methods, &READBACKS),
    );
}

#[test]
fn every_attack_and_training_method_is_registered_and_cites_its_paper() {
    let mut offences = Vec::new();
    for (folder, registry) in
        [("src/engine/attacks", "src/engine/attacks.rs"), ("src/engine/defences", "src/engine/defences.rs")]
    {
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
    check("Every attack and training method is in its registry and names its paper.", offences);
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    let mut offences = Vec::new();
    for source in ["src", "xtask/src", "tests"].into_iter().flat_map(below) {
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
    let sources: Vec<Source> = ["src", "xtask/src", "tests"].into_iter().flat_map(below).collect();
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
    let sources: Vec<Source> = ["src", "xtask/src", "tests"].into_iter().flat_map(below).collect();
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
