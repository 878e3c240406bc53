// The patch: it starts over the strokes, is dragged on the picture or moved by arrow keys, and links have its place. Beside
// each attack stand the controls that mean something to it, and no others.

import assert from "node:assert/strict";
import { floats, story } from "./page.mjs";

const PATCH = "attack=patch&steps=20&engine=cpu";
const SIDE = 28;

/** Rows and columns between which an attack has changed something. */
function changed({ clean, adversarial }) {
  const before = floats(clean.pixels);
  const places = [...floats(adversarial.pixels)].flatMap((after, at) => (after === before[at] ? [] : [at]));
  const [rows, columns] = [places.map((at) => Math.floor(at / SIDE)), places.map((at) => at % SIDE)];
  return { rows: [Math.min(...rows), Math.max(...rows)], columns: [Math.min(...columns), Math.max(...columns)] };
}

/** Ink below the patch, and the most that any square of its size has. */
function ink({ clean, knobs }) {
  const pixels = floats(clean.pixels);
  const side = Math.round(knobs.size * SIDE);
  const under = (row, column) => {
    let sum = 0;
    for (let y = row; y < row + side; y += 1) for (let x = column; x < column + side; x += 1) sum += pixels[y * SIDE + x];
    return sum;
  };
  const room = SIDE - side;
  const all = Array.from({ length: (room + 1) ** 2 }, (_, at) => under(Math.floor(at / (room + 1)), at % (room + 1)));
  return [under(Math.round(knobs.row * room), Math.round(knobs.column * room)), Math.max(...all)];
}

const sticker = (visit) => visit.equation("natural").getByRole("button", { name: /^Sticker of/ });

story("a patch starts over the strokes, says its size, and fools", {}, async ({ open }) => {
  const visit = await open(PATCH);
  const result = await visit.ask("getResult");
  const [own, most] = ink({ clean: result.clean, knobs: result.attack });
  assert.ok(own > most - 1e-3, `${own} of at most ${most}`);
  assert.ok(own > 5, "it is no empty corner");
  await visit.page.getByText("painting an 8 x 8 sticker, makes it say").waitFor();
  await visit.verdict("natural", "Fooled");
  const { fragment } = await visit.ask("getState");
  assert.doesNotMatch(fragment, /patch\.(row|column)/, "nobody has put it anywhere");
  await visit.ask("setState", { "patch.size": 0.33 });
  await visit.page.getByText("painting a 9 x 9 sticker").waitFor();
});

story("a patch is dragged on the picture and moved by arrow keys, and its link restores it", {}, async ({ open }) => {
  const visit = await open(`${PATCH}&patch.row=0&patch.column=0`);
  assert.deepEqual(changed(await visit.ask("getResult")), { rows: [0, 7], columns: [0, 7] });
  const frame = sticker(visit);
  await frame.scrollIntoViewIfNeeded();
  const box = await frame.boundingBox();
  const pixel = box.width / 8;
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  await visit.page.mouse.move(...middle);
  await visit.page.mouse.down();
  await visit.page.mouse.move(middle[0] + 10 * pixel, middle[1] + 5 * pixel, { steps: 5 });
  await visit.page.mouse.up();
  const dragged = await visit.ask("getResult");
  assert.deepEqual(changed(dragged), { rows: [5, 12], columns: [10, 17] });
  assert.match(dragged.fragment, /patch\.column=0\.5&.*patch\.row=0\.25/);
  await frame.focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowLeft", "Shift+ArrowRight"]) await visit.page.keyboard.press(key);
  const moved = await visit.ask("getResult");
  assert.deepEqual(changed(moved), { rows: [7, 14], columns: [13, 20] });
  await visit.equation("natural").getByRole("button", { name: /its corner at row 8, column 14\./ }).waitFor();
  const other = await open(moved.fragment);
  assert.deepEqual((await other.ask("getResult")).adversarial, moved.adversarial);
  // Each key that is let go is a step of its own; the drag was one.
  const undo = visit.page.getByRole("group", { name: "Controls" }).getByRole("button", { name: "Undo" });
  for (let step = 0; step < 4; step += 1) await undo.click();
  assert.deepEqual(changed(await visit.ask("getResult")), { rows: [5, 12], columns: [10, 17] });
  await undo.click();
  assert.deepEqual(changed(await visit.ask("getResult")), { rows: [0, 7], columns: [0, 7] });
  // Beyond the edge there is nothing.
  for (let press = 0; press < 8; press += 1) await frame.press("Shift+ArrowRight");
  assert.equal((await visit.state())["patch.column"], 1);
});

story("a patch that a link fixes stays where it is", {}, async ({ open }) => {
  const visit = await open(`${PATCH}&patch.row=0.5&patch.column=0.5&lock=patch.row`);
  await visit.ask("getResult");
  const frame = sticker(visit);
  await frame.waitFor();
  assert.equal(await frame.isDisabled(), true);
});

const SHOWN = {
  none: { norm: 0, slider: 0, target: 0, seed: 0, number: 0, sticker: 0 },
  pgd: { norm: 1, slider: 1, target: 1, seed: 1, number: 1, sticker: 0 },
  deepfool: { norm: 1, slider: 0, target: 0, seed: 1, number: 0, sticker: 0 },
  cw: { norm: 1, slider: 0, target: 1, seed: 1, number: 0, sticker: 0 },
  patch: { norm: 0, slider: 0, target: 1, seed: 1, number: 0, sticker: 1 },
  spatial: { norm: 0, slider: 0, target: 1, seed: 1, number: 0, sticker: 0 },
};

story("controls that mean nothing to an attack are not shown", {}, async ({ open }) => {
  const visit = await open("engine=cpu&steps=5");
  const { page } = visit;
  const found = {
    norm: page.getByRole("radiogroup", { name: "Norm", exact: true }),
    slider: page.getByRole("slider", { name: /Epsilon/ }),
    target: page.getByRole("combobox", { name: "Target" }),
    seed: page.getByRole("spinbutton", { name: "Seed" }),
    number: page.getByRole("spinbutton", { name: "Epsilon, the attack's radius" }),
    sticker: sticker(visit),
  };
  const heights = new Set();
  for (const [attack, wanted] of Object.entries(SHOWN)) {
    await visit.attacked({ attack });
    for (const [name, count] of Object.entries(wanted)) {
      if (count) await found[name].waitFor();
      assert.equal(await found[name].count(), count, `${attack}: ${name}`);
    }
    heights.add((await page.getByRole("region", { name: "Radius" }).boundingBox()).height);
  }
  assert.equal(await page.getByRole("button", { name: /times stronger/ }).count(), 0, "a patch is as strong as it looks");
  assert.equal(heights.size, 1, `the pictures stay where they are: ${[...heights]}`);
  await page.getByText("No radius to set: no norm measures what this attack does.").waitFor();
});
