// Explanations on the attack page as a visitor uses them: attributions, the attack step by step, the decision map with the
// loss surface, unusual inputs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { accessible } from "./axe.mjs";
import { EXPLAIN, PANIC, THREE, deadly, floats, story } from "./page.mjs";

const LINK = "engine=cpu&eps=0.2&attack=pgd&steps=10&step=0.05&pgd.start=0";

const explain = (visit) => visit.page.locator("#explain");
const picture = (visit, name) => explain(visit).getByRole("img", { name });
const view = (visit, name) => explain(visit).getByRole("radio", { name, exact: true }).check();

/** Opens the explanations and waits for the first ones. */
async function opened(visit) {
  await visit.ask("getResult");
  await explain(visit).getByText("Explain: attributions, step by step, decision map, unusual inputs, detectors, certificate").click();
  await picture(visit, /^Gradient for class \d on the clean input/).waitFor();
}

/** Pixels, 0 or 1, as the link takes a drawing. */
const drawn = (pixels) => `draw:${deflateSync(Buffer.from(pixels.map((ink) => 255 * ink))).toString("base64url")}`;

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
  // Another attack makes other steps.
  await visit.attacked({ attack: "deepfool", norm: "l2", eps: 1.5 });
  await explain(visit).getByText(/This is a step of PGD at radius 1\.5, not of DeepFool\./).waitFor();
});

