//! The sentences that say which engine runs and why.

use super::{
    EngineStatus, Policy,
    seat::{Phase, Seat},
};
use crate::{
    protocol::{EngineKind, Fault, FaultKind, ParityCheck},
    ui::address::EnginePreference,
};
use EngineKind::{Cpu, Gpu};

/// The status with this engine in force.
pub fn status(policy: &Policy, kind: EngineKind) -> EngineStatus {
    let seat = policy.seat(kind);
    EngineStatus {
        ready: seat.up(),
        kind,
        name: seat.name.clone(),
        reason: reason(policy, kind),
        details: details(policy),
        loading: loading(policy),
    }
}

/// Said when no engine is left.
pub fn dead(policy: &Policy) -> Fault {
    let cpu = policy.seat(Cpu);
    let why = cpu.last_failure.as_deref().unwrap_or_default();
    if cpu.was_up() {
        let sentence = "The engine failed too often and was given up. Please reload the page.";
        return Fault::new(FaultKind::Crash, format!("{sentence} {why}"));
    }
    if policy.misfit {
        return Fault::new(FaultKind::Version, format!("The engine could not be used. Please reload the page. {why}"));
    }
    let sentence = "The engine could not be started. Please check the connection and reload the page.";
    Fault::new(FaultKind::File, format!("{sentence} {why}"))
}

/// Said when a job took its engine down again.
pub fn deadly(why: &str) -> String {
    format!("This job was dropped, because an engine failed over it twice. {why}")
}

/// Said when a self-test fails.
pub fn parity_failed(check: &ParityCheck) -> String {
    format!(
        "The GPU's answers differ from the CPU's on {}: logits by {:.1e}, gradients by {:.1e}.",
        check.model, check.logits, check.gradient
    )
}

/// Said of an engine that has not been heard for too long.
pub fn silent(seat: &Seat) -> String {
    match seat.phase {
        Phase::Loading(_) => "The engine did not start in time.".to_string(),
        _ => "The engine did not answer for too long.".to_string(),
    }
}

fn reason(policy: &Policy, kind: EngineKind) -> String {
    if policy.dead() {
        return dead(policy).message;
    }
    let asked = match policy.preference {
        EnginePreference::Auto => None,
        EnginePreference::Cpu => Some(Cpu),
        EnginePreference::Gpu => Some(Gpu),
    };
    if asked == Some(kind) && (kind == Cpu || policy.seat(kind).up()) {
        return format!("The {} engine runs because it was chosen.", short(kind));
    }
    if kind == Gpu {
        return match (policy.seat(Cpu).retired(), policy.seat(Gpu).up()) {
            (true, true) => "The GPU engine runs because the CPU engine failed.".to_string(),
            (true, false) => "The CPU engine failed; the GPU engine is loaded in its place.".to_string(),
            _ => format!("The GPU engine runs because it is faster here: {}.", race(policy)),
        };
    }
    let gpu = policy.seat(Gpu);
    match &gpu.phase {
        Phase::Retired(why) => format!("The CPU engine runs. {why}"),
        Phase::Off => "The CPU engine runs; the GPU engine is loaded after the first result.".to_string(),
        Phase::Probing | Phase::Loading(_) => "The CPU engine runs while the GPU engine is loaded.".to_string(),
        Phase::Waiting(_) => "The CPU engine runs while the GPU engine is started again.".to_string(),
        Phase::Up if policy.gpu_faster(policy.last.0) == Some(false) && asked.is_none() => {
            format!("The CPU engine runs because it is faster here: {}.", race(policy))
        }
        Phase::Up => "The CPU engine runs while the GPU engine is tested against it.".to_string(),
    }
}

/// Both speeds at the size of the last job.
fn race(policy: &Policy) -> String {
    let (Some(cpu), Some(gpu)) = (policy.seat(Cpu).speed, policy.seat(Gpu).speed) else {
        return "not yet measured".to_string();
    };
    let (size, cpu, gpu) = match policy.last.0 {
        0 | 1 => ("one input", cpu.single, gpu.single),
        _ => ("16 inputs", cpu.batch, gpu.batch),
    };
    let name = &policy.seat(Gpu).name;
    format!("a PGD step on {size} takes {} on the CPU and {} on {name}", millis(cpu), millis(gpu))
}

fn details(policy: &Policy) -> Vec<String> {
    let mut lines = Vec::new();
    let gpu = policy.seat(Gpu);
    if gpu.was_up() {
        lines.push(format!("GPU adapter: {}.", gpu.name));
    }
    if !gpu.parity.is_empty() {
        let worst = |value: fn(&ParityCheck) -> f32| gpu.parity.values().map(value).fold(0.0, f32::max);
        lines.push(format!(
            "Self-test of the GPU against the CPU on {} models: logits within {:.0e}, gradients within {:.0e}.",
            gpu.parity.len(),
            worst(|check| check.logits),
            worst(|check| check.gradient)
        ));
    }
    for kind in [Cpu, Gpu] {
        let seat = policy.seat(kind);
        if let Some(speed) = seat.speed {
            let (single, batch) = (millis(speed.single), millis(speed.batch));
            lines.push(format!("{} engine: a PGD step takes {single} on one input, {batch} on 16.", short(kind)));
        }
        if let Some(why) = &seat.last_failure {
            lines.push(format!("{} engine, failures: {}. The last: {why}", short(kind), seat.failures));
        }
    }
    lines
}

fn loading(policy: &Policy) -> Option<String> {
    let waits = |kind| matches!(policy.seat(kind).phase, Phase::Probing | Phase::Waiting(_) | Phase::Loading(_));
    if waits(Cpu) {
        return Some("Loading the engine.".to_string());
    }
    waits(Gpu).then(|| "Loading the GPU engine.".to_string())
}

fn short(kind: EngineKind) -> &'static str {
    match kind {
        Cpu => "CPU",
        Gpu => "GPU",
    }
}

fn millis(value: f64) -> String {
    match value {
        value if value < 10.0 => format!("{value:.1} ms"),
        value => format!("{value:.0} ms"),
    }
}
