//! The picture equation as a PNG with a caption that names every parameter, and its pixels as numbers.

use super::ShareState;
use crate::i18n::{number::fixed, tr, tr_with};
use crate::web::save_file::{save_bytes, save_text};
use crate::{
    charts::{colour, pixels::paint},
    evaluate::ensemble,
    share::numbers::{Pictures, caption, eight_bit},
    web::{
        reactive::{live, text},
        when::When,
    },
};
use foolproof_core::{
    defence::{DefenceSpec, defended},
    input_kind::InputKind,
};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement};

/// Sides of a picture and of the space around it, in pixels of the file.
const SIDE: f64 = 336.0;
const SPACE: f64 = 48.0;
/// Height of a line, and the font.
const LINE: f64 = 26.0;
const FONT: &str = "18px system-ui, sans-serif";
const SIGNS: &str = "32px system-ui, sans-serif";

/// Buttons that save the newest attack as picture and numbers.
#[component]
pub fn Picture(sharing: ShareState) -> impl IntoView {
    let has = live(move || sharing.result.with(|result| result.as_ref().and_then(Pictures::of).is_some()));
    let save = move |write: fn(ShareState, &Value, &Pictures) -> Result<(), JsValue>,
                     say: fn(&Value) -> Option<String>| {
        move |_| {
            sharing.result.with_untracked(|result| {
                let pictures = result.as_ref().and_then(Pictures::of);
                if let Some((result, pictures)) = result.as_ref().zip(pictures) {
                    let written = write(sharing, result, &pictures);
                    let said = say(result).filter(|_| written.is_ok());
                    sharing.saved(written);
                    said.into_iter().for_each(|said| sharing.said.set(said));
                }
            });
        }
    };
    view! {
        <section class="share-part" aria-labelledby="share-picture">
            <h3 id="share-picture">{tr("Picture and numbers")}</h3>
            <When on=has otherwise=|| view! { <p class="dim">{tr("There is no finished attack to save yet.")}</p> }>
                <div class="tools">
                    <When on=live(move || kind(sharing).is_picture())>
                        <button type="button" on:click=save(save_picture, eight_bit)>
                            {tr("Save picture (PNG)")}
                        </button>
                    </When>
                    <button type="button" on:click=save(save_csv, |_| None)>
                        {text(move || if kind(sharing).is_picture() { tr("Save pixels (CSV)") } else { tr("Save row (CSV)") })}
                    </button>
                    <button
                        type="button"
                        on:click=save(|_, _, pictures| save_bytes("foolproof-attack.npy", "application/octet-stream", &pictures.npy()), |_| None)
                    >
                        {tr("Save pixels (NPY)")}
                    </button>
                </div>
            </When>
        </section>
    }
}

/// What the inputs are.
fn kind(sharing: ShareState) -> InputKind {
    sharing.evaluation.dataset().map(|dataset| dataset.kind).unwrap_or_default()
}

fn save_csv(sharing: ShareState, _: &Value, pictures: &Pictures) -> Result<(), JsValue> {
    let kind = untrack(|| kind(sharing));
    let csv = if kind.is_picture() { pictures.csv() } else { pictures.row_csv(&kind.columns()) };
    save_text("foolproof-attack.csv", "text/csv", &csv)
}

fn save_picture(sharing: ShareState, result: &Value, pictures: &Pictures) -> Result<(), JsValue> {
    let id = result["model"].as_str().unwrap_or_default();
    // Results of before there were defences name none.
    let behind =
        result["defence"].as_array().into_iter().flatten().filter_map(|text| DefenceSpec::read(text.as_str()?));
    let whole = defended(id, &behind.collect::<Vec<_>>());
    let name = sharing
        .evaluation
        .known
        .with_untracked(|known| known.as_ref().map(|known| ensemble::name(&whole, &known.manifest, &known.catalog)));
    let mut lines = caption(result, &name.unwrap_or(whole));
    let most = widest(pictures);
    let most = fixed(most, 3);
    lines.push(match pictures.shape[0] {
        3 => tr_with(
            "The noise in the middle goes from -{0} to +{0} in each colour, around grey. Made with Foolproof.",
            &[&most],
        ),
        _ => {
            tr_with("The noise in the middle goes from -{0} (blue) to +{0} (vermilion). Made with Foolproof.", &[&most])
        }
    });
    let canvas = drawn(pictures, &lines)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&canvas.to_data_url_with_type("image/png")?);
    link.set_download("foolproof-attack.png");
    link.click();
    Ok(())
}

