// A model of another program is brought in: its layers guessed and confirmed, tried on test images before it is kept, and
// read in the way in which it reads best (F15).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const LONG = { timeout: 3 * PATIENCE };
const CNN = readFileSync("static/models/mnist-cnn/model.safetensors");
const ARCHITECTURE = JSON.parse(readFileSync("static/manifest.json")).models.find(({ id }) => id === "mnist-cnn").architecture;

const bring = (visit, ...files) =>
  visit.page.getByLabel(/^Bring in a model/).setInputFiles(files.map(([name, buffer]) => ({ name, mimeType: "application/octet-stream", buffer })));
const layers = (change) => Buffer.from(JSON.stringify({ ...ARCHITECTURE, layers: change(ARCHITECTURE.layers) }));
const group = (visit, name) => visit.page.getByRole("group", { name });
const says = (visit, text) => visit.page.locator(".own :is(.said, .complaint)").getByText(text).waitFor(LONG);

/** The weights with the columns of the first linear layer as Keras has them: row, column, channel. */
function channelsLast(file, channels) {
  const start = 8 + Number(file.readBigUInt64LE());
  const { shape, data_offsets: [from] } = JSON.parse(file.subarray(8, start))["5.weight"];
  const [rows, columns] = shape;
  const pixels = columns / channels;
  const other = Buffer.from(file);
  for (let row = 0; row < rows; row += 1)
    for (let at = 0; at < columns; at += 1) {
      const [pixel, channel] = [Math.floor(at / channels), at % channels];
      const to = start + from + 2 * (row * columns + at);
      other.writeUInt16LE(file.readUInt16LE(start + from + 2 * (row * columns + channel * pixels + pixel)), to);
    }
  return other;
}

/** Places in the list, and what PyTorch's people call them. */
const NAMES = [["0", "conv1"], ["2", "conv2"], ["5", "fc1"], ["7", "fc2"]];

/** The same file under such names, behind a wrapper's prefix. */
function renamed(file) {
  const start = 8 + Number(file.readBigUInt64LE());
  let head = file.subarray(8, start).toString();
  for (const [place, name] of NAMES) head = head.replaceAll(`"${place}.`, `"module.${name}.`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(head)));
  return Buffer.concat([length, Buffer.from(head), file.subarray(start)]);
}

story("layers are guessed, shown, confirmed, and the model is tried before it is kept", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  await bring(visit, ["theirs.safetensors", CNN]);
  const guess = group(visit, "Layers of the model");
  await guess.waitFor(LONG);
  await accessible(visit.page, "with layers to confirm");
  const text = guess.getByRole("textbox");
  assert.match(await text.inputValue(), /nn\.Conv2d\(1, 16, 4, stride=2, padding=1\),\n\s+nn\.ReLU\(\)/);
  // A mistake can be mended.
  const right = await text.inputValue();
  await text.fill(right.replace("nn.Flatten()", "nn.Flatter()"));
  await guess.getByRole("button", { name: "Use these layers" }).click();
  await says(visit, /Flatter/);
  await text.fill(right);
  await guess.getByRole("button", { name: "Use these layers" }).click();
  await says(visit, /^“theirs” is kept in this browser\. It reads (9\d|100)\.\d % of 200 test images right\./);
  assert.equal(await guess.count(), 0);
  await visit.ask("setState", { page: "attack", model: "mine:theirs", eps: "0.3", steps: "10" });
  const result = await visit.ask("getResult");
  assert.deepEqual([result.model, result.success], ["mine:theirs", true]);
});

story("F11: other names are matched by order and shape, shown, and confirmed once", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  await bring(visit, ["theirs.safetensors", renamed(CNN)], ["layers.json", layers((all) => all)]);
  const names = group(visit, "Names of the layers");
  await names.waitFor(LONG);
  await accessible(visit.page, "with names to confirm");
  assert.deepEqual(await names.getByRole("listitem").allInnerTexts(), NAMES.map(([place, name]) => `${name} → ${place}`));
  await names.getByRole("button", { name: "They are right" }).click();
  await says(visit, /^“theirs” is kept in this browser\. It reads (9\d|100)\.\d % of 200 test images right\. .*“module\.” before every name is left out\. .*conv1 → 0, conv2 → 2/);
});

story("F15: a model that reads next to nothing is tried in other ways, and the right one is taken", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  await bring(visit, ["keras.safetensors", channelsLast(CNN, 32)], ["layers.json", layers((all) => all)]);
  const ways = group(visit, "Ways of reading pixels");
  await ways.waitFor(LONG);
  await says(visit, /It reads \d+\.\d % of 200 test images right: another pixel order, scale or normalisation\?/);
  await accessible(visit.page, "with ways to choose from");
  const share = async (row) => parseFloat((await row.innerText()).match(/([\d.]+) %/)[1]);
  const best = ways.locator("li.best");
  assert.match(await best.first().innerText(), /rows, columns, channels; as it is/);
  assert.ok((await share(best.first())) > 90);
  await best.first().getByRole("button").click();
  await says(visit, /^“keras” is kept in this browser\. It reads (9\d|100)\.\d %/);
  assert.equal(await visit.page.getByRole("textbox", { name: /^Name of keras/ }).count(), 1, "it takes the other's place");
});

story("what is done while a model's ways are tried is not talked over when they are", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  await bring(visit, ["keras.safetensors", channelsLast(CNN, 32)], ["layers.json", layers((all) => all)]);
  // In the page: a way takes a moment, and so does a test's click.
  await visit.page.getByRole("region", { name: "Your models" }).evaluate(
    (own) =>
      new Promise((resolve) => {
        const look = () => {
          const button = own.querySelector('[aria-label="Delete keras"]');
          if (!button || !/Trying it in another way/.test(own.textContent)) return requestAnimationFrame(look);
          resolve(button.click());
        };
        look();
      }),
  );
  await says(visit, "“keras” is deleted.");
  await group(visit, "Ways of reading pixels").waitFor(LONG);
  await says(visit, "“keras” is deleted.");
});

story("a network for dark ink on white reads digits after all", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  const inverted = layers((all) => [{ normalise: { mean: [1], std: [-1] } }, ...all]);
  await bring(visit, ["dark.safetensors", CNN], ["dark.json", inverted]);
  // With a layer more before them, the layers have other places than in the file.
  await group(visit, "Names of the layers").getByRole("button", { name: "They are right" }).click();
  const ways = group(visit, "Ways of reading pixels");
  await ways.waitFor(LONG);
  await ways.getByRole("button", { name: "Keep it so, dark ink on white" }).click();
  await says(visit, /^“dark” is kept in this browser\. It reads (9\d|100)\.\d %/);
});

story("a model's file that is dropped on the attack page is brought in", {}, async ({ open }) => {
  const visit = await open("engine=cpu&steps=5");
  await visit.equation("natural").waitFor();
  await visit.page.evaluate(({ base64, json }) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], "dropped.safetensors"));
    data.items.add(new File([json], "layers.json"));
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  }, { base64: CNN.toString("base64"), json: layers((all) => all).toString() });
  await says(visit, /^“dropped” is kept in this browser\. It reads (9\d|100)\.\d %/);
  assert.equal((await visit.state()).page, "train");
});
