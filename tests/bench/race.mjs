// Our CPU engine against TF.js's wasm backend: milliseconds from request to result, as a page sees them.
//
// Ours also answers with probabilities, distances and the loss at every step; "forward" is the attack `none`, which
// judges every input twice. TF.js does one forward pass there, and a clean and a final one around an attack.

import { job, material, median, ours, theirs } from "./sides.mjs";

const JOBS = [job("forward", 0), job("FGSM", 1), job("PGD-40", 40)];
const BATCHES = [1, 64];

export async function race(browser, { url, modules }, rounds) {
  const things = await material(url, Math.max(...BATCHES));
  const sides = [await ours(browser, url, "cpu", things), await theirs(browser, modules, "wasm", things)];
  console.log("\nCPU engine against TF.js wasm, median ms (ratio below 1: ours is faster)");
  for (const batch of BATCHES) {
    const inputs = things.inputs(batch);
    for (const task of JOBS) {
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
      check(task, answers, inputs.labels);
      const [own, other] = times.map(median);
      const line = [`${task.name}, ${batch}`.padEnd(14), own.toFixed(1).padStart(9), other.toFixed(1).padStart(9)];
      console.log(`${line.join(" ")}   ratio ${(own / other).toFixed(2)}   ${accuracy(task, answers, inputs.labels)}`);
    }
  }
  for (const side of sides) await side.close();
}

// Both sides must have run the same network, or the race says nothing.
function check(task, [own, other], labels) {
  const differing = labels.filter((_, at) => own.clean[at] !== other.clean[at]).length;
  if (differing > 0) throw new Error(`${task.name}: the two sides disagree on ${differing} of ${labels.length} clean inputs`);
}

function accuracy(task, sides, labels) {
  if (task.plain.steps === 0) return "";
  const right = sides.map((side) => labels.filter((label, at) => side.adversarial[at] === label).length);
  return `still right: ${right[0]} and ${right[1]} of ${labels.length}`;
}
