//! Code that puts the page into course material, for each place that course material is written in.

use crate::i18n::{tr, tr_mark};
use crate::link::Page;
use std::fmt::Write;

/// Where the code goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// A page of HTML, which may have scripts: the frame follows the height of its content.
    Html,
    /// Moodle, Canvas and other learning platforms, which take a frame and no script.
    Platform,
    /// Jupyter Book and other MyST documents.
    Myst,
    /// Quarto documents.
    Quarto,
    /// MkDocs pages.
    MkDocs,
    /// Slides of reveal.js.
    Reveal,
}

/// Every host with its name.
pub const HOSTS: [(Host, &str); 6] = [
    (Host::Html, tr_mark("HTML page")),
    (Host::Platform, "Moodle, Canvas"),
    (Host::Myst, "Jupyter Book, MyST"),
    (Host::Quarto, "Quarto"),
    (Host::MkDocs, "MkDocs"),
    (Host::Reveal, "reveal.js"),
];

/// A frame: the address of the page, and its size in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The whole address, fragment included.
    pub address: String,
    /// Width; `None` is all there is.
    pub width: Option<u32>,
    /// Height, which a host that runs our script adapts.
    pub height: u32,
}

/// A control that a link can hide or lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// Its name in `hide` and `lock`.
    pub key: &'static str,
    /// Its name on the page.
    pub name: &'static str,
    /// Whether it can be hidden.
    pub hides: bool,
    /// Whether it can be locked.
    pub locks: bool,
}

const fn control(key: &'static str, name: &'static str, hides: bool, locks: bool) -> Control {
    Control { key, name, hides, locks }
}

const ATTACK: [Control; 23] = [
    control("input", "Input", true, true),
    control("draw", "Drawing pad", true, true),
    control("gallery", "Test pictures", true, false),
    control("upload", "Upload", true, false),
    control("mask", "Mask", true, true),
    control("defence", "Defence", true, true),
    control("bpda", "BPDA", true, true),
    control("eot", "EOT", true, true),
    control("eps", "Epsilon", true, true),
    control("attack", "Attack", true, true),
    control("card", "About the attack", true, false),
    control("norm", "Norm", true, true),
    control("target", "Target", true, true),
    control("model", "Model", true, true),
    control("beside", "Second network", true, false),
    control("steps", "Steps", true, true),
    control("step", "Step size", true, true),
    control("restarts", "Restarts", true, true),
    control("seed", "Seed", true, true),
    control("presets", "Presets", true, true),
    control("undo", "Undo", true, false),
    control("details", "Details", true, false),
    control("explain", "Explain", true, false),
];
const TRAIN: [Control; 10] = [
    control("data", "Dataset", true, true),
    control("train.plane", "Train on", true, true),
    control("train.from", "Start", true, true),
    control("train.method", "Method", true, true),
    control("train.eps", "Epsilon", true, true),
    control("train.ratio", "Share of examples", true, true),
    control("train.seconds", "Seconds", true, true),
    control("train.preset", "Preset", true, true),
    control("train.settings", "More settings", true, false),
    control("train.own", "Own models and data", true, false),
];
const MEASURE: [Control; 23] = [
    control("measure.models", "Models", true, true),
    control("measure.n", "Number of inputs", false, true),
    control("data", "Dataset", true, true),
    control("eps", "Epsilon", false, true),
    control("norm", "Norm", true, true),
    control("seed", "Seed", true, true),
    control("target", "Target", true, true),
    control("measure.also", "Also", true, false),
    control("measure.detector", "Detectors that look on", true, false),
    control("measure.drawings", "Own drawings", true, false),
    control("measure.ladder", "Too good to be true?", true, false),
    control("measure.attacks", "Attacks", true, false),
    control("measure.curve", "Accuracy against radius", true, false),
    control("measure.spreads", "Distributions", true, false),
    control("measure.certificates", "Certificates by noise", true, false),
    control("measure.detectors", "Detectors", true, false),
    control("measure.losses", "Loss", true, false),
    control("measure.queries", "Queries", true, false),
    control("measure.auditor", "Auditor", true, false),
    control("measure.samples", "Hardest and most robust inputs", true, false),
    control("measure.classes", "Class by class", true, false),
    control("measure.transfer", "Transfer", true, false),
    control("measure.methods", "Methods", true, false),
];

const LESSON: [Control; 4] = [
    control("lesson.steps", "Steps of the lesson", true, false),
    control("lesson.pages", "Ways out of the lesson", true, false),
    control("lesson.answer", "Answers in the lesson", false, true),
    control("lesson.controls", "Show all controls", true, false),
];

