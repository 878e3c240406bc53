//! The sentences that say which engine runs and why.

use super::{
    EngineStatus, Policy,
    slot::{Phase, Slot},
};
use crate::i18n::{tr, tr_with};
use crate::link::EnginePreference;
use EngineKind::{Cpu, Gpu};
use foolproof_core::protocol::{EngineKind, Fault, FaultKind, ParityCheck};

/// The status with this engine in force.
pub fn status(policy: &Policy, kind: EngineKind) -> EngineStatus {
    let slot = policy.slot(kind);
    EngineStatus {
        ready: slot.up(),
        kind,
        name: slot.name.clone(),
        reason: reason(policy, kind),
        details: details(policy),
        loading: loading(policy),
    }
}

/// Said when no engine is left.
pub fn dead(policy: &Policy) -> Fault {
    let cpu = policy.slot(Cpu);
    let why = cpu.last_failure.as_deref().unwrap_or_default();
    if cpu.was_up() {
        let sentence = tr("The engine failed too often and was given up. Please reload the page.");
        return Fault::new(FaultKind::Crash, format!("{sentence} {why}"));
    }
    if policy.misfit {
        return Fault::new(
            FaultKind::Version,
            tr_with("The engine could not be used. Please reload the page. {0}", &[&why]),
        );
    }
    let sentence = tr("The engine could not be started. Please check the connection and reload the page.");
    Fault::new(FaultKind::File, format!("{sentence} {why}"))
}

/// Said when a job took its engine down again.
pub fn deadly(why: &str) -> String {
    tr_with("This job was dropped, because an engine failed over it twice. {0}", &[&why])
}

/// Said when a self-test fails.
pub fn parity_failed(check: &ParityCheck) -> String {
    tr_with(
        "The GPU's answers differ from the CPU's on {0}: logits by {1}, gradients by {2}.",
        &[&check.model, &format_args!("{:.1e}", check.logits), &format_args!("{:.1e}", check.gradient)],
    )
}

/// Said of an engine that has not been heard for too long.
pub fn silent(slot: &Slot) -> String {
    match slot.phase {
        Phase::Loading(_) => tr("The engine did not start in time.").to_string(),
        _ => tr("The engine did not answer for too long.").to_string(),
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
    if asked == Some(kind) && (kind == Cpu || policy.slot(kind).up()) {
        return tr_with("The {0} engine runs because it was chosen.", &[&short(kind)]);
    }
    if kind == Gpu {
        return match (policy.slot(Cpu).retired(), policy.slot(Gpu).up()) {
            (true, true) => tr("The GPU engine runs because the CPU engine failed.").to_string(),
            (true, false) => tr("The CPU engine failed; the GPU engine is loaded in its place.").to_string(),
            _ => tr_with("The GPU engine runs because it is faster here: {0}.", &[&race(policy)]),
        };
    }
    let gpu = policy.slot(Gpu);
    match &gpu.phase {
        Phase::Retired(why) => tr_with("The CPU engine runs. {0}", &[&why]),
        Phase::Off => tr("The CPU engine runs; the GPU engine is loaded after the first result.").to_string(),
        Phase::Probing | Phase::Loading(_) => tr("The CPU engine runs while the GPU engine is loaded.").to_string(),
        Phase::Waiting(_) => tr("The CPU engine runs while the GPU engine is started again.").to_string(),
        Phase::Up if policy.gpu_faster(policy.last.0) == Some(false) && asked.is_none() => {
            tr_with("The CPU engine runs because it is faster here: {0}.", &[&race(policy)])
        }
        Phase::Up => tr("The CPU engine runs while the GPU engine is tested against it.").to_string(),
    }
}

/// Both speeds at the size of the last job.
fn race(policy: &Policy) -> String {
    let (Some(cpu), Some(gpu)) = (policy.slot(Cpu).speed, policy.slot(Gpu).speed) else {
        return tr("not yet measured").to_string();
    };
    let (size, cpu, gpu) = match policy.last.0 {
        0 | 1 => (tr("one input"), cpu.single, gpu.single),
        _ => (tr("16 inputs"), cpu.batch, gpu.batch),
    };
    let name = &policy.slot(Gpu).name;
    tr_with("a PGD step on {0} takes {1} on the CPU and {2} on {3}", &[&size, &millis(cpu), &millis(gpu), &name])
}

fn details(policy: &Policy) -> Vec<String> {
    let mut lines = Vec::new();
    let gpu = policy.slot(Gpu);
    if gpu.was_up() {
        lines.push(tr_with("GPU adapter: {0}.", &[&gpu.name]));
    }
    if !gpu.parity.is_empty() {
        let worst = |value: fn(&ParityCheck) -> f32| gpu.parity.values().map(value).fold(0.0, f32::max);
        lines.push(tr_with(
            "Self-test of the GPU against the CPU on {0} models: logits within {1}, gradients within {2}.",
            &[
                &gpu.parity.len(),
                &format_args!("{:.0e}", worst(|check| check.logits)),
                &format_args!("{:.0e}", worst(|check| check.gradient)),
            ],
        ));
    }
    for kind in [Cpu, Gpu] {
        let slot = policy.slot(kind);
        if let Some(speed) = slot.speed {
            let (single, batch) = (millis(speed.single), millis(speed.batch));
            lines.push(tr_with(
                "{0} engine: a PGD step takes {1} on one input, {2} on 16.",
                &[&short(kind), &single, &batch],
            ));
        }
        if let Some(why) = &slot.last_failure {
            lines.push(tr_with("{0} engine, failures: {1}. The last: {2}", &[&short(kind), &slot.failures, &why]));
        }
    }
    lines
}

fn loading(policy: &Policy) -> Option<String> {
    let waits = |kind| matches!(policy.slot(kind).phase, Phase::Probing | Phase::Waiting(_) | Phase::Loading(_));
    if waits(Cpu) {
        return Some(tr("Loading the engine.").to_string());
    }
    if policy.slot(Gpu).being_built {
        return Some(tr("The GPU engine is being built.").to_string());
    }
    waits(Gpu).then(|| tr("Loading the GPU engine.").to_string())
}

fn short(kind: EngineKind) -> &'static str {
    match kind {
        Cpu => "CPU",
        Gpu => "GPU",
    }
}

fn millis(value: f64) -> String {
    match value {
        value if value < 10.0 => tr_with("{0} ms", &[&format_args!("{value:.1}")]),
        value => tr_with("{0} ms", &[&format_args!("{value:.0}")]),
    }
}
