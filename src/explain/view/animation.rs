//! The button that saves an attack step by step as an animated picture.

use super::{state::ExplanationState, steps::Told};
use crate::i18n::tr;
use crate::{
    explain::animation::{animate, file_name, frames},
    web::{reactive::text, save_file::save_bytes, when::When},
};
use leptos::prelude::*;

/// The button, where there are pictures, and why a file could not be made.
#[component]
pub fn SaveSteps(state: ExplanationState, told: Memo<Option<Told>>) -> impl IntoView {
    let trouble = RwSignal::new(None::<String>);
    let save = move |_| trouble.set(told.get_untracked().and_then(|told| write(&told, state).err()));
    let pictures = Signal::derive(move || state.format().kind.is_picture() && told.with(Option::is_some));
    view! {
        <When on=pictures>
            <button type="button" on:click=save>
                {tr("Save the steps as an animated picture (GIF)")}
            </button>
            <p class="warning" role="status">{text(move || trouble.get())}</p>
        </When>
    }
}

fn write((asked, walk): &Told, state: ExplanationState) -> Result<(), String> {
    let job = &asked.job;
    // Where PGD stands in for the attack, the attack's own example is none of its steps.
    let twin = Some(asked.adversarial.as_slice()).filter(|_| walk.attack == job.attack.id);
    let file = animate(&frames(walk, &job.inputs.pixels, twin), untrack(|| state.format()).shape)?;
    let refused = |_| tr("This browser does not let the page save a file.").to_owned();
    save_bytes(&file_name(&walk.attack, job.seed), "image/gif", &file).map_err(refused)
}
