//! Test images to attack: a handful, of one class if wanted, and another one.

use super::thumbnail::Thumbnail;
use crate::controls::choice::{Choice, OneOf};
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{effect, live, memo, text};
use crate::web::when::{When, list};
use crate::{
    attack::words::class,
    charts::colour,
    inputs::format::ordinal,
    link::{Input, Settings},
    shell::state::State,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// How many are shown.
const SHOWN: usize = 10;

/// The gallery.
#[component]
pub fn Gallery() -> impl IntoView {
    let state = expect_context::<State>();
    let wanted = RwSignal::new(None::<u32>);
    let start = RwSignal::new(None::<usize>);
    let locked = state.input_locked();
    let page = memo(move || images(state, wanted.get(), start.get()));
    let picked = state.setting(chosen_index);
    // What a link or a text chooses is shown among its neighbours, unless another class is looked at.
    let data = state.setting(|settings| settings.data.clone());
    let beside = memo(move || {
        let label = |index| state.shipped.with(|shipped| Some(u32::from(shipped.test(&data.get(), index)?.1)));
        page.with(|page| first_beside(page, wanted.get(), picked.get()?, label))
    });
    effect(move || {
        if let Some(first) = beside.get() {
            start.set(Some(first));
        }
    });
    // One stop of Tab for all: where the focus was last, else the chosen one, else the first.
    let reach = RwSignal::new(None::<usize>);
    let stop = memo(move || {
        let chosen = picked.get().and_then(|picked| page.with(|page| page.iter().position(|&index| index == picked)));
        reach.get().filter(|&at| at < page.with(Vec::len)).or(chosen).unwrap_or(0)
    });
    let choices = Signal::derive(move || {
        let classes = state.classes();
        let any = Choice::new("any", state.format().any_test());
        std::iter::once(any)
            .chain(
                classes
                    .into_iter()
                    .enumerate()
                    .map(|(at, name)| Choice::new(at.to_string(), tr_with("only {0}", &[&name]))),
            )
            .collect()
    });
    let chosen = Signal::derive(move || wanted.get().map_or("any".to_owned(), |class| class.to_string()));
    let choose = move |id: String| {
        wanted.set(id.parse().ok());
        start.set(None);
    };
    let other = move |_| {
        let data = state.settings.with_untracked(|settings| settings.data.clone());
        let after = state.settings.with_untracked(chosen_index).unwrap_or_default();
        let next = state.shipped.with_untracked(|shipped| shipped.next_of(&data, wanted.get_untracked(), after));
        if let Some(next) = next {
            state.pick(Input::Test(next));
        }
    };
    let datasets = Signal::derive(move || {
        let manifest = state.manifest();
        let datasets = manifest.iter().flat_map(|manifest| &manifest.datasets);
        datasets.map(|dataset| Choice::new(dataset.id.clone(), dataset.name.clone())).collect()
    });
    let fixed = state.setting(|settings| !settings.lets("data") || !settings.lets("input"));
    let has_data = state.setting(|settings| settings.shows("data"));
    let bar = view! {
        <div class="gallery-bar">
            <When on=live(move || has_data.get())>
                <OneOf list=true label=tr("Dataset") choices=datasets chosen=data set=move |id| state.open_data(id) locked=fixed />
            </When>
            <OneOf list=true label=tr("Class of the test images") choices=choices chosen=chosen set=choose locked=locked />
            <button type="button" disabled=locked on:click=other>
                {tr("Another one")}
            </button>
        </div>
    };
    view! {
        <div class="gallery" class:of-rows=live(move || !state.format().kind.is_picture())>
            {bar}
            <ul role="toolbar" aria-label=tr("Test inputs") on:keydown=walk>
                {list(move || slots(page.get()).into_iter().map(|(at, index)| view! { <Slot at index stop reach /> }.into_any()).collect())}
            </ul>
        </div>
    }
}

/// Places with the images in them; empty places stay, so that nothing moves.
fn slots(page: Vec<usize>) -> Vec<(usize, Option<usize>)> {
    (0..SHOWN).map(|at| (at, page.get(at).copied())).collect()
}

/// Moves the focus along the images by the arrow keys, to the first and to the last place by Home and End.
fn walk(event: KeyboardEvent) {
    let now = document().active_element().and_then(|now| now.closest("li").ok().flatten());
    let Some((item, list)) = now.and_then(|item| Some((item.clone(), item.parent_element()?))) else { return };
    let to = match event.key().as_str() {
        "ArrowLeft" | "ArrowUp" => item.previous_element_sibling(),
        "ArrowRight" | "ArrowDown" => item.next_element_sibling(),
        "Home" => list.first_element_child(),
        "End" => list.last_element_child(),
        _ => return,
    };
    event.prevent_default();
    let button = to.and_then(|to| to.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        // Focusing can only fail on an element that is gone.
        let _ = button.focus();
    }
}

/// The index of the test image that is chosen.
fn chosen_index(settings: &Settings) -> Option<usize> {
    match settings.input {
        Input::Test(index) => Some(index),
        Input::Draw(_) | Input::Row(_) => None,
    }
}

/// The first image of a page that has this one, where the page in force has not: in tens, or from it on where one class is
/// looked at. Nothing for an image that is not loaded, which has no label yet, or of another class.
fn first_beside(
    page: &[usize],
    wanted: Option<u32>,
    index: usize,
    label: impl Fn(usize) -> Option<u32>,
) -> Option<usize> {
    let of = label(index).filter(|_| !page.contains(&index))?;
    let ten = index - index % SHOWN;
    match wanted {
        None => Some(if label(ten).is_some() { ten } else { index }),
        Some(class) => (class == of).then_some(index),
    }
}

/// The images shown, from a first one on.
fn images(state: State, wanted: Option<u32>, start: Option<usize>) -> Vec<usize> {
    let data = state.settings.with(|settings| settings.data.clone());
    state.shipped.with(|shipped| {
        let first = match start {
            Some(start) => Some(start),
            None => shipped.next_of(&data, wanted, usize::MAX),
        };
        let mut found: Vec<usize> = Vec::new();
        let mut next = first;
        while let Some(index) = next.filter(|index| found.len() < SHOWN && !found.contains(index)) {
            found.push(index);
            next = shipped.next_of(&data, wanted, index);
        }
        found
    })
}

#[component]
fn Slot(at: usize, index: Option<usize>, stop: Memo<usize>, reach: RwSignal<Option<usize>>) -> impl IntoView {
    let state = expect_context::<State>();
    let locked = state.input_locked();
    let Some(index) = index else {
        return view! { <li role="presentation" class="vacant" data-at=at></li> }.into_any();
    };
    let data = state.settings.with_untracked(|settings| settings.data.clone());
    let format = state.formats.get_untracked();
    let (pixels, label) = state.shipped.with_untracked(|shipped| shipped.test(&data, index)).unwrap_or_default();
    let class = class(label.into(), &untrack(|| state.classes()));
    let name = format!("{}, {class}", format.test_name(index));
    let shown = match format.kind.is_picture() {
        true => {
            let rgba = Signal::stored(colour::picture(&pixels, format.shape));
            view! { <Thumbnail rgba label=name /> }.into_any()
        }
        // For those who hear it, the number alone would say too little.
        false => {
            view! { <span class="hidden">{name}</span><span aria-hidden="true">{ordinal(index)}</span> }.into_any()
        }
    };
    let current = state.setting(move |settings| settings.input == Input::Test(index));
    view! {
        <li role="presentation">
            <button
                type="button"
                class="thumb"
                tabindex=text(move || if stop.get() == at { "0" } else { "-1" })
                on:focus=move |_| reach.set(Some(at))
                aria-pressed=text(move || current.get().to_string())
                disabled=locked
                on:click=move |_| state.pick(Input::Test(index))
            >
                {shown}
            </button>
        </li>
    }
    .into_any()
}
