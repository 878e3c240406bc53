//! Opening the GPU: probe first, so that every obstacle is a sentence and not a hang, then burn's device.

use crate::alarm;
use burn::tensor::{Device, wgpu::wgpu};
use foolproof_browser::adapter;
use foolproof_core::{
    panicked::first_line,
    protocol::{Engine, EngineKind, Fault, FaultKind},
};
use std::sync::Arc;

/// The device that runs the tensors, and what it is called.
///
/// # Errors
/// A `Gpu` fault that says in one sentence why there is none.
pub async fn open() -> Result<(Device, Engine), Fault> {
    let adapter = adapter::probe().await?;
    let opened = Device::wgpu_options().init_with_setup_async().await;
    let (device, setup) = opened.map_err(|error| {
        let why = first_line(&error.to_string());
        Fault::new(FaultKind::Gpu, format!("{} could not be opened: {why}.", adapter.name))
    })?;
    watch(&setup.device);
    Ok((device, Engine { kind: EngineKind::Gpu, name: adapter.name }))
}

/// Turns what the device reports outside any call into faults. burn's own handler panics on an error, which tells
/// neither what it was nor whether a second try makes sense.
fn watch(device: &wgpu::Device) {
    device.on_uncaptured_error(Arc::new(|error| {
        let kind = match error {
            wgpu::Error::OutOfMemory { .. } => FaultKind::Crash,
            _ => FaultKind::Gpu,
        };
        let why = first_line(&error.to_string());
        alarm::raise(Fault::new(kind, format!("The GPU reported an error: {why}.")));
    }));
    device.set_device_lost_callback(|reason, message| {
        let why = first_line(&message);
        alarm::raise(Fault::new(FaultKind::Crash, format!("The GPU device was lost ({reason:?}): {why}.")));
    });
}
