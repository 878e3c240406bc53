// `cargo xtask bench`: figures of the built pages, and the same work done by TF.js and jax-js beside them, and by PyTorch
// where `import torch` works (FOOLPROOF_PYTHON names another Python).
//
// Everything but PyTorch happens in one headless Chromium. All sides run the shipped network on the same inputs, by turns,
// so that a slow moment of the machine hits all; what is shown are medians and their ratio. WebGPU may run on a software
// adapter, whose speed says little: its calls are counted too.
//
// Options: --rounds N (default 9, three where they take long), --only race|train|gpu|load|measure|soak|memory|harden,
// --seconds N for memory (default 600) and soak (1800 for each engine),
// --preset minute|ten and --data mnist|fashion for harden. The last four take minutes, and run only if they are named.
// With --smoke every part runs, once and at its smallest, and must print all its rows: `cargo xtask test` asks for that.

import { chromium } from "playwright-core";
import { parseArgs } from "node:util";
import { count } from "./gpu.mjs";
import { harden } from "./harden.mjs";
import { load } from "./load.mjs";
import { measure } from "./measure.mjs";
import { memory } from "./memory.mjs";
import { race } from "./race.mjs";
import { Rows } from "./rows.mjs";
import { soak } from "./soak.mjs";
import { train } from "./train.mjs";

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--enable-unsafe-webgpu",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];
/** Each part, the least rows that it prints, and whether it takes minutes. */
const PARTS = {
  race: { run: race, rows: 16 },
  train: { run: train, rows: 2 },
  gpu: { run: count, rows: 6 },
  load: { run: load, rows: 6 },
  measure: { run: measure, rows: 13, long: true },
  soak: { run: soak, rows: 6, long: true },
  memory: { run: memory, rows: 5, long: true },
  harden: { run: harden, rows: 3, long: true },
};

function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start the benchmark with \`cargo xtask bench\``);
  return value;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string" },
    only: { type: "string" },
    seconds: { type: "string" },
    preset: { type: "string", default: "minute" },
    data: { type: "string", default: "mnist" },
    smoke: { type: "boolean", default: false },
  },
});
const { smoke, only, preset, data } = values;
const [rounds, seconds] = [Number(values.rounds ?? (smoke ? 1 : 9)), Number(values.seconds ?? (smoke ? 5 : only === "soak" ? 1800 : 600))];
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds} is not a whole number from 1 on`);
if (!Number.isInteger(seconds) || seconds < 1) throw new Error(`--seconds ${values.seconds} is not a whole number from 1 on`);
if (only && !(only in PARTS)) throw new Error(`--only ${only} is none of ${Object.keys(PARTS).join(", ")}`);

const place = { url: variable("FOOLPROOF_URL"), modules: variable("FOOLPROOF_MODULES"), wire: variable("FOOLPROOF_WIRE") };
const wanted = Object.entries(PARTS).filter(([name, { long }]) => (only ? only === name : smoke || !long));
const browser = await chromium.launch({ executablePath: variable("FOOLPROOF_CHROMIUM"), args: FLAGS });
try {
  console.log(`Chromium ${browser.version()}, ${rounds} rounds`);
  for (const [name, part] of wanted) {
    const [out, begin] = [new Rows(), performance.now()];
    await part.run({ browser, place, size: smoke ? "smoke" : "full", rounds, seconds, preset, data, out });
    if (out.count < part.rows) throw new Error(`${name} printed ${out.count} rows of at least ${part.rows}`);
    const took = `${out.count} rows in ${((performance.now() - begin) / 1000).toFixed(1)} s`;
    console.log(smoke ? `bench ${name} passed: ${took}` : `${name}: ${took}`);
  }
} finally {
  await browser.close();
}
