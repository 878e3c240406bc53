// A window of 1280 by 1024 pixels at 400 % zoom: 320 by 256, of four device pixels each (WCAG 1.4.10). Every page and
// dialog, with all that folds open, is read by scrolling downwards alone.

import assert from "node:assert/strict";
import { nothingCut } from "./cut.mjs";
import { lessons } from "./lessons.mjs";
import { PATIENCE, story } from "./page.mjs";

const ZOOMED = { context: { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 } };
const SHORT = "steps=10&engine=cpu";
const TRAIN = "page=train&engine=cpu&train.seconds=none&train.images=500&train.batch=50&train.epochs=1&train.workers=1&train.eps=0.1&train.scored=40";
const MEASURE = "page=measure&engine=cpu&eps=0.2&measure.models=mnist-cnn&measure.attacks=fgsm&measure.n=10";
const POINTS = "page=train&engine=cpu&train.plane=moons&train.seconds=none&train.epochs=1";

// Opens whatever folds, what folds inside it too.
async function unfold(visit) {
  const closed = () => visit.page.locator("details:not([open]) > summary").locator("visible=true");
  for (let folds = await closed().count(); folds > 0; folds = await closed().count()) await closed().first().click();
}

const done = (visit, text) => visit.page.getByText(text).first().waitFor({ timeout: 3 * PATIENCE });

for (const [page, fragment, come] of [
  ["the attack page", SHORT, (visit) => visit.verdict("robust", "Held")],
  ["the Train page after a run", TRAIN, async (visit) => {
    await visit.page.getByRole("button", { name: /^Harden for/ }).click();
    await done(visit, /^Done: /);
  }],
  ["the Train page on points", POINTS, (visit) => visit.page.getByRole("heading", { name: "The network in the plane" }).waitFor()],
  ["the Measure page with a report", MEASURE, async (visit) => {
    await visit.page.getByRole("button", { name: "Run the evaluation", exact: true }).click();
    await done(visit, /^Done: \d+ inputs/);
  }],
  ["the Learn page", "page=learn&engine=cpu", async (visit) => {
    await visit.page.getByText("For teachers").click();
    await visit.page.getByRole("heading", { name: "Collect results" }).waitFor();
  }],
  ["a lesson", `page=learn&lesson=${lessons[1].id}/1&engine=cpu`, (visit) =>
    visit.page.getByRole("heading", { name: lessons[1].steps[0].title, exact: true }).waitFor()],
]) {
  story(`nothing is cut at 400 %: ${page}`, ZOOMED, async ({ open }) => {
    const visit = await open(fragment);
    await come(visit);
    await nothingCut(visit.page, page);
    await unfold(visit);
    await nothingCut(visit.page, `${page}, all open`);
  });
}

story("nothing is cut at 400 %: the Share dialog, and each of its buttons can be reached", ZOOMED, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  await visit.page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = visit.page.getByRole("dialog", { name: "Share" });
  await dialog.getByText("Hide or lock controls").click();
  await nothingCut(visit.page, "the Share dialog");
  const [content, width] = await dialog.evaluate((one) => [one.scrollWidth, one.clientWidth]);
  assert.ok(content <= width, `the dialog is ${content} of ${width} pixels wide`);
  for (const button of await dialog.getByRole("button").all()) {
    await button.scrollIntoViewIfNeeded();
    const box = await button.boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 256, `${await button.innerText()} at ${box.y}`);
  }
});

story("nothing is cut at 400 %: definitions, the engine's panel, notes", ZOOMED, async ({ open }) => {
  const visit = await open(`${SHORT}&frobnicate=1`);
  await visit.verdict("robust", "Held");
  for (const term of await visit.page.locator(".term > button").locator("visible=true").all()) {
    await term.click();
    await visit.page.getByRole("note").first().waitFor();
    await nothingCut(visit.page, `the definition of ${await term.innerText()}`);
    await visit.page.keyboard.press("Escape");
  }
  await visit.page.locator(".chip").click();
  await visit.page.getByRole("radiogroup", { name: "Engine", exact: true }).waitFor();
  await nothingCut(visit.page, "the engine's panel");
});

story("nothing is cut at 400 %: the page that describes the host API", ZOOMED, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.page.goto(new URL("host.html", visit.page.url()).href);
  await visit.page.getByRole("heading", { level: 1 }).waitFor();
  await nothingCut(visit.page, "host.html");
});
