//! Long work told in short: which step of how many, what it is, since when it runs and how long it took last time. What
//! the programs themselves print goes into a file that is named.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{IsTerminal, Write},
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

/// Seconds between two lines where the output is a file; on a terminal one line is written anew each second.
const QUIET: u64 = 30;
/// Lines of the log that a failure shows.
const TAIL: usize = 15;

/// One piece of long work.
#[derive(Clone)]
pub struct Step {
    /// What is done, as people say it.
    pub what: &'static str,
    /// How long it takes on two cores with empty caches, in seconds; what it took here last time counts more.
    pub typical: u64,
}

/// The steps of a command, in order, and the file with what the programs print.
pub struct Steps {
    log: PathBuf,
    times: PathBuf,
    running: Arc<Mutex<Vec<Line>>>,
    count: usize,
    _ticker: Ticker,
}

struct Line {
    number: usize,
    of: usize,
    what: &'static str,
    usual: String,
    begin: Instant,
}

impl Steps {
    /// Steps to come: `count` of them. The log begins empty.
    ///
    /// # Errors
    /// Where the log cannot be written.
    pub fn new(place: &Place, count: usize) -> Result<Steps> {
        let log = place.cache.join("build.log");
        File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let running = Arc::new(Mutex::new(Vec::new()));
        let ticker = Ticker::start(running.clone());
        Ok(Steps { log, times: place.cache.join("times.json"), running, count, _ticker: ticker })
    }

    /// Does one step, and says when it begins and ends.
    ///
    /// # Errors
    /// The work's own; the end of the log is shown.
    pub fn step<T>(&self, number: usize, step: &Step, work: impl FnOnce(&Log) -> Result<T>) -> Result<T> {
        let usual = match self.last(step.what) {
            Some(seconds) => format!("last time {}", shown(seconds)),
            None => format!("typically {}", shown(step.typical)),
        };
        let begin = Instant::now();
        let line = Line { number, of: self.count, what: step.what, usual, begin };
        println!("{}", line.begins());
        self.lines().push(line);
        let done = work(&Log(self.log.clone()));
        self.lines().retain(|line| line.number != number);
        let seconds = begin.elapsed().as_secs();
        match &done {
            Ok(_) => {
                println!("step {number} of {}: {}: done in {}", self.count, step.what, shown(seconds));
                self.remember(step.what, seconds);
            }
            Err(_) => eprintln!("{}", self.tail()),
        }
        done
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> BTreeMap<String, u64> {
        let text = fs::read_to_string(&self.times).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn last(&self, what: &str) -> Option<u64> {
        self.known().get(what).copied()
    }

    /// Keeps how long it took. A step that was there already took no time, and tells nothing of the next one.
    fn remember(&self, what: &str, seconds: u64) {
        if seconds >= 10 {
            let mut known = self.known();
            known.insert(what.to_owned(), seconds);
            // An estimate that cannot be kept is given from the table next time.
            let _ = serde_json::to_string(&known).map(|text| fs::write(&self.times, text));
        }
    }

    fn tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let end = lines[lines.len().saturating_sub(TAIL)..].join("\n");
        format!("{end}\n(all of it: {})", self.log.display())
    }
}

impl Line {
    fn begins(&self) -> String {
        format!("step {} of {}: {} ({})", self.number, self.of, self.what, self.usual)
    }

    fn goes_on(&self) -> String {
        format!("{}, since {}", self.begins(), shown(self.begin.elapsed().as_secs()))
    }
}

/// The file that programs print into.
pub struct Log(PathBuf);

impl Log {
    /// Runs a program whose output goes into the log.
    ///
    /// # Errors
    /// Where it cannot be started or fails.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let open = || File::options().append(true).open(&self.0).context("the log cannot be written");
        let program = PathBuf::from(command.get_program());
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        command.stdout(open()?).stderr(open()?);
        let status = command.status().with_context(|| format!("cannot start `{name}`"))?;
        if !status.success() {
            bail!("`{name}` failed ({status})");
        }
        Ok(())
    }
}

/// Says how the running steps get on, until it is dropped.
struct Ticker(Option<(mpsc::Sender<()>, thread::JoinHandle<()>)>);

impl Ticker {
    fn start(running: Arc<Mutex<Vec<Line>>>) -> Ticker {
        let (stop, stopped) = mpsc::channel();
        let terminal = std::io::stdout().is_terminal();
        let every = Duration::from_secs(if terminal { 1 } else { QUIET });
        let work = move || {
            while stopped.recv_timeout(every) == Err(mpsc::RecvTimeoutError::Timeout) {
                let lines = running.lock().unwrap_or_else(PoisonError::into_inner);
                let all = lines.iter().map(Line::goes_on).collect::<Vec<_>>().join("; ");
                match (terminal, all.is_empty()) {
                    (_, true) => {}
                    (true, _) => print!("\r\x1b[2K{all}"),
                    (false, _) => println!("{all}"),
                }
                let _ = std::io::stdout().flush();
            }
        };
        Ticker(Some((stop, thread::spawn(work))))
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

/// Seconds as people say them.
pub fn shown(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, Steps};
    use crate::place::Place;
    use std::process::Command;

    fn place() -> (tempfile::TempDir, Place) {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { root: folder.path().to_owned(), cache: folder.path().to_owned() };
        (folder, place)
    }

    #[test]
    fn a_step_knows_how_long_it_took_last_time() {
        let (_folder, place) = place();
        let steps = Steps::new(&place, 1).unwrap();
        assert_eq!(steps.last("the page"), None);
        steps.remember("the page", 3);
        assert_eq!(steps.last("the page"), None, "nothing was done");
        steps.remember("the page", 95);
        assert_eq!(Steps::new(&place, 1).unwrap().last("the page"), Some(95));
    }

    #[cfg(unix)]
    #[test]
    fn what_programs_print_goes_into_the_log() {
        let (_folder, place) = place();
        let steps = Steps::new(&place, 1).unwrap();
        let step = Step { what: "a failure", typical: 1 };
        let script = ["-c", "echo said; echo shouted >&2; exit 3"];
        let done = steps.step(1, &step, |log| log.run(Command::new("/bin/sh").args(script)));
        assert!(done.unwrap_err().to_string().contains("sh"));
        let tail = steps.tail();
        assert!(tail.contains("said\nshouted") && tail.contains("build.log"), "{tail}");
    }
}
