//! A small chart, several of which stand side by side: its heading, the drawing, and whatever belongs below it.

use super::{
    chart_file::SaveChart,
    plot::{Plot, keys, plot},
};
use leptos::prelude::*;

/// A chart and what goes with it.
pub struct Small {
    /// What stands above it.
    pub title: String,
    /// A figure beside that.
    pub value: Option<String>,
    /// The drawing.
    pub drawn: Plot,
    /// What each line is, unless the heading says it.
    pub keys: Option<Vec<(String, String)>>,
    /// What the button that saves it says, if there is one; the drawing then has an id.
    pub save: Option<&'static str>,
    /// The table behind it.
    pub behind: Option<AnyView>,
}

impl Small {
    /// The heading and the drawing alone.
    pub fn of(title: String, drawn: Plot) -> Small {
        Small { title, value: None, drawn, keys: None, save: None, behind: None }
    }

    /// The chart.
    pub fn view(self) -> AnyView {
        let Small { title, value, drawn, keys: lines, save, behind } = self;
        let id = drawn.id.clone().unwrap_or_default();
        let save = save.map(|label| {
            view! { <SaveChart selector=format!("#{id}") name=format!("foolproof-{id}.png") label /> }
        });
        view! {
            <figure class="small-chart">
                <figcaption>
                    <span>{title}</span>
                    {value.map(|value| view! { <b>{value}</b> })}
                </figcaption>
                {plot(drawn)}
                {lines.map(|lines| keys(lines.into_iter()))}
                {save}
                {behind}
            </figure>
        }
        .into_any()
    }
}
