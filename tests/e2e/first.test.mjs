// What the Train page shows before the first run, which run of a sweep is shown, and the chip that says what computes.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const TRAIN = "page=train&engine=cpu";
const SHORT = `${TRAIN}&train.seconds=none&train.images=500&train.batch=50&train.workers=1&train.epochs=1&train.scored=40`;
const LONG = 3 * PATIENCE;

story("before the first run there are the pictures and the axes, and what they will say (14.12)", {}, async ({ open }) => {
  const visit = await open(TRAIN);
  const strip = visit.page.getByRole("region", { name: "Sixteen test pictures", exact: true });
  await strip.getByText(/^None has been attacked yet\./).waitFor();
  const faces = strip.getByRole("listitem");
  await faces.nth(15).getByText(/^\d$/).waitFor();
  // The pictures themselves, and no verdict.
  const inked = await faces.locator("canvas").evaluateAll((all) => all.map((one) => {
    const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
    return data.some((value, at) => at % 4 === 0 && value > 0);
  }));
  assert.deepEqual(inked, Array(16).fill(true));
  assert.equal(await strip.getByText(/Held|Fooled/).count(), 0);
  const curves = visit.page.getByRole("region", { name: "While it trains" });
  await curves.getByText(/^Nothing has been trained yet\./).waitFor();
  assert.deepEqual(await curves.locator("figcaption > span").allInnerTexts(), ["Accuracy, held out", "Loss", "Learning rate", "Gradient norm"]);
  await curves.getByRole("img", { name: "Accuracy, held out over 60 seconds of training: nothing yet." }).waitFor();
  assert.equal(await curves.locator("svg.chart .axis").count(), 4);
  assert.equal(await curves.getByText("seconds of training").count(), 4);
  await accessible(visit.page, "before the first run");
});

story("points in the plane have their own picture in place of the strip", {}, async ({ open }) => {
  const visit = await open(`${TRAIN}&train.plane=moons`);
  await visit.page.getByRole("heading", { name: "The network in the plane" }).waitFor();
  assert.equal(await visit.page.getByRole("heading", { name: /^Sixteen/ }).count(), 0);
  await visit.page.getByRole("region", { name: "While it trains" }).waitFor();
});

story("after a sweep the pictures and the images say of which run they are (14.5)", {}, async ({ open }) => {
  const visit = await open(`${SHORT}&train.sweep=eps:0.05,0.1`);
  await visit.ask("run", "train");
  const which = "Shown is the run of the sweep with Epsilon 0.1.";
  await visit.page.getByRole("region", { name: "Sixteen test pictures under attack" }).getByText(which).waitFor({ timeout: LONG });
  await visit.page.getByRole("region", { name: "While it trains" }).getByText(which).waitFor();
  await visit.page.locator(".train .state").getByText(/^Done: 500 images in .*\. Shown is the run of the sweep with Epsilon 0\.1\.$/).waitFor();
  // A run of its own says nothing of a sweep.
  await visit.ask("setState", { "train.sweep": "" });
  await visit.ask("run", "train");
  assert.equal(await visit.page.getByText(/of the sweep with/).count(), 0);
});

story("the engine's chip says first what it means, then the technical words (14.12)", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  const chip = visit.page.locator(".chip");
  assert.match(await chip.innerText(), /^Runs on the processor: CPU, WebAssembly SIMD/);
  await chip.click();
  const said = await visit.page.locator(".panel p").first().innerText();
  assert.equal(said, "Attacks, training and measuring are computed on this device, in this tab. Nothing is sent anywhere.");
  await visit.page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await chip.innerText(), "Processor");
});
