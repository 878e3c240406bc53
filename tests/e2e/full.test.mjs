// F31: a browser that grants no more room. What is trained or brought in is told as not kept, is there until the tab closes,
// and is saved by a button; a run goes on without its checkpoints.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PATIENCE, story, url } from "./page.mjs";

const SHORT = "page=train&engine=cpu&train.seconds=none&train.images=500&train.batch=50&train.workers=1&train.eps=0.1&train.scored=40";
const LONG = 3 * PATIENCE;

const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });
const harden = (visit) => visit.page.getByRole("button", { name: /^Harden for/ });
const state = (visit, text) => visit.page.locator(".train .state").getByText(text).waitFor({ timeout: LONG });
const lost = (name) => `“${name}” could not be kept: the browser's storage is full; it stays until this tab closes.`;
const unsaved = "The browser's storage is full: training goes on, but a reload would lose it.";

/** Leaves the pages room for 1000 bytes, as long as the visit lasts. */
async function fill(context, visit) {
  const browser = await context.newCDPSession(visit.page);
  await browser.send("Storage.overrideQuotaForOrigin", { origin: new URL(url).origin, quotaSize: 1000 });
}

/** The keys that the browser's storage has. */
const stored = (visit) =>
  visit.page.evaluate(async () => {
    const open = indexedDB.open("foolproof");
    const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
    const keys = database.transaction("files").objectStore("files").getAllKeys();
    const found = await new Promise((resolve) => (keys.onsuccess = () => resolve(keys.result)));
    database.close();
    return found;
  });

/** The file that the button beside the sentence saves. */
async function saved(visit) {
  const download = visit.page.waitForEvent("download");
  await button(visit, "Save it as a file").click();
  return readFileSync(await (await download).path());
}

/** The parameters of a safetensors file, without what its header says besides. */
function parameters(bytes) {
  const start = 8 + Number(bytes.readBigUInt64LE());
  return bytes.subarray(start).toString("base64");
}

story("a model that is trained while the storage is full is used, exported and saved", {}, async ({ context, open }) => {
  const visit = await open(`${SHORT}&train.epochs=1`);
  await visit.page.getByText(/^None yet\. What you train/).waitFor();
  const shipped = await visit.ask("exportModel");
  await fill(context, visit);
  const result = await visit.ask("run", "train");
  assert.deepEqual([result.stopped, result.model], ["finished", "mine:mnist-pgd"]);
  await visit.page.getByText(lost("mnist-pgd"), { exact: true }).waitFor();
  await visit.page.getByText("It is here as “mnist-pgd” until this tab closes.").waitFor();
  assert.equal(await visit.page.getByText(/is kept in this browser as/).count(), 0);
  assert.deepEqual((await stored(visit)).filter((key) => !key.startsWith("run/")), [], "half a model is no model");
  const exported = await visit.ask("exportModel");
  assert.equal(exported.card.from, "mnist-cnn");
  const weights = parameters(Buffer.from(exported.safetensors, "base64"));
  assert.notEqual(weights, parameters(Buffer.from(shipped.safetensors, "base64")));
  assert.equal(parameters(await saved(visit)), weights);
  await button(visit, "Close").click();
  await visit.page.getByText(lost("mnist-pgd")).waitFor({ state: "detached" });
  await visit.page.getByText("Only until this tab closes").waitFor();
  assert.equal(await visit.page.getByLabel("Begin with").getByRole("option", { name: "mnist-pgd" }).count(), 1);
  const attacked = await visit.attacked({ page: "attack", steps: 5 });
  assert.equal(attacked.model, "mine:mnist-pgd");
  await visit.page.getByRole("article", { name: /mnist-pgd/ }).waitFor();
});

story("a host that trains from the attack page gets the model, and the visitor the sentence", {}, async ({ context, open }) => {
  const visit = await open(`${SHORT}&train.epochs=1&page=attack`);
  // Before there is a database: where the browser refuses even that, memory is all there is.
  await fill(context, visit);
  const result = await visit.ask("run", "train");
  assert.equal(result.model, "mine:mnist-pgd");
  await visit.page.getByText(/^“mnist-pgd” could not be kept: .*; it stays until this tab closes\.$/).waitFor();
  await button(visit, "Save it as a file").waitFor();
  assert.equal((await visit.ask("exportModel")).card.from, "mnist-cnn");
});

/** One layer, as another program would save it: tensors without metadata, in 32 bits. */
function tiny() {
  const header = { "1.weight": { dtype: "F32", shape: [10, 784], data_offsets: [0, 31_360] }, "1.bias": { dtype: "F32", shape: [10], data_offsets: [31_360, 31_400] } };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from({ length: 7850 }, (_, at) => 0.05 * Math.sin(at)).buffer)]);
}

story("a model that is brought in while the storage is full is there, and says so", {}, async ({ context, open }) => {
  const visit = await open(SHORT);
  await visit.page.getByText(/^None yet\. What you train/).waitFor();
  await fill(context, visit);
  const list = JSON.stringify({ input: [1, 28, 28], classes: 10, layers: ["flatten", { linear: { in: 784, out: 10 } }] });
  await visit.page.getByLabel(/^Bring in a model/).setInputFiles([
    { name: "tiny.safetensors", mimeType: "application/octet-stream", buffer: tiny() },
    { name: "tiny.json", mimeType: "application/json", buffer: Buffer.from(list) },
  ]);
  await visit.page.getByText(lost("tiny"), { exact: true }).waitFor();
  assert.equal(await visit.page.getByText("“tiny” is kept in this browser.").count(), 0);
  assert.deepEqual(await stored(visit), []);
  await visit.ask("setState", { model: "mine:tiny" });
  const exported = await visit.ask("exportModel");
  assert.deepEqual(exported.architecture.layers, JSON.parse(list).layers);
  const weights = parameters(Buffer.from(exported.safetensors, "base64"));
  assert.equal(parameters(await saved(visit)), weights);
  // It is renamed as any other, and what is there no more is not spoken of.
  const name = visit.page.getByRole("textbox", { name: "Name of tiny" });
  await name.fill("mine");
  await name.press("Enter");
  await visit.page.getByText("“tiny” is called “mine” now.").waitFor();
  assert.equal((await visit.state()).model, "mine:mine");
  await button(visit, "Delete mine").click();
  await visit.page.getByText("“mine” is deleted.").waitFor();
  await visit.page.getByText(/could not be kept/).waitFor({ state: "detached" });
});

story("a run and a sweep go on without their checkpoints, and say so", {}, async ({ context, open }) => {
  const visit = await open(`${SHORT}&train.epochs=1000&train.lr=0.001`);
  await visit.page.getByText(/^None yet\. What you train/).waitFor();
  await fill(context, visit);
  await harden(visit).click();
  await state(visit, /batch [1-9]/);
  await button(visit, "Pause").click();
  await state(visit, unsaved);
  await button(visit, "Go on").click();
  await button(visit, "Pause").waitFor();
  await button(visit, "Cancel").click();
  await visit.page.getByText(/^The run was cancelled\./).waitFor();
  assert.equal(await visit.page.getByText(unsaved).count(), 0, "there is nothing to be lost any more");
  await visit.ask("setState", { "train.epochs": 1, "train.sweep": "method:fast,standard" });
  const pending = visit.answer("run", "train");
  await state(visit, unsaved);
  const { ok, value } = await pending;
  assert.deepEqual([ok, value.rows.map((row) => row.result.stopped)], [true, ["finished", "finished"]]);
  await visit.page.getByRole("button", { name: "Keep the model of standard" }).click();
  await visit.page.getByText(lost("mnist-standard"), { exact: true }).waitFor();
});
