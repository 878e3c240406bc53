// An evaluation on all cores, as the page makes it, asked for by the host API. The other libraries compute on one thread,
// so beside it stands what they do there; PyTorch has all cores too.

import { availableParallelism } from "node:os";
import { hosted } from "./host.mjs";
import { turns } from "./turns.mjs";

/** Most by which shares of right answers under the same attack may differ, and pictures: the page draws its own. */
const TOLERANCE = { share: 0.1, pictures: 2 };
/** Evaluations timed, at most. */
const MOST = 3;

export async function evaluation({ browser, url, inputs, task, others, rounds, out }) {
  const { name, plain: { norm, eps, steps, step } } = task;
  const attack = `pgd:steps:${steps}:step:${step}`;
  const link = `v=1&page=measure&engine=cpu&data=mnist&norm=${norm}&eps=${eps}&seed=1&measure.radius=0&measure.audit=0`;
  const visit = await hosted(browser, `${url}#${link}`, "Run the evaluation");
  const count = inputs.labels.length;
  const run = async (n) => {
    await visit.ask("setState", { "measure.models": "mnist-cnn", "measure.attacks": attack, "measure.n": n });
    const begin = performance.now();
    const { models, n: done } = await visit.ask("run", "evaluate");
    if (done !== n) throw new Error(`${done} images were evaluated, not ${n}`);
    return { millis: performance.now() - begin, right: models[0].attacks[0].accuracy.value };
  };
  const { times: [millis], answers: [{ right }] } = await turns([() => run(count)], Math.min(rounds, MOST));
  await visit.close();
  const cores = availableParallelism();
  out.head(`evaluation of ${count} images by ${name}, the page's on ${cores} cores; others the attack alone, one thread by its row above`);
  const rates = [told({ name: "ours", rate: (1000 * count) / millis, right })];
  for (const { side, ...alone } of others) {
    const other = { name: `${side.name} on one thread`, ...alone, ...(side.cores && (await all(side, inputs, task))) };
    rates.push(told(other));
    const apart = Math.abs(other.right - right);
    if (!(apart <= TOLERANCE.share + TOLERANCE.pictures / count)) throw new Error(`the answers differ: ${rates.join("; ")}`);
  }
  out.row(`images a second: ${rates.join("; ")}`);
}

const told = ({ name, rate, right }) => `${name} ${rate.toFixed(0)} (${(100 * right).toFixed(1)} % still right)`;

// A library that has all cores attacks all inputs at once.
async function all(side, inputs, task) {
  await side.attack(inputs, task, side.cores);
  const { millis, adversarial } = await side.attack(inputs, task, side.cores);
  const right = inputs.labels.filter((label, at) => adversarial[at] === label).length / inputs.labels.length;
  return { name: `${side.name} on ${side.cores} threads`, rate: (1000 * inputs.labels.length) / millis, right };
}
