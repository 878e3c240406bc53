// Detectors: chosen on the Measure page, told in table, chart, methods, files and the host's report, and what each says of one input.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const LONG = { timeout: 3 * PATIENCE };
const MEASURE = "page=measure&engine=cpu&measure.models=mnist-cnn&measure.radius=0&measure.audit=0&measure.n=20";
const part = (visit) => visit.page.locator("section.part", { has: visit.page.locator("#detectors") });

story("detectors are chosen, and what they catch stands beside what they flag for nothing", {}, async ({ open }) => {
  const visit = await open(`${MEASURE}&measure.attacks=pgd:steps:20`);
  const { page } = visit;
  await page.getByText("Detectors that look on").click();
  await page.getByRole("checkbox", { name: "Feature squeezing" }).check();
  await page.getByRole("checkbox", { name: "Energy" }).check();
  await page.waitForFunction(() => /measure\.detector=squeeze:bits:1:median:2\+energy/.test(decodeURIComponent(location.hash)));
  const report = await visit.ask("run", "evaluate");
  const [squeeze, energy] = report.models[0].detectors;
  assert.deepEqual([squeeze.id, energy.id], ["squeeze:bits:1:median:2", "energy"]);
  assert.ok(squeeze.auc.value >= 0.95 && energy.auc.value <= 0.75, `${squeeze.auc.value} and ${energy.auc.value}`);
  assert.ok(squeeze.fpr.n === 20 && squeeze.fpr.value <= 0.2 && squeeze.adaptive === null);
  assert.ok(squeeze.attacks[0].wrongAndUnflagged.value <= 0.15 && energy.attacks[0].wrongAndUnflagged.value >= 0.85);
  await page.getByRole("button", { name: "Unfold all", exact: true }).click();
  const table = part(visit).getByRole("group", { name: "Table of detectors" });
  await table.getByRole("rowheader", { name: "Feature squeezing 1 2" }).waitFor();
  const passed = await table.getByRole("row", { name: /^PGD.*: wrong and unflagged/ }).allInnerTexts();
  assert.equal(passed.length, 2);
  assert.match(passed[1], /area 0\.\d+ \(/);
  await part(visit).getByRole("img", { name: /^Share of fooling inputs flagged .* Energy against PGD/ }).waitFor();
  await page.getByText(/Detectors \(squeeze:bits:1:median:2, energy\) were fitted to clean training inputs, .* 0\.05 flagged/).waitFor();
  await accessible(page);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: /CSV/ }).first().click();
  const csv = readFileSync(await (await saving).path(), "utf8").split("\n");
  assert.match(csv[0], /,squeeze:bits:1:median:2,squeeze:bits:1:median:2 pgd,energy,energy pgd$/);
  assert.match(csv[1], /,-?[\d.e-]+,-?[\d.e-]+,-?[\d.e-]+,-?[\d.e-]+$/);
});

story("an attack that knows of a detector passes it; without one the report has no such part", {}, async ({ open }) => {
  const visit = await open(`${MEASURE}&measure.attacks=pgd-adaptive:steps:60&measure.detector=squeeze:bits:3&eps=0.3`);
  const [{ detectors: [found] }] = (await visit.ask("run", "evaluate")).models;
  assert.ok(found.adaptive.wrongAndUnflagged.value >= 0.9 && found.auc === null, JSON.stringify(found.adaptive));
  await visit.ask("setState", { "measure.detector": "none", "measure.attacks": "fgsm" });
  const plain = await visit.ask("run", "evaluate");
  assert.equal(plain.models[0].detectors, undefined);
  await visit.page.locator("#detectors").waitFor({ state: "detached" });
});

story("a detector that does not exist is named, one that draws at random is refused in a sentence", {}, async ({ open }) => {
  const visit = await open(`${MEASURE}&measure.attacks=fgsm&measure.detector=magic+energy&measure.fpr=2`);
  await visit.page.getByText(/magic/).first().waitFor();
  const report = await visit.ask("run", "evaluate");
  assert.deepEqual(report.models[0].detectors.map(({ id, asked }) => [id, asked]), [["energy", 0.5]]);
  await visit.ask("setState", { defence: "noise:sigma:0.1" });
  await visit.page.getByRole("button", { name: "Run the evaluation" }).click();
  await visit.page.getByText(/draws at random/).waitFor(LONG);
});

story("on the attack page each of the two inputs wears its verdicts", {}, async ({ open }) => {
  const visit = await open("engine=cpu&attack=pgd&eps=0.3&steps=40&model=mnist-cnn");
  await visit.page.locator("#explain > summary").click();
  await visit.page.getByRole("radio", { name: "Detectors", exact: true }).check();
  const table = visit.page.getByRole("group", { name: "Table of detectors" });
  const row = table.getByRole("row", { name: /^Feature squeezing/ });
  await row.waitFor(LONG);
  const cells = await row.getByRole("cell").allInnerTexts();
  assert.match(cells[0], /^not flagged/);
  assert.match(cells[1], /^flagged/);
  assert.equal(await table.getByRole("row").count(), 6);
  await accessible(visit.page);
  const german = await open("engine=cpu&attack=pgd&eps=0.3&steps=40&model=mnist-cnn&lang=de");
  await german.page.locator("#explain > summary").click();
  await german.page.getByRole("radio", { name: "Detektoren", exact: true }).check();
  await german.page.getByRole("row", { name: /^Abstand zu Nachbarn/ }).waitFor(LONG);
});

story("what is proven of an input stands beside the example that was found, with the votes as bars", {}, async ({ open }) => {
  const visit = await open("engine=cpu&attack=pgd&eps=0.3&steps=40&model=mnist-cnn");
  await visit.page.locator("#explain > summary").click();
  await visit.page.getByRole("radio", { name: "Certificate", exact: true }).check();
  const votes = visit.page.getByRole("list", { name: "Votes of noisy copies, by class" });
  await votes.waitFor(LONG);
  const counts = (await votes.getByRole("listitem").allInnerTexts()).map((row) => Number(row.trim().split(/\s+/).at(-1)));
  assert.deepEqual([counts.length, counts.reduce((sum, count) => sum + count)], [10, 1000]);
  await visit.page.getByText(/^\d+ of 1000 copies \(noise 0\.25\) say 7\. So the smoothed model says so of every input nearer than 0\.\d+ in L2/).waitFor();
  const bounds = await visit.page.getByText(/no change of less than/).innerText();
  const [, proven, found] = /less than ([\d.]+) in L∞.*attack is ([\d.]+) away/s.exec(bounds);
  assert.ok(Number(proven) > 0 && Number(proven) < Number(found), bounds);
  await accessible(visit.page);
});
