//! Links to the steps of lessons and to their pages for paper, and what stays the visitor's own on the way from one to
//! the next.

use super::lesson::{Lesson, Step};
use crate::link::{self, Page, Settings};
use std::collections::BTreeSet;

/// The settings of a step as it begins: its own keys, the usual for all others, and the visitor's (or the host's)
/// engine, colours, language, frame, hidden and locked controls. Who has asked for all controls keeps them.
pub fn begin(now: &Settings, lesson: &Lesson, number: u32) -> Option<Settings> {
    let Step { state, .. } = lesson.step(number)?;
    // The place comes first: what the step uses is a part of it.
    let (step, _) = Settings::read(&format!("lesson={}/{number}&{state}", lesson.id));
    let begun = Settings { engine: now.engine, ..step }.seen_as(now);
    Some(if asked_for_all(now, lesson) { with_all_controls(&begun) } else { begun })
}

/// Whether the visitor is at a step of this lesson that says what it uses, and sees everything all the same. A short link
/// says nothing of controls yet.
fn asked_for_all(now: &Settings, lesson: &Lesson) -> bool {
    let open =
        now.lesson.as_ref().filter(|open| now.page != Page::Learn && open.id == lesson.id && open.uses.is_empty());
    open.and_then(|open| lesson.step(open.step)).is_some_and(|step| !uses(step).is_empty())
}

/// Names of the controls that a step says it uses; none where it leaves all of them in place.
pub fn uses(step: &Step) -> BTreeSet<String> {
    let (step, _) = Settings::read(&format!("lesson=a/1&{}", step.state));
    step.lesson.map(|lesson| lesson.uses).unwrap_or_default()
}

/// The settings with every control that nobody but the lesson hides.
pub fn with_all_controls(now: &Settings) -> Settings {
    with_controls(now, BTreeSet::new())
}

/// The settings with these controls alone, beside what surrounds them; with all where there are none.
pub fn with_controls(now: &Settings, uses: BTreeSet<String>) -> Settings {
    let lesson = now.lesson.clone().map(|lesson| link::Lesson { uses, ..lesson });
    Settings { lesson, ..now.clone() }
}

/// The settings with some keys changed.
pub fn with(now: &Settings, keys: &str) -> Settings {
    let mut settings = now.clone();
    // The reader has made sure that the keys are known; what does not fit these data is the page's to say.
    drop(settings.update_fragment(keys));
    settings
}

/// The settings on the overview of all lessons.
pub fn overview(now: &Settings) -> Settings {
    Settings { page: Page::Learn, lesson: None, ..now.clone() }
}

/// The settings on a page for paper.
pub fn on_paper(now: &Settings, paper: &Paper) -> Settings {
    with(&overview(now), &format!("lesson={}", paper.id()))
}

/// The same settings without a lesson.
pub fn leave(now: &Settings) -> Settings {
    Settings { lesson: None, ..now.clone() }
}

/// The short fragment of a step, which opens it in its state; for links that people read.
pub fn short(lesson: &str, number: u32) -> String {
    format!("page=learn&lesson={lesson}/{number}")
}

/// The short fragment of a page for paper.
pub fn short_paper(paper: &Paper) -> String {
    format!("page=learn&lesson={}", paper.id())
}

/// The fragment that opens a place, `lesson/step`, with these controls fixed or left away (`lock` or `hide`, and a name).
pub fn assignment(place: &str, compact: bool, marks: &BTreeSet<(&'static str, &'static str)>) -> String {
    let mut fragment = format!("page=learn&lesson={place}");
    if compact {
        fragment.push_str("&embed=1");
    }
    for kind in ["lock", "hide"] {
        let names: Vec<&str> = marks.iter().filter(|mark| mark.0 == kind).map(|mark| mark.1).collect();
        if !names.is_empty() {
            fragment.push_str(&format!("&{kind}={}", names.join(",")));
        }
    }
    fragment
}

