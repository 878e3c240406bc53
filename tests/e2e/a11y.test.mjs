// WCAG 2.2 AA by axe-core in every state, and what axe cannot see: reflow, focus, targets, motion.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { story } from "./page.mjs";

const SHORT = "steps=10&engine=cpu";
const NARROW = { viewport: { width: 320, height: 640 } };

// Waits until both models have a verdict.
async function shown(visit) {
  await visit.verdict("natural", "Fooled");
  await visit.verdict("robust", "Held");
}

for (const [state, fragment, context] of [
  ["light", `${SHORT}&theme=light`, {}],
  ["dark", `${SHORT}&theme=dark`, {}],
  ["the system's dark", SHORT, { colorScheme: "dark" }],
  ["320 pixels wide", SHORT, NARROW],
  ["320 pixels wide, dark", `${SHORT}&theme=dark`, NARROW],
  ["embedded", `${SHORT}&embed=1`, { viewport: { width: 640, height: 800 } }],
  ["with controls hidden and locked", `${SHORT}&hide=gallery,seed&lock=eps,attack,input`, {}],
]) {
  story(`axe finds nothing: ${state}`, { context }, async ({ open }) => {
    const visit = await open(fragment);
    await shown(visit);
    await accessible(visit.page, state);
  });
}

for (const [state, fragment, context] of [
  ["light", "theme=light", {}],
  ["dark", "theme=dark", {}],
  ["320 pixels wide", "theme=dark", NARROW],
]) {
  story(`axe finds nothing: the Share dialog, ${state}`, { context }, async ({ open }) => {
    const visit = await open(`${SHORT}&${fragment}`);
    await shown(visit);
    await visit.page.getByRole("button", { name: "Share", exact: true }).click();
    await visit.page.getByText("Hide or lock controls").click();
    await visit.page.getByRole("heading", { name: "Embed" }).waitFor();
    await accessible(visit.page, state);
    const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels stick out`);
  });
}

story("axe finds nothing: engine panel, definitions and tables open, notes shown", {}, async ({ open }) => {
  const visit = await open(`${SHORT}&frobnicate=1`);
  await shown(visit);
  await visit.page.locator(".chip").click();
  await visit.page.getByRole("radiogroup", { name: "Engine", exact: true }).waitFor();
  await accessible(visit.page, "engine panel");
  await visit.page.keyboard.press("Escape");
  for (const table of await visit.page.locator("summary").all()) await table.click();
  await visit.page.getByRole("button", { name: "Epsilon", exact: true }).click();
  await visit.page.getByRole("note").first().waitFor();
  await accessible(visit.page, "definition and tables");
});

story("axe finds nothing: running, stopped, nothing drawn", {}, async ({ open }) => {
  const visit = await open("steps=1000&restarts=100&engine=cpu");
  await visit.heard("progress");
  await accessible(visit.page, "running");
  await visit.page.getByRole("button", { name: "Stop" }).click();
  await visit.page.getByText("Stopped. Change anything to go on.").waitFor();
  await accessible(visit.page, "stopped");
  await visit.ask("setState", SHORT);
  await shown(visit);
  await visit.page.getByRole("group", { name: "Drawing" }).getByRole("button", { name: "Clear" }).click();
  await visit.page.getByText("Draw a digit, and watch a neural network being fooled.").waitFor();
  await accessible(visit.page, "blank");
});

story("axe finds nothing: no engine could be started", { expects: [/404/, /engine-cpu/] }, async ({ open, context }) => {
  await context.route(/engine-cpu[^/]*\.js/, (route) => route.fulfill({ status: 404 }));
  const visit = await open("", { ready: false });
  await visit.note(/The engine could not be started/);
  await accessible(visit.page, "dead");
});

for (const width of [320, 375, 768, 1024, 1920]) {
  story(`nothing scrolls sideways at ${width} pixels`, { context: { viewport: { width, height: 800 } } }, async ({ open }) => {
    const visit = await open(SHORT);
    await shown(visit);
    const wide = await visit.page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
  });
}

story("what can be pressed is at least 24 pixels in both directions", { context: { ...NARROW, hasTouch: true } }, async ({ open }) => {
  const visit = await open(SHORT);
  await shown(visit);
  const small = await visit.page.evaluate(() => {
    const pressed = "button, select, summary, input:not([type=radio], [type=checkbox], [type=file], .hidden), label:has(input)";
    // Terms and links inside a sentence are WCAG's own exception.
    const inline = (element) => element.closest(".term, p, .card") && getComputedStyle(element).display.startsWith("inline");
    const all = [...document.querySelectorAll(pressed)].filter((element) => element.checkVisibility() && !inline(element));
    const size = (element) => element.getBoundingClientRect();
    const tooSmall = all.filter((element) => size(element).width < 23.9 || size(element).height < 23.9);
    return { count: all.length, names: tooSmall.map((element) => `${element.outerHTML.slice(0, 80)} ${size(element).width}x${size(element).height}`) };
  });
  assert.ok(small.count > 20);
  assert.deepEqual(small.names, []);
});

story("the focus can be seen wherever it goes", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await shown(visit);
  const blind = [];
  const seen = new Set();
  for (let presses = 0; presses < 150; presses += 1) {
    await visit.page.keyboard.press("Tab");
    const stop = await visit.page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return null;
      // The mark may be on what stands for the element: the label of a radio button, the frame of a canvas.
      const near = [element, element.nextElementSibling, element.parentElement].filter(Boolean).map((one) => getComputedStyle(one));
      const marked = near.some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none");
      const box = element.getBoundingClientRect();
      const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      return { at: [...document.querySelectorAll("*")].indexOf(element), name: element.outerHTML.slice(0, 90), fine: marked && inView };
    });
    if (!stop || seen.has(stop.at)) break;
    seen.add(stop.at);
    if (!stop.fine) blind.push(stop.name);
  }
  assert.ok(seen.size > 20, `${seen.size} stops`);
  assert.deepEqual(blind, []);
});

story("reduced motion: nothing moves by itself", { context: { reducedMotion: "reduce" } }, async ({ open }) => {
  const visit = await open(SHORT);
  await shown(visit);
  const moving = await visit.page.evaluate(() => {
    const long = (text) => text.split(",").some((time) => parseFloat(time) * (time.includes("ms") ? 1 : 1000) > 1);
    const moves = (style) => (style.animationName !== "none" && long(style.animationDuration)) || long(style.transitionDuration);
    return [...document.querySelectorAll("*")].filter((one) => moves(getComputedStyle(one))).map((one) => one.className);
  });
  assert.deepEqual(moving, []);
  assert.equal(await visit.page.evaluate(() => document.getAnimations().length), 0);
});

story("forced colours: verdicts and controls are still there", { context: { forcedColors: "active" } }, async ({ open }) => {
  const visit = await open(SHORT);
  await shown(visit);
  await visit.page.getByRole("slider", { name: /Epsilon/ }).press("Home");
  await visit.verdict("natural", "Held");
  await accessible(visit.page, "forced colours");
});
