// The two sides in their own pages of one browser: our engine's worker, and TF.js.

import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { gunzipSync } from "node:zlib";

const here = (name) => new URL(`page/${name}`, import.meta.url);
// The core alone, as a script, knows no gradients.
const CORE = "@tensorflow/tfjs/dist/tf.min.js";
const BACKEND = (name) => `@tensorflow/tfjs-backend-${name}/dist/tf-backend-${name}.min.js`;
const KINDS = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

// The shipped natural network with its weights, and the first `count` test inputs.
export async function material(url, count) {
  const manifest = JSON.parse(await bytes(new URL("manifest.json", url)));
  const data = manifest.datasets.find((dataset) => dataset.id === "mnist");
  const model = manifest.models.find((model) => model.id === data.natural);
  const weights = await bytes(new URL(model.weights.path, url));
  const [channel, row, column] = data.shape;
  const size = channel * row * column;
  const images = [];
  const labels = [];
  for (const shard of data.test) {
    if (labels.length >= count) break;
    images.push(gunzipSync(await bytes(new URL(shard.images.path, url))).subarray(16));
    labels.push(...gunzipSync(await bytes(new URL(shard.labels.path, url))).subarray(8));
  }
  const pixels = Array.from(Buffer.concat(images).subarray(0, count * size), (byte) => byte / 255);
  const inputs = (batch) => ({
    shape: [batch, channel, row, column],
    pixels: pixels.slice(0, batch * size),
    labels: labels.slice(0, batch),
  });
  return { id: model.id, architecture: model.architecture, weights: weights.toString("base64"), inputs };
}

// An empty page at the address's own origin, with nothing of the site's own policy.
async function emptyPage(browser, url, scripts) {
  const context = await browser.newContext();
  for (const [name, content] of Object.entries(scripts)) {
    const contentType = KINDS[extname(name)];
    await context.route(new URL(name, url).href, (route) => route.fulfill({ body: content, contentType }));
  }
  const page = await context.newPage();
  await page.goto(new URL("bench.html", url).href);
  return page;
}

// Our engine `kind` (cpu or gpu) with the network loaded. Its WebGPU calls are counted.
// `wire` is the folder of the program that speaks the protocol.
export async function ours(browser, url, wire, kind, { id, architecture, weights }) {
  const text = (name) => readFile(here(name), "utf8");
  const page = await emptyPage(browser, url, {
    "bench.html": "<!DOCTYPE html><title>ours</title>",
    "ours.js": await text("ours.js"),
    "wire.js": await readFile(join(wire, "wire.js"), "utf8"),
    "wire_bg.wasm": await readFile(join(wire, "wire_bg.wasm")),
    "counted.js": `${await text("count.js")}\nawait import("./engine-${kind}_loader.js");`,
  });
  await page.evaluate(
    async ({ id, architecture, weights }) => {
      globalThis.ours = await import("./ours.js");
      await globalThis.ours.start("./counted.js");
      await globalThis.ours.load(id, architecture, Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)));
    },
    { id, architecture, weights },
  );
  return {
    attack: (inputs, { attack }) =>
      page.evaluate(([id, inputs, attack]) => globalThis.ours.attack(id, inputs, attack), [id, inputs, attack]),
    keep: (inputs) => page.evaluate((inputs) => globalThis.ours.keep(inputs), inputs),
    train: (recipe, steps) =>
      page.evaluate(([network, recipe, steps]) => globalThis.ours.train(network, recipe, steps), [architecture, recipe, steps]),
    counts: () => page.evaluate(() => globalThis.ours.counts()),
    close: () => page.context().close(),
  };
}

// TF.js on `backend` (wasm or webgpu) with the network loaded. Its WebGPU calls are counted.
export async function theirs(browser, modules, backend, { architecture, weights }) {
  const page = await emptyPage(browser, modules, { "bench.html": "<!DOCTYPE html><title>theirs</title>" });
  await page.addScriptTag({ path: here("count.js").pathname });
  for (const file of [CORE, BACKEND(backend)]) await page.addScriptTag({ url: new URL(file, modules).href });
  await page.addScriptTag({ path: here("theirs.js").pathname });
  const wasm = new URL("@tensorflow/tfjs-backend-wasm/dist/", modules).href;
  await page.evaluate(
    ([backend, wasm, architecture, weights]) =>
      globalThis.theirs.load(backend, wasm, architecture, Uint8Array.from(atob(weights), (c) => c.charCodeAt(0))),
    [backend, wasm, architecture, weights],
  );
  return {
    attack: (inputs, { plain }) => page.evaluate(([inputs, plain]) => globalThis.theirs.attack(inputs, plain), [inputs, plain]),
    counts: () => page.evaluate(() => ({ ...globalThis.foolproofCounts })),
    close: () => page.context().close(),
  };
}

// The same attack for both sides: L-infinity, radius .3.
export function job(name, steps) {
  const step = steps === 1 ? 0.3 : 0.01;
  const plain = { eps: 0.3, steps, step, random: steps > 1 };
  if (steps === 0) return { name, attack: { id: "none", norm: "linf", eps: 0, knobs: {} }, plain };
  if (steps === 1) return { name, attack: { id: "fgsm", norm: "linf", eps: 0.3, knobs: {} }, plain };
  return { name, attack: { id: "pgd", norm: "linf", eps: 0.3, knobs: { steps, step, restarts: 1 } }, plain };
}

// A recipe of training against the same radius: the preset of a minute, with its single steps, or PGD's.
export function recipe(method, knobs, batch) {
  const ball = { norm: "linf", eps: 0.3, limits: [], ramp: 0, ratio: 1 };
  const step = { optimizer: "adam", memory: 0.98, rate: 0.004, schedule: "constant", warm: 0, decay: 0, clip: 0 };
  const rest = { average: 0.99, smooth: 0.1, augment: [{ shift: 1 }], sources: [], seed: 1 };
  return { method, knobs, batch, ...ball, ...step, ...rest };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
