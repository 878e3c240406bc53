//! Derived values and effects behind one box a type.
//!
//! The reactive graph compiles its machinery once for every closure it is given. The page has hundreds, and bytes are
//! what a first visit waits for; boxed closures share the machinery of their type.

use leptos::prelude::*;

/// A value that follows from signals, computed anew each time it is asked for. What views show and set.
pub fn live<T: Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    fn boxed<T: Send + Sync + 'static>(value: Box<dyn Fn() -> T + Send + Sync>) -> Signal<T> {
        Signal::derive(value)
    }
    boxed(Box::new(value))
}

/// A value that follows from signals, computed when they change and told on only when it changes itself.
pub fn memo<T: PartialEq + Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    fn boxed<T: PartialEq + Send + Sync + 'static>(value: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
        Memo::new(move |_| value())
    }
    boxed(Box::new(value))
}

/// Something done whenever the signals that it reads change.
pub fn effect(run: impl FnMut() + 'static) {
    fn boxed(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_| run());
    }
    boxed(Box::new(run));
}

/// A text that follows from signals; nothing is the empty text, so that all texts are of one type.
pub fn text<T: Text>(value: impl Fn() -> T + Send + Sync + 'static) -> Signal<String> {
    live(move || value().into_text())
}

/// What can be shown as a text.
pub trait Text {
    /// The text.
    fn into_text(self) -> String;
}

impl Text for String {
    fn into_text(self) -> String {
        self
    }
}

impl Text for &str {
    fn into_text(self) -> String {
        self.to_owned()
    }
}

impl<T: Text> Text for Option<T> {
    fn into_text(self) -> String {
        self.map_or_else(String::new, T::into_text)
    }
}
