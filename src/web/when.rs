//! Parts of a view that come and go, and lists: one compiled copy for all of them, where the general ones of the
//! framework make one for each place they are used.

use super::reactive::memo;
use leptos::prelude::*;

/// Shows its children as long as a condition holds, and something else otherwise.
#[component]
pub fn When(
    /// The condition.
    #[prop(into)]
    on: Signal<bool>,
    /// What is shown otherwise.
    #[prop(optional, into)]
    otherwise: ViewFn,
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    let on = memo(move || on.get());
    move || if on.get() { children() } else { otherwise.run() }
}

/// A list that is made anew when the signals change that it reads; give it memos. What is at the same place stays the
/// same element.
pub fn list(items: impl Fn() -> Vec<AnyView> + Send + Sync + 'static) -> impl IntoView {
    let items: Box<dyn Fn() -> Vec<AnyView> + Send + Sync> = Box::new(items);
    items
}
