//! The state of the lessons: which there are, what was loaded of them, what was answered.

use super::pictures::Pictures;
use crate::i18n::{tr, tr_with};
use crate::{
    bridge::{lab_listener, messages::ToPage},
    evaluate::view::state::EvaluationState,
    files::library::fetch::{self, Freshness},
    lessons::{
        index,
        lesson::{Lesson, Step},
        progress::{self, Progress},
        read, route, words,
    },
    link::Settings,
    models::store::{ROOTED, scoped_here},
    web::reactive::{effect, memo},
};
use leptos::prelude::*;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::Storage;

/// A lesson, or why it cannot be had.
pub type Loaded = Result<Arc<Lesson>, String>;

/// What the panel shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// Nothing yet.
    Loading,
    /// A sentence about what is wrong.
    Wrong(String),
    /// A step.
    Step(Arc<Lesson>, u32),
}

/// Handles to every signal; copies are the same state.
#[derive(Clone, Copy)]
pub struct LessonState {
    /// The lab's state, settings among it.
    pub evaluation: EvaluationState,
    /// Ids of all lessons, once they were asked for.
    pub list: RwSignal<Option<Result<Vec<String>, String>>>,
    /// What was loaded, the teacher's text too.
    pub lessons: RwSignal<BTreeMap<String, Loaded>>,
    /// What was answered.
    pub progress: RwSignal<Progress>,
    /// Whether the browser keeps the answers.
    pub keeps: RwSignal<bool>,
    /// The panel's content.
    pub shown: Memo<Shown>,
    /// Pictures of steps on paper.
    pub pictures: Pictures,
    asked: StoredValue<BTreeSet<String>>,
}

impl LessonState {
    /// A state in which no lesson is loaded. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState) -> LessonState {
        let list = RwSignal::new(None);
        let lessons = RwSignal::new(BTreeMap::new());
        let place = memo(move || evaluation.settings.with(route::place));
        let shown = memo(move || {
            let Some((id, step)) = place.get() else { return Shown::Loading };
            shown(&list.get(), lessons.with(|all| all.get(&id).cloned()), &id, step)
        });
        let kept = kept();
        let progress = RwSignal::new(kept.map(|text| Progress::read(&text)).unwrap_or_default());
        let keeps = RwSignal::new(storage().is_some());
        let (pictures, asked) = (Pictures::new(evaluation), StoredValue::new(BTreeSet::new()));
        LessonState { evaluation, list, lessons, progress, keeps, shown, pictures, asked }
    }

    /// Loads the list and the open lesson as soon as a lesson is open.
    pub fn follow(self) {
        let place = memo(move || self.evaluation.settings.with(route::place));
        effect(move || {
            if let Some((id, _)) = place.get() {
                self.want_list();
                if self.list.with(|list| matches!(list, Some(Ok(ids)) if ids.contains(&id))) {
                    self.want(&id, read::lesson);
                }
            }
        });
    }

    /// Has the list of lessons loaded.
    pub fn want_list(self) {
        if !self.ask(index::list()) {
            return;
        }
        spawn_local(async move {
            let text = load(&index::list(), index::LONGEST).await;
            let list = text.and_then(|text| index::read(&text).map_err(|why| words::bad_list(&why)));
            self.list.set(Some(list));
        });
    }

    /// Has a lesson loaded, to be read as such or as a document.
    pub fn want(self, id: &str, as_text: fn(&str, &str) -> Result<Lesson, crate::lessons::lesson::Wrong>) {
        if !self.ask(index::file(id)) {
            return;
        }
        let id = id.to_owned();
        spawn_local(async move {
            let text = load(&index::file(&id), read::LONGEST).await;
            let lesson = text.and_then(|text| as_text(&id, &text).map_err(|wrong| wrong.to_string()));
            self.lessons.update(|all| drop(all.insert(id, lesson.map(Arc::new))));
        });
    }

    /// Whether a file is asked for the first time.
    fn ask(self, path: String) -> bool {
        self.asked.try_update_value(|asked| asked.insert(path)).unwrap_or(false)
    }

    /// Asks once more for what could not be had.
    pub fn try_again(self) {
        self.asked.update_value(BTreeSet::clear);
        self.list.set(None);
        self.lessons.update(|all| all.retain(|_, loaded| loaded.is_ok()));
        self.want_list();
    }

    /// A lesson, once it is loaded.
    pub fn lesson(self, id: &str) -> Option<Loaded> {
        self.lessons.with(|all| all.get(id).cloned())
    }

    /// A lesson of the list with its text, or a sentence about why it is not there.
    pub fn listed(self, id: &str) -> Loaded {
        match self.list.get() {
            None => Err(tr(words::LOADING).into()),
            Some(Err(why)) => Err(why),
            Some(Ok(ids)) if !ids.iter().any(|known| known == id) => Err(words::no_lesson(id)),
            Some(Ok(_)) => {
                self.want(id, read::lesson);
                self.lesson(id).unwrap_or_else(|| Err(tr(words::LOADING).into()))
            }
        }
    }

    /// The settings of a step as it begins; tracks what stays the visitor's own.
    pub fn begin(self, lesson: &Lesson, step: u32) -> Option<Settings> {
        self.evaluation.settings.with(|now| route::begin(now, lesson, step))
    }

    /// The address of a step as it begins.
    pub fn href(self, lesson: &Lesson, step: u32) -> String {
        self.begin(lesson, step).map_or_else(String::new, |settings| format!("#{}", settings.fragment()))
    }

    /// The lesson after this one.
    pub fn after(self, id: &str) -> Option<String> {
        self.list.with(|list| {
            let ids = list.as_ref()?.as_ref().ok()?;
            ids.get(ids.iter().position(|known| known == id)? + 1).cloned()
        })
    }

    /// Notes an answer, keeps it where the browser lets it, and tells the host.
    pub fn note(self, lesson: &Lesson, number: u32, choice: usize, right: bool) {
        let kept = kept();
        let mut all = self.progress.get_untracked();
        // Another tab may have answered something in the meantime.
        all.join(kept.map(|text| Progress::read(&text)).unwrap_or_default());
        let answer = all.note(&lesson.id, number, choice, right);
        self.keep(&all);
        let value = json!({
            "lesson": lesson.id, "step": number, "choice": choice, "right": right, "tries": answer.tries,
            "answered": all.right(lesson), "questions": lesson.questions(),
        });
        self.progress.set(all);
        lab_listener::tell(&ToPage::Lesson { json: value.to_string() });
    }

    /// Forgets all answers.
    pub fn forget(self) {
        let none = Progress::default();
        self.keep(&none);
        self.progress.set(none);
    }

    fn keep(self, all: &Progress) {
        let kept = storage().is_some_and(|storage| storage.set_item(&scoped_here(progress::KEY), &all.text()).is_ok());
        self.keeps.set(kept);
    }

    /// Whether a step's question is answered right.
    pub fn is_right(self, lesson: &str, step: u32) -> bool {
        self.progress.with(|all| all.answer(lesson, step)).is_some_and(|answer| answer.right)
    }
}

