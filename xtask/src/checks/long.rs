//! What takes hours, and is run by its name alone.

use super::Checks;
use crate::{
    fuzz::{self, Effort},
    others,
};
use anyhow::Result;

/// Inputs that each target of fuzzing is given in the long stage.
const INPUTS: u64 = 10_000_000;

impl Checks<'_> {
    /// Every target of fuzzing at length; the native tests that are left out for theirs, with the zoo's fast profile; then
    /// the kernels on the GPU, natively, and the GPU engine in Firefox.
    pub fn long(&self) -> Result<u32> {
        let fuzzed = if fuzz::set_up()? { fuzz::all(self.place, Effort::Inputs(INPUTS))? } else { 0 };
        let passed = self.native_tests(&[
            "--workspace",
            "--profile",
            "quick",
            "--tests",
            "--no-fail-fast",
            "--",
            "--ignored",
            "--nocapture",
        ])?;
        Ok(fuzzed + passed + self.gpu_kernels()? + self.second_gpu()?)
    }

    /// The kernels on the GPU, natively, on any driver for Vulkan.
    fn gpu_kernels(&self) -> Result<u32> {
        if !others::vulkan()? {
            println!("The kernels on the GPU are not tested natively: there is no driver for Vulkan.");
            return Ok(0);
        }
        self.native_tests(&["--package", "foolproof-engine", "--features", "wgpu", "--lib", "on_gpu"])
    }

    /// The GPU engine on Firefox's WebGPU, a second implementation beside Chromium's.
    fn second_gpu(&self) -> Result<u32> {
        match self.others.iter().find(|found| found.other.name == "Firefox") {
            Some(firefox) if others::vulkan()? => self.stories(firefox, "gpu.long.mjs"),
            _ => {
                println!("WebGPU in Firefox is left out: there is no Firefox here, or no driver for Vulkan.");
                Ok(0)
            }
        }
    }
}
