// What one PGD step asks of WebGPU: our GPU engine against TF.js's, one input. Two runs that differ only in their
// number of steps give the cost of a step, whatever surrounds it. Then both race, as the CPU's engines do.

import { line } from "./race.mjs";
import { job, material, median, ours, theirs } from "./sides.mjs";

// Both pool their buffers, so that one run's calls depend on the runs before it: hence the repeats.
const SIZES = { full: { short: 4, long: 12, repeats: 5 }, smoke: { short: 2, long: 4, repeats: 1 } };
const RACES = { full: [[1, "PGD-40", 40], [16, "PGD-10", 10]], smoke: [[1, "PGD-2", 2]] };

export async function count({ browser, place: { url, modules, wire }, size, rounds, out }) {
  const things = await material(url, Math.max(...RACES[size].map(([batch]) => batch)));
  out.head("\nWebGPU calls a PGD step, 1 input, software adapter");
  const sides = { ours: () => ours(browser, url, wire, "gpu", things), "TF.js": () => theirs(browser, modules, "webgpu", things) };
  for (const [name, open] of Object.entries(sides)) {
    const side = await open();
    const calls = await steps(side, things.inputs(1), SIZES[size]);
    out.row(`${name.padEnd(8)} ${Object.entries(calls).map(([call, many]) => `${call} ${many.toFixed(2)}`).join("   ")}`);
    if (!(calls.dispatches > 0)) throw new Error(`${name} does not compute on WebGPU`);
    await side.close();
  }
  out.head("median ms on WebGPU: ours, TF.js (ratio below 1: ours is faster)");
  const racers = [await ours(browser, url, wire, "gpu", things), await theirs(browser, modules, "webgpu", things)];
  for (const [batch, name, steps] of RACES[size]) out.row(await line(racers, job(name, steps), things.inputs(batch), rounds));
  for (const side of racers) await side.close();
}

// Calls of a step, by their names.
async function steps(side, inputs, { short, long, repeats }) {
  // Kernels are compiled and the pools filled by then.
  for (const steps of [long, short]) await cost(side, inputs, steps);
  const runs = { [short]: [], [long]: [] };
  for (let at = 0; at < repeats; at += 1) {
    for (const steps of [short, long]) runs[steps].push(await cost(side, inputs, steps));
  }
  const typical = (steps, call) => median(runs[steps].map((counts) => counts[call]));
  const step = (call) => (typical(long, call) - typical(short, call)) / (long - short);
  return Object.fromEntries(Object.keys(runs[long][0]).map((call) => [call, step(call)]));
}

async function cost(side, inputs, steps) {
  const before = await side.counts();
  await side.attack(inputs, job("steps", steps));
  const after = await side.counts();
  return Object.fromEntries(Object.keys(after).map((call) => [call, after[call] - before[call]]));
}
