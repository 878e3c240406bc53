// Our CPU engine against TF.js's and jax-js's wasm backends, and PyTorch where there is one: milliseconds from request to
// result, as a page sees them, each on one thread.
//
// Ours also answers with probabilities, distances and the loss at every step; "forward" is the attack `none`, which
// judges every input twice. The others do one forward pass there, and a clean and a final one around an attack. TF.js's FGSM
// leaves some inputs as they are: where an answer is certain to 32 bits, the slope of its loss is zero, and that of ours is not.

import { evaluation } from "./evaluation.mjs";
import { job, material, multiplyAdds, shortened } from "./material.mjs";
import { ours, peak, rivals } from "./sides.mjs";
import { torch } from "./torch.mjs";
import { figures, turns } from "./turns.mjs";

const FORWARD = job("forward", 0);
const STEPS = { full: 40, smoke: 2 };
const BATCHES = { full: [1, 64], smoke: [1, 4] };
/** Runs of the peak's loop, and about how many milliseconds each takes. */
const PEAK = { full: [30, 20], smoke: [3, 5] };
/** Square's queries, and a radius so small that it does not end before. */
const SQUARE = { full: 1000, smoke: 10, eps: 0.02 };
/** Inputs of the evaluation. */
const EVALUATED = { full: 200, smoke: 4 };
/** Most that a probability of one side may differ from the other's: all compute with 32-bit numbers, in another order. */
const TOLERANCE = 1e-3;

export async function race({ browser, place: { url, modules, wire }, size, rounds, out }) {
  const most = Math.max(...BATCHES[size]);
  const things = await material(url, EVALUATED[size] + most);
  const flops = await peak(browser, url, ...PEAK[size]);
  out.head("\nCPU engine against TF.js and jax-js on wasm, and PyTorch natively, a thread each");
  out.row(`peak of a core as wasm sees it: ${giga(flops)} GFLOP/s, multiplying and adding in ten chains`);
  const own = await ours(browser, url, wire, "cpu", things);
  const sides = [own];
  for (const open of Object.values(rivals)) sides.push(await open(browser, modules, "wasm", things));
  const native = await torch(things, out);
  if (native) sides.push(native);
  for (const side of sides.slice(1)) await compare(own, side, things.inputs(most), out);
  out.head(`median ms: ${sides.map(({ name }) => name).join(", ")} (ratio of ours to each other: below 1 ours is faster)`);
  const steps = STEPS[size];
  const pgd = job(`PGD-${steps}`, steps);
  let last;
  for (const batch of BATCHES[size]) {
    for (const task of [FORWARD, job("FGSM", 1), job(`PGD-${steps}, L2`, steps, "l2"), pgd]) {
      last = await line(sides, task, things.inputs(batch), rounds, out);
    }
  }
  const { times, right } = last;
  out.row(`${pgd.name}, ${most}: ${speed(things.architecture, steps * most, times[0], flops)}`);
  await alone(own, things, size, rounds, times[0], out);
  const others = sides.slice(1).map((side, at) => ({ side, rate: (1000 * most) / times[at + 1], right: right[at + 1] / most }));
  await evaluation({ browser, url, inputs: things.inputs(EVALUATED[size]), task: pgd, others, rounds, out });
  for (const side of sides) await side.close();
}

const giga = (number) => (number / 1e9).toFixed(2);

// Two operations for each multiply-add of a forward pass and of the input gradient, which has as many. What an attack does
// beside the network, and the passes that only judge, do not count.
function speed(architecture, steps, millis, flops) {
  const done = 2 * 2 * multiplyAdds(architecture) * steps;
  const rate = (1000 * done) / millis;
  const share = `${((100 * rate) / flops).toFixed(0)} % of the peak`;
  return `${giga(done)} GFLOP, a forward and a backward pass a step; ours ${giga(rate)} GFLOP/s, ${share}`;
}

// Both sides must run the same network, or the race says nothing.
async function compare(own, other, inputs, out) {
  const [ours, theirs] = [await own.attack(inputs, FORWARD), await other.attack(inputs, FORWARD)];
  const same = ours.clean.filter((label, at) => label === theirs.clean[at]).length;
  const apart = ours.probabilities.map((share, at) => Math.abs(share - theirs.probabilities[at]));
  const most = Math.max(...apart);
  const all = inputs.labels.length;
  const labels = `the same labels on ${same} of ${all} clean inputs`;
  out.row(`${other.name}: ${labels}; probabilities differ by ${most.toExponential(1)} at most`);
  if (same < all || !(most <= TOLERANCE)) throw new Error(`${other.name} and our engine disagree on clean inputs`);
}

/** A row of the race: the job's median time on each side, in turns, and how many of the inputs are still read right. */
export async function line(sides, task, inputs, rounds, out) {
  const runs = (task) => sides.map((side) => () => side.attack(inputs, task));
  const { times, answers } = await turns(runs(task), rounds, runs(shortened(task)));
  const { labels } = inputs;
  const right = answers.map(({ adversarial }) => labels.filter((label, at) => adversarial[at] === label).length);
  const told = task.plain.steps === 0 ? "" : `   still right: ${right.join(", ")} of ${labels.length}`;
  out.row(`${figures(`${task.name}, ${labels.length}`, times)}${told}`);
  return { times, right };
}

// What the other libraries do not have.
async function alone(own, things, size, rounds, pgd, out) {
  out.head("ours alone: no other library has these");
  const most = Math.max(...BATCHES[size]);
  const task = (name, steps, attack) => ({ ...job(name, steps), attack: { norm: "linf", ...attack } });
  const [steps, queries] = [STEPS[size], SQUARE[size]];
  const apgd = task(`APGD-${steps}`, steps, { id: "apgd-ce", eps: 0.3, knobs: { steps, restarts: 1 } });
  const { times } = await line([own], apgd, things.inputs(most), rounds, out);
  out.row(`a step of APGD takes ${(times[0] / pgd).toFixed(2)} times as long as one of PGD`);
  const square = task(`Square-${queries}`, queries, { id: "square", eps: SQUARE.eps, knobs: { queries } });
  await line([own], square, things.inputs(1), rounds, out);
}
