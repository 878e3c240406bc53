// What a tab does for half an hour on each engine: attacks, a training run and an evaluation in turn. Memory must come to a
// level, and nothing become slower. Only when asked for, `--only soak`, with `--seconds` for each engine.

import { figures, longest, memory, open, seconds as words } from "./measure.mjs";
import { once } from "./once.mjs";

/** Attacks, training steps and inputs evaluated in a turn. */
const SIZES = {
  full: { attacks: 20, steps: { cpu: 200, gpu: 20 }, inputs: 20 },
  smoke: { attacks: 2, steps: { cpu: 4, gpu: 1 }, inputs: 2 },
};
const BATCH = 32;
/** Growth of the process, or of a turn's time, from the middle third to the last that is no level any more, as a share. */
const MOST_GROWTH = 0.05;
const MOST_SLOWING = 0.25;
/** Turns without which thirds say nothing. */
const LEAST = 9;

export async function soak({ browser, place: { url }, size, seconds, out }) {
  const found = [];
  for (const engine of ["cpu", "gpu"]) found.push(...(await one(browser, url, engine, size, 1000 * seconds, out)));
  if (size === "full" && found.length) throw new Error(found.join("; "));
}

// One engine's time; what is wrong with it.
async function one(browser, url, engine, size, millis, out) {
  const { attacks, steps, inputs } = SIZES[size];
  const visit = await open(browser, url, `engine=${engine}&attack=pgd&steps=40&eps=0.3&measure.radius=0`, /^Share/, [once]);
  const { page, context } = visit;
  out.head(`\n${engine}, ${words(millis)}: ${attacks} attacks (PGD-40), ${steps[engine]} training steps, an evaluation of ${inputs} inputs in turn`);
  out.head("  time   attack ms  step ms  evaluation ms; MiB");
  const all = [];
  const begun = performance.now();
  do {
    const turn = await page.evaluate(round, { seed: all.length + 1, engine, attacks, images: steps[engine] * BATCH, batch: BATCH, inputs });
    // What is trained is kept, and a list of hundreds would be growth of its own.
    await page.getByRole("button", { name: `Delete ${turn.model.replace("mine:", "")}`, exact: true }).click();
    all.push({ at: performance.now() - begun, ...turn, ...(await memory(visit)) });
    const { at, attack, step, evaluation } = all.at(-1);
    out.row(`${words(at).padStart(6)} ${attack.toFixed(1).padStart(9)} ${step.toFixed(1).padStart(8)} ${evaluation.toFixed(0).padStart(10)}; ${figures(all.at(-1))}`);
  } while (performance.now() - begun < millis);
  const { long, again } = await page.evaluate(() => ({ long: seen.long, again: fetchedAgain }));
  await context.close();
  if (again > 0) throw new Error(`${engine}: the page fetched ${again} bytes again, which Chromium keeps for the benchmark`);
  out.row(`${all.length} turns; tasks over 50 ms by the clock: ${long.length}, longest ${longest(long)} ms`);
  return level(engine, all, out);
}

// Tells the last third beside the middle one; what grew.
function level(engine, all, out) {
  const third = Math.ceil(all.length / 3);
  const [middle, last] = [all.slice(all.length - 2 * third, all.length - third), all.slice(-third)].map((rows) => (rows.length ? rows : all));
  const median = (rows, key) => rows.map((row) => row[key]).sort((a, b) => a - b)[rows.length >> 1];
  const ratio = (key) => median(last, key) / median(middle, key);
  const keys = ["attack", "step", "evaluation", "heap", "workers", "resident"];
  out.row(`last third over the middle one: ${keys.map((key) => `${key} ${ratio(key).toFixed(2)}`).join(", ")}`);
  if (all.length < LEAST) return [`${engine}: ${all.length} turns are too few to see a level`];
  const most = (key) => 1 + (keys.indexOf(key) < 3 ? MOST_SLOWING : MOST_GROWTH);
  return ["attack", "step", "evaluation", "resident"].filter((key) => ratio(key) > most(key)).map((key) => `${engine}: ${key} grew ${ratio(key).toFixed(2)}-fold`);
}

// One turn, in the page: the median attack, a training step and an evaluation in milliseconds, and the model that came of it.
async function round({ seed, engine, attacks, images, batch, inputs }) {
  const timed = async (verb, value) => {
    const begun = performance.now();
    const answer = await ask(verb, value);
    return { answer, took: performance.now() - begun };
  };
  await ask("setState", { page: "attack", model: "mnist-cnn" });
  const times = [];
  for (let at = 0; at < attacks; at += 1) {
    await ask("setState", { input: `test:${(seed * attacks + at) % 100}`, seed });
    times.push((await timed("run", "attack")).took);
  }
  const recipe = { "train.engine": engine, "train.workers": 1, "train.seconds": "none", "train.epochs": 1, "train.images": images, "train.batch": batch };
  await ask("setState", { page: "train", "train.scored": 20, "train.eps": 0.3, ...recipe });
  const { model, curve } = (await timed("run", "train")).answer;
  const step = (1000 * curve.at(-1).seconds) / curve.at(-1).batch;
  await ask("setState", { page: "measure", "measure.models": "mnist-cnn", "measure.attacks": "pgd:steps:20", "measure.n": inputs });
  const evaluation = (await timed("run", "evaluate")).took;
  await ask("setState", { page: "train" });
  return { attack: times.sort((a, b) => a - b)[times.length >> 1], step, evaluation, model };
}