story("the steps are saved as an animated picture, from the clean input to the adversarial one", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  await view(visit, "Step by step");
  const [download] = await Promise.all([
    visit.page.waitForEvent("download"),
    explain(visit).getByRole("button", { name: "Save the steps as an animated picture (GIF)" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "foolproof-pgd-seed-1.gif");
  const file = [...readFileSync(await download.path())];
  const told = await visit.page.evaluate(async (file) => {
    const decoder = new ImageDecoder({ data: new Uint8Array(file), type: "image/gif" });
    await Promise.all([decoder.tracks.ready, decoder.completed]);
    const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
    const frames = [];
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex += 1) {
      const { image } = await decoder.decode({ frameIndex });
      const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      // The middle of each square.
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const greys = Array.from({ length: 784 }, (_, at) => data[4 * ((Math.floor(at / 28) * 10 + 5) * 280 + (at % 28) * 10 + 5)]);
      frames.push({ width: image.displayWidth, millis: image.duration / 1000, greys });
    }
    return { repeats: repetitionCount === Infinity, frames };
  }, file);
  // Clean, ten iterates, adversarial: without a random start.
  assert.deepEqual([told.frames.length, told.repeats, told.frames[0].width], [12, true, 280]);
  assert.deepEqual([told.frames[0].millis, told.frames[11].millis], [100, 1500]);
  const { clean, adversarial } = await visit.ask("getResult");
  for (const [side, frame] of [[clean, told.frames[0]], [adversarial, told.frames[11]]]) {
    const off = [...floats(side.pixels)].map((pixel, at) => Math.abs(Math.round(pixel * 255) - frame.greys[at]));
    assert.ok(Math.max(...off) <= 1, `${Math.max(...off)} grey levels off`);
  }
});

story("the attack's own lines of code, those of a stage marked", { expects: [/Failed to load resource/, /pgd\.rs/] }, async ({ open, context }) => {
  await context.route(/code\/attacks\/pgd\.rs/, (route) => route.abort());
  const visit = await open(LINK);
  await opened(visit);
  await view(visit, "Step by step");
  const code = (name) => explain(visit).getByRole("group", { name: `Lines of ${name}`, exact: true });
  await explain(visit).getByText("Show me the code").click();
  await explain(visit).locator(".warning").getByText(/^Not all of the code can be shown\. .*pgd\.rs/).waitFor();
  await context.unroute(/code\/attacks\/pgd\.rs/);
  await explain(visit).getByText("Show me the code").click();
  await explain(visit).getByText("Show me the code").click();
  const marked = code("attacks/pgd.rs").getByRole("mark");
  assert.match(await marked.innerText(), /probe\.gradient\(\)/);
  assert.equal(await code("drive.rs").count(), 0, "the gradient is the attack's own");
  const seen = () =>
    marked.first().evaluate((mark) => {
      const [line, frame] = [mark, mark.closest("pre")].map((one) => one.getBoundingClientRect());
      return line.top >= frame.top && line.bottom <= frame.bottom;
    });
  assert.ok(await seen(), "the marked line is in view");
  await explain(visit).getByRole("radio", { name: "4. Project into the ball" }).check();
  await code("drive.rs").waitFor();
  assert.match((await code("drive.rs").getByRole("mark").allInnerTexts()).join(""), /confine\(self\.aim\(\), &self\.ball/);
  await code("drive.rs").focus();
  const before = await code("drive.rs").evaluate((frame) => frame.scrollTop);
  await visit.page.keyboard.press("PageDown");
  await visit.page.waitForFunction((before) => document.activeElement.scrollTop > before, before);
  await accessible(visit.page, "the code");
  await visit.attacked({ attack: "fgsm" });
  await explain(visit).getByRole("radio", { name: "3. Step by α" }).check();
  assert.match(await code("attacks/fgsm.rs").getByRole("mark").innerText(), /step: ball\.radius/);
  await code("attacks/pgd.rs").waitFor();
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

story("the loss surface of the same plane, with its figures and a picture to save", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  const { loss } = await visit.ask("getResult");
  await view(visit, "Decision map");
  await picture(visit, /^Decision map\./).waitFor();
  await view(visit, "Loss surface");
  const surface = picture(visit, /^Loss surface\. Loss [\d.e-]+ at the clean input/);
  const said = await surface.getAttribute("aria-label");
  const [clean, attacked, most] = said.match(/\d[\d.e-]*/g).map(Number);
  assert.ok(Math.abs(clean - loss[0]) <= 0.01 * loss[0] + 1e-6, `${clean} is told, and the attack began at ${loss[0]}`);
  assert.ok(clean < attacked && attacked <= most, said);
  assert.ok((await surface.locator("path.crest").count()) > 30, "a ridge a row");
  await explain(visit).getByText(/toward the true class: an attack climbs\. To the right the attack,/).waitFor();
  await explain(visit).getByText("Loss surface as a table").click();
  const middle = explain(visit).getByRole("group", { name: "Loss surface as a table" }).getByRole("row").nth(3);
  assert.equal(Number(await middle.getByRole("cell").nth(2).innerText()), clean);
  const [download] = await Promise.all([
    visit.page.waitForEvent("download"),
    explain(visit).getByRole("button", { name: "Save chart as PNG" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "foolproof-loss-surface.png");
  assert.ok(readFileSync(await download.path()).length > 5000);
  await view(visit, "Answers");
  await picture(visit, /^Decision map\./).waitFor();
  // Nobody knows what a drawing is, and an attack of radius 0 has no direction.
  await view(visit, "Loss surface");
  await visit.attacked({ input: drawn(Array.from({ length: 784 }, (_, at) => Number(at % 28 > 12 && at % 28 < 16))), eps: 0 });
  await explain(visit).getByText(/toward the model's own clean answer \d: an attack climbs\. To the right the gradient, as the attack changed nothing,/).waitFor();
  await surface.getByText("along the gradient").waitFor();
});

story("unusual inputs: a digit is usual, noise is not, and a few of them drift", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  await view(visit, "Unusual inputs");
  const chart = picture(visit, /^Clean input: Usual: /);
  await chart.waitFor();
  assert.match(await chart.getAttribute("aria-label"), /Adversarial input: (Unu|U)sual: [\d.]+ from its fifth nearest test image, farther than \d+ % /);
  // The nearest pictures of a test image are of its class, as a rule; the first one is.
  const near = explain(visit).locator("section", { hasText: "Clean input" }).getByRole("listitem");
  assert.equal(await near.count(), 5);
  const { clean } = await visit.ask("getResult");
  assert.equal((await near.first().innerText()).match(/\d+/)[0], String(clean.label));
  await explain(visit).getByText(/^Drift is tested from 8 different clean inputs on, so far 1:/).waitFor();
  await explain(visit).getByText("Distances as a table").click();
  const table = explain(visit).getByRole("group", { name: "Distances as a table" });
  const distance = (name) => table.getByRole("row", { name }).getByRole("cell").innerText();
  assert.ok((await chart.getAttribute("aria-label")).includes(`Usual: ${await distance(/^Clean input/)} from`));
  assert.ok(Number(await distance(/^5 % of/)) < Number(await distance(/^95 % of/)));
  // Test images do not drift; a chequered board in eight shifts does.
  for (const index of [500, 501, 502, 503, 504, 505]) {
    await visit.attacked({ input: `test:${index}` });
    await explain(visit).getByText(`so far ${index - 498}:`).waitFor();
  }
  await visit.attacked({ input: "test:506" });
  await explain(visit).getByText(/^The 8 clean inputs may well be as the test images are/).waitFor();
  const board = (shift) => Array.from({ length: 784 }, (_, at) => ((at % 28) + Math.floor(at / 28) + shift) % 4 < 2 ? 1 : 0);
  for (const shift of [0, 1, 2, 3]) {
    const striped = board(shift).map((ink, at) => (at % (5 + shift) === 0 ? 1 : ink));
    for (const pixels of [board(shift), striped]) await visit.attacked({ input: drawn(pixels) });
  }
  await picture(visit, /^Clean input: Unusual: /).waitFor();
  await explain(visit).getByText(/^The 16 clean inputs seem to drift from the test images: .* by chance in (< )?0\.\d %/).waitFor();
});

story("a drawing of several strokes is one input for drift, and what follows a wiped pad another", {}, async ({ open }) => {
  const visit = await open(LINK);
  await opened(visit);
  await view(visit, "Unusual inputs");
  const told = (count) => explain(visit).getByText(`so far ${count}:`).waitFor();
  await told(1);
  const stroke = async (points) => {
    await visit.draw(points);
    await visit.ask("getResult");
  };
  await stroke(THREE.slice(0, 6));
  await told(2);
  await stroke(THREE.slice(5));
  await stroke([[0.3, 0.5], [0.7, 0.5]]);
  await visit.page.getByRole("group", { name: "Drawing" }).getByRole("button", { name: "Clear" }).click();
  await stroke([[0.5, 0.2], [0.5, 0.8]]);
  await stroke([[0.3, 0.8], [0.7, 0.8]]);
  await visit.attacked({ input: "test:3" });
  await told(4);
});

story("test images that cannot be had are said in a sentence, and tried again", { expects: [/Failed to load resource/, /test-00032/] }, async ({ open, context }) => {
  // The page asks for them too; nobody is answered yet.
  const asked = [];
  let held = true;
  let begun;
  const both = new Promise((resolve) => (begun = resolve));
  await context.route(/test-00032-images/, (route) => {
    asked.push(route);
    if (asked.length === 2) begun();
    return held ? undefined : route.abort();
  });
  const visit = await open(LINK);
  await opened(visit);
  await view(visit, "Unusual inputs");
  await both;
  await view(visit, "Attributions");
  await view(visit, "Unusual inputs");
  await view(visit, "Attributions");
  const frame = () => visit.page.evaluate(() => new Promise((next) => requestAnimationFrame(next)));
  await frame();
  assert.equal(asked.length, 2, "they are asked for once while they are on their way");
  const failed = visit.page.waitForEvent("requestfailed");
  held = false;
  await Promise.all([...asked].map((route) => route.abort()));
  await failed;
  await frame();
  assert.equal(await explain(visit).locator(".warning").count(), 0, "what another view lacks is no fault of this one");
  await view(visit, "Unusual inputs");
  await explain(visit).locator(".warning").getByText(/test-00032.*\./).waitFor();
  await view(visit, "Attributions");
  await picture(visit, /^Gradient for class \d on the clean input/).waitFor();
  await view(visit, "Unusual inputs");
  await explain(visit).locator(".warning").getByText(/test-00032.*\./).waitFor();
  await context.unroute(/test-00032-images/);
  await explain(visit).getByRole("button", { name: "Try again" }).click();
  await picture(visit, /^Clean input: Usual: /).waitFor();
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
  await explain(visit).getByText("Explain: attributions, step by step, decision map, unusual inputs, detectors, certificate").click();
  await visit.page.waitForFunction(() => !document.querySelector("#explain").open);
  await visit.attacked({ input: "test:6" });
});

story("a lost worker is started again and asked again; one that cannot be kept alive is said", { expects: PANIC }, async ({ open, context }) => {
  await deadly(context, EXPLAIN);
  const visit = await open(LINK);
  await opened(visit);
  await visit.page.evaluate(() => (deaths = 1));
  await view(visit, "Decision map");
  await picture(visit, /^Decision map\./).waitFor();
  assert.equal(await visit.page.evaluate(() => deaths), 0, "a worker died over the map");
  await visit.page.evaluate(() => (deaths = 3));
  await view(visit, "Step by step");
  await explain(visit).locator(".warning").getByText(/^A worker could not be kept alive: /).waitFor();
  assert.equal(await visit.page.evaluate(() => deaths), 0, "three workers died over the steps");
  await explain(visit).getByRole("button", { name: "Try again" }).click();
  await explain(visit).getByText(/^Iteration 1 of 10/).waitFor();
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
      ["Loss surface", /^Loss surface\./],
      ["Unusual inputs", /^Clean input: /],
    ]) {
      await view(visit, name);
      await picture(visit, there).first().waitFor();
      await accessible(visit.page, name);
      const wide = await visit.page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
    }
  });
}
