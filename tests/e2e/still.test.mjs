// The page keeps still while it works: no jump, no long task.

import assert from "node:assert/strict";
import { story } from "./page.mjs";

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

story("the track keeps its length whatever the number is, also while a new norm's radius is told", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu&eps=0.3");
  const slider = visit.page.getByRole("slider", { name: /Epsilon/ });
  await visit.verdict("natural", "Fooled");
  const { x, width } = await slider.boundingBox();
  for (const keys of ["eps=0.1234", "eps=0", "norm=l2&eps=12.34", "norm=l1&eps=123.4", "norm=linf&eps=0.3"]) {
    await visit.ask("setState", keys);
    const now = await slider.boundingBox();
    assert.deepEqual([now.x, now.width], [x, width], keys);
  }
  await visit.page.getByRole("radiogroup", { name: "Norm", exact: true }).getByRole("radio", { name: "L1" }).check();
  await visit.page.getByText(/is usual in L1; each norm keeps its own epsilon/).waitFor();
  assert.equal((await slider.boundingBox()).width, width);
  await slider.press("ArrowRight");
  assert.equal((await slider.boundingBox()).width, width);
});

story("noise says how much stronger it is shown, has a frame, and is shown as it is if asked", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu&eps=0.02");
  await visit.ask("getResult");
  const equation = visit.equation("natural");
  const noise = equation.getByRole("img", { name: /^Noise: / });
  const loudest = () => noise.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    // No change is white.
    return Math.max(...[...data].map((value, at) => (at % 4 === 3 ? 0 : Math.abs(250 - value))));
  });
  const strength = equation.getByRole("button", { name: "shown 50 times stronger" });
  const before = await loudest();
  await strength.click();
  await equation.getByRole("button", { name: "true strength" }).waitFor();
  assert.ok((await loudest()) < before / 5, "true noise is faint");
  const frame = await noise.evaluate((canvas) => getComputedStyle(canvas.parentElement).outlineStyle);
  assert.equal(frame, "solid");
});