/// A canvas of this size, with what draws on it.
pub(super) fn canvas(width: f64, height: f64) -> Result<(HtmlCanvasElement, CanvasRenderingContext2d), JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d")?.ok_or("no 2d context")?.dyn_into()?;
    Ok((canvas, context))
}

/// Clean, noise and adversarial picture in a row, and the lines below, in the page's light colours.
fn drawn(pictures: &Pictures, lines: &[String]) -> Result<HtmlCanvasElement, JsValue> {
    let width = 3.0 * SIDE + 4.0 * SPACE;
    let wrapped = wrap(lines, width - 2.0 * SPACE)?;
    let (canvas, context) = canvas(width, 2.0 * SPACE + SIDE + LINE * (wrapped.len() + 1) as f64)?;
    context.set_fill_style_str("#fbfaf7");
    context.fill_rect(0.0, 0.0, width, f64::from(canvas.height()));
    context.set_image_smoothing_enabled(false);
    let panels = [
        colour::picture(&pictures.clean, pictures.shape),
        colour::change(&pictures.noise().collect::<Vec<_>>(), pictures.shape, widest(pictures)),
        colour::picture(&pictures.adversarial, pictures.shape),
    ];
    for (place, rgba) in panels.iter().enumerate() {
        let x = SPACE + place as f64 * (SIDE + SPACE);
        let small = small(rgba, pictures.shape[1])?;
        context.draw_image_with_html_canvas_element_and_dw_and_dh(&small, x, SPACE, SIDE, SIDE)?;
    }
    context.set_fill_style_str("#1b1c1f");
    context.set_text_align("center");
    context.set_font(SIGNS);
    for (place, sign) in ["+", "="].iter().enumerate() {
        let x = SPACE + (place + 1) as f64 * (SIDE + SPACE) - SPACE / 2.0;
        context.fill_text(sign, x, SPACE + SIDE / 2.0)?;
    }
    context.set_text_align("left");
    context.set_font(FONT);
    for (place, line) in wrapped.iter().enumerate() {
        context.fill_text(line, SPACE, SPACE + SIDE + LINE * (place as f64 + 1.5))?;
    }
    Ok(canvas)
}

/// The largest change of a pixel.
fn widest(pictures: &Pictures) -> f32 {
    pictures.noise().fold(0.0, |most, change| most.max(change.abs()))
}

/// A small canvas with this picture.
pub(super) fn small(rgba: &[u8], side: usize) -> Result<HtmlCanvasElement, JsValue> {
    let (canvas, _) = canvas(side as f64, side as f64)?;
    paint(&canvas, rgba, side);
    Ok(canvas)
}

/// The lines, none wider than there is room.
fn wrap(lines: &[String], most: f64) -> Result<Vec<String>, JsValue> {
    let (_, context) = canvas(1.0, 1.0)?;
    context.set_font(FONT);
    let mut wrapped = Vec::new();
    for line in lines {
        let mut row = String::new();
        for word in line.split(' ') {
            let longer = if row.is_empty() { word.to_owned() } else { format!("{row} {word}") };
            if !row.is_empty() && context.measure_text(&longer)?.width() > most {
                wrapped.push(std::mem::replace(&mut row, word.to_owned()));
            } else {
                row = longer;
            }
        }
        wrapped.push(row);
    }
    Ok(wrapped)
}
