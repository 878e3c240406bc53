// What an evaluation costs in a tab: AutoAttack on the robust model, by number of inputs and of workers, through the
// host API.
//
// Workers are the engine's own; their WebAssembly memories are read through a few lines put before their loader. What
// else runs on the machine shows as processor time: as many seconds a second as there are workers, on a quiet one. A task
// of the page that had to wait for the processor is not a long one, so tasks are also told by what they took of it.

import { readFile } from "node:fs/promises";
import { host } from "./host.mjs";

const ROBUST = "mnist-cnn-robust";
const LINK = "v=1&page=measure&engine=cpu&data=mnist&norm=linf&eps=0.3&seed=1&measure.radius=0&measure.audit=0";
/** Shares of the work at which the estimate is held against what came. */
const MARKS = [0.1, 0.25, 0.5, 0.75, 0.9];
/** Inputs of the evaluations, and the attack as the link writes it. */
const SIZES = {
  full: { inputs: [25, 50, 100], attack: "autoattack:steps:100" },
  smoke: { inputs: [1, 2, 3], attack: "autoattack:steps:2:queries:10:targets:1" },
};
/** Longest that a page may take until it can be used, milliseconds: a GPU in software is slow. */
const PATIENCE = 120_000;
const MEGA = 1 << 20;

// Keeps the memories of the WebAssembly that is started after it.
function keepMemories() {
  const kept = (globalThis.foolproofMemories = []);
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const own = WebAssembly[name].bind(WebAssembly);
    WebAssembly[name] = async (...given) => {
      const made = await own(...given);
      const memory = (made.instance ?? made).exports.memory;
      if (memory) kept.push(memory);
      return made;
    };
  }
}

// Notes tasks over 50 ms and what the page says of its progress.
function watch() {
  const seen = (globalThis.seen = { long: [], progress: [] });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.long.push(entry.duration);
  }).observe({ type: "longtask" });
  addEventListener("message", ({ data }) => {
    if (data?.foolproof === 1 && data.event === "progress") seen.progress.push({ at: performance.now(), ...data.value });
  });
}

/** The page at this link, with what the others here ask of it, once it shows this button; `first` are scripts that run in it
 * before the app. */
export async function open(browser, url, link, button, first = []) {
  const context = await browser.newContext();
  await context.addInitScript(keepMemories);
  await context.addInitScript(host);
  await context.addInitScript(watch);
  for (const script of first) await context.addInitScript(script);
  await context.route(/engine-[cg]pu_loader\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `(${keepMemories})();\n${await response.text()}` });
  });
  const page = await context.newPage();
  await page.goto(`${url}#${link}`);
  await page.getByRole("button", { name: button }).waitFor({ timeout: PATIENCE });
  return { page, context, tools: await context.newCDPSession(page), whole: await browser.newBrowserCDPSession() };
}

// One evaluation, from the request to the report.
async function evaluate({ page, whole }, keys) {
  const before = await processor(whole);
  const ran = await page.evaluate(async (keys) => {
    await ask("setState", keys);
    seen.long.length = seen.progress.length = 0;
    const begun = performance.now();
    const report = await ask("run", "evaluate");
    const millis = performance.now() - begun;
    const progress = seen.progress.map(({ at, ...told }) => ({ ...told, at: at - begun }));
    return { millis, progress, long: [...seen.long], worst: report.models.map((model) => model.worst), n: report.n };
  }, keys);
  return { ...ran, processor: ((await processor(whole)) - before) / (ran.millis / 1000) };
}

// What the main threads' tasks took of the processor while `run` ran, in milliseconds.
async function traced({ page, context }, run) {
  const browser = context.browser();
  await browser.startTracing(page, { categories: ["devtools.timeline", "toplevel"] });
  const ran = await run();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const mains = new Set(
    traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => tdur > 0 && /RunTask$/.test(name) && mains.has(`${pid} ${tid}`));
  return { ...ran, busy: tasks.map(({ tdur }) => tdur / 1000) };
}

