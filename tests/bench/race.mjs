// Our CPU engine against TF.js's wasm backend: milliseconds from request to result, as a page sees them.
//
// Ours also answers with probabilities, distances and the loss at every step; "forward" is the attack `none`, which
// judges every input twice. TF.js does one forward pass there, and a clean and a final one around an attack. Its FGSM leaves some
// inputs as they are: where an answer is certain to 32 bits, the slope of its loss is zero, and that of ours is not.

import { job, material, median, ours, theirs } from "./sides.mjs";

const FORWARD = job("forward", 0);
const JOBS = { full: [FORWARD, job("FGSM", 1), job("PGD-40", 40)], smoke: [FORWARD, job("FGSM", 1), job("PGD-2", 2)] };
const BATCHES = { full: [1, 64], smoke: [1, 4] };
/** Most that a probability of one side may differ from the other's: both compute with 32-bit numbers, in another order. */
const TOLERANCE = 1e-3;

export async function race({ browser, place: { url, modules, wire }, size, rounds, out }) {
  const things = await material(url, Math.max(...BATCHES[size]));
  const sides = [await ours(browser, url, wire, "cpu", things), await theirs(browser, modules, "wasm", things)];
  out.head("\nCPU engine against TF.js wasm");
  await compare(sides, things.inputs(Math.max(...BATCHES[size])), out);
  out.head("median ms: ours, TF.js (ratio below 1: ours is faster)");
  for (const batch of BATCHES[size]) {
    for (const task of JOBS[size]) out.row(await line(sides, task, things.inputs(batch), rounds));
  }
  for (const side of sides) await side.close();
}

// Both sides must run the same network, or the race says nothing.
async function compare(sides, inputs, out) {
  const [own, other] = [await sides[0].attack(inputs, FORWARD), await sides[1].attack(inputs, FORWARD)];
  const same = own.clean.filter((label, at) => label === other.clean[at]).length;
  const apart = own.probabilities.map((share, at) => Math.abs(share - other.probabilities[at]));
  const most = Math.max(...apart);
  const all = inputs.labels.length;
  out.row(`the same labels on ${same} of ${all} clean inputs; probabilities differ by ${most.toExponential(1)} at most`);
  if (same < all || !(most <= TOLERANCE)) throw new Error("the two sides disagree on clean inputs");
}

/** A row of the race: the job's median time on either side, in turns, and what both made of the inputs. */
export async function line(sides, task, inputs, rounds) {
  const times = [[], []];
  let answers;
  // The first round warms both sides up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    answers = [];
    for (const side of round % 2 ? [0, 1] : [1, 0]) {
      answers[side] = await sides[side].attack(inputs, task);
      if (round > 0) times[side].push(answers[side].millis);
    }
  }
  const [own, other] = times.map(median);
  const words = [`${task.name}, ${inputs.labels.length}`.padEnd(14), own.toFixed(1).padStart(9), other.toFixed(1).padStart(9)];
  return `${words.join(" ")}   ratio ${(own / other).toFixed(2)}   ${accuracy(task, answers, inputs.labels)}`.trimEnd();
}

function accuracy(task, sides, labels) {
  if (task.plain.steps === 0) return "";
  const right = sides.map((side) => labels.filter((label, at) => side.adversarial[at] === label).length);
  return `still right: ${right[0]} and ${right[1]} of ${labels.length}`;
}