/// The HTML of a frame that shows an address.
pub fn frame(address: &str) -> String {
    let address = address.replace('&', "&amp;").replace('"', "&quot;");
    format!("<iframe src=\"{address}\" title=\"Foolproof\" width=\"100%\" height=\"900\"></iframe>")
}

/// The lesson and step that are open, if any.
pub fn place(settings: &Settings) -> Option<(String, u32)> {
    let step = settings.lesson.as_ref().filter(|lesson| Paper::read(&lesson.id).is_none());
    step.map(|lesson| (lesson.id.clone(), lesson.step))
}

/// The page for paper that is open, if one is.
pub fn paper(settings: &Settings) -> Option<Paper> {
    let lesson = settings.lesson.as_ref().filter(|_| settings.page == Page::Learn);
    lesson.and_then(|lesson| Paper::read(&lesson.id))
}

/// A page of the lessons that is made to be printed. In the link it stands where a lesson stands: no lesson's id has a
/// colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paper {
    /// A lesson's sheet for teachers: `teacher:ID`.
    Teacher(String),
    /// A lesson's worksheet: `worksheet:ID`.
    Worksheet(String),
    /// The visitor's own answers: `answers:mine`.
    Mine,
    /// The answers of a class, from its codes: `answers:class`.
    Class,
}

impl Paper {
    /// From the link.
    pub fn read(id: &str) -> Option<Paper> {
        match id.split_once(':')? {
            ("teacher", id) => Some(Paper::Teacher(id.into())),
            ("worksheet", id) => Some(Paper::Worksheet(id.into())),
            ("answers", "mine") => Some(Paper::Mine),
            ("answers", "class") => Some(Paper::Class),
            _ => None,
        }
    }

