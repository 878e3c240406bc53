// "Too good to be true?" on the Measure page: a disguise, a guess, the ladder, and what brings it down; an honest network stands.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const LONG = { timeout: 4 * PATIENCE };
const section = (visit) => visit.page.locator("details.ladder");

/** Opens the section and chooses a member; few inputs, no audit. */
async function choose(visit, name) {
  const { page } = visit;
  if (!(await section(visit).evaluate((details) => details.open))) await page.getByRole("heading", { name: "Too good to be true?" }).click();
  await section(visit).getByRole("radio", { name, exact: true }).check();
  await page.waitForFunction(() => /measure\.attacks=noise/.test(location.hash));
  await visit.ask("setState", { "measure.n": 8, "measure.audit": 0 });
}

async function climb(visit, guess) {
  await section(visit).getByRole("radio", { name: guess, exact: true }).check();
  await section(visit).getByRole("button", { name: "Climb the ladder" }).click();
  await visit.page.getByText(/^Done: 8 inputs/).waitFor(LONG);
  const rows = await section(visit).locator(".rungs > li").allInnerTexts();
  return { rows, said: await section(visit).getByRole("status").innerText() };
}

story("saturated logits fall to the first attack that looks at logits, and the guess is judged", {}, async ({ open }) => {
  const visit = await open("page=measure&engine=cpu");
  await choose(visit, "Saturated logits");
  const { rows, said } = await climb(visit, "BPDA");
  assert.equal(said, "FGSM brings it down: it was a disguise. You guessed otherwise.");
  const left = (name) => Number(/([\d.]+) %/.exec(rows.find((row) => row.startsWith(name)))[1]);
  assert.ok(left("naive FGSM") >= 60 && left("Noise") >= 90, rows.join("\n"));
  assert.ok(["FGSM", "PGD", "DLR", "Transfer"].every((name) => left(name) <= 10), rows.join("\n"));
  await accessible(visit.page);
  // Another radius is another question, and the ladder's report stays what it is.
  await visit.ask("setState", { eps: 0.1 });
  await section(visit).getByRole("button", { name: "Climb the ladder" }).waitFor({ state: "detached" });
  assert.equal(await section(visit).getByRole("status").innerText(), said);
});

story("noise at every look holds what follows one draw, and falls to what follows the mean of twenty", {}, async ({ open }) => {
  const visit = await open("page=measure&engine=cpu");
  await choose(visit, "Noise at every look");
  const { rows, said } = await climb(visit, "EOT");
  const left = (name) => Number(/([\d.]+) %/.exec(rows.find((row) => row.startsWith(name)))[1]);
  assert.ok(left("Noise") >= 90 && left("naive FGSM") >= 40 && left("EOT") <= 13, rows.join("\n"));
  assert.match(said, /You guessed (right|otherwise)\.$/);
});

story("an honest network stands on every rung, in German too", {}, async ({ open }) => {
  const visit = await open("page=measure&engine=cpu");
  await choose(visit, "Adversarially trained");
  const { said, rows } = await climb(visit, "none of them");
  assert.equal(said, "Nothing brings it down at this radius: that much is real. You guessed right.");
  assert.equal(rows.length, 9);
  const german = await open((await visit.page.evaluate(() => location.hash.slice(1))) + "&lang=de");
  await german.page.getByRole("button", { name: "Die Leiter hinaufsteigen" }).waitFor();
  assert.ok(await section(german).evaluate((details) => details.open), "a link that asks for it finds it open");
});
