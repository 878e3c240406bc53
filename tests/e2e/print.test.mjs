// On paper: what was found, without what one presses, and nothing cut at the edge of a sheet.

import assert from "node:assert/strict";
import { nothingCut } from "./cut.mjs";
import { lessons } from "./lessons.mjs";
import { PATIENCE, story } from "./page.mjs";

// A4 between margins of one centimetre, in CSS pixels.
const SHEET = { context: { viewport: { width: 718, height: 1047 } } };
const done = (visit, text) => visit.page.getByText(text).first().waitFor({ timeout: 3 * PATIENCE });
const harden = (visit) => visit.page.getByRole("button", { name: /^Harden for/ }).click();

for (const [page, fragment, come, stays] of [
  ["the attack page", "steps=10&engine=cpu&eps=0.2", (visit) => visit.verdict("robust", "Held"),
    [".headline", ".equation", ".controls .field"]],
  ["the Train page after a run", "page=train&engine=cpu&train.seconds=none&train.images=500&train.batch=50&train.epochs=1&train.workers=1&train.eps=0.1&train.scored=40",
    (visit) => harden(visit).then(() => done(visit, /^Done: /)), [".headline", ".faces", ".results", ".small-chart"]],
  ["the Measure page with a report", "page=measure&engine=cpu&eps=0.2&measure.models=mnist-cnn&measure.attacks=fgsm&measure.n=10&measure.audit=0",
    async (visit) => {
      await visit.page.getByRole("button", { name: "Run the evaluation", exact: true }).click();
      await done(visit, /^Done: \d+ inputs/);
    }, [".results", ".methods"]],
  ["a lesson", `page=learn&lesson=${lessons[1].id}/1&engine=cpu`, (visit) =>
    visit.page.getByRole("heading", { name: lessons[1].steps[0].title, exact: true }).waitFor(), [".prose", ".question"]],
]) {
  story(`on paper: ${page}`, SHEET, async ({ open }) => {
    const visit = await open(fragment);
    await come(visit);
    await visit.page.emulateMedia({ media: "print" });
    const [pressed, boxed, faint] = await visit.page.evaluate(() => {
      const shown = (what) => [...document.querySelectorAll(what)].filter((one) => one.checkVisibility());
      const name = (one) => one.outerHTML.slice(0, 90);
      const bare = ({ appearance, borderTopWidth }) => appearance === "none" && borderTopWidth === "0px";
      return [
        shown("header.top, footer, .notes, .tools, .button, button:not(.term > button), input[type=range], summary:not(.parts > .part > details > summary)").map(name),
        shown("select, input.number").filter((one) => !bare(getComputedStyle(one))).map(name),
        shown("#lab *, main *").filter((one) => getComputedStyle(one).printColorAdjust !== "exact").map(name),
      ];
    });
    assert.deepEqual(pressed, [], "what one presses is no use on paper");
    assert.deepEqual(boxed, [], "what is set is words there");
    assert.deepEqual(faint, [], "bars and scales are backgrounds, and are printed");
    for (const part of stays) await visit.page.locator(part).locator("visible=true").first().waitFor();
    await nothingCut(visit.page, page);
  });
}

story("on paper it is black on white, whatever the visitor has chosen", { context: { colorScheme: "dark" } }, async ({ open }) => {
  for (const theme of ["dark", "auto"]) {
    const visit = await open(`theme=${theme}&engine=cpu`);
    const colours = () =>
      visit.page.evaluate(() => ["--paper", "--ink"].map((role) => getComputedStyle(document.documentElement).getPropertyValue(role).trim()));
    assert.deepEqual(await colours(), ["#141518", "#edebe6"]);
    await visit.page.emulateMedia({ media: "print" });
    assert.deepEqual(await colours(), ["#ffffff", "#1b1c1f"]);
  }
});
