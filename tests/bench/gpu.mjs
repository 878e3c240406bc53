// What one PGD step asks of WebGPU: our GPU engine against TF.js's, one input. Two runs that differ only in their
// number of steps give the cost of a step, whatever surrounds it.

import { job, material, median, ours, theirs } from "./sides.mjs";

const SHORT = 4;
const LONG = 12;
// Both pool their buffers, so that one run's calls depend on the runs before it.
const REPEATS = 5;

export async function count(browser, { url, modules }) {
  const things = await material(url, 1);
  console.log("\nWebGPU calls a PGD step, 1 input, software adapter");
  const sides = { ours: await ours(browser, url, "gpu", things), "TF.js": await theirs(browser, modules, "webgpu", things) };
  for (const [name, side] of Object.entries(sides)) {
    const inputs = things.inputs(1);
    // Kernels are compiled and the pools filled by then.
    for (const steps of [LONG, SHORT]) await cost(side, inputs, steps);
    const runs = { [SHORT]: [], [LONG]: [] };
    for (let at = 0; at < REPEATS; at += 1) {
      for (const steps of [SHORT, LONG]) runs[steps].push(await cost(side, inputs, steps));
    }
    const typical = (steps, call) => median(runs[steps].map((counts) => counts[call]));
    const step = (call) => ((typical(LONG, call) - typical(SHORT, call)) / (LONG - SHORT)).toFixed(2);
    const calls = Object.keys(runs[LONG][0]).map((call) => `${call} ${step(call)}`);
    console.log(`${name.padEnd(8)} ${calls.join("   ")}`);
    await side.close();
  }
}

async function cost(side, inputs, steps) {
  const before = await side.counts();
  await side.attack(inputs, job("steps", steps));
  const after = await side.counts();
  return Object.fromEntries(Object.keys(after).map((call) => [call, after[call] - before[call]]));
}
