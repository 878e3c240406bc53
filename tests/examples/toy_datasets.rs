//! Writes a toy dataset of each kind, with a trained network, into a folder, and adds them to its manifest:
//! `cargo run -p foolproof-tests --example toy_datasets -- FOLDER`. For the browser tests.

#[path = "../native/kinds/data.rs"]
#[allow(dead_code, reason = "the native tests use the rest")]
mod data;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| std::io::Error::other("say which folder"))?;
    let manifest = data::write_all(folder.as_ref())?;
    manifest.datasets.iter().for_each(|dataset| println!("{}", dataset.id));
    Ok(())
}
