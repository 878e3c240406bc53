// The same visit by keyboard alone: nothing here touches a pointer.

import assert from "node:assert/strict";
import { story } from "./page.mjs";

// Presses Tab until the focus is on what `where` finds, and fails after a whole round.
async function tabTo(visit, where) {
  for (let presses = 0; presses < 120; presses += 1) {
    await visit.page.keyboard.press("Tab");
    if (await where.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail("Tab does not lead there");
}

async function press(visit, key, times = 1) {
  for (let time = 0; time < times; time += 1) await visit.page.keyboard.press(key);
}

story("a digit is drawn, taken back, attacked and saved by keyboard alone", {}, async ({ open }) => {
  const visit = await open("steps=10&engine=cpu");
  const { page } = visit;
  await visit.verdict("natural", "Fooled");
  await tabTo(visit, visit.pad);
  await press(visit, "ArrowUp", 9);
  await page.keyboard.down(" ");
  await press(visit, "ArrowDown", 18);
  await page.keyboard.up(" ");
  const one = await visit.ask("getResult");
  assert.equal(one.clean.label, 1, "a vertical stroke is a one");
  // With the pen up, an arrow only moves it.
  await press(visit, "ArrowLeft", 3);
  assert.equal((await visit.ask("getState")).fragment, one.fragment);

  await page.keyboard.press("Escape");
  const tools = page.getByRole("group", { name: "Drawing" });
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  assert.equal(await focused(), "Undo", "Escape hands the focus on");
  await page.keyboard.press("Enter");
  assert.equal((await visit.state()).input, "test:0");
  const redo = tools.getByRole("button", { name: "Redo" });
  await redo.and(page.locator(":enabled")).waitFor();
  await tabTo(visit, redo);
  await page.keyboard.press("Enter");
  assert.equal((await visit.ask("getResult")).clean.label, 1);
  await tabTo(visit, tools.getByRole("button", { name: "Clear" }));
  await page.keyboard.press(" ");
  await page.getByText("Draw a digit, and watch a neural network being fooled.").waitFor();
  await page.keyboard.press("Control+z");
  assert.equal((await visit.ask("getResult")).clean.label, 1);
});

story("epsilon, attack and target are set by keyboard alone", {}, async ({ open }) => {
  const visit = await open("steps=10&engine=cpu");
  const { page } = visit;
  await visit.verdict("natural", "Fooled");
  const slider = page.getByRole("slider", { name: /Epsilon/ });
  await tabTo(visit, slider);
  await page.keyboard.press("Home");
  await visit.verdict("natural", "Held");
  assert.equal((await visit.state()).eps, 0);
  const number = page.getByRole("spinbutton", { name: "Epsilon", exact: true });
  await tabTo(visit, number);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("0.25");
  await page.keyboard.press("Enter");
  await visit.verdict("natural", "Fooled");
  await press(visit, "ArrowUp");
  const raised = (await visit.state()).eps;
  assert.ok(raised > 0.25 && raised < 0.3, String(raised));

  const attack = page.getByRole("radiogroup", { name: "Attack", exact: true });
  await tabTo(visit, attack.getByRole("radio", { checked: true }));
  await press(visit, "ArrowLeft");
  assert.equal((await visit.ask("getResult")).attack.id, "mi-fgsm");
  await tabTo(visit, page.getByRole("combobox", { name: "Target" }));
  await page.keyboard.type("5");
  assert.equal((await visit.state()).target, 5);
});

story("no element takes the focus for good", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  await visit.ask("getResult");
  const seen = new Set();
  let wrapped = false;
  for (let presses = 0; presses < 150 && !wrapped; presses += 1) {
    await visit.page.keyboard.press("Tab");
    const at = await visit.page.evaluate(() => [...document.querySelectorAll("*")].indexOf(document.activeElement));
    wrapped = seen.has(at);
    seen.add(at);
  }
  assert.ok(wrapped && seen.size > 20, `${seen.size} stops`);
});

story("a button that has come to its end keeps the focus", {}, async ({ open }) => {
  const visit = await open("steps=10&engine=cpu&eps=0.005");
  const { page } = visit;
  await visit.verdict("natural", "Held");
  const less = page.getByRole("region", { name: "Radius" }).getByRole("button", { name: "Less: Epsilon" });
  await tabTo(visit, less);
  await press(visit, "Enter", 12);
  await less.and(page.locator("[aria-disabled=true]")).waitFor();
  assert.equal((await visit.state()).eps, 0);
  assert.ok(await less.evaluate((button) => button === document.activeElement), "Less: Epsilon has the focus");
  const undo = page.getByRole("group", { name: "Controls" }).getByRole("button", { name: "Undo" });
  await tabTo(visit, undo);
  await press(visit, "Enter", 14);
  await undo.and(page.locator("[aria-disabled=true]")).waitFor();
  assert.equal((await visit.state()).eps, 0.005);
  assert.ok(await undo.evaluate((button) => button === document.activeElement), "Undo has the focus");
});

story("the test images are one stop of Tab, walked by arrows", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu&input=test:2");
  const { page } = visit;
  const list = page.getByRole("toolbar", { name: "Test inputs" });
  const images = list.getByRole("button");
  await images.nth(9).waitFor();
  const chosen = list.getByRole("button", { pressed: true });
  await tabTo(visit, chosen);
  const at = await images.evaluateAll((all) => all.indexOf(document.activeElement));
  await press(visit, "ArrowRight");
  assert.ok(await images.nth(at + 1).evaluate((one) => one === document.activeElement), "the next has the focus");
  assert.deepEqual((await visit.state()).input, "test:2", "and is not chosen by that");
  // Focus and choice look unlike.
  const looks = (one) => one.evaluate((button) => [getComputedStyle(button).outlineStyle, getComputedStyle(button, "::after").content]);
  assert.notDeepEqual(await looks(images.nth(at + 1)), await looks(images.nth(at)));
  await press(visit, "Enter");
  assert.match((await visit.ask("getResult")).fragment, /input=test:\d+/);
  assert.notEqual((await visit.state()).input, "test:2");
  await press(visit, "Home");
  assert.ok(await images.first().evaluate((one) => one === document.activeElement));
  await press(visit, "Tab");
  assert.equal(await images.evaluateAll((all) => all.includes(document.activeElement)), false, "one Tab leaves them all");
  await press(visit, "Shift+Tab");
  assert.ok(await images.first().evaluate((one) => one === document.activeElement), "and comes back to where it was");
});

story("the keyboard's pen is not shown while the mouse draws", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  await visit.pad.waitFor();
  const ring = visit.page.locator(".pad .cursor");
  const box = await visit.pad.boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await visit.page.mouse.move(...at(0.3, 0.3));
  await visit.page.mouse.down();
  assert.equal(await ring.isVisible(), false);
  await visit.page.mouse.move(...at(0.6, 0.6));
  assert.equal(await ring.isVisible(), false);
  await visit.page.mouse.up();
  assert.equal(await ring.isVisible(), false);
  await press(visit, "ArrowUp");
  await ring.waitFor();
});
