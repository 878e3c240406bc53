// Numbers in German: a decimal comma wherever a number is seen or heard, on every page; fields take both marks; links, files
// and the host API keep the point.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PATIENCE, story } from "./page.mjs";
import { toys } from "./toys.mjs";

const GERMAN = { locale: "de-DE" };
const SHORT = "steps=10&engine=cpu";
const TINY = "page=train&train.epochs=1&train.seconds=none&train.images=200&train.batch=50&train.scored=40";
const LESSONS = JSON.parse(readFileSync("static/lessons/en/index.json"));

/** Every text that is seen, closed or not, every one that is heard, and every number field. */
function told() {
  const apart = "[lang=en], script, style, noscript, textarea, code, pre, .formula, a[href^=http]";
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    // A sentence may be in several pieces.
    if (!node.parentElement.closest(apart)) found.push(node.data);
  }
  for (const name of ["aria-label", "aria-valuetext", "title", "alt"]) {
    for (const one of document.querySelectorAll(`[${name}]`)) if (!one.closest(apart)) found.push(one.getAttribute(name));
  }
  found.push(...[...document.querySelectorAll("[role=spinbutton]")].map(({ value }) => value));
  return found;
}

/** Fails where a number has a point. A version has two, or stands behind the name of its licence; links keep theirs. */
async function commas(visit, state, { least = 3 } = {}) {
  const texts = await visit.page.evaluate(told);
  const points = texts.filter((text) => /(?<![\d.])\d+\.\d+(?![\d.])/.test(text.replace(/CC BY[\w-]* \d\.\d|https?:\S+/g, "")));
  assert.deepEqual(points, [], `${state}: numbers with a point`);
  const numbers = texts.filter((text) => /\d,\d/.test(text)).length;
  assert.ok(numbers >= least, `${state}: ${numbers} numbers with a comma`);
}

story("every number of the attack page and of the Share dialog has a comma in German", { context: GERMAN }, async ({ open }) => {
  const visit = await open(`${SHORT}&eps=0.1`);
  const { page } = visit;
  await visit.ask("getResult");
  for (const summary of await page.locator("summary").all()) await summary.click();
  for (const name of ["Schritt für Schritt", "Entscheidungskarte", "Ungewöhnliche Eingaben", "Attributionen"]) {
    const radio = page.locator("#explain").getByRole("radio", { name });
    if (await radio.count()) await radio.check();
    await commas(visit, name, { least: 20 });
  }
  await visit.equation("natürlich").getByRole("img", { name: /Rauschen|Störung/ }).first().hover();
  await commas(visit, "a pixel inspected", { least: 20 });
  for (const attack of ["cw", "patch", "fgsm", "none"]) {
    await visit.attacked({ attack });
    await commas(visit, attack, { least: 10 });
  }
  await page.getByRole("button", { name: "Teilen", exact: true }).click();
  await page.getByRole("heading", { name: "Einbetten" }).waitFor();
  await commas(visit, "the Share dialog");
});

story("a table's row is told with commas too", { context: GERMAN }, async ({ open }) => {
  const visit = await open("data=people&engine=cpu&attack=pgd&steps=10&eps=0.3", { at: await toys() });
  await visit.ask("getResult");
  await commas(visit, "a row");
});

story("every number of Train and Measure has a comma in German", { context: GERMAN }, async ({ open }) => {
  const visit = await open(`${TINY}&engine=cpu`);
  await visit.page.getByRole("button", { name: "Härten: eine Epoche" }).waitFor();
  await commas(visit, "train, ready");
  await visit.ask("run", "train");
  await visit.page.getByRole("heading", { name: "Vorher und nachher" }).waitFor();
  for (const summary of await visit.page.locator("main summary").all()) if (await summary.isVisible()) await summary.click();
  await commas(visit, "train, done", { least: 20 });
  await visit.ask("setState", "page=measure&measure.attacks=fgsm,deepfool&measure.models=mnist-cnn,mnist-cnn-robust&measure.n=10&eps=0.1");
  const report = await visit.ask("run", "evaluate");
  assert.equal(typeof report.models[0].clean.low, "number");
  await visit.page.getByText("bestanden").first().waitFor();
  await commas(visit, "measure", { least: 30 });
});

