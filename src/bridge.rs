//! The bridge between the page and its lab, two programs that share no memory: [`channel`] carries words both ways,
//! [`lab_loader`] is the page's end, [`lab_listener`] the lab's.

pub mod channel;
pub mod lab_listener;
pub mod lab_loader;