// Seconds of processor time of all renderers.
async function processor(whole) {
  const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

// The course of the estimate: at each mark, what it said over what it still took.
function course({ progress, millis }) {
  const told = progress.filter(({ etaMillis, total }) => etaMillis !== null && total > 0);
  const at = (mark) => told.find(({ at: passed }) => passed >= mark * millis);
  const ratio = (one) => (one.etaMillis / Math.max(1, millis - one.at)).toFixed(2);
  return MARKS.map((mark) => [mark, at(mark)])
    .filter(([, one]) => one)
    .map(([mark, one]) => `${mark * 100} %: ${ratio(one)}`)
    .join(", ");
}

/** Milliseconds in words. */
export const seconds = (millis) => `${(millis / 1000).toFixed(0)} s`;

/** What the page, its workers and its process hold, MiB. */
export async function memory({ page, tools, whole }) {
  await tools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await tools.send("Runtime.getHeapUsage");
  const bytes = () => globalThis.foolproofMemories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  const own = await page.evaluate(bytes);
  // A worker may end while it is asked.
  const each = await Promise.all(page.workers().map((worker) => worker.evaluate(bytes).catch(() => 0)));
  const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
  const resident = await Promise.all(processInfo.filter(({ type }) => type === "renderer").map(({ id }) => residentOf(id)));
  const mega = (bytes) => bytes / MEGA;
  return {
    heap: mega(usedSize),
    page: mega(own),
    workers: mega(each.reduce((sum, bytes) => sum + bytes, 0)),
    resident: mega(resident.reduce((sum, bytes) => sum + bytes, 0)),
  };
}

// Resident bytes of a process, where the system tells.
async function residentOf(id) {
  const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
  return Number(status.match(/VmRSS:\s+(\d+)/)?.[1] ?? 0) * 1024;
}

/** The same in words. */
export const figures = (found) => ["heap", "page", "workers", "resident"].map((key) => `${key} ${found[key].toFixed(0)}`).join(", ");

export async function measure({ browser, place: { url }, size, out }) {
  const { inputs, attack } = SIZES[size];
  const [few, some, many] = inputs;
  out.head(`\nAutoAttack (${attack}) on ${ROBUST}, L-infinity 0.3, in a tab`);
  const times = new Map();
  for (const [n, workers] of [
    [few, 2],
    [some, 2],
    [many, 2],
    [some, 1],
  ]) {
    times.set(`${n} ${workers}`, await one(await open(browser, url, LINK, /^Run the evaluation$/), n, workers, attack, out));
  }
  const ratio = (a, b) => (times.get(a) / times.get(b)).toFixed(2);
  const growth = `n = ${some} to ${few}: ${ratio(`${some} 2`, `${few} 2`)}, ${many} to ${some}: ${ratio(`${many} 2`, `${some} 2`)}`;
  out.row(`${growth}; one worker to two: ${ratio(`${some} 1`, `${some} 2`)}`);
}

// One evaluation in a tab of its own, which is closed then; its milliseconds.
async function one(visit, n, workers, attack, out) {
  let most = 0;
  const sampler = setInterval(async () => {
    const { workers } = await memory(visit).catch(() => ({ workers: 0 }));
    most = Math.max(most, workers);
  }, 5000);
  const keys = { "measure.models": ROBUST, "measure.attacks": attack, "measure.n": n, "measure.workers": workers };
  const ran = await traced(visit, () => evaluate(visit, keys));
  clearInterval(sampler);
  const [{ value, low, high }] = ran.worst;
  const interval = [low, value, high].map((share) => (100 * share).toFixed(1));
  out.row(`n = ${n}, workers ${workers}: ${seconds(ran.millis)}, ${interval[1]} % [${interval[0]}, ${interval[2]}]`);
  out.head(`  estimate over what it took, after ${course(ran) || "nothing: it was over before there was one"}`);
  const own = ran.busy.filter((millis) => millis > 50).length;
  const tasks = `tasks over 50 ms: ${ran.long.length}, longest ${longest(ran.long)} ms; of the processor's time ${own} of ${ran.busy.length}, longest ${longest(ran.busy)} ms`;
  out.row(`  ${tasks}; reports of progress: ${ran.progress.length}`);
  out.row(`  processor ${ran.processor.toFixed(2)} s a second; MiB at most in workers ${most.toFixed(0)}; at the end ${figures(await memory(visit))}`);
  await visit.context.close();
  return ran.millis;
}

/** The longest of these, in words. */
export const longest = (tasks) => tasks.reduce((a, b) => Math.max(a, b), 0).toFixed(0);
