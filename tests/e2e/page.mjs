// What every browser test begins with: a browser, a page whose troubles are written down, and the host API.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { chromium } from "playwright-core";

/** Address of the pages under test, without a fragment. */
export const url = process.env.FOOLPROOF_URL;
/** Longest wait for anything one test waits for, in milliseconds. A busy machine is slow; a hang is a failure. */
export const PATIENCE = 30_000;
/** As PATIENCE, on WebGPU in software. */
export const GPU_PATIENCE = 280_000;

/** What Chromium is started with. */
export const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  `--disable-features=${[
    // Chromium keeps two popups ready for the address bar of every window: a quarter of all that the stories compute.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    // It takes the last such list alone, so this one has what Playwright's own has for this system.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
  ]}`,
];
// A service worker would answer what a test wants to break; offline.test.mjs is about it.
const PLAIN = { viewport: { width: 1280, height: 900 }, serviceWorkers: "block" };
const browsers = new Map();
/** Longest that browsers may take to end, in milliseconds. */
const ENDING = 20_000;

// One browser with WebGPU and one without, each started when it is first needed.
function browser(gpu) {
  if (!browsers.has(gpu)) {
    const args = gpu ? [...FLAGS, "--enable-unsafe-webgpu"] : FLAGS;
    browsers.set(gpu, chromium.launch({ executablePath: process.env.FOOLPROOF_CHROMIUM, args }));
  }
  return browsers.get(gpu);
}
after(async () => {
  const closed = Promise.all([...browsers.values()].map(async (started) => (await started).close()));
  // A browser that is gone already may never answer, and the file would never end.
  let timer;
  await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, ENDING)))]);
  clearTimeout(timer);
});

/**
 * One test in a browser context of its own. `options`: `gpu` for a browser with WebGPU, `context` for Playwright's
 * `newContext`, `expects` for the console errors that the story itself provokes; any other one fails it. `body` gets
 * the context and `open`, which is `Visit.open` in it.
 */
export function story(name, options, body) {
  const { gpu = false, context: settings = {}, expects = [] } = options;
  const timeout = gpu ? 2 * GPU_PATIENCE : 4 * PATIENCE;
  test(name, { timeout }, async () => {
    const context = await (await browser(gpu)).newContext({ ...PLAIN, ...settings });
    context.setDefaultTimeout(gpu ? GPU_PATIENCE : PATIENCE);
    const visits = [];
    const open = async (fragment, more) => {
      const visit = new Visit(await context.newPage());
      visits.push(visit);
      await visit.go(fragment, more);
      return visit;
    };
    try {
      await body({ context, open });
      const unexpected = visits.flatMap((visit) => visit.troubles).filter((text) => !expects.some((one) => one.test(text)));
      assert.deepEqual(unexpected, [], "the page threw or logged errors");
    } finally {
      // A request may still be under way in a route.
      await context.unrouteAll({ behavior: "ignoreErrors" });
      await context.close();
    }
  });
}

/** What the console says of a worker that a story killed. */
export const PANIC = [/asked to panic/, /unreachable/, /engine-cpu/];
/** Numbers of requests in the protocol (`crates/core/src/protocol.rs`), the first byte of each. */
export const EVALUATE = 7;
export const EXPLAIN = 10;

/** Has workers die over requests of this number, as many as `deaths` of the window says, which begins with none. */
export async function deadly(context, request) {
  await context.addInitScript((request) => {
    globalThis.deaths = 0;
    globalThis.Worker = class extends Worker {
      postMessage(data, transfer) {
        const kills = data[0] === request && deaths > 0;
        super.postMessage(data, transfer);
        if (kills) {
          deaths -= 1;
          super.postMessage(new Uint8Array([6]));
        }
      }
    };
  }, request);
}

/** An answer `ok: false` of the host API. */
export class Refused extends Error {
  constructor({ kind, message }) {
    super(message);
    this.kind = kind;
  }
}

/** A page that was opened, and its host's side. */
export class Visit {
  constructor(page) {
    this.page = page;
    this.troubles = [];
    page.on("pageerror", (error) => this.troubles.push(`uncaught: ${error.message ?? error}`));
    page.on("crash", () => this.troubles.push("the page crashed"));
    page.on("console", (message) => {
      if (message.type() === "error") this.troubles.push(`${message.text()} (${message.location().url})`);
    });
  }