    /// In the link.
    pub fn id(&self) -> String {
        match self {
            Paper::Teacher(id) => format!("teacher:{id}"),
            Paper::Worksheet(id) => format!("worksheet:{id}"),
            Paper::Mine => "answers:mine".into(),
            Paper::Class => "answers:class".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::read;

    const TEXT: &str = "---\ntitle: T\nminutes: 1\n---\n## A\n```state\npage=measure&data=mnist&eps=.3&attack=fgsm\n\
        measure.n=20\n```\n### Q?\n- [ ] a\n  b\n- [x] c\n  d\n";

    #[test]
    fn a_step_begins_as_it_is_written_and_keeps_what_is_the_visitors() {
        let lesson = read::lesson("t", TEXT).unwrap();
        let (now, _) =
            Settings::read("eps=.7&seed=9&theme=dark&lang=de&embed=1&lock=eps&engine=cpu&attack=cw&cw.confidence=3");
        let begun = begin(&now, &lesson, 1).unwrap();
        let wanted =
            "page=measure&eps=.3&attack=fgsm&measure.n=20&theme=dark&lang=de&embed=1&lock=eps&engine=cpu&lesson=t/1";
        assert_eq!(begun, Settings::read(wanted).0);
        assert_eq!(Settings::read(&begun.fragment()), (begun, vec![]));
        assert!(begin(&now, &lesson, 2).is_none() && begin(&now, &lesson, 0).is_none());
    }

    /// Two steps, of which each uses something else, and one that says nothing.
    const SPARING: &str = "---\ntitle: T\nminutes: 1\n---\n## A\n```state\neps=.3&lesson.uses=eps\n```\n### Q?\n- [ ] a\n  b\n\
        - [x] c\n  d\n\n## B\n```state\nlesson.uses=steps,gallery\n```\n### Q?\n- [ ] a\n  b\n- [x] c\n  d\n\n\
        ## C\n```state\nattack=fgsm\n```\n### Q?\n- [ ] a\n  b\n- [x] c\n  d\n";

    #[test]
    fn a_step_shows_what_it_uses_until_the_lesson_is_left() {
        let lesson = read::lesson("t", SPARING).unwrap();
        let (now, _) = Settings::read("page=learn&lesson=t/1&hide=steps&lock=eps");
        let shown = |settings: &Settings| ["eps", "steps", "gallery", "theme"].map(|name| settings.shows(name));
        let one = begin(&now, &lesson, 1).unwrap();
        assert_eq!(shown(&one), [true, false, false, true]);
        let two = begin(&one, &lesson, 2).unwrap();
        assert_eq!(shown(&two), [false, false, true, true], "the host hides the steps");
        assert_eq!(shown(&begin(&two, &lesson, 3).unwrap()), [true, false, true, true]);
        for left in [leave(&two), overview(&two)] {
            assert_eq!(shown(&left), [true, false, true, true]);
            assert_eq!((&left.hide, &left.lock), (&now.hide, &now.lock));
        }
        assert_eq!(Settings::read(&two.fragment()), (two, vec![]));
    }

    #[test]
    fn who_asked_for_all_controls_keeps_them_within_the_lesson() {
        let lesson = read::lesson("t", SPARING).unwrap();
        let one = begin(&Settings::default(), &lesson, 1).unwrap();
        let all = with_all_controls(&one);
        assert!(all.shows("steps") && !one.shows("steps") && all.eps == one.eps);
        assert!(begin(&all, &lesson, 2).unwrap().shows("seed"));
        assert!(!begin(&leave(&all), &lesson, 2).unwrap().shows("seed"), "the lesson is begun anew");
        let third = begin(&one, &lesson, 3).unwrap();
        assert!(!begin(&third, &lesson, 1).unwrap().shows("seed"), "nobody asked: that step leaves all in place");
        let (short, _) = Settings::read(&short("t", 2));
        assert!(!begin(&short, &lesson, 2).unwrap().shows("seed"));
        assert_eq!(with_controls(&all, uses(lesson.step(1).unwrap())), one);
    }

    #[test]
    fn trying_something_keeps_the_rest() {
        let (now, _) = Settings::read("eps=.1&seed=3&lesson=t/1");
        let tried = with(&now, "eps=.3&attack=fgsm");
        assert_eq!((tried.eps, tried.seed, tried.attack.as_str()), (Some(0.3), 3, "fgsm"));
        assert_eq!(place(&tried), Some(("t".into(), 1)));
        assert_eq!((leave(&tried).lesson, overview(&tried).page), (None, Page::Learn));
    }

    #[test]
    fn a_teachers_link_fixes_and_leaves_away() {
        let marks = BTreeSet::from([("lock", "eps"), ("hide", "share"), ("lock", "attack")]);
        let fragment = assignment("t/2", true, &marks);
        assert_eq!(fragment, "page=learn&lesson=t/2&embed=1&lock=attack,eps&hide=share");
        assert_eq!(Settings::read(&fragment).1, vec![]);
        assert!(frame("a\"b&c").contains("src=\"a&quot;b&amp;c\""));
    }

    #[test]
    fn a_page_for_paper_has_a_link_and_is_no_step() {
        let (now, _) = Settings::read("eps=.1&theme=dark&lesson=t/1");
        for paper in [Paper::Teacher("what-is".into()), Paper::Worksheet("t".into()), Paper::Mine, Paper::Class] {
            let (opened, remarks) = Settings::read(&on_paper(&now, &paper).fragment());
            assert_eq!((super::paper(&opened), place(&opened), remarks), (Some(paper.clone()), None, vec![]));
            assert_eq!((opened.theme, opened.eps), (now.theme, now.eps));
            let elsewhere = Settings { page: Page::Attack, ..opened };
            assert_eq!((super::paper(&elsewhere), place(&elsewhere)), (None, None), "the panel has no step to show");
            assert_eq!(super::paper(&Settings::read(&short_paper(&paper)).0), Some(paper));
        }
        assert_eq!((Paper::read("what-is"), Paper::read("answers:all"), Paper::read("other:a")), (None, None, None));
    }

    #[test]
    fn the_short_link_names_the_step() {
        let (settings, remarks) = Settings::read(&short("fgsm-to-pgd", 3));
        assert_eq!((settings.page, place(&settings), remarks.len()), (Page::Learn, Some(("fgsm-to-pgd".into(), 3)), 0));
    }
}
