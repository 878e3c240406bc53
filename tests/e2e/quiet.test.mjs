// The page keeps to itself and keeps still: no request after its files are there, no jump, no long task.

import assert from "node:assert/strict";
import { story, THREE, url } from "./page.mjs";

// The last test shard is the last file that is asked for.
const LAST_FILE = /test-08000-labels/;

story("after its files are there no request leaves the page", {}, async ({ open, context }) => {
  const requests = [];
  context.on("request", (request) => {
    // The browser asks for the page's icon by itself, when it likes.
    if (!request.url().endsWith(".svg")) requests.push(`${request.method()} ${request.url()}`);
  });
  const last = context.waitForEvent("requestfinished", (request) => LAST_FILE.test(request.url()));
  const visit = await open("steps=10&engine=cpu");
  await visit.ask("getResult");
  await last;
  const origin = new URL(url).origin;
  const elsewhere = requests.filter((request) => !request.startsWith(`GET ${origin}/`));
  assert.deepEqual(elsewhere, [], "everything comes from the page's own server, and nothing is sent");
  assert.ok(requests.every((request) => !request.includes("draw:") && !request.includes("draw%3A")));

  const before = requests.length;
  await visit.draw(THREE);
  await visit.attacked({ attack: "fgsm" });
  await visit.attacked({ attack: "pgd", norm: "l2", eps: 2 });
  await visit.attacked({ input: "test:9999", norm: "linf", eps: 0.1 });
  await visit.page.getByRole("button", { name: "Another one" }).click();
  await visit.page.getByRole("button", { name: /Colours/ }).click();
  await visit.page.getByRole("button", { name: "Copy link" }).click();
  await visit.attacked({ input: "test:5000" });
  assert.deepEqual(requests.slice(before), []);
});

// Everything that a visitor may do once, by hand or as a host.
async function useAll(visit) {
  const { page } = visit;
  const button = (name) => page.getByRole("button", { name, exact: true });
  const download = (name) => Promise.all([page.waitForEvent("download"), button(name).click()]);
  const explain = page.getByText("Explain: attributions, step by step, decision map");
  await visit.ask("setState", "page=attack&attack=pgd&steps=10&eps=0.2");
  await visit.draw(THREE);
  await visit.ask("getResult");
  await visit.ask("exportModel");
  await explain.click();
  await page.getByRole("img", { name: /^Gradient for class \d on the clean input/ }).waitFor();
  await explain.click();
  await button("Share").click();
  await download("Save picture (PNG)");
  await download("Save pixels (CSV)");
  await download("Save session");
  await page.keyboard.press("Escape");
  await visit.ask("setState", "page=train&train.seconds=none&train.images=500&train.batch=50&train.epochs=1&train.eps=0.1&train.workers=1&train.scored=40");
  const { model } = await visit.ask("run", "train");
  await download("Save model");
  await button(`Delete ${model.slice(5)}`).click();
  await visit.ask("setState", "page=measure&model=mnist-cnn&measure.models=mnist-cnn&measure.attacks=fgsm&measure.n=10&measure.audit=0");
  await visit.ask("run", "evaluate");
  await download("Save JSON");
  await download("Save CSV");
  await visit.ask("setState", "page=learn&lesson=none");
  await page.getByRole("link", { name: /^(Begin|Go on|Do it again): / }).first().waitFor();
}

story("nothing of the visitor's leaves in any use, and a second use asks for no file that the first did not", {}, async ({ open, context }) => {
  const requests = [];
  context.on("request", (request) => {
    // What a visitor saves is made in the page, and has an address there. The browser asks for the icon when it likes.
    if (!/^(blob|data):|\.svg$/.test(request.url())) requests.push(request);
  });
  const visit = await open("engine=cpu");
  await visit.page.getByText("Nothing you draw or upload leaves this browser.").waitFor();
  await visit.ask("getResult");
  await useAll(visit);
  const known = new Set(requests.map((request) => request.url()));
  const { origin, pathname } = new URL(url);
  for (const request of requests) {
    const { origin: at, pathname: path, search } = new URL(request.url());
    assert.deepEqual([request.method(), request.postData(), at], ["GET", null, origin], request.url());
    // The page's own files by their names, and the id of its build: no room for anything else.
    assert.match(search, /^(\?build=[\w-]+)?$/, request.url());
    assert.ok(path.startsWith(pathname) && /^[\w./-]{1,80}$/.test(path), request.url());
  }
  console.log(`${known.size} files asked for in all uses, ${requests.length} times`);
  await useAll(visit);
  assert.deepEqual(requests.map((request) => request.url()).filter((address) => !known.has(address)), []);
});

// Runs in the page: adds up layout shifts and keeps long tasks.
function watch() {
  globalThis.seen = { shift: 0, tasks: [] };
  const each = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  each("layout-shift", (entry) => {
    if (!entry.hadRecentInput) seen.shift += entry.value;
  });
  each("longtask", (entry) => seen.tasks.push({ start: entry.startTime, millis: Math.round(entry.duration) }));
}

for (const [what, viewport] of [["wide", { width: 1280, height: 900 }], ["narrow", { width: 375, height: 700 }]]) {
  story(`nothing jumps while the page loads, ${what}`, { context: { viewport } }, async ({ open, context }) => {
    await context.addInitScript(watch);
    const visit = await open("steps=10&engine=cpu");
    await visit.verdict("natural", "Fooled");
    await visit.verdict("robust", "Held");
    // The marks on the slider come last.
    await visit.page.getByRole("img", { name: /Natural CNN first falls at/ }).waitFor();
    const { shift } = await visit.page.evaluate(() => seen);
    console.log(`layout shift, ${what}: ${shift.toFixed(4)}`);
    assert.ok(shift < 0.02, String(shift));
  });
}

story("the page answers while epsilon is dragged and attacks run", {}, async ({ open, context }) => {
  await context.addInitScript(watch);
  const visit = await open("steps=40&engine=cpu");
  await visit.verdict("natural", "Fooled");
  await visit.page.getByRole("img", { name: /Natural CNN first falls at/ }).waitFor();
  const slider = visit.page.getByRole("slider", { name: /Epsilon/ });
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  const from = await visit.count();
  const start = await visit.page.evaluate(() => performance.now());
  await visit.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await visit.page.mouse.down();
  for (const share of [0.9, 0.1, 0.7, 0.3]) {
    const before = await visit.count();
    await visit.page.mouse.move(box.x + share * box.width, box.y + box.height / 2, { steps: 25 });
    await visit.heard("result", before);
  }
  await visit.page.mouse.up();
  await visit.ask("getResult");
  const { tasks } = await visit.page.evaluate(() => seen);
  const during = tasks.filter((task) => task.start > start).map((task) => task.millis);
  const results = await visit.page.evaluate((from) => host.told.slice(from).filter((one) => one.event === "result").length, from);
  console.log(`tasks over 50 ms while dragging: ${during.length ? during.join(", ") : "none"}; ${results} results`);
  assert.ok(results >= 4, `${results} results while dragging`);
  assert.ok(Math.max(0, ...during) < 200, "a busy machine makes a task longer, but not this long");
});
