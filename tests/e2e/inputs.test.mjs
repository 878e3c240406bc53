// The attack page with every kind of input: pictures of three channels and 8 x 8 pixels are drawn, uploaded and masked, a
// row of a table is filled in; every attack of the catalog runs on both.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { deflateSync, inflateSync } from "node:zlib";
import { accessible } from "./axe.mjs";
import { floats, story } from "./page.mjs";
import { toys } from "./toys.mjs";

/** Knobs with which the slowest attacks take seconds. */
const BRISK = { autoattack: { steps: 10, "autoattack.queries": 200 }, boundary: { steps: 200 }, cw: { steps: 50 } };
const RADII = { colour: { linf: 0.3, l2: 3, l1: 30 }, people: { linf: 0.3, l2: 1, l1: 3 } };
const COLUMNS = ["Height", "Weight", "Age", "Score", "Children"];
const AGE = 2;

const changes = ({ clean, adversarial }) => {
  const before = floats(clean.pixels);
  return [...floats(adversarial.pixels)].map((after, at) => after - before[at]);
};
const drawn = (pixels) => `draw:${deflateSync(Buffer.from(pixels)).toString("base64url")}`;
const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });

for (const data of ["colour", "people"]) {
  story(`every attack of the catalog runs on the attack page on ${data}`, {}, async ({ open }) => {
    const visit = await open(`data=${data}&engine=cpu`, { at: await toys() });
    const { attacks } = await visit.ask("getCatalog");
    const able = attacks.filter((card) => data === "colour" || !card.pictures_only);
    assert.equal(able.length, attacks.length - (data === "colour" ? 0 : 2));
    let moved = 0;
    for (const card of able.filter(({ id }) => id !== "none")) {
      for (const norm of card.norms) {
        const steps = card.knobs.filter(({ key }) => key === "steps").map((knob) => [knob.key, knob.default]);
        const keys = { attack: card.id, norm, eps: RADII[data][norm], ...Object.fromEntries(steps), ...BRISK[card.id] };
        const answer = await visit.ask("setState", keys);
        assert.deepEqual([answer.ignored, answer.clamped], [[], []], card.id);
        const result = await visit.ask("run", "attack");
        assert.deepEqual([result.attack.id, result.clean.shape], [card.id, data === "colour" ? [3, 8, 8] : [1, 1, 5]]);
        const change = changes(result);
        assert.ok(change.every(Number.isFinite), card.id);
        if (data === "people") assert.equal(change[AGE], 0, `${card.id}, ${norm}: Age moved`);
        moved += Number(change.some((one) => one !== 0));
      }
    }
    assert.ok(moved >= able.length, `${moved} attacks changed something`);
    if (data === "people") {
      assert.deepEqual((await visit.ask("setState", { attack: "spatial" })).clamped, ["attack"]);
      assert.equal(await visit.page.getByRole("radio", { name: "Rotation and shift" }).count(), 0);
    }
    await accessible(visit.page, `the attack page on ${data}`);
  });
}

story("a coloured picture is shown, inspected, drawn on, and its link restores it", {}, async ({ open }) => {
  const at = await toys();
  const visit = await open("data=colour&engine=cpu&attack=pgd&steps=10&eps=0.3", { at });
  const first = await visit.ask("getResult");
  const clean = visit.equation("toy").getByRole("img", { name: /^Clean input/ });
  const shown = await clean.evaluate((canvas) => [canvas.width, canvas.height, ...canvas.getContext("2d").getImageData(0, 0, 1, 1).data]);
  const pixels = floats(first.clean.pixels);
  assert.deepEqual(shown, [8, 8, ...[0, 64, 128].map((place) => Math.round(255 * pixels[place])), 255]);
  await clean.hover({ position: { x: 2, y: 2 } });
  await visit.equation("toy").getByText(/^Row 1, column 1: .* · .* · /).waitFor();
  await visit.draw([[0.2, 0.5], [0.8, 0.5]]);
  const result = await visit.ask("getResult");
  const bytes = inflateSync(Buffer.from(result.fragment.match(/input=draw:([\w-]+)/)[1], "base64url"));
  assert.equal(bytes.length, 192);
  assert.deepEqual([0, 64, 128].map((channel) => bytes[channel + 4 * 8 + 4] > 128 && bytes[channel] === 0), [true, true, true]);
  await visit.page.getByText("Your picture, as 8 x 8 pixels.").waitFor();
  const other = await open(result.fragment, { at });
  assert.deepEqual((await other.ask("getResult")).adversarial, result.adversarial);
});

story("a mask that is drawn, and one of a link, keeps the rest of a picture", {}, async ({ open }) => {
  const visit = await open("data=colour&engine=cpu&attack=pgd&steps=10&eps=0.3&input=test:1", { at: await toys() });
  assert.ok(changes(await visit.ask("getResult")).filter((one) => one !== 0).length > 150, "without a mask nearly all moves");
  await button(visit, "Mask").click();
  await visit.draw([[0.1, 0.1], [0.9, 0.1]]);
  const masked = await visit.ask("getResult");
  assert.match(masked.fragment, /input=test:1&.*mask=draw:/);
  assert.match(masked.mask, /^draw:/);
  const rows = changes(masked).flatMap((one, at) => (one === 0 ? [] : [Math.floor((at % 64) / 8)]));
  assert.ok(rows.length > 10 && rows.every((row) => row <= 1), `rows ${rows}`);
  // The pen draws the input again once the button is let go.
  await button(visit, "Mask").click();
  const right = drawn(Array.from({ length: 64 }, (_, at) => (at % 8 > 3 ? 255 : 0)));
  const half = changes(await visit.attacked({ mask: right }));
  assert.ok(half.every((one, at) => at % 8 > 3 || one === 0) && half.some((one) => one !== 0));
  await button(visit, "No mask").click();
  const whole = await visit.ask("getResult");
  assert.equal(whole.mask, null);
  assert.ok(changes(whole).some((one, at) => at % 8 < 4 && one !== 0));
  assert.deepEqual((await visit.ask("setState", { mask: drawn(Array(64).fill(0)) })).clamped, ["mask"]);
});