story("points in the plane and their training have commas too", { context: GERMAN }, async ({ open }) => {
  const visit = await open("page=train&engine=cpu&train.plane=moons&train.epochs=2&train.seconds=none");
  await visit.ask("run", "train");
  await visit.page.locator('.plane-picture svg[aria-label*=","]').waitFor({ timeout: 2 * PATIENCE });
  await commas(visit, "the plane", { least: 4 });
});

story("every step of every lesson has commas in German", { context: GERMAN }, async ({ open }) => {
  const visit = await open("page=learn&engine=cpu&steps=5");
  await visit.page.getByRole("heading", { name: "Lernen" }).first().waitFor();
  let numbers = 0;
  for (const lesson of LESSONS) {
    const titles = readFileSync(`static/lessons/de/${lesson}.md`, "utf8").matchAll(/^## (.+)$/gm);
    for (const [at, [, title]] of [...titles].entries()) {
      const step = at + 1;
      await visit.page.evaluate((hash) => (location.hash = hash), `page=learn&lesson=${lesson}/${step}&engine=cpu`);
      await visit.page.locator("#lesson").getByRole("heading", { name: title, exact: true }).waitFor();
      const text = await visit.page.locator("#lesson").innerText();
      assert.doesNotMatch(text, /(?<![\d.])\d+\.\d+(?![\d.])/, `${lesson}/${step}`);
      numbers += text.match(/\d,\d/g)?.length ?? 0;
    }
  }
  assert.ok(numbers > 30, `${numbers} numbers with a comma`);
});

story("a field takes comma and point and shows the comma; links and hosts have the point", { context: GERMAN }, async ({ open }) => {
  const visit = await open(`${SHORT}&eps=0.1`);
  await visit.ask("getResult");
  const field = visit.page.getByRole("spinbutton", { name: "Epsilon", exact: true });
  for (const [typed, value, shown] of [["0,25", 0.25, "0,25"], ["0.15", 0.15, "0,15"], ["0,125", 0.125, "0,125"], ["8/255", 8 / 255, "0,03137"]]) {
    await field.fill(typed);
    await field.press("Enter");
    assert.equal(await field.inputValue(), shown);
    const { fragment, state } = await visit.ask("getState");
    assert.ok(Math.abs(state.eps - value) < 1e-9, `${typed}: ${state.eps}`);
    assert.doesNotMatch(fragment, /\d,\d/);
    assert.equal(Number(await field.getAttribute("aria-valuenow")), state.eps);
  }
  await field.fill("nichts");
  await field.press("Enter");
  assert.equal(await field.inputValue(), "0,03137");
  const seed = visit.page.getByRole("spinbutton", { name: "Seed" });
  await seed.fill("1234567");
  await seed.press("Enter");
  assert.equal(await seed.inputValue(), "1234567", "a seed has all its digits");
  assert.equal((await visit.state()).seed, 1234567);
});

story("saved numbers keep the point in German", { context: GERMAN }, async ({ open }) => {
  const visit = await open(`${SHORT}&eps=0.1`);
  await visit.ask("getResult");
  await visit.page.getByRole("button", { name: "Teilen", exact: true }).click();
  const save = visit.page.getByRole("button", { name: /\(CSV\)/ });
  await save.waitFor({ timeout: 2 * PATIENCE });
  const [download] = await Promise.all([visit.page.waitForEvent("download"), save.click()]);
  const text = readFileSync(await download.path(), "utf8");
  assert.match(text, /\d\.\d/);
  assert.ok(text.split("\n").slice(1, -1).every((line) => line.split(",").every((one) => one === "" || Number.isFinite(Number(one)))));
});

story("in English numbers have a point, and a comma is taken as before", {}, async ({ open }) => {
  const visit = await open(`${SHORT}&eps=0.1`);
  await visit.ask("getResult");
  const field = visit.page.getByRole("spinbutton", { name: "Epsilon", exact: true });
  await field.fill("0,25");
  await field.press("Enter");
  assert.equal(await field.inputValue(), "0.25");
});