/// The browser's storage, where the page may use it.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept; below a path, what was kept before there were names of its own.
fn kept() -> Option<String> {
    let storage = storage()?;
    let read = |key: &str| storage.get_item(key).ok().flatten();
    let common = || if read(ROOTED).is_none() { read(progress::KEY) } else { None };
    read(&scoped_here(progress::KEY)).or_else(common)
}

/// A file of the lessons in the page's language, or in English where there is none.
async fn load(path: &str, most: u64) -> Result<String, String> {
    let language = document().document_element().and_then(|root| root.get_attribute("lang"));
    if let Some(language) = language.filter(|language| language != "en")
        && let Ok(text) = load_file(&index::in_language(path, &language), most).await
    {
        return Ok(text);
    }
    load_file(path, most).await
}

async fn load_file(path: &str, most: u64) -> Result<String, String> {
    let bytes = fetch::bytes(path, most, Freshness::Revalidate, |_| ()).await.map_err(|fault| fault.message)?;
    String::from_utf8(bytes).map_err(|_| tr_with("{0} is no text.", &[&path]))
}

fn shown(list: &Option<Result<Vec<String>, String>>, loaded: Option<Loaded>, id: &str, step: u32) -> Shown {
    match (list, loaded) {
        (Some(Err(why)), _) => Shown::Wrong(why.clone()),
        (Some(Ok(ids)), _) if !ids.iter().any(|known| known == id) => Shown::Wrong(words::no_lesson(id)),
        (_, Some(Err(why))) => Shown::Wrong(why),
        (_, Some(Ok(lesson))) => match lesson.step(step).map(|Step { .. }| ()) {
            Some(()) => Shown::Step(lesson, step),
            None => Shown::Wrong(words::no_step(&lesson.title, step, lesson.last())),
        },
        (_, None) => Shown::Loading,
    }
}
