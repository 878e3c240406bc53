//! The name under which something is kept in this browser, to be changed in place.

use super::complaint::Complaint;
use leptos::{ev, prelude::*};

/// The field; `complaint` is what is wrong with the name that was entered last.
pub fn kept_name(label: String, name: String, complaint: Complaint, rename: impl Fn(ev::Event) + 'static) -> AnyView {
    view! {
        <input
            type="text"
            class="text"
            aria-label=label
            aria-invalid=complaint.invalid()
            aria-describedby=complaint.describes()
            value=name
            maxlength="40"
            autocomplete="off"
            spellcheck="false"
            on:change=rename
        />
        {complaint.view()}
    }
    .into_any()
}
