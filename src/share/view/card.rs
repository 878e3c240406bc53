//! The card that challenges a friend, drawn on a canvas in the page's light colours.

use super::{
    here,
    picture::{canvas, small},
};
use crate::{
    attack::{challenge::ChallengeResult, verdict::Verdict},
    charts::colour,
    share::card::{lines, plain_address, question, title},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Size of the card, which is read at half of it.
const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 760.0;
/// Space at its edges and between its pictures, and the side of a picture.
const EDGE: f64 = 48.0;
const GAP: f64 = 44.0;
const SIDE: f64 = 196.0;
/// Where the first row begins, and how far apart they are.
const ROWS: f64 = 180.0;
const STEP: f64 = 236.0;
const PAPER: &str = "#fbfaf7";
const INK: &str = "#1b1c1f";
const DIM: &str = "#5a5d64";
const TITLE: &str = "bold 42px system-ui, sans-serif";
const NAME: &str = "bold 34px system-ui, sans-serif";
const TEXT: &str = "34px system-ui, sans-serif";
const FOOT: &str = "bold 36px system-ui, sans-serif";

/// A card.
pub struct Card {
    /// The picture, as an address.
    pub address: String,
    /// The same as the bytes of a PNG.
    pub png: Vec<u8>,
}

impl Card {
    /// Draws the card.
    ///
    /// # Errors
    /// What the browser throws where it has no canvas.
    pub fn of(result: &ChallengeResult) -> Result<Card, JsValue> {
        let address = drawn(result)?.to_data_url_with_type("image/png")?;
        let text = address.split_once(',').map_or("", |(_, text)| text);
        let png = STANDARD.decode(text).map_err(|error| JsValue::from(error.to_string()))?;
        Ok(Card { address, png })
    }
}

fn drawn(result: &ChallengeResult) -> Result<HtmlCanvasElement, JsValue> {
    let (canvas, context) = canvas(WIDTH, HEIGHT)?;
    context.set_fill_style_str(PAPER);
    context.fill_rect(0.0, 0.0, WIDTH, HEIGHT);
    context.set_image_smoothing_enabled(false);
    for (place, line) in title(result).iter().enumerate() {
        write(&context, line, EDGE, 76.0 + 52.0 * place as f64, TITLE, INK)?;
    }
    for (place, (line, reading)) in lines(result).iter().zip(&result.readings).take(2).enumerate() {
        let top = ROWS + STEP * place as f64;
        pictures(&context, result, &reading.pixels, top)?;
        let (left, colour) = (EDGE + 3.0 * SIDE + 2.0 * GAP + 40.0, tone(line.verdict));
        write(&context, &line.name, left, top + 48.0, NAME, INK)?;
        context.set_fill_style_str(colour);
        shape(&context, line.verdict, left, top + 80.0);
        write(&context, line.verdict.word(), left + 44.0, top + 108.0, NAME, colour)?;
        write(&context, &line.reads, left, top + 164.0, TEXT, INK)?;
    }
    write(&context, &question(result), EDGE, HEIGHT - 84.0, FOOT, INK)?;
    write(&context, plain_address(&here()), EDGE, HEIGHT - 36.0, TEXT, DIM)?;
    Ok(canvas)
}

fn write(
    context: &CanvasRenderingContext2d,
    text: &str,
    left: f64,
    line: f64,
    font: &str,
    colour: &str,
) -> Result<(), JsValue> {
    context.set_font(font);
    context.set_fill_style_str(colour);
    // What is too long is made narrower, and never cut.
    context.fill_text_with_max_width(text, left, line, WIDTH - EDGE - left)
}

/// The drawing, the noise and what comes of them in a row.
fn pictures(
    context: &CanvasRenderingContext2d,
    result: &ChallengeResult,
    after: &[f32],
    top: f64,
) -> Result<(), JsValue> {
    let noise: Vec<f32> = after.iter().zip(&result.pixels).map(|(after, before)| after - before).collect();
    let most = noise.iter().fold(f32::MIN_POSITIVE, |most, change| most.max(change.abs()));
    let panels = [
        colour::picture(&result.pixels, result.shape),
        colour::change(&noise, result.shape, most),
        colour::picture(after, result.shape),
    ];
    for (place, rgba) in panels.iter().enumerate() {
        let left = EDGE + place as f64 * (SIDE + GAP);
        let small = small(rgba, result.shape[1])?;
        context.draw_image_with_html_canvas_element_and_dw_and_dh(&small, left, top, SIDE, SIDE)?;
        context.set_stroke_style_str("#dcdad3");
        context.stroke_rect(left, top, SIDE, SIDE);
        if let Some(sign) = ["+", "="].get(place) {
            context.set_text_align("center");
            write(context, sign, left + SIDE + GAP / 2.0, top + SIDE / 2.0 + 12.0, TEXT, DIM)?;
            context.set_text_align("left");
        }
    }
    Ok(())
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fooled => "#ad4b00",
        Verdict::Held => "#00734f",
        _ => DIM,
    }
}

/// A diamond for fooled, a shield for held, a square otherwise: no verdict is told by its colour alone.
fn shape(context: &CanvasRenderingContext2d, verdict: Verdict, left: f64, top: f64) {
    let corners: &[(f64, f64)] = match verdict {
        Verdict::Fooled => &[(16.0, 0.0), (32.0, 16.0), (16.0, 32.0), (0.0, 16.0)],
        Verdict::Held => &[(2.0, 4.0), (16.0, 0.0), (30.0, 4.0), (30.0, 18.0), (16.0, 32.0), (2.0, 18.0)],
        _ => &[(2.0, 2.0), (30.0, 2.0), (30.0, 30.0), (2.0, 30.0)],
    };
    context.begin_path();
    for &(x, y) in corners {
        context.line_to(left + x, top + y);
    }
    context.close_path();
    context.fill();
}