  /** Opens the page at a fragment and, unless `ready` is false, waits for its first engine. */
  async go(fragment = "", { at = url, ready = true } = {}) {
    await this.page.addInitScript(listen);
    // The first visit also pays for the browser's own start.
    await this.page.goto(`${at}#${fragment}`, { timeout: 2 * PATIENCE });
    if (ready) await this.heard("ready");
  }

  /** The value of the first event of this name after the first `from` events of any name. */
  async heard(event, from = 0) {
    const found = ({ event, from }) => host.told.slice(from).some((one) => one.event === event);
    await this.page.waitForFunction(found, { event, from });
    const value = ({ event, from }) => host.told.slice(from).find((one) => one.event === event).value;
    return this.page.evaluate(value, { event, from });
  }

  /**
   * The first result of a drawing or an upload after the first `from` events. A result of the input before it may still
   * come between: an attack is told once more when a model beside it is loaded.
   */
  async heardDrawn(from) {
    const find = (from) => {
      const drawn = ({ event, value }) => event === "result" && value.fragment.includes("input=draw:");
      return host.told.slice(from).find(drawn)?.value;
    };
    return (await this.page.waitForFunction(find, from)).jsonValue();
  }

  /** How many events have been heard. */
  count() {
    return this.page.evaluate(() => host.told.length);
  }

  /** The whole answer to a request. */
  answer(verb, value) {
    return this.page.evaluate(({ verb, value }) => host.ask(verb, value), { verb, value });
  }

  /** The value that a request is answered with; throws `Refused`. */
  async ask(verb, value) {
    const answer = await this.answer(verb, value);
    if (!answer.ok) throw new Refused(answer.error);
    return answer.value;
  }

  /** The result of the attack after these keys are set. */
  async attacked(keys) {
    await this.ask("setState", keys);
    return this.ask("getResult");
  }

  /** The state's object. */
  async state() {
    return (await this.ask("getState")).state;
  }

  /** The equation of one model: `natural` or `robust`. */
  equation(kind) {
    return this.page.getByRole("article", { name: new RegExp(kind, "i") });
  }

  /** Waits until the equation of one model has this verdict. */
  verdict(kind, word) {
    return this.equation(kind).getByText(word, { exact: true }).waitFor();
  }

  /** Waits for a sentence in the notes. */
  note(text) {
    return this.page.getByRole("status").getByText(text).first().waitFor();
  }

  /** The drawing pad. */
  get pad() {
    return this.page.getByRole("application", { name: /Drawing pad/ });
  }

  /** Draws a line through these points with the mouse, given in shares of the pad's side. */
  async draw(points) {
    // Playwright hovers over what has come to rest: a note that comes in above would move the pad from under the pen.
    await this.pad.hover();
    const box = await this.pad.boundingBox();
    const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
    await this.page.mouse.move(...at(points[0]));
    await this.page.mouse.down();
    for (const point of points.slice(1)) await this.page.mouse.move(...at(point), { steps: 4 });
    await this.page.mouse.up();
  }
}

/** A three, in shares of the pad's side. */
export const THREE = [
  [0.3, 0.24], [0.42, 0.17], [0.58, 0.17], [0.68, 0.27], [0.63, 0.4], [0.48, 0.48], [0.64, 0.55], [0.7, 0.68],
  [0.6, 0.8], [0.44, 0.83], [0.3, 0.76],
];

/** Runs in the page before the app: keeps what the host is told, and asks. */
export function listen() {
  const told = [];
  const waiting = new Map();
  let last = 0;
  addEventListener("message", ({ data }) => {
    if (data?.foolproof !== 1) return;
    if ("event" in data) told.push({ ...data, at: performance.now() });
    else if ("ok" in data) waiting.get(data.id)?.(data);
  });
  const ask = (verb, value) => {
    const id = (last += 1);
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    postMessage({ foolproof: 1, id, verb, value }, "*");
    return answer;
  };
  globalThis.host = { told, ask };
}

/** The floats behind a result's base64. */
export function floats(base64) {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new Float32Array(bytes.buffer);
}
