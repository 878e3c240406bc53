// The report of the Measure page in parts that fold, and its table of contents (14.12).

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const TWENTY = "page=measure&engine=cpu&eps=0.2&measure.n=20";
const PHONE = { viewport: { width: 390, height: 844 } };

const contents = (visit) => visit.page.getByRole("navigation", { name: "Contents of the report" });
const part = (visit, name) => visit.page.getByRole("region", { name, exact: true });
const summary = (visit, name) => part(visit, name).locator("details > summary").first();
const height = (visit) => visit.page.evaluate(() => document.documentElement.scrollHeight);

async function measured(open, more = "") {
  const visit = await open(TWENTY + more);
  await visit.page.getByRole("button", { name: "Run the evaluation", exact: true }).click();
  await visit.page.getByText(/^Done: \d+ inputs/).waitFor({ timeout: 3 * PATIENCE });
  return visit;
}

story("the folded report is a summary: each part keeps its most important figures in sight", {}, async ({ open }) => {
  const visit = await measured(open);
  await contents(visit).getByRole("button", { name: "Unfold all" }).click();
  const open_ = await height(visit);
  await contents(visit).getByRole("button", { name: "Fold all" }).click();
  await visit.page.waitForFunction((open_) => document.documentElement.scrollHeight < open_ / 2, open_);
  for (const [name, gist] of [
    ["Accuracy and robustness", /worst case: Natural CNN \d+\.\d %; Robust CNN \d+\.\d %$/],
    ["Accuracy against radius", /left at epsilon 0\.2: Natural CNN \d+\.\d %; Robust CNN \d+\.\d %$/],
    ["Auditor", /Natural CNN: nothing suspicious; Robust CNN: /],
    ["Distributions of radii and margins", /median: Natural CNN 0\.\d+; Robust CNN [> ]*0\.\d+$/],
    ["Loss and accuracy against steps", /loss after PGD, 10 steps: Natural CNN [\d.]+; Robust CNN [\d.]+$/],
    ["Accuracy against queries", /took at most so many queries: Natural CNN \d+/],
    ["Hardest and most robust inputs", /first to fall: Natural CNN input \d+ at 0\.\d+/],
    ["Class by class", /mean F1 under attack: Natural CNN \d+\.\d %; Robust CNN \d+\.\d %$/],
    ["Transfer", /the most that carries over: \d+\.\d %, from /],
    ["Methods and files", /the first 20 images of the test split of MNIST: L∞, epsilon 0\.2, seed 1$/],
  ]) {
    assert.match((await summary(visit, name).innerText()).replace(/\s+/g, " "), gist, name);
    assert.equal(await part(visit, name).locator(".inside").isVisible(), false, `${name} is folded`);
  }
  await accessible(visit.page, "folded");
});

story("the contents stay in sight, say which part is, and unfold what is chosen, by the keyboard too", {}, async ({ open }) => {
  const visit = await measured(open);
  const link = (name) => contents(visit).getByRole("link", { name, exact: true });
  await link("Class by class").click();
  await part(visit, "Class by class").getByRole("radio", { name: "Attacked" }).waitFor();
  await contents(visit).locator('a[aria-current="location"]', { hasText: "Class by class" }).waitFor();
  const focused = () => visit.page.evaluate(() => document.activeElement.innerText);
  assert.match(await focused(), /^Class by class/, "the keyboard goes on from there");
  const [list, heading] = await Promise.all([contents(visit).boundingBox(), summary(visit, "Class by class").boundingBox()]);
  assert.ok(list.y >= 0 && list.y < 20 && heading.y >= 0 && heading.y < 900, `contents at ${list.y}, part at ${heading.y}`);
  assert.ok(list.x + list.width <= heading.x, "they stand beside each other");
  await link("Transfer").focus();
  await visit.page.keyboard.press("Enter");
  await part(visit, "Transfer").locator(".inside").waitFor();
  // Scrolling marks the part that is in sight.
  await visit.page.evaluate(() => document.activeElement.blur());
  await visit.page.evaluate(() => scrollTo(0, document.getElementById("curve").getBoundingClientRect().top + scrollY - 40));
  await contents(visit).locator('a[aria-current="location"]', { hasText: "Accuracy against radius" }).waitFor();
  assert.equal(await contents(visit).locator("[aria-current]").count(), 1);
  // The address is the state's, as before.
  assert.match(new URL(visit.page.url()).hash, /page=measure/);
});

