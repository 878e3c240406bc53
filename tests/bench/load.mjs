// What a visitor waits for: bytes and time to the first adversarial picture, cold and warm, and how fast the page
// answers a moved slider. Driven by the host API, which a page that is nobody's frame also speaks to itself.

import { createServer, request } from "node:http";
import { median } from "./turns.mjs";

/** Epsilons before the count begins, and those that count. */
const MOVES = { full: [5, 60], smoke: [2, 4] };

/** First visits at most, and second ones. */
const VISITS = 5;

// What the page asks for at its first result, so that the counter knows when to look.
const MARK = "/first-result";

// Passes everything on to the site and counts what comes back, worker's files included.
async function counter(url) {
  const seen = [];
  let first;
  const server = createServer((asked, reply) => {
    if (asked.url === MARK) {
      first ??= seen.map((file) => ({ ...file }));
      reply.writeHead(204).end();
      return;
    }
    const options = { method: asked.method, headers: { ...asked.headers, host: new URL(url).host } };
    const passed = request(new URL(asked.url.slice(1), url), options, (answer) => {
      const file = { path: asked.url.split("?")[0], bytes: 0 };
      seen.push(file);
      reply.writeHead(answer.statusCode, answer.headers);
      answer.on("data", (part) => (file.bytes += part.length));
      answer.pipe(reply);
    });
    passed.on("error", () => reply.destroy());
    passed.end();
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}/`, first: () => first, close: () => server.close() };
}

// Before anything of the page runs: notes long tasks and the first result.
function watch(mark) {
  globalThis.bench = { long: [], first: null };
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) globalThis.bench.long.push([task.startTime, task.duration]);
  }).observe({ type: "longtask", buffered: true });
  addEventListener("message", ({ data }) => {
    if (data?.foolproof === 1 && data.event === "result" && data.value?.kind === "attack") {
      if (globalThis.bench.first === null) fetch(mark);
      globalThis.bench.first ??= performance.now();
    }
  });
}

const firstResult = async (page) => {
  await page.waitForFunction(() => globalThis.bench.first !== null, null, { timeout: 60_000 });
  return page.evaluate(() => globalThis.bench.first);
};

// Sets one epsilon after another and waits for each picture: milliseconds from the call to the frame after the result.
const moves = (page, keys, count) =>
  page.evaluate(
    async ([keys, count]) => {
      const once = (eps) =>
        new Promise((resolve, reject) => {
          const begin = performance.now();
          const listen = ({ data }) => {
            if (data?.foolproof !== 1) return;
            if (data.id === `bench-${eps}` && data.ok === false) reject(new Error(data.error.message));
            if (data.event !== "result" || Math.abs(data.value.attack.eps - eps) > 1e-6) return;
            removeEventListener("message", listen);
            requestAnimationFrame(() => resolve(performance.now() - begin));
          };
          addEventListener("message", listen);
          postMessage({ foolproof: 1, id: `bench-${eps}`, verb: "setState", value: { ...keys, eps: String(eps) } }, "*");
        });
      const times = [];
      globalThis.bench.long.length = 0;
      for (let at = 0; at < count; at += 1) times.push(await once(Number((0.05 + 0.004 * at).toFixed(3))));
      return { times, longest: Math.max(0, ...globalThis.bench.long.map(([, duration]) => duration)) };
    },
    [keys, count],
  );

const p95 = (values) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];
const kilobytes = (files) => `${(files.reduce((sum, file) => sum + file.bytes, 0) / 1000).toFixed(0)} kB`;

export async function load({ browser, place: { url }, size, rounds: most, out }) {
  const rounds = Math.min(most, VISITS);
  const site = await counter(url);
  const cold = [];
  const warm = [];
  // The GPU engine is fetched in the background; the figures are those of the engine that answers first.
  const address = `${site.url}#v=1&engine=cpu`;
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext();
    await context.addInitScript(watch, MARK);
    for (const times of [cold, warm]) {
      const page = await context.newPage();
      await page.goto(address);
      times.push(await firstResult(page));
      // A second visit is one after the page has put its files aside for use offline, which the first one begins.
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
      await page.close();
    }
    await context.close();
  }
  const first = site.first();
  out.head("\nFirst visit, CPU engine");
  out.row(`bytes before the first result   ${kilobytes(first)} in ${first.length} files`);
  out.row(`  of them the app               ${kilobytes(first.filter(({ path }) => /^\/(app-|$|boot|start|index|.*\.css)/.test(path)))}`);
  out.row(`cold load to first picture      ${median(cold).toFixed(0)} ms (median of ${rounds})`);
  out.row(`warm load to first picture      ${median(warm).toFixed(0)} ms`);

  const context = await browser.newContext();
  await context.addInitScript(watch, MARK);
  const page = await context.newPage();
  await page.goto(address);
  await firstResult(page);
  for (const [name, keys] of [
    ["PGD-40", { attack: "pgd", steps: "40", engine: "cpu" }],
    ["FGSM", { attack: "fgsm", engine: "cpu" }],
  ]) {
    const [before, count] = MOVES[size];
    await moves(page, keys, before);
    const { times, longest } = await moves(page, keys, count);
    const figures = `median ${median(times).toFixed(0)} ms, p95 ${p95(times).toFixed(0)} ms, longest main-thread task ${longest.toFixed(0)} ms`;
    out.row(`epsilon moved, ${name.padEnd(16)} ${figures}`);
  }
  await context.close();
  site.close();
}
