//! `cargo xtask test`: every check there is, in order, stopping at the first that fails. Continuous integration runs
//! exactly this.

use crate::{arguments::Arguments, checks::Checks, place::Place};
use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// One check.
struct Stage {
    name: &'static str,
    /// Whether it counts tests, and so must have run some.
    counts: bool,
    /// What it drives.
    needs: Needs,
    run: fn(&Checks) -> Result<u32>,
}

/// Browsers that a stage drives.
#[derive(Clone, Copy, PartialEq)]
pub enum Needs {
    /// None.
    Nothing,
    /// None, but a C++ compiler: without one, the stage is left out.
    Compiler,
    /// Chromium, without which nothing can be tested.
    Chromium,
    /// Firefox and WebKitGTK, as far as they are to be had: without both, the stage is left out.
    Others,
}

impl Needs {
    /// What is not there where a stage ran no test, and may be left out for it.
    fn lacking(self) -> Option<&'static str> {
        match self {
            Needs::Compiler => Some("no C++ compiler"),
            Needs::Others => Some("none of its browsers"),
            Needs::Nothing | Needs::Chromium => None,
        }
    }
}

/// The cheap and telling ones first.
const STAGES: [Stage; 10] = [
    Stage { name: "fmt", counts: false, needs: Needs::Nothing, run: |checks| checks.fmt() },
    Stage { name: "pure", counts: true, needs: Needs::Nothing, run: |checks| checks.pure() },
    Stage { name: "native", counts: true, needs: Needs::Nothing, run: |checks| checks.native() },
    Stage { name: "fuzz", counts: true, needs: Needs::Compiler, run: |checks| checks.fuzz() },
    Stage { name: "docs", counts: false, needs: Needs::Nothing, run: |checks| checks.docs() },
    Stage { name: "pages", counts: false, needs: Needs::Nothing, run: |checks| checks.pages() },
    Stage { name: "web", counts: true, needs: Needs::Chromium, run: |checks| checks.web() },
    Stage { name: "e2e", counts: true, needs: Needs::Chromium, run: |checks| checks.e2e() },
    Stage { name: "browsers", counts: true, needs: Needs::Others, run: |checks| checks.browsers() },
    Stage { name: "bench", counts: true, needs: Needs::Chromium, run: |checks| checks.bench() },
];

/// Ten million inputs for each target of fuzzing, the comparisons with other libraries at their full length, and WebGPU in
/// software in Firefox: hours, and not part of the whole.
const LONG: Stage = Stage { name: "long", counts: true, needs: Needs::Others, run: |checks| checks.long() };

/// `cargo xtask test`.
pub fn command(place: &Place, mut arguments: Arguments) -> Result<()> {
    let chosen = choose(arguments.option("--only")?, arguments.option("--from")?)?;
    let again = arguments.flag("--again");
    arguments.finish()?;
    let _lock = place.lock()?;
    let begin = Instant::now();
    println!("== set-up");
    let needs: Vec<Needs> = chosen.iter().map(|stage| stage.needs).collect();
    let checks = Checks::set_up(place, &needs, again)?;
    let mut lines = vec![("set-up", begin.elapsed(), None)];
    let mut left_out = Vec::new();
    for stage in chosen {
        println!("== {}", stage.name);
        let begin = Instant::now();
        let count = (stage.run)(&checks).with_context(|| format!("the stage `{}` failed", stage.name))?;
        if stage.counts && count == 0 {
            let Some(lacking) = stage.needs.lacking() else { bail!("the stage `{}` ran no tests", stage.name) };
            println!("== {} is left out: {lacking} is here", stage.name);
            left_out.push(stage.name);
            continue;
        }
        lines.push((stage.name, begin.elapsed(), stage.counts.then_some(count)));
        println!("== {} passed in {}", stage.name, shown(begin.elapsed()));
    }
    if lines.len() == 1 {
        bail!("nothing was tested: what the stage `{}` needs is not here", left_out.join(", "));
    }
    report(&lines, &left_out, begin.elapsed());
    Ok(())
}

fn choose(only: Option<String>, from: Option<String>) -> Result<Vec<&'static Stage>> {
    let at = |name: &str| {
        let names = STAGES.map(|stage| stage.name).join(", ");
        let place = STAGES.iter().position(|stage| stage.name == name);
        place.with_context(|| format!("there is no stage `{name}`; the stages are {names}"))
    };
    Ok(match (only, from) {
        (Some(name), None) if name == LONG.name => vec![&LONG],
        (Some(_), Some(_)) => bail!("`--only` and `--from` exclude each other"),
        (Some(name), None) => vec![&STAGES[at(&name)?]],
        (None, Some(name)) => STAGES[at(&name)?..].iter().collect(),
        (None, None) => STAGES.iter().collect(),
    })
}

fn report(lines: &[(&str, Duration, Option<u32>)], left_out: &[&str], all: Duration) {
    println!("\n{:<12}{:>12}{:>14}", "stage", "time", "tests passed");
    for (name, time, count) in lines {
        println!("{name:<12}{:>12}{:>14}", shown(*time), count.map_or(String::new(), |count| count.to_string()));
    }
    for name in left_out {
        println!("{name:<12}{:>12}", "left out");
    }
    let tests: u32 = lines.iter().filter_map(|line| line.2).sum();
    println!("{} stages passed, {tests} tests passed, {}", lines.len() - 1, shown(all));
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn stages_are_chosen_by_name() {
        let names = |only: Option<&str>, from: Option<&str>| {
            let stages = choose(only.map(str::to_owned), from.map(str::to_owned));
            stages.map(|stages| stages.iter().map(|stage| stage.name).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names(Some("fmt"), None).unwrap(), "fmt");
        assert_eq!(names(None, Some("web")).unwrap(), "web e2e browsers bench");
        assert_eq!(names(None, None).unwrap(), "fmt pure native fuzz docs pages web e2e browsers bench");
        assert_eq!(names(Some("long"), None).unwrap(), "long");
        assert!(names(Some("lint"), None).unwrap_err().to_string().contains("native"));
        assert!(names(Some("fmt"), Some("web")).is_err());
    }
}
