//! The mask of a picture, drawn on the pad: where an attack may change something.

use crate::i18n::tr;
use crate::web::reactive::{live, text};
use crate::web::when::When;
use crate::{
    attack::plan,
    link::{Drawing, Mask},
    shell::state::State,
};
use foolproof_core::picture::{Point, Sketch, shrink};
use leptos::prelude::*;

/// The button that has the pen draw the mask, and the one that takes the mask away.
#[component]
pub fn MaskTools() -> impl IntoView {
    let state = expect_context::<State>();
    let fixed = state.setting(|settings| !settings.lets("mask"));
    let on = state.masking;
    let masked = live(move || state.settings.with(|settings| settings.mask.is_some()));
    let flip = move |_| on.update(|on| *on = !*on);
    let whole = move |_| {
        on.set(false);
        state.change("mask", |settings| settings.mask = None);
        state.rest();
    };
    view! {
        <button
            type="button"
            disabled=fixed
            aria-pressed=text(move || on.get().to_string())
            title=tr("Draw where attacks may change the picture; the rest stays as it is.")
            on:click=flip
        >
            {tr("Mask")}
        </button>
        <When on=masked>
            <button type="button" disabled=fixed on:click=whole>
                {tr("No mask")}
            </button>
        </When>
    }
}

/// Draws on the mask in force, from a place along others.
pub fn draw(state: State, from: Point, along: &[Point]) {
    let side = state.formats.get_untracked().side();
    let mut sketch = state.settings.with_untracked(|settings| match &settings.mask {
        Some(Mask::Draw(drawing)) => Sketch::over(drawing.pixels(), side),
        Some(Mask::Columns(_)) | None => Sketch::blank(side),
    });
    sketch.press(from);
    along.iter().for_each(|&to| sketch.draw(to));
    let ink = shrink(sketch.sheet(), side).into_iter().map(|ink| if ink < 128 { 0 } else { 255 });
    let mask = Drawing::new(&ink.collect::<Vec<u8>>()).map(Mask::Draw);
    state.change("mask", |settings| settings.mask = mask);
}

/// Which pixels an attack may change, where it may not change all.
pub fn open(state: State) -> Option<Vec<bool>> {
    let format = state.format();
    state.settings.with(|settings| {
        settings.mask.as_ref()?;
        let limits = state.shipped.with(|shipped| Some(plan::limits(settings, shipped.dataset(settings)?)))?;
        let open = |place: usize| format.at(place).any(|feature| limits.get(feature).is_some_and(|&limit| limit > 0.0));
        Some((0..format.side() * format.side()).map(open).collect())
    })
}
