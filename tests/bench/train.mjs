// A step of adversarial training on the CPU, on all sides: examples by FGSM from the clean picture or by PGD-7 from a random
// start, cross-entropy, Adam. The same weights to begin with, which our engine draws and the others are given; the same
// pictures, of which a step takes all; no augmentation, no smoothed labels, no average of weights, so that losses compare.

import { material, recipe } from "./material.mjs";
import { ours, rivals } from "./sides.mjs";
import { torch } from "./torch.mjs";
import { figures, turns } from "./turns.mjs";

const BATCHES = { full: [32, 128], smoke: [4] };
const EPS = 0.3;
/** Pictures a round of ours, half of what the page's rounds have, and of the others, whose steps take longer. */
const PICTURES = { full: [256, 32], smoke: [4, 4] };
/**
 * Steps whose mean loss is compared, and by how much of it others may be apart. FGSM's first step shows forward pass and
 * gradient, the second also what Adam made of them; a step of Adam is as long for a slope of nothing as for a large one, so
 * rounding shows there. PGD-7 begins elsewhere on each side.
 */
const COMPARED = { FGSM: [[1, 1e-3], [2, 1e-3]], "PGD-7": [[1, 1e-2]] };

function task(method, batch) {
  const [own, step] = method === "FGSM" ? [["fast", { step: 1.24, noise: 0 }], 1.24] : [["pgd", { steps: 7, step: 0.25 }], 0.25];
  const bare = { average: 0, smooth: 0, augment: [] };
  const plain = { norm: "linf", eps: EPS, steps: method === "FGSM" ? 1 : 7, step: step * EPS, random: method !== "FGSM" };
  return { method, plain, recipe: { ...recipe(...own, batch), ...bare } };
}

export async function train({ browser, place: { url, modules, wire }, size, rounds, out }) {
  const things = await material(url, Math.max(...BATCHES[size]));
  const sides = [await ours(browser, url, wire, "cpu", things)];
  for (const open of Object.values(rivals)) sides.push(await open(browser, modules, "wasm", things));
  const native = await torch(things);
  if (native) sides.push(native);
  const names = sides.map(({ name }) => name).join(", ");
  out.head(`\nA training step on the CPU, a thread each, median ms: ${names}; pictures a second; losses after one and two steps`);
  for (const batch of BATCHES[size]) {
    const inputs = things.inputs(batch);
    await sides[0].keep(inputs);
    const weights = await sides[0].first(task("FGSM", batch).recipe);
    for (const side of sides.slice(1)) await side.keep(inputs, weights);
    for (const method of Object.keys(COMPARED)) await row(sides, task(method, batch), batch, PICTURES[size], rounds, out);
  }
  for (const side of sides) await side.close();
}

async function row(sides, task, batch, pictures, rounds, out) {
  const losses = await compare(sides, task);
  const steps = sides.map((_, at) => Math.max(1, pictures[Math.min(at, 1)] / batch));
  const { times } = await turns(sides.map((side, at) => () => side.train(task, steps[at])), rounds);
  const each = times.map((time, at) => time / steps[at]);
  const speed = each.map((time) => ((1000 * batch) / time).toFixed(0)).join(", ");
  out.row(`${figures(`${task.method}, ${batch}`, each)}   ${speed}/s   losses ${losses}`);
}

// The losses of all sides after the same steps from the same weights.
async function compare(sides, task) {
  const all = [];
  for (const [steps, tolerance] of COMPARED[task.method]) {
    const losses = [];
    for (const side of sides) losses.push((await side.train(task, steps)).loss);
    losses.slice(1).forEach((loss, at) => {
      const told = `${task.method}, ${steps} steps: ${sides[at + 1].name}'s loss is ${loss}, ours ${losses[0]}`;
      if (!(Math.abs(loss / losses[0] - 1) <= tolerance)) throw new Error(told);
    });
    all.push(losses.map((loss) => loss.toFixed(4)).join(", "));
  }
  return all.join("; ");
}
