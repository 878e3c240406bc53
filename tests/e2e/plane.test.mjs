// Points in the plane: the network is drawn while it learns them, its balls follow the slider, and both ways to train
// show their difference.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { PATIENCE, Refused, story } from "./page.mjs";

const MOONS = "page=train&engine=cpu&train.plane=moons";
const LONG = 3 * PATIENCE;

const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });
const done = (visit) => visit.page.locator(".train .state").getByText(/^Done: /).waitFor({ timeout: LONG });
const picture = (visit) => visit.page.locator(".plane-picture svg");
const shares = async (visit) => {
  const said = (await picture(visit).getAttribute("aria-label")).match(/clean ([\d.]+) %, robust ([\d.]+) %/);
  return said?.slice(1).map(Number);
};
/** Waits until the picture is of this radius, and reads its shares. */
const seen = async (visit, eps) => {
  await visit.page.locator(`.plane-picture svg[aria-label*="radius ${eps}."]`).waitFor({ timeout: LONG });
  return shares(visit);
};

story("the network is drawn while it learns, naturally and with PGD, and the difference shows", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  await visit.page.getByRole("radio", { name: "Two moons" }).check({ force: true });
  await button(visit, "Train naturally").click();
  await picture(visit).and(visit.page.locator('[aria-label^="Decision regions"]')).waitFor({ timeout: LONG });
  // While it trains the picture goes on changing.
  const border = () => visit.page.locator(".plane-picture .border").getAttribute("d");
  const first = await border();
  await visit.page.waitForFunction((first) => document.querySelector(".plane-picture .border")?.getAttribute("d") !== first, first);
  await done(visit);
  const natural = await seen(visit, 0.1);
  const start = Date.now();
  await button(visit, "Train with PGD").click();
  await done(visit);
  const robust = await seen(visit, 0.1);
  console.log(`moons, clean and robust: naturally ${natural} %, with PGD ${robust} %, ${Date.now() - start} ms`);
  assert.ok(natural[0] > 97 && robust[0] > 80, "both learn the points");
  assert.ok(robust[1] > natural[1] + 15, "PGD moves the border away from the points");
  assert.equal((await visit.state())["train.method"], "pgd");
  const table = visit.page.getByRole("group", { name: "Scoreboard" });
  assert.match(await table.innerText(), /APGD/);
});

story("the balls follow the slider at once and are counted anew", {}, async ({ open }) => {
  const visit = await open(`${MOONS}&train.method=standard&train.epochs=60`);
  const result = await visit.ask("run", "train");
  assert.deepEqual([result.kind, result.model, result.stopped, result.from], ["training", null, "finished", "random"]);
  const [, wide] = await seen(visit, 0.1);
  const slider = visit.page.getByRole("slider", { name: "Radius of the balls" });
  const rim = () => visit.page.locator(".plane-picture .rim").first().getAttribute("d");
  const before = await rim();
  await slider.fill("0.02");
  await visit.page.waitForFunction((before) => document.querySelector(".plane-picture .rim").getAttribute("d") !== before, before);
  const [clean, narrow] = await seen(visit, 0.02);
  assert.ok(narrow > wide && clean >= narrow, `${wide} % within .1, ${narrow} % within .02`);
  assert.equal((await visit.state())["train.eps"], "0.02");
  await visit.ask("setState", { norm: "l1" });
  await visit.page.locator('.plane-picture svg[aria-label*="L1 balls"], .plane-picture svg[aria-label*="L₁ balls"]').waitFor();
  // The same link trains the same network.
  const again = await visit.ask("run", "train");
  assert.notDeepEqual(again.curve, result.curve);
  assert.deepEqual((await visit.ask("getResult")).curve, again.curve);
});

story("pause, step and cancel, and other points begin anew", {}, async ({ open }) => {
  const visit = await open(`${MOONS}&train.epochs=1000`);
  const state = visit.page.locator(".train .state");
  await button(visit, "Step").click();
  await state.getByText(/Paused\.$/).waitFor({ timeout: LONG });
  await button(visit, "Go on").click();
  await button(visit, "Pause").click();
  await state.getByText(/Paused\.$/).waitFor({ timeout: LONG });
  await picture(visit).and(visit.page.locator('[aria-label^="Decision regions"]')).waitFor({ timeout: LONG });
  await button(visit, "Cancel").click();
  await visit.page.getByText(/^The run was cancelled\./).waitFor();
  await visit.ask("setState", { "train.plane": "blobs" });
  await visit.page.locator('.plane-picture svg[aria-label$="no network yet."]').waitFor();
  const refused = await visit.ask("setState", { "train.plane": "moons" }).then(() => visit.ask("run", "nothing")).catch((error) => error);
  assert.ok(refused instanceof Refused);
});

story("any method but an ensemble can be chosen, unless it is fixed, and the noise has a slider", {}, async ({ open }) => {
  const visit = await open(MOONS);
  const method = visit.page.getByLabel("Training method");
  const ways = () => visit.page.getByRole("button", { name: /^Train (naturally|with)/ });
  await ways().nth(1).waitFor();
  assert.equal(await ways().count(), 2);
  assert.equal(await method.locator('option[value="ensemble"]').count(), 0);
  await method.selectOption("trades");
  await button(visit, "Train with TRADES").waitFor();
  await visit.page.getByRole("slider", { name: "Noise of the points" }).fill("0.05");
  await visit.page.waitForFunction(() => location.hash.includes("train.noise=0.05"));
  await visit.page.getByText("More settings").click();
  await visit.page.getByLabel("Batches a round").waitFor();
  assert.equal(await visit.page.getByLabel(/^Examinations without gain/).count(), 0, "nothing ends such a run early");
  await visit.ask("setState", { lock: ["train.method"] });
  await visit.page.waitForFunction(() => document.querySelector('select[aria-label="Training method"]').disabled);
  assert.deepEqual(await ways().allInnerTexts(), ["Train with TRADES"]);
});

for (const [state, context] of [["wide, light", {}], ["narrow, dark", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }]]) {
  story(`axe finds nothing where points are trained on: ${state}`, { context }, async ({ open }) => {
    const visit = await open(`${MOONS}&train.epochs=20`);
    await visit.ask("run", "train");
    await seen(visit, 0.1);
    await visit.page.getByText("The picture as a table").click();
    await accessible(visit.page);
    const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, "nothing needs scrolling sideways");
  });
}