story("MNIST has a mask too", {}, async ({ open }) => {
  const visit = await open("engine=cpu&attack=pgd&steps=10&eps=0.3");
  await visit.ask("getResult");
  assert.equal(await button(visit, "Mask").count(), 0, "nobody asked for one");
  const top = drawn(Array.from({ length: 784 }, (_, at) => (at < 392 ? 255 : 0)));
  const change = changes(await visit.attacked({ mask: top }));
  assert.ok(change.every((one, at) => at < 392 || one === 0) && change.some((one) => one !== 0));
  await button(visit, "Mask").waitFor();
});

story("a row is filled in, undone, masked, and its link restores it", {}, async ({ open }) => {
  const at = await toys();
  const visit = await open("data=people&engine=cpu&attack=pgd&steps=10&eps=0.3", { at });
  const first = await visit.ask("getResult");
  assert.equal(await visit.page.getByRole("application").count(), 0, "there is no pad");
  const field = visit.page.getByRole("spinbutton", { name: "Height (cm)" });
  await field.fill("180");
  await field.press("Enter");
  const second = await visit.ask("getResult");
  const row = second.fragment.match(/input=row:([^&]*)/)[1].split(",").map(Number);
  assert.deepEqual([row.length, row[0], second.truth], [5, 180, null]);
  assert.ok(Math.abs(floats(second.clean.pixels)[0] - 80 / 120) < 1e-6);
  await visit.page.getByText("A row of your own.").waitFor();
  const age = visit.page.getByRole("spinbutton", { name: "Age (years)" });
  await age.fill("41.6");
  await age.press("Enter");
  assert.match((await visit.ask("getResult")).fragment, /input=row:180,[^,]*,42,/);
  // The table of the change: what is fixed is the same before and after, and something else is not.
  const line = (name) => visit.equation("toy").getByRole("row", { name: new RegExp(`^${name}`) }).getByRole("cell").allInnerTexts();
  const [before, after, change] = await line("Age");
  assert.deepEqual([before, after, change], ["42", "42", ""]);
  const others = await Promise.all(COLUMNS.filter((name) => name !== "Age").map(line));
  assert.ok(others.some((cells) => /^[+−]/.test(cells[2])), JSON.stringify(others));
  await accessible(visit.page, "a form");

  const box = (name) => visit.page.getByRole("checkbox", { name: `Attacks may change ${name}` });
  await box("Height").uncheck();
  const masked = await visit.ask("getResult");
  assert.equal(masked.mask, "Weight,Score,Children");
  assert.deepEqual([changes(masked)[0], changes(masked)[AGE]], [0, 0]);
  assert.ok(changes(masked).some((one) => one !== 0));
  const other = await open(masked.fragment, { at });
  assert.deepEqual((await other.ask("getResult")).adversarial, masked.adversarial);
  await box("Height").check();
  assert.doesNotMatch((await visit.ask("getState")).fragment, /mask=/);
  await button(visit, "Undo").first().click();
  await button(visit, "Undo").first().click();
  assert.equal((await visit.ask("getResult")).fragment, first.fragment);
  const wrong = await visit.ask("setState", { input: "row:9,50,40,0,1" });
  assert.deepEqual(wrong.clamped, ["input"]);
  assert.match(wrong.fragment, /input=row:100,50,40,0,1/);
});

story("explanations of a row and of a coloured picture", {}, async ({ open }) => {
  for (const data of ["people", "colour"]) {
    const visit = await open(`data=${data}&engine=cpu&attack=pgd&steps=10&eps=0.3`, { at: await toys() });
    await visit.ask("getResult");
    const explain = visit.page.locator("#explain");
    await explain.getByText("Explain: attributions, step by step, decision map, unusual inputs, detectors, certificate").click();
    const map = /^Gradient for class \w on the clean input: highest .* at (row \d, column \d|Height|Weight|Age|Score|Children)/;
    await explain.getByLabel(map).waitFor();
    await explain.getByRole("radio", { name: "Step by step", exact: true }).check();
    await explain.getByText(/^Iteration 1 of 10/).waitFor();
    if (data === "people") {
      await explain.getByRole("button", { name: "Weight" }).first().click();
      await explain.getByText("The pixel in Weight").waitFor();
    }
    await explain.getByRole("radio", { name: "Decision map", exact: true }).check();
    await explain.locator("svg.decision").waitFor();
    await accessible(visit.page, `explanations of ${data}`);
  }
});

story("an attack on a row is saved as a table of its columns", {}, async ({ open }) => {
  const visit = await open("data=people&engine=cpu&attack=pgd&steps=10&eps=0.3", { at: await toys() });
  await visit.ask("getResult");
  await button(visit, "Share").click();
  const save = button(visit, "Save row (CSV)");
  await save.waitFor();
  assert.equal(await button(visit, "Save picture (PNG)").count(), 0);
  const [download] = await Promise.all([visit.page.waitForEvent("download"), save.click()]);
  const lines = readFileSync(await download.path()).toString().trim().split("\n").map((line) => line.split(","));
  assert.deepEqual(lines[0], ["column", "unit", "clean", "adversarial", "change"]);
  assert.deepEqual(lines.slice(1).map(([name]) => name), COLUMNS);
  assert.deepEqual([lines[AGE + 1][1], Number(lines[AGE + 1][4])], ["years", 0]);
});
