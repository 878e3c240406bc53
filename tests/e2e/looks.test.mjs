// Six pages look as they did when somebody last looked at them.

import assert from "node:assert/strict";
import { lessons } from "./lessons.mjs";
import { CONTEXT, MOST, differing, kept, picture, sameLook } from "./looks.mjs";
import { story } from "./page.mjs";

const SHORT = "steps=10&engine=cpu";
const WIDE = { context: { ...CONTEXT, viewport: { width: 1280, height: 900 } } };
const NARROW = { context: { ...CONTEXT, viewport: { width: 320, height: 640 } } };

// Both verdicts, and the marks on the slider, which come last.
async function attacked(visit) {
  await visit.verdict("natural", "Fooled");
  await visit.verdict("robust", "Held");
  await visit.page.getByRole("img", { name: /^Robust CNN (first falls|held up)/ }).waitFor({ state: "attached" });
}

for (const [name, fragment, options, come] of [
  ["attack", `${SHORT}&theme=light`, WIDE, attacked],
  ["attack-narrow-dark", `${SHORT}&theme=dark`, NARROW, attacked],
  ["train", "page=train&engine=cpu&theme=light", WIDE, (visit) => visit.page.getByRole("button", { name: /^Harden for/ }).waitFor()],
  ["measure-dark", "page=measure&engine=cpu&theme=dark", WIDE, (visit) =>
    visit.page.getByRole("button", { name: "Run the evaluation", exact: true }).waitFor()],
  ["lesson", `lesson=${lessons[0].id}/1&${SHORT}&theme=light`, WIDE, async (visit) => {
    await visit.page.getByRole("complementary", { name: "Lesson" }).getByRole("radio").first().waitFor();
    await attacked(visit);
  }],
  ["share", `${SHORT}&theme=light`, WIDE, async (visit) => {
    await attacked(visit);
    await visit.page.getByRole("button", { name: "Share", exact: true }).click();
    await visit.page.getByRole("heading", { name: "Embed" }).waitFor();
    await visit.page.getByRole("button", { name: "Save picture (PNG)" }).waitFor();
  }],
]) {
  story(`it looks as it did: ${name}`, options, async ({ open }) => {
    const visit = await open(fragment);
    await come(visit);
    await sameLook(visit.page, name);
  });
}

story("a part that moves by four pixels is seen", WIDE, async ({ open }) => {
  const visit = await open(`${SHORT}&theme=light`);
  await attacked(visit);
  await picture(visit.page);
  for (const part of [".top", ".headline", ".epsilon", ".input", ".equation"]) {
    const move = (by) => visit.page.locator(part).first().evaluate((one, by) => (one.style.translate = by), by);
    await move("4px 0");
    const sideways = differing(kept("attack"), await picture(visit.page));
    await move("0 4px");
    const down = differing(kept("attack"), await picture(visit.page));
    await move("none");
    console.log(`${part} moved: ${sideways} and ${down} pixels differ, ${MOST} may`);
    assert.ok(sideways > MOST && down > MOST, `${part}: ${sideways} and ${down} pixels`);
  }
});
