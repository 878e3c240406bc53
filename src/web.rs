//! The browser made small: boxed reactive values and views, and the browser's own JSON.

pub mod browser_json;
pub mod reactive;
pub mod when;
