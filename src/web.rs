//! The browser made small: boxed reactive values and views, the browser's own JSON, files that it saves.

pub mod browser_json;
pub mod dialog;
pub mod reactive;
pub mod save_file;
pub mod stopped;
pub mod when;