/// The controls of a page, and of a `lesson` beside it, that a teacher may want to hide or lock.
pub fn controls(page: Page, lesson: bool) -> impl Iterator<Item = &'static Control> {
    own(page).iter().chain(LESSON.iter().filter(move |_| lesson))
}

/// Whether a page has a control of this name.
pub fn has(page: Page, name: &str) -> bool {
    own(page).iter().any(|control| control.key == name)
}

fn own(page: Page) -> &'static [Control] {
    match page {
        Page::Train => &TRAIN,
        Page::Measure => &MEASURE,
        Page::Attack | Page::Learn => &ATTACK,
    }
}

/// The controls of all pages.
#[cfg(test)]
pub fn every() -> impl Iterator<Item = &'static Control> {
    ATTACK.iter().chain(&TRAIN).chain(&MEASURE).chain(&LESSON)
}

const TITLE: &str = tr_mark("Foolproof: fool a neural network");

/// Lets every frame of this page that tells its height have it.
const SCRIPT: &str = r#"<script>
  addEventListener("message", ({ data, source }) => {
    if (data?.foolproof !== 1 || data.event !== "height") return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === source) frame.style.height = `${data.value}px`;
    }
  });
</script>
"#;

/// The code for a host.
pub fn code(host: Host, frame: &Frame) -> String {
    let inner = iframe(frame);
    match host {
        Host::Html => format!("{inner}\n{SCRIPT}"),
        Host::Platform | Host::MkDocs => format!("{inner}\n"),
        Host::Myst => {
            let width = frame.width.map_or("100%".into(), |width| format!("{width}px"));
            format!(":::{{iframe}} {}\n:width: {width}\n:title: {}\n:::\n", frame.address, tr(TITLE))
        }
        Host::Quarto => format!("```{{=html}}\n{inner}\n```\n"),
        Host::Reveal => format!(
            "<section data-background-iframe=\"{}\" data-background-interactive></section>\n",
            escaped(&frame.address)
        ),
    }
}

fn iframe(frame: &Frame) -> String {
    let mut text = format!("<iframe src=\"{}\" title=\"{}\" ", escaped(&frame.address), escaped(tr(TITLE)));
    // Writing to memory does not fail.
    let _ = match frame.width {
        Some(width) => write!(text, "width=\"{width}\" "),
        None => write!(text, "width=\"100%\" "),
    };
    let _ = write!(text, "height=\"{}\" loading=\"lazy\" style=\"border: 0\"></iframe>", frame.height);
    text
}

/// As the value of an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: Option<u32>) -> Frame {
        Frame { address: "https://example.org/fool/#v=1&eps=0.1\"<".into(), width, height: 640 }
    }

    #[test]
    fn an_address_cannot_leave_its_attribute() {
        for (host, name) in HOSTS.into_iter().filter(|(host, _)| *host != Host::Myst) {
            let code = code(host, &frame(None));
            assert!(code.contains("#v=1&amp;eps=0.1&quot;&lt;\""), "{name}: {code}");
        }
    }

    #[test]
    fn controls_of_a_lesson_are_offered_where_one_is_open() {
        let keys = |page, lesson| controls(page, lesson).map(|control| control.key).collect::<Vec<_>>();
        for page in [Page::Attack, Page::Train, Page::Measure] {
            let (without, with) = (keys(page, false), keys(page, true));
            assert!(without.iter().all(|key| !key.starts_with("lesson.")), "{without:?}");
            assert_eq!(with.strip_prefix(&without[..]), Some(&LESSON.map(|control| control.key)[..]));
        }
        let answer = controls(Page::Attack, true).find(|control| control.key == "lesson.answer").unwrap();
        assert!(answer.locks && !answer.hides, "without its answers a question is none");
    }

    #[test]
    fn each_host_gets_what_it_takes() {
        let of = |host| code(host, &frame(Some(500)));
        assert!(of(Host::Html).contains("width=\"500\" height=\"640\"") && of(Host::Html).contains("<script>"));
        assert!(!of(Host::Platform).contains("<script>"));
        assert!(of(Host::Quarto).starts_with("```{=html}\n<iframe") && of(Host::Quarto).ends_with("</iframe>\n```\n"));
        assert!(of(Host::Myst).starts_with(":::{iframe} https://example.org/fool/#v=1&eps=0.1"));
        assert!(of(Host::Reveal).starts_with("<section data-background-iframe="));
        assert!(code(Host::MkDocs, &frame(None)).contains("width=\"100%\""));
    }
}
