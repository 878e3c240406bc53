//! What the challenge's large button opens: the card with its link, which the system's share sheet gets at once where there
//! is one; elsewhere the link is copied, and the card can be saved.

use super::{
    ShareState,
    card::Card,
    here,
    link::{left_behind, select},
};
use crate::i18n::tr;
use crate::{
    attack::challenge::ChallengeResult,
    share::card::{alternative, question, title},
    web::{save_file::save_bytes, when::When},
};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Name of the card's file.
const NAME: &str = "foolproof-challenge.png";
const KIND: &str = "image/png";

/// The card, its link, and what can be done with them.
#[component]
pub fn Challenge(sharing: ShareState, result: Arc<ChallengeResult>) -> impl IntoView {
    let address = format!("{}#{}", here(), result.link());
    let card = Card::of(&result).unwrap_or_else(|_| Card { address: String::new(), png: Vec::new() });
    let sheet = sheet(&result, &address, &card.png);
    let can_share = sheet.is_some();
    let sheet = StoredValue::new_local(sheet);
    let share = move || {
        let sheet = sheet.get_value();
        spawn_local(async move { drop(open(sheet).await) })
    };
    let (link, png) = (StoredValue::new(address.clone()), StoredValue::new(card.png));
    let copy = move || {
        let link = link.get_value();
        spawn_local(async move { sharing.copy(link).await });
    };
    // The press of the button that opened this is still the visitor's.
    if can_share {
        share()
    } else {
        copy()
    }
    let left = left_behind(sharing, address.len());
    let nothing = left.is_empty();
    view! {
        <section class="share-part">
            <img class="share-card" src=card.address alt=alternative(&result) width="1200" height="760" />
            <div class="tools">
                <When on=Signal::stored(can_share)>
                    <button type="button" class="large" on:click=move |_| share()>{tr("Share …")}</button>
                </When>
                <button type="button" on:click=move |_| copy()>{tr("Copy link")}</button>
                <button type="button" on:click=move |_| sharing.saved(png.with_value(|png| save_bytes(NAME, KIND, png)))>
                    {tr("Save the card (PNG)")}
                </button>
            </div>
            <div class="tools">
                <input type="text" class="text" readonly aria-label=tr("Link") prop:value=address on:focus=select />
            </div>
            <p class="remarks" hidden=nothing>{left}</p>
        </section>
    }
}

/// What the share sheet gets, and the function that opens it; nothing where this browser has none that takes a picture.
fn sheet(result: &ChallengeResult, address: &str, png: &[u8]) -> Option<(Function, Object)> {
    let navigator = JsValue::from(window().navigator());
    let function = |name: &str| Reflect::get(&navigator, &name.into()).ok()?.dyn_into::<Function>().ok();
    let (share, can_share) = (function("share")?, function("canShare")?);
    let data = Object::new();
    let mut fields = vec![("title", "Foolproof".into()), ("url", address.into())];
    fields.push(("text", format!("{} {}", title(result).join(" "), question(result)).into()));
    fields.push(("files", Array::of1(&file(png)?).into()));
    // Setting a plain property of a fresh object cannot fail.
    fields.iter().for_each(|(key, value): &(&str, JsValue)| drop(Reflect::set(&data, &(*key).into(), value)));
    can_share.call1(&navigator, &data).ok().filter(JsValue::is_truthy).map(|_| (share, data))
}

fn file(png: &[u8]) -> Option<JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &KIND.into()).ok()?;
    let class = Reflect::get(&window(), &"File".into()).ok()?.dyn_into::<Function>().ok()?;
    let parts = Array::of1(&Uint8Array::from(png));
    Reflect::construct(&class, &Array::of3(&parts, &NAME.into(), &options)).ok()
}

/// Opens the share sheet. A visitor who closes it, and a browser that asks for another press first, leave the dialog.
async fn open(sheet: Option<(Function, Object)>) -> Result<(), JsValue> {
    let Some((share, data)) = sheet else { return Ok(()) };
    let promise: Promise = share.call1(&window().navigator(), &data)?.dyn_into()?;
    JsFuture::from(promise).await.map(drop)
}
