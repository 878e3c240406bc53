// The figure that the Train page promises: the shipped natural model after one minute of training in the tab, clean and
// under PGD-40 (.3, step .01) on the first thousand test images. Only when asked for: `--only harden`, and with
// `--preset ten` the ten minutes. `--data fashion` trains and attacks on Fashion-MNIST at .1, what the zoo's models hold.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { hosted } from "./host.mjs";

/** Radius that is to hold, by dataset; steps of .01. */
const RADII = { mnist: 0.3, fashion: 0.1 };
/** Endings of a budget that was spent: a run may well end with the best model instead of the last, above all a short one. */
const SPENT = ["finished", "restored"];
/** Images attacked, and with how many steps; what the link asks for beside the preset. */
const SIZES = {
  full: { inputs: 1000, steps: 40, more: "" },
  smoke: { inputs: 20, steps: 2, more: "&train.seconds=2&train.scored=20" },
};

export async function harden({ browser, place: { url }, size, preset, data, out }) {
  const { inputs, steps, more } = SIZES[size];
  const eps = RADII[data];
  if (!eps) throw new Error(`--data ${data} is none of ${Object.keys(RADII).join(", ")}`);
  const link = `page=train&engine=cpu&data=${data}&seed=1&norm=linf&train.preset=${preset}&train.eps=${eps}${more}`;
  const { ask, close } = await hosted(browser, `${url}#${link}`, /^Harden for/);
  out.head(`\nHardening in the tab: ${data}, preset ${preset}, L∞ ${eps}; ${await machine()}`);
  const run = await ask("run", "train");
  if (!SPENT.includes(run.stopped)) throw new Error(`the run ended as ${run.stopped}`);
  const trained = run.curve.at(-1).seconds.toFixed(1);
  out.row(`${run.engine.kind}: ${run.engine.name}; from ${run.from}, ${run.images} images in ${trained} s, ${run.stopped}`);
  await ask("setState", {
    page: "measure",
    eps,
    "measure.models": `${run.from},${run.model}`,
    "measure.attacks": `pgd:steps:${steps}:step:.01`,
    "measure.n": inputs,
    "measure.radius": 0,
    "measure.audit": 0,
  });
  const report = await ask("run", "evaluate");
  if (report.n !== inputs) throw new Error(`${report.n} images were attacked`);
  for (const model of report.models) {
    const [attack] = model.attacks;
    out.row(`${model.id}: clean ${share(model.clean)}, ${attack.id} ${attack.steps} steps of ${attack.step} ${share(attack.accuracy)}`);
  }
  await close();
}

const share = ({ value, low, high, n }) => {
  const [middle, from, to] = [value, low, high].map((part) => (100 * part).toFixed(1));
  return `${middle} % (${from} to ${to}, n = ${n})`;
};

async function machine() {
  const told = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  return `${availableParallelism()} cores, ${told.match(/^model name\s*: (.*)$/m)?.[1] ?? "unknown CPU"}`;
}
