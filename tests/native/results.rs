//! Which test file reads which result of `tests/reference`. A file is committed in order to be read.

use crate::zoo::{LATEST, MLP, NATURAL, ROBUST};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Both networks that most was studied on.
const BOTH: &[&str] = &[NATURAL, ROBUST];

/// Test file, models, and the results of each of them. `zoo::reference` gives a file only what stands here.
const READ: [(&str, &[&str], &str); 32] = [
    ("defences", &["defences"], "seen"),
    ("reference_apgd", BOTH, "apgd-ce-l2-2 apgd-dlr-l2-2 apgd-ce-l1-10 apgd-dlr-l1-10 apgd-ce-l1-10-large"),
    ("reference_apgd", BOTH, "fab-targeted-linf fab-targeted-l2 fab-targeted-l1"),
    ("reference_apgd", &[ROBUST], "apgd-ce-linf-0.3 apgd-dlr-linf-0.3 apgd-t-linf-0.3 autoattack-linf-0.3"),
    ("reference_apgd", &[ROBUST], "apgd-ce-linf-0.2 apgd-dlr-linf-0.2"),
    ("reference_claims", BOTH, "jsma jsma-pairs fab-linf fab-l2 fab-l1 fab-torchattacks cw-l2-abort cw-l2-brief-paper"),
    ("reference_claims", BOTH, "fab-targeted-linf fab-targeted-l2 fab-targeted-l1 cw-l2 cw-l2-brief"),
    ("reference_claims", &[ROBUST], "apgd-ce-linf-0.3-restarts-10 apgd-ce-linf-0.3-seed-1 apgd-ce-linf-0.3-seed-2"),
    ("reference_claims", &[ROBUST], "apgd-dlr-linf-0.3-seed-1 apgd-dlr-linf-0.3-seed-2 apgd-dlr-linf-0.3"),
    ("reference_claims", &[ROBUST], "apgd-ce-linf-0.3 square-linf-0.3 autoattack-linf-0.3 apgd-ce-l2-2 square-l2-2"),
    ("reference_claims", &[ROBUST], "apgd-t-linf-0.2 fab-t-linf-0.2 square-linf-0.2 autoattack-linf-0.2"),
    ("reference_decisions", BOTH, "hopskipjump-l2 boundary-l2"),
    ("reference_detectors", &["detectors"], "mnist-cnn"),
    (
        "reference_distance",
        BOTH,
        "deepfool-linf deepfool-l2 deepfool-linf-100 deepfool-l2-100 cw-l2 ead-l1 ead-en jsma-pairs",
    ),
    ("reference_export", &[NATURAL, ROBUST, LATEST, MLP, "fashion-cnn", "fashion-cnn-robust"], "logits"),
    ("reference_gradient", BOTH, "fgsm-linf-0.1 fgsm-linf-0.3 fgm-l2-2 fgm-l1-10 mifgsm-linf-0.3"),
    ("reference_gradient", BOTH, "bim-linf-0.3 pgd-linf-0.3 pgd-l2-2 pgd-l1-10"),
    ("reference_ibp", &["ibp"], "mnist-cnn-0.002 mnist-cnn-0.1 bounds-0.1"),
    ("reference_queries", BOTH, "square-l2-2 spsa-linf-0.3"),
    ("reference_queries", &[ROBUST], "square-linf-0.3"),
    ("reference_spatial", &[NATURAL], "turned"),
    (
        "reference_queries",
        &[NATURAL],
        "nes-linf-0.3 square-queries-linf-0.1 square-queries-linf-0.2 square-queries-linf-0.3",
    ),
    ("smoothing", &["smoothing"], "certificates"),
    ("reference_shipped", &[NATURAL], "apgd-t-l2-1 apgd-t-l1-5 apgd-t-l1-5-seed-1 apgd-t-l1-5-seed-2"),
    ("reference_shipped", &[NATURAL], "fab-t-l2-1 fab-t-l1-5 autoattack-l2-1 cw-l2-brief"),
    ("reference_shipped", &[ROBUST, LATEST], "apgd-t-l2-2 apgd-t-l1-10 apgd-t-l1-10-seed-1 apgd-t-l1-10-seed-2"),
    ("reference_shipped", &[ROBUST, LATEST], "fab-t-l2-2 fab-t-l1-10 autoattack-l2-2 cw-l2-brief"),
    ("reference_shipped", &[ROBUST], "fab-t-linf-0.3"),
    ("reference_shipped", &[LATEST], "autoattack-linf-0.3 deepfool-l2-100 deepfool-linf-100 cw-l2"),
    ("reference_shipped", &[LATEST], "fab-targeted-linf fab-targeted-l2 fab-targeted-l1"),
    ("reference_spatial", BOTH, "spatial-1-10-3-5 spatial-3-30-5-5 spatial-3-30-7-31"),
    ("reference_training", &["training"], "losses optimisers"),
];

/// Test file and path of each result.
fn read() -> impl Iterator<Item = (&'static str, String)> {
    READ.into_iter().flat_map(|(file, models, jobs)| {
        models.iter().flat_map(move |model| jobs.split(' ').map(move |job| (file, format!("{model}/{job}"))))
    })
}

/// Whether a result is to be read by this source file.
pub fn is_listed(file: &str, path: &str) -> bool {
    let stem = Path::new(file).file_stem().unwrap_or_default();
    read().any(|(file, listed)| *stem == *file && listed == path)
}

/// Every path below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

#[test]
fn every_result_is_read_by_a_test() {
    let root = crate::checkout::root();
    let folder = root.join("tests/reference/results");
    let named = |path: PathBuf| path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
    let files: BTreeSet<String> = below(&folder).into_iter().map(named).collect();
    let kept: BTreeSet<String> =
        files.iter().filter_map(|file| file.strip_suffix(".json")).map(str::to_owned).collect();
    let listed: BTreeSet<String> = read().map(|(_, path)| path).collect();
    assert_eq!(kept, listed, "left: what is there, right: what a test reads");
    let stray = |file: &&String| {
        let stem = [".json", ".u16.gz", ".f32.gz"].iter().find_map(|end| file.strip_suffix(end));
        !stem.is_some_and(|stem| kept.contains(stem))
    };
    assert_eq!(files.iter().filter(stray).collect::<Vec<_>>(), Vec::<&String>::new(), "beside no result");
    for (file, path) in read() {
        // What a source says of a name that it puts together: all before the norm and radius.
        let job = path.split('/').next_back().unwrap();
        let stem = ["-linf", "-l2", "-l1"].iter().find_map(|norm| job.split_once(norm)).map_or(job, |(stem, _)| stem);
        let stem = if stem.starts_with("spatial") { "spatial" } else { stem };
        let source = fs::read_to_string(root.join(format!("tests/native/{file}.rs"))).unwrap();
        let said = ['"', '/'].iter().any(|before| source.contains(&format!("{before}{stem}")));
        assert!(said, "{file} does not read {path}");
    }
}
