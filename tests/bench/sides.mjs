// The sides in their own pages of one browser: our engine's worker, TF.js, and jax-js.

import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const here = (name) => new URL(`page/${name}`, import.meta.url);
const text = (name) => readFile(here(name), "utf8");
// The core alone, as a script, knows no gradients.
const CORE = "@tensorflow/tfjs/dist/tf.min.js";
const BACKEND = (name) => `@tensorflow/tfjs-backend-${name}/dist/tf-backend-${name}.min.js`;
const WASM = "@tensorflow/tfjs-backend-wasm/dist/";
const JAX = "@jax-js/jax/dist/index.js";
const KINDS = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

// An empty page at the address's own origin, with nothing of the site's own policy.
async function emptyPage(browser, url, scripts) {
  const context = await browser.newContext();
  for (const [name, content] of Object.entries({ "bench.html": "<!DOCTYPE html><title>bench</title>", ...scripts })) {
    const contentType = KINDS[extname(name)];
    await context.route(new URL(name, url).href, (route) => route.fulfill({ body: content, contentType }));
  }
  const page = await context.newPage();
  await page.goto(new URL("bench.html", url).href);
  return page;
}

/** Our engine `kind` (cpu or gpu) with the network loaded. Its WebGPU calls are counted.
 * `wire` is the folder of the program that speaks the protocol. */
export async function ours(browser, url, wire, kind, { id, architecture, weights }) {
  const page = await emptyPage(browser, url, {
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
    name: "ours",
    attack: (inputs, { attack }) =>
      page.evaluate(([id, inputs, attack]) => globalThis.ours.attack(id, inputs, attack), [id, inputs, attack]),
    keep: (inputs) => page.evaluate((inputs) => globalThis.ours.keep(inputs), inputs),
    first: (recipe) => page.evaluate((given) => globalThis.ours.first(...given), [architecture, recipe]),
    train: ({ recipe }, steps) => page.evaluate((given) => globalThis.ours.train(...given), [architecture, recipe, steps]),
    counts: () => page.evaluate(() => globalThis.ours.counts()),
    close: () => page.context().close(),
  };
}

/** The others in the browser, on `backend` (wasm or webgpu), with the network loaded. Their WebGPU calls are counted. */
export const rivals = { "TF.js": tfjs, "jax-js": jaxjs };

async function tfjs(browser, modules, backend, things) {
  const page = await rivalPage(browser, modules, "tf.js");
  for (const file of [CORE, BACKEND(backend)]) await page.addScriptTag({ url: new URL(file, modules).href });
  return rival("TF.js", page, "tf.js", [backend, new URL(WASM, modules).href], things);
}

async function jaxjs(browser, modules, backend, things) {
  const page = await rivalPage(browser, modules, "jax.js");
  return rival("jax-js", page, "jax.js", [backend, new URL(JAX, modules).href], things);
}

async function rivalPage(browser, modules, script) {
  const page = await emptyPage(browser, modules, { [script]: await text(script), "network.js": await text("network.js") });
  await page.addScriptTag({ path: here("count.js").pathname });
  return page;
}

// A library's page as a side; its script has the functions `load`, `attack`, `keep` and `train`.
async function rival(name, page, script, where, { architecture, weights }) {
  await page.evaluate(
    async ([script, where, architecture, weights]) => {
      globalThis.rival = await import(`./${script}`);
      await globalThis.rival.load(...where, architecture, Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)));
    },
    [script, where, architecture, weights],
  );
  const ask = (verb, ...given) => page.evaluate(([verb, given]) => globalThis.rival[verb](...given), [verb, given]);
  return {
    name,
    attack: (inputs, { plain }) => ask("attack", inputs, plain),
    keep: (inputs, weights) => ask("keep", inputs, weights),
    train: ({ plain, recipe }, steps) => ask("train", plain, recipe, steps),
    counts: () => page.evaluate(() => ({ ...globalThis.foolproofCounts })),
    close: () => page.context().close(),
  };
}

/** The peak of one core in a page of its own, in operations a second. */
export async function peak(browser, url, runs, millis) {
  const page = await emptyPage(browser, url, { "peak.js": await text("peak.js") });
  const found = await page.evaluate(async (given) => (await import("./peak.js")).peak(...given), [runs, millis]);
  await page.context().close();
  return found;
}
