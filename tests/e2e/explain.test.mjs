// Explanations on the attack page as a visitor uses them: attributions, the attack step by step, the decision map.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible } from "./axe.mjs";
import { floats, story } from "./page.mjs";

const LINK = "engine=cpu&eps=0.2&attack=pgd&steps=10&step=0.05&pgd.start=0";

const explain = (visit) => visit.page.locator("#explain");
const picture = (visit, name) => explain(visit).getByRole("img", { name });
const view = (visit, name) => explain(visit).getByRole("radio", { name, exact: true }).check();

/** Opens the explanations and waits for the first ones. */
async function opened(visit) {
  await visit.ask("getResult");
  await explain(visit).getByText("Explain: attributions, step by step, decision map").click();
  await picture(visit, /^Gradient for class \d on the clean input/).waitFor();
}

/** A canvas as its colours, to see that something is painted. */
const colours = (locator) =>
  locator.evaluate((canvas) => new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, 28, 28).data.buffer)).size);

story("attributions of both pictures by three methods, for each one's answer or one class", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  for (const method of ["Gradient", "Integrated gradients", "Occlusion"]) {
    for (const input of ["clean", "adversarial"]) {
      const map = picture(visit, new RegExp(`^${method} for class \\d on the ${input} input: highest .* at row \\d+, column \\d+`));
      await map.waitFor();
      assert.ok((await colours(map)) > 10, `${method}, ${input}: nothing is painted`);
    }
  }
  // Integrated gradients add up to what the logit gains.
  const [sum, gain] = (await explain(visit).getByText(/^Sum .* a gain of/).first().innerText()).match(/-?\d+(\.\d+)?/g).filter((_, at) => at % 3 === 0).map(Number);
  assert.ok(Math.abs(sum - gain) < 0.05 * Math.max(1, Math.abs(gain)), `${sum} against ${gain}`);
  await explain(visit).getByRole("combobox", { name: "Class explained" }).selectOption("4");
  await picture(visit, /^Occlusion for class 4 on the adversarial input/).waitFor();
  await explain(visit).getByRole("button", { name: "Occlusion" }).click();
  await visit.page.getByRole("note").getByText(/How far the logit falls/).waitFor();
});

story("the attack step by step, with a pixel's numbers", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  const { loss } = await visit.ask("getResult");
  await view(visit, "Step by step");
  const head = explain(visit).getByText(/^Iteration 1 of 10/);
  await head.waitFor();
  const told = Number((await head.innerText()).match(/Loss ([\d.e-]+)/)[1]);
  assert.ok(Math.abs(told - loss[0]) <= 0.01 * loss[0] + 1e-6, `${told} is told, and the attack's loss was ${loss[0]}`);
  await explain(visit).getByRole("button", { name: "Next iteration" }).click();
  await explain(visit).getByText(/^Iteration 2 of 10/).waitFor();
  const table = explain(visit).getByRole("group", { name: "One pixel in this iteration" });
  const numbers = await table.getByRole("row", { name: /^Step/ }).getByRole("cell").last().innerText();
  const [before, step, sign, after] = numbers.match(/-?\d+(\.\d+)?/g).map(Number);
  assert.ok(Math.abs(before + step * sign - after) < 2e-4 && step === 0.05, numbers);
  // Another pixel by keyboard.
  const pixel = await table.getByText(/^The pixel in row/).innerText();
  await picture(visit, /^1\. Gradient of the loss/).focus();
  await visit.page.keyboard.press("ArrowLeft");
  await visit.page.keyboard.press("ArrowUp");
  assert.notEqual(await table.getByText(/^The pixel in row/).innerText(), pixel);
  await explain(visit).getByRole("button", { name: "Previous iteration" }).click();
  await head.waitFor();
});

story("a map of the answers with the ball, its table, and a picture to save", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  const { clean, adversarial } = await visit.ask("getResult");
  assert.equal(floats(adversarial.pixels).length, 784);
  await view(visit, "Decision map");
  const map = picture(visit, /^Decision map\./);
  await map.waitFor();
  const said = await map.getAttribute("aria-label");
  assert.match(said, new RegExp(`The clean input lies in the area of ${clean.label}\\. The adversarial input lies in the area of \\d\\. Inside the norm ball: `));
  await explain(visit).getByText("Decision map as a table").click();
  const shares = await explain(visit).getByRole("row").getByRole("cell").allInnerTexts();
  assert.ok(shares.length >= 4, `${shares}`);
  const [download] = await Promise.all([
    visit.page.waitForEvent("download"),
    explain(visit).getByRole("button", { name: "Save chart as PNG" }).click(),
  ]);
  const png = readFileSync(await download.path());
  assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from("PNG")]);
  assert.ok(png.length > 5000, `${png.length} bytes are hardly a map`);
});

story("explanations follow the attack and the model, and end when they are closed", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  const first = await picture(visit, /^Gradient for class \d on the adversarial input/).getAttribute("aria-label");
  await visit.attacked({ input: "test:5" });
  await visit.page.waitForFunction(
    (first) => document.querySelector("#explain [aria-label^='Gradient for class'][aria-label*='adversarial']").ariaLabel !== first,
    first,
  );
  const second = await picture(visit, /^Gradient for class \d on the adversarial input/).getAttribute("aria-label");
  await explain(visit).getByRole("radio", { name: "Robust CNN" }).check();
  await visit.page.waitForFunction(
    (second) => document.querySelector("#explain [aria-label^='Gradient for class'][aria-label*='adversarial']").ariaLabel !== second,
    second,
  );
  await explain(visit).getByText("Explain: attributions, step by step, decision map").click();
  await visit.page.waitForFunction(() => !document.querySelector("#explain").open);
  await visit.attacked({ input: "test:6" });
});

for (const [state, more, context] of [
  ["light", "&theme=light", {}],
  ["dark", "&theme=dark", {}],
  ["320 pixels wide", "", { viewport: { width: 320, height: 640 } }],
]) {
  story(`axe finds nothing in the explanations: ${state}`, { context }, async ({ open }) => {
    const visit = await open(LINK + more);
    await opened(visit);
    for (const [name, there] of [
      ["Attributions", /^Occlusion for class/],
      ["Step by step", /^5\. Clip/],
      ["Decision map", /^Decision map\./],
    ]) {
      await view(visit, name);
      await picture(visit, there).first().waitFor();
      await accessible(visit.page, name);
      const wide = await visit.page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
    }
  });
}
