// What one step asks of WebGPU: of PGD on one input, our GPU engine's against TF.js's, and of training, ours. Two runs that
// differ only in their number of steps give the cost of a step, whatever surrounds it. Then both race, as the CPU's engines
// do, and our two engines train by turns.

import { line } from "./race.mjs";
import { job, material, median, ours, recipe, theirs } from "./sides.mjs";

// Both pool their buffers, so that one run's calls depend on the runs before it: hence the repeats.
const SIZES = { full: { short: 4, long: 12, repeats: 5 }, smoke: { short: 2, long: 4, repeats: 1 } };
const RECIPES = { FGSM: ["fast", { step: 1.24, noise: 1.5 }], "PGD-7": ["pgd", { steps: 7 }] };
const BATCH = { full: 32, smoke: 4 };
/** Fewer of them: a step takes WebGPU in software a second. */
const STEPS = { full: { short: 1, long: 4, repeats: 2, most: 3 }, smoke: { short: 1, long: 2, repeats: 1, most: 1 } };
const RACES = { full: [[1, "PGD-40", 40], [16, "PGD-10", 10]], smoke: [[1, "PGD-2", 2]] };

export async function count({ browser, place: { url, modules, wire }, size, rounds, out }) {
  const most = Math.max(BATCH[size], ...RACES[size].map(([batch]) => batch));
  const things = await material(url, most);
  out.head("\nWebGPU calls a PGD step, 1 input, software adapter");
  const sides = { ours: () => ours(browser, url, wire, "gpu", things), "TF.js": () => theirs(browser, modules, "webgpu", things) };
  for (const [name, open] of Object.entries(sides)) {
    const side = await open();
    const calls = await steps(side, (steps) => side.attack(things.inputs(1), job("steps", steps)), SIZES[size]);
    out.row(told(name, calls));
    if (!(calls.dispatches > 0)) throw new Error(`${name} does not compute on WebGPU`);
    await side.close();
  }
  await training(browser, url, wire, things, size, rounds, out);
  out.head("median ms on WebGPU: ours, TF.js (ratio below 1: ours is faster)");
  const racers = [await ours(browser, url, wire, "gpu", things), await theirs(browser, modules, "webgpu", things)];
  for (const [batch, name, steps] of RACES[size]) out.row(await line(racers, job(name, steps), things.inputs(batch), rounds));
  for (const side of racers) await side.close();
}

const told = (name, calls) => `${name.padEnd(8)} ${Object.entries(calls).map(([call, many]) => `${call} ${many.toFixed(2)}`).join("   ")}`;

// Calls of a training step, and what a step takes on either of our engines.
async function training(browser, url, wire, things, size, rounds, out) {
  const [gpu, cpu] = [await ours(browser, url, wire, "gpu", things), await ours(browser, url, wire, "cpu", things)];
  for (const side of [gpu, cpu]) await side.keep(things.inputs(BATCH[size]));
  out.head(`WebGPU calls a training step, batch ${BATCH[size]}, and median ms of it: WebGPU in software, CPU`);
  const { short, long, most } = STEPS[size];
  for (const [name, [method, knobs]] of Object.entries(RECIPES)) {
    const own = recipe(method, knobs, BATCH[size]);
    const calls = await steps(gpu, (steps) => gpu.train(own, steps), STEPS[size]);
    const times = [[], []];
    for (let round = 0; round <= Math.min(rounds, most); round += 1) {
      for (const [at, side] of [gpu, cpu].entries()) {
        const [less, more] = [await side.train(own, short), await side.train(own, long)];
        if (!(Math.abs(more.loss) < 10)) throw new Error(`a loss of ${more.loss}`);
        if (round > 0) times[at].push((more.millis - less.millis) / (long - short));
      }
    }
    out.row(`${told(name, calls)}   ${times.map((all) => median(all).toFixed(1)).join(", ")} ms`);
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
