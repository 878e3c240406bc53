// What one step asks of WebGPU: of PGD on one input, our GPU engine's against TF.js's and jax-js's, and of training, ours.
// Two runs that differ only in their number of steps give the cost of a step, whatever surrounds it. Then all race, as the
// CPU's engines do, and our two engines train by turns.

import { job, material, recipe } from "./material.mjs";
import { line } from "./race.mjs";
import { ours, rivals } from "./sides.mjs";
import { median, turns } from "./turns.mjs";

// All pool their buffers, so that one run's calls depend on the runs before it: hence the repeats.
const SIZES = { full: { short: 4, long: 12, repeats: 3 }, smoke: { short: 2, long: 3, repeats: 1 } };
const RECIPES = { FGSM: ["fast", { step: 1.24, noise: 1.5 }], "PGD-7": ["pgd", { steps: 7 }] };
const BATCH = { full: 32, smoke: 4 };
/** Fewer of them: a step takes WebGPU in software a second. */
const STEPS = { full: { short: 1, long: 3, repeats: 1, most: 1 }, smoke: { short: 1, long: 2, repeats: 1, most: 1 } };
/** Rounds of the races, at most: WebGPU in software says little of speed. */
const MOST = 2;
const RACES = { full: [[1, "PGD-40", 40], [16, "PGD-10", 10]], smoke: [[1, "PGD-2", 2]] };

export async function count({ browser, place: { url, modules, wire }, size, rounds, out }) {
  const most = Math.max(BATCH[size], ...RACES[size].map(([batch]) => batch));
  const things = await material(url, most);
  out.head("\nWebGPU calls a PGD step, 1 input, software adapter");
  const sides = [await ours(browser, url, wire, "gpu", things)];
  for (const open of Object.values(rivals)) sides.push(await open(browser, modules, "webgpu", things));
  for (const side of sides) {
    const calls = await steps(side, (steps) => side.attack(things.inputs(1), job("steps", steps)), SIZES[size]);
    out.row(told(side.name, calls));
    if (!(calls.dispatches > 0)) throw new Error(`${side.name} does not compute on WebGPU`);
  }
  const names = sides.map(({ name }) => name).join(", ");
  out.head(`median ms on WebGPU: ${names} (ratio of ours to each other: below 1 ours is faster)`);
  for (const [batch, name, steps] of RACES[size]) {
    await line(sides, job(name, steps), things.inputs(batch), Math.min(rounds, MOST), out);
  }
  for (const side of sides.slice(1)) await side.close();
  await training(sides[0], await ours(browser, url, wire, "cpu", things), things, size, rounds, out);
}

const told = (name, calls) => `${name.padEnd(8)} ${Object.entries(calls).map(([call, many]) => `${call} ${many.toFixed(2)}`).join("   ")}`;

// Calls of a training step, and what a step takes on either of our engines.
async function training(gpu, cpu, things, size, rounds, out) {
  for (const side of [gpu, cpu]) await side.keep(things.inputs(BATCH[size]));
  out.head(`WebGPU calls a training step, batch ${BATCH[size]}, and median ms of it: WebGPU in software, CPU`);
  const { short, long, most } = STEPS[size];
  for (const [name, [method, knobs]] of Object.entries(RECIPES)) {
    const own = { recipe: recipe(method, knobs, BATCH[size]) };
    const calls = await steps(gpu, (steps) => gpu.train(own, steps), STEPS[size]);
    const one = async (side) => {
      const [less, more] = [await side.train(own, short), await side.train(own, long)];
      if (!(Math.abs(more.loss) < 10)) throw new Error(`a loss of ${more.loss}`);
      return { millis: (more.millis - less.millis) / (long - short) };
    };
    // The GPU's engine is warm from the count.
    await cpu.train(own, long);
    const { times } = await turns([gpu, cpu].map((side) => () => one(side)), Math.min(rounds, most));
    out.row(`${told(name, calls)}   ${times.map((time) => time.toFixed(1)).join(", ")} ms`);
  }
  for (const side of [gpu, cpu]) await side.close();
}

// Calls of a step of what `run` does in so many, by their names.
async function steps(side, run, { short, long, repeats }) {
  // Kernels are compiled and the pools filled by then.
  for (const steps of [long, short]) await cost(side, run, steps);
  const runs = { [short]: [], [long]: [] };
  for (let at = 0; at < repeats; at += 1) {
    for (const steps of [short, long]) runs[steps].push(await cost(side, run, steps));
  }
  const typical = (steps, call) => median(runs[steps].map((counts) => counts[call]));
  const step = (call) => (typical(long, call) - typical(short, call)) / (long - short);
  return Object.fromEntries(Object.keys(runs[long][0]).map((call) => [call, step(call)]));
}

async function cost(side, run, steps) {
  const before = await side.counts();
  await run(steps);
  const after = await side.counts();
  return Object.fromEntries(Object.keys(after).map((call) => [call, after[call] - before[call]]));
}