story("what is folded stays so for the visit", {}, async ({ open }) => {
  const visit = await measured(open);
  await summary(visit, "Auditor").click();
  await summary(visit, "Transfer").click();
  await part(visit, "Transfer").locator(".inside").waitFor();
  await visit.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Attack" }).click();
  await visit.equation("natural").waitFor();
  await visit.page.goBack();
  await part(visit, "Transfer").locator(".inside").waitFor();
  await part(visit, "Auditor").locator(".inside").waitFor({ state: "hidden" });
});

story("on a phone the folded page is short, and the contents are a row that opens", { context: PHONE }, async ({ open }) => {
  const visit = await measured(open);
  const row = contents(visit).getByRole("button", { name: /^(☰ ?)?Contents/ });
  assert.equal(await contents(visit).getByRole("link").count(), 0, "the list is closed");
  await row.click();
  await contents(visit).getByRole("button", { name: /^(Unf|F)old all$/ }).click();
  if (await contents(visit).getByRole("button", { name: "Fold all" }).isVisible()) await contents(visit).getByRole("button", { name: "Fold all" }).click();
  await visit.page.keyboard.press("Escape");
  await contents(visit).locator(".listed").waitFor({ state: "hidden" });
  const folded = await height(visit);
  console.log(`the folded page is ${folded} pixels high`);
  assert.ok(folded < 3000, `${folded} pixels`);
  await row.click();
  await contents(visit).getByRole("link", { name: "Hardest and most robust inputs" }).click();
  await part(visit, "Hardest and most robust inputs").locator(".inside").waitFor();
  await contents(visit).locator(".listed").waitFor({ state: "hidden" });
  const [bar, heading] = await Promise.all([row.boundingBox(), summary(visit, "Hardest and most robust inputs").boundingBox()]);
  assert.ok(bar.y >= 0 && bar.y < 4 && heading.y >= bar.y + bar.height, "the row stays above what it led to");
  assert.match(await row.innerText(), /Hardest and most robust inputs/);
  await accessible(visit.page, "on a phone");
});

story("on paper all parts are unfolded, and the contents are not there", { context: { viewport: { width: 718, height: 1047 } } }, async ({ open }) => {
  const visit = await measured(open);
  await contents(visit).getByRole("button", { name: /^(☰ ?)?Contents/ }).click();
  await contents(visit).getByRole("button", { name: "Unfold all" }).click();
  await contents(visit).getByRole("button", { name: "Fold all" }).click();
  await visit.page.emulateMedia({ media: "print" });
  for (const inside of await visit.page.locator(".part > details > .inside").all()) assert.ok(await inside.isVisible());
  assert.equal(await visit.page.locator(".contents").isVisible(), false);
  // Browsers that cannot do it by the style alone are told.
  await visit.page.emulateMedia({ media: "screen" });
  const opened = () => visit.page.locator(".part > details[open]").count();
  assert.equal(await opened(), 0);
  await visit.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await opened(), await visit.page.locator(".part > details").count());
  await visit.page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await opened(), 0);
});

story("the score and the defensive margin are folded away with what they mean (14.9)", {}, async ({ open }) => {
  const visit = await measured(open, "&measure.audit=0&measure.radius=0");
  const table = visit.page.getByRole("group", { name: "Table of accuracies" });
  assert.equal(await table.getByRole("row", { name: /score|Defensive/ }).count(), 0);
  const scores = visit.page.getByRole("group", { name: "Table of scores" });
  assert.equal(await scores.count(), 0, "folded");
  await visit.page.getByText("Score, entropy and defensive margin, with what they mean").click();
  await scores.getByRole("row", { name: /^Robustness score 0\.\d+/ }).waitFor();
  await visit.page.getByText(/^One number for both: the worst case weighed against the clean accuracy\./).waitFor();
  await visit.page.getByText(/^How far the attack moves the model's probabilities on average/).waitFor();
});
