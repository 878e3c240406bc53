//! A link as a QR code, dark on light whatever the page's colours are: not every reader takes it the other way round.

use crate::i18n::{tr, tr_with};
use crate::{
    share::qr::{self, Code, MARGIN},
    web::reactive::memo,
};
use leptos::prelude::*;

/// The code, or why there is none.
#[component]
pub fn QrCode(
    /// The link.
    address: Signal<String>,
) -> impl IntoView {
    let code = memo(move || address.with(|address| qr::code(address)));
    move || match code.get() {
        Some(code) => drawn(code, &address.get_untracked()),
        None => {
            view! { <p class="dim">{tr("This link is too long for a QR code that a phone could read off a page.")}</p> }
                .into_any()
        }
    }
}

fn drawn(Code { side, path }: Code, address: &str) -> AnyView {
    let all = side + 2 * MARGIN;
    view! {
        <svg class="qr" viewBox=format!("0 0 {all} {all}") role="img" aria-label=tr_with("QR code of {0}", &[&address])>
            <rect width=all height=all fill="#fff" />
            <path transform=format!("translate({MARGIN} {MARGIN})") d=path fill="#000" />
        </svg>
    }
    .into_any()
}
