// What one PGD step asks of WebGPU: our GPU engine against TF.js's, one input. Two runs that differ only in their
// number of steps give the cost of a step, whatever surrounds it.

import { job, material, ours, theirs } from "./sides.mjs";

const SHORT = 4;
const LONG = 12;

export async function count(browser, { url, modules }) {
  const things = await material(url, 1);
  console.log("\nWebGPU calls a PGD step, 1 input, software adapter");
  const sides = { ours: await ours(browser, url, "gpu", things), "TF.js": await theirs(browser, modules, "webgpu", things) };
  for (const [name, side] of Object.entries(sides)) {
    const inputs = things.inputs(1);
    // Kernels are compiled and buffers are pooled by then.
    await side.attack(inputs, job("warm-up", LONG));
    const short = await cost(side, inputs, SHORT);
    const long = await cost(side, inputs, LONG);
    const step = (call) => ((long[call] - short[call]) / (LONG - SHORT)).toFixed(2);
    const calls = Object.keys(long).map((call) => `${call} ${step(call)}`);
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
