//! What a first visit has to load, compressed as servers do, against the budgets of the project.

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// A part that is loaded at once, and the most bytes that it may have through gzip: a little above what it had when that
/// was last measured, so that it does not grow unseen. DESIGN.md has the figures that they are to come down to.
struct Budget {
    part: &'static str,
    most: usize,
}

const PAGE: Budget = Budget { part: "the page", most: 452_000 };
const FIRST_RESULT: Budget = Budget { part: "a first result", most: 1_575_000 };
const LAB: Budget = Budget { part: "the lab", most: 1_192_000 };
const IMPORTER: Budget = Budget { part: "the importer", most: 273_000 };
const GPU_ENGINE: Budget = Budget { part: "the GPU engine", most: 2_445_000 };

/// What a first visit loads besides the programs, the styles and the icon.
const FRAME: [&str; 4] = ["index.html", "boot.js", "start.js", "manifest.json"];
/// What it loads of data and models.
const FIRST_FILES: [&str; 3] = [
    "data/mnist/test-00000-images.idx.gz",
    "data/mnist/test-00000-labels.idx.gz",
    "models/mnist-cnn/model.safetensors",
];

/// Weighs finished release pages and prints the figures.
///
/// # Errors
/// Where a part weighs more than its budget, or a file cannot be read.
pub fn weigh(dist: &Path) -> Result<()> {
    let folder = files(dist)?;
    let part = |is_in: fn(&str) -> bool| {
        let named = folder.iter().filter(|path| is_in(&path.file_name().unwrap_or_default().to_string_lossy()));
        named.map(|path| weight(path)).sum::<Result<usize>>()
    };
    let page = part(|name| name.starts_with("app-"))?;
    let gpu = part(|name| name.starts_with("engine-gpu"))?;
    let frame = part(|name| FRAME.contains(&name) || name.ends_with(".svg") || is_style(name))?;
    let data: usize = FIRST_FILES.iter().map(|path| weight(&dist.join(path))).sum::<Result<usize>>()?;
    let cpu = part(|name| name.starts_with("engine-cpu"))?;
    let styles = files(&dist.join("style"))?.iter().map(|path| weight(path)).sum::<Result<usize>>()?;
    let lab = part(|name| matches!(name, "lab.js" | "lab_bg.wasm" | "browser.js"))? + styles;
    let importer = part(|name| name.starts_with("importer"))?;
    println!(
        "Through gzip: page {page}, frame {frame}, CPU engine {cpu}, first data and first model {data}, GPU engine {gpu}, lab {lab}, importer {importer}."
    );
    let mut over = Vec::new();
    let weights =
        [(PAGE, page), (FIRST_RESULT, page + frame + cpu + data), (LAB, lab), (IMPORTER, importer), (GPU_ENGINE, gpu)];
    for (Budget { part, most }, weight) in weights {
        let verdict = if weight > most { ", TOO MUCH" } else { "" };
        println!("{part}: {weight} of at most {most} bytes{verdict}");
        if weight > most {
            over.push(format!("{part} by {} bytes", weight - most));
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("Over its budget: {}.", over.join(", ")) }
}

/// Whether it is a style sheet of the page itself; the page about the host API has one of its own.
fn is_style(name: &str) -> bool {
    name.ends_with(".css") && name != "host.css"
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.is_file()).collect())
}

/// The size of a file through gzip, or as it is where that is less.
fn weight(path: &Path) -> Result<usize> {
    let plain = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&plain)?;
    Ok(encoder.finish()?.len().min(plain.len()))
}

#[cfg(test)]
mod tests {
    use super::weigh;
    use std::fs;

    #[test]
    fn a_page_over_its_budget_fails_the_build() {
        let dist = std::env::temp_dir().join(format!("foolproof-weigh-{}", std::process::id()));
        let write = |path: &str, bytes: &[u8]| {
            let path = dist.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        for split in ["images", "labels"] {
            write(&format!("data/mnist/test-00000-{split}.idx.gz"), b"data");
        }
        for model in ["mnist-cnn", "mnist-cnn-robust"] {
            write(&format!("models/{model}/model.safetensors"), b"weights");
        }
        write("style/lab.css", b"a {}");
        write("app-1.js", &[b'a'; 400_000]);
        // What compresses well weighs little.
        weigh(&dist).unwrap();
        let noise: Vec<u8> =
            (0u32..200_000).flat_map(|i| (i.wrapping_mul(2_654_435_761) ^ (i << 7)).to_le_bytes()).collect();
        write("app-1_bg.wasm", &noise);
        let told = weigh(&dist).unwrap_err().to_string();
        fs::remove_dir_all(&dist).unwrap();
        assert!(told.starts_with("Over its budget: the page by "), "{told}");
    }
}
