//! `cargo xtask doctor`: what is there, what is missing, and which command gets it. It changes nothing.

use crate::{
    arguments::Arguments,
    browser,
    command::ask,
    fuzz, node, others,
    place::Place,
    tools::{self, TOOLS},
};
use anyhow::Result;

/// One line: what, what was found, and how to get it where nothing was.
struct Finding {
    what: String,
    found: Result<String, String>,
}

/// `cargo xtask doctor`.
pub fn command(place: &Place, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let findings = examine(place);
    for Finding { what, found } in &findings {
        match found {
            Ok(found) => println!("ok       {what}: {found}"),
            Err(how) => println!("missing  {what}: {how}"),
        }
    }
    println!("The cache is {}.", place.cache.display());
    let missing = findings.iter().filter(|finding| finding.found.is_err()).count();
    match missing {
        0 => println!("Everything is there."),
        _ => println!("{missing} missing. `cargo xtask play` and `cargo xtask test` get what they need by themselves."),
    }
    Ok(())
}

fn examine(place: &Place) -> Vec<Finding> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let known = |answer: Option<String>, how: &str| answer.ok_or_else(|| how.to_owned());
    let mut all = vec![
        Finding { what: "Rust".into(), found: known(ask("rustc", &["--version"]), "install it from rustup.rs") },
        Finding {
            what: format!("Rust's target {}", tools::TARGET),
            found: tools::has_target()
                .ok()
                .filter(|has| *has)
                .map(|_| "installed".to_owned())
                .ok_or_else(|| format!("rustup target add {}", tools::TARGET)),
        },
        Finding {
            what: "clippy".into(),
            found: known(ask(cargo, &["clippy", "--version"]), "rustup component add clippy (for tests)"),
        },
    ];
    all.extend(TOOLS.iter().map(|tool| Finding {
        what: tool.name(),
        found: match tool.is_there(place) {
            true => Ok("installed in the cache".to_owned()),
            false => Err("cargo xtask play".to_owned()),
        },
    }));
    all.push(Finding {
        what: "Node".into(),
        found: node::node()
            .map_err(|error| error.to_string())
            .and_then(|_| known(ask("node", &["--version"]), "install Node 20 or newer")),
    });
    all.push(Finding {
        what: "Python (for the comparisons with other libraries alone)".into(),
        found: known(ask("python3", &["--version"]), "install Python 3"),
    });
    all.push(Finding {
        what: "A C++ compiler (for the stage `fuzz` of the tests alone)".into(),
        found: fuzz::find()
            .map(|found| found.to_string_lossy().into_owned())
            .ok_or_else(|| format!("cargo xtask test, or {}", fuzz::WAY_OUT)),
    });
    all.push(Finding {
        what: "Chromium and chromedriver (for tests and benchmarks)".into(),
        found: match browser::find() {
            Ok(Some(browser)) => Ok(browser.chromium.display().to_string()),
            Ok(None) => Err(format!("cargo xtask test, or {}", browser::WAY_OUT)),
            Err(error) => Err(error.to_string()),
        },
    });
    all.extend(others::OTHERS.iter().map(|other| Finding {
        what: format!("{} (for the stage `browsers` of the tests alone)", other.name),
        found: match other.find() {
            Ok(Some(found)) => {
                Ok(found.told.iter().map(|(_, path)| path.display().to_string()).collect::<Vec<_>>().join(", "))
            }
            Ok(None) => Err(format!("cargo xtask test, or {}", other.way_out())),
            Err(error) => Err(error.to_string()),
        },
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::examine;
    use crate::place::Place;

    #[test]
    fn an_empty_cache_is_told_with_the_way_out_and_stays_empty() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { root: folder.path().to_owned(), cache: folder.path().to_owned() };
        let findings = examine(&place);
        let trunk = findings.iter().find(|finding| finding.what.starts_with("trunk")).unwrap();
        assert_eq!(trunk.found, Err("cargo xtask play".to_owned()));
        assert!(findings[0].found.as_ref().unwrap().starts_with("rustc"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
