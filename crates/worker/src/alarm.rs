//! What ends an engine: a panic, a shader that the browser refuses, a lost device. The first of them is posted as the
//! worker's last words; the page then ends the worker and starts another.

use crate::post;
use foolproof_core::{
    panicked::{self, first_line},
    protocol::{Event, Fault, FaultKind},
};
use log::{Level, Log, Metadata, Record};
use std::cell::Cell;

thread_local! {
    static RAISED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the engine has failed.
pub fn raised() -> bool {
    RAISED.get()
}

/// Posts the fault, unless another came before: what follows a failure is only its echo.
pub fn raise(fault: Fault) {
    web_sys::console::error_1(&fault.message.as_str().into());
    if !RAISED.replace(true) {
        post::event(&Event::Fault { ticket: None, fault });
    }
}

/// Turns panics and the runtime's failure lines into faults. The hook is the last of our code that runs in a panic.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        raise(Fault::new(FaultKind::Crash, format!("The engine panicked: {}.", panicked::said(info))));
    }));
    if log::set_logger(&Watch).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

/// Listens to what the libraries log.
struct Watch;

impl Log for Watch {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        let line = record.args().to_string();
        web_sys::console::warn_2(&record.target().into(), &line.as_str().into());
        if let Some(fault) = judged(record.level(), record.target(), &line) {
            raise(fault);
        }
    }

    fn flush(&self) {}
}

/// The fault behind a logged line, if the line means that the GPU's results are not to be trusted any more.
///
/// In a browser the runtime cannot wait for the verdict on a shader. It logs a refusal and goes on with whatever was
/// in the memory that the shader should have filled.
pub fn judged(level: Level, target: &str, line: &str) -> Option<Fault> {
    let runtime = ["cubecl", "wgpu", "naga"].iter().any(|name| target.starts_with(name));
    let fatal = level == Level::Error || target.starts_with("cubecl_wgpu");
    if !runtime || !fatal {
        return None;
    }
    let (kind, said) = match line.contains("device was lost") {
        true => (FaultKind::Crash, "The GPU device failed"),
        false => (FaultKind::Gpu, "The GPU refused a part of the computation"),
    };
    Some(Fault::new(kind, format!("{said}: {}.", first_line(line))))
}
