// `cargo xtask bench`: figures of the built pages, and the same work done by TF.js beside them.
//
// Everything happens in one headless Chromium. Both sides run the shipped network on the same inputs, by turns, so that
// a slow moment of the machine hits both; what is shown are medians and their ratio. WebGPU runs on a software adapter
// here, whose speed says nothing, so only its calls are counted.
//
// Options: --rounds N (default 9), --only race|gpu|load|measure|soak|memory|harden, --seconds N (default 600) for memory,
// --preset minute|ten and --data mnist|fashion for harden. The last four take minutes, and run only if they are named.

import { chromium } from "playwright-core";
import { parseArgs } from "node:util";
import { count } from "./gpu.mjs";
import { harden } from "./harden.mjs";
import { load } from "./load.mjs";
import { measure, soak } from "./measure.mjs";
import { memory } from "./memory.mjs";
import { race } from "./race.mjs";

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
const PARTS = { race, gpu: count, load, measure, soak, memory, harden };
/** What takes minutes. */
const LONG = ["measure", "soak", "memory", "harden"];

function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start the benchmark with \`cargo xtask bench\``);
  return value;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    only: { type: "string" },
    seconds: { type: "string", default: "600" },
    preset: { type: "string", default: "minute" },
    data: { type: "string", default: "mnist" },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds} is not a whole number from 1 on`);
if (values.only && !(values.only in PARTS)) throw new Error(`--only ${values.only} is none of ${Object.keys(PARTS).join(", ")}`);

const place = { url: variable("FOOLPROOF_URL"), modules: variable("FOOLPROOF_MODULES") };
const browser = await chromium.launch({ executablePath: variable("FOOLPROOF_CHROMIUM"), args: FLAGS });
try {
  console.log(`Chromium ${browser.version()}, ${rounds} rounds`);
  for (const [name, part] of Object.entries(PARTS)) {
    const wanted = values.only ? values.only === name : !LONG.includes(name);
    if (wanted) await part(browser, place, rounds, Number(values.seconds), values);
  }
} finally {
  await browser.close();
}
