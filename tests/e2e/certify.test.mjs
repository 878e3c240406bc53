// Certificates by noise: asked for on the Measure page, counted, shown and told; and what training on noise does for them.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const MEASURE = "page=measure&engine=cpu&measure.attacks=fgsm&measure.radius=0&measure.audit=0&measure.n=20";
const LONG = { timeout: 3 * PATIENCE };
const part = (visit) => visit.page.locator("section.part", { has: visit.page.locator("#certificates") });
const mean = (model) => model.certified.mean;

story("votes are asked for with a tick, and what they prove is a chart, a table, a sentence and the host's figures", {}, async ({ open }) => {
  const visit = await open(MEASURE);
  const tick = visit.page.getByRole("checkbox", { name: "Certificates by noise" });
  await tick.check();
  const noise = visit.page.getByRole("spinbutton", { name: "Noise of the copies" });
  await noise.fill("0.5");
  await noise.press("Enter");
  const copies = visit.page.getByRole("spinbutton", { name: "Copies of each input" });
  await copies.fill("200");
  await copies.press("Enter");
  await visit.page.waitForFunction(() => /measure\.certify=smoothing/.test(location.hash) && /measure\.draws=200/.test(location.hash));
  const report = await visit.ask("run", "evaluate");
  for (const { certified } of report.models) {
    assert.deepEqual([certified.kind, certified.norm, certified.sigma, certified.n, certified.n0], ["smoothing", "l2", 0.5, 200, 100]);
    assert.equal(certified.samples.length, 20);
    for (const { count, radius, abstained } of certified.samples) {
      assert.ok(count <= 200 && abstained === (radius === null) && (radius === null || radius > 0), `${count}: ${radius}`);
      // More votes, more radius: without a vote against it, half the noise's unit times 1.8.
      if (count === 200) assert.ok(Math.abs(radius - 0.9) < 0.03, `${radius}`);
    }
    const right = certified.curve[0].accuracy;
    assert.ok(right.n === 20 && certified.curve.every(({ accuracy }) => accuracy.value <= right.value));
  }
  await visit.page.getByRole("button", { name: "Unfold all", exact: true }).click();
  await part(visit).getByRole("img", { name: /^Certified accuracy against radius, L2, from 0 to 1\. At 0\.5: Natural CNN: / }).waitFor();
  const table = part(visit).getByRole("group", { name: "Table of certificates" });
  const none = await table.getByRole("row", { name: /^No answer/ }).getByRole("cell").allInnerTexts();
  assert.deepEqual(none.map(parseFloat), report.models.map(({ certified }) => certified.abstained));
  await visit.page.getByText(/Each model was smoothed by Gaussian noise of 0\.5 .* 200 others/).waitFor();
  await accessible(visit.page);
  await tick.uncheck();
  await noise.waitFor({ state: "detached" });
  const plain = await visit.ask("run", "evaluate");
  assert.equal(plain.models[0].certified.kind, undefined);
});

story("a model that was trained on noise is certified where the natural one is not", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu&train.method=gaussian&train.gaussian.sigma=0.5&train.seconds=none&train.images=2000&train.batch=50&train.epochs=3&train.workers=2&train.scored=20");
  const go = visit.page.getByRole("button", { name: /^Train for/ });
  await go.waitFor(LONG);
  assert.equal(await visit.page.getByLabel("Epsilon to hold").count(), 0, "noise knows no radius");
  const { model, stopped } = await visit.ask("run", "train");
  assert.deepEqual([model, stopped], ["mine:mnist-gaussian", "finished"]);
  assert.equal(await visit.page.getByText(/^Not hardened yet/).count(), 0);
  await visit.ask("setState", {
    page: "measure", "measure.models": `mnist-cnn,${model}`, "measure.attacks": "fgsm", "measure.radius": 0, "measure.audit": 0, "measure.n": 40,
    "measure.certify": "smoothing", "measure.sigma": 0.5, "measure.draws": 500,
  });
  const { models } = await visit.ask("run", "evaluate");
  assert.ok(mean(models[1]) > mean(models[0]) + 0.2, `${mean(models[0])} and ${mean(models[1])}`);
  assert.ok(models[1].certified.abstained < models[0].certified.abstained);
});
