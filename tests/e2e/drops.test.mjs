// Files: the page's own buttons, reached by keyboard, and drops anywhere on the page, none of which makes the browser leave.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible } from "./axe.mjs";
import { png, zip } from "./made.mjs";
import { PATIENCE, story } from "./page.mjs";

const LONG = { timeout: 3 * PATIENCE };
const CNN = readFileSync("static/models/mnist-cnn/model.safetensors");
const stroke = () => png(28, (row, column) => (row > 3 && row < 24 && column > 12 && column < 16 ? 250 : 0));
const pictures = () => zip(["a", "b"].flatMap((name, at) => Array.from({ length: 12 }, (_, number) =>
  [`${name}/${number}.png`, png(8, (row, column) => ((at ? row : column) === number % 8 ? 255 : 0))])));

/** Drops files on what a selector finds, as a hand does: dragged over it first. Tells whether the page kept them from the browser. */
function drop(visit, selector, files) {
  const given = files.map(([name, buffer, type = ""]) => ({ name, type, base64: Buffer.from(buffer).toString("base64") }));
  return visit.page.evaluate(({ selector, given }) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of given) data.items.add(new File([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], name, { type }));
    const send = (event) => document.querySelector(selector).dispatchEvent(new DragEvent(event, { bubbles: true, cancelable: true, dataTransfer: data }));
    return [send("dragover"), send("drop")].map((went) => !went);
  }, { selector, given });
}

const KEPT = [true, true];
const own = (visit) => visit.page.getByRole("region", { name: "Your data" });

story("a picture goes to the attack page's input from wherever it is dropped", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu&steps=5");
  await own(visit).waitFor(LONG);
  assert.deepEqual(await drop(visit, "footer", [["one.png", stroke(), "image/png"]]), KEPT);
  const result = await visit.heardDrawn(0);
  assert.equal(result.clean.label, 1);
  assert.equal((await visit.state()).page, "attack");
});

story("a picture that is dragged over the page marks the pad, which says what may be dropped", {}, async ({ open }) => {
  const visit = await open("engine=cpu&steps=5");
  await visit.ask("getResult");
  const over = (type, event) => visit.page.evaluate(({ type, event }) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "x", { type }));
    document.querySelector("footer").dispatchEvent(new DragEvent(event, { bubbles: true, cancelable: true, dataTransfer: data }));
    return [...document.querySelectorAll("[data-over]")].map(({ dataset }) => dataset.says);
  }, { type, event });
  assert.deepEqual(await over("image/png", "dragover"), ["Drop the picture here"]);
  assert.deepEqual(await over("image/png", "dragleave"), []);
  assert.deepEqual(await over("text/plain", "dragover"), []);
});

story("data and a model go to the Train page from wherever they are dropped", {}, async ({ open }) => {
  const visit = await open("engine=cpu&steps=5");
  await visit.ask("getResult");
  assert.deepEqual(await drop(visit, "header", [["stripes.zip", pictures()]]), KEPT);
  await own(visit).getByText(/^“stripes” is kept in this browser/).waitFor(LONG);
  assert.equal((await visit.state()).page, "train");
  await visit.ask("setState", "page=measure&data=mnist");
  assert.deepEqual(await drop(visit, "footer", [["mine.safetensors", CNN]]), KEPT);
  await visit.page.getByRole("group", { name: "Layers of the model" }).waitFor(LONG);
});

story("each place takes what is dropped on it, whatever it is", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  const places = visit.page.locator("[data-drop]");
  await places.nth(1).waitFor(LONG);
  const marked = await places.evaluateAll((all) => all.map((one, at) => (one.id = `place-${at}`, one.textContent)));
  const [models, data] = ["Bring in a model", "Choose a folder of pictures"].map((text) => `#place-${marked.findIndex((one) => one.includes(text))}`);
  assert.deepEqual(await drop(visit, data, [["a.png", stroke(), "image/png"], ["b.png", stroke(), "image/png"]]), KEPT);
  await own(visit).getByRole("alert").getByText(/^No dataset can be made of it: /).waitFor(LONG);
  assert.equal((await visit.state()).page, "train", "the data's own place took the pictures");
  assert.deepEqual(await drop(visit, models, [["notes.txt", Buffer.from("no model")]]), KEPT);
  await visit.page.getByText("Choose a file of weights; a list of layers alone is no model.").waitFor(LONG);
});

story("anything else is answered by one sentence, and the page stays", {}, async ({ open }) => {
  const visit = await open("engine=cpu&steps=5");
  const before = await visit.ask("getResult");
  assert.deepEqual(await drop(visit, "body", [["song.mp3", Buffer.from("la"), "audio/mpeg"]]), KEPT);
  await visit.page.getByRole("status").getByText("“song.mp3” is no file that this page takes.").waitFor();
  assert.deepEqual(await drop(visit, "main", [["layers.json", Buffer.from("{}"), "application/json"]]), KEPT);
  await visit.page.getByText(/^“layers.json” was dropped alone\./).waitFor();
  await accessible(visit.page, "with an answer to a drop");
  const dragged = await visit.page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "words");
    return document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  });
  assert.equal(dragged, true, "words may be dropped into fields as ever");
  assert.equal((await visit.ask("getState")).fragment, before.fragment);
});

story("a fixed input takes no picture and says so", {}, async ({ open }) => {
  const visit = await open("engine=cpu&steps=5&lock=input");
  const before = await visit.ask("getResult");
  assert.deepEqual(await drop(visit, "footer", [["one.png", stroke(), "image/png"]]), KEPT);
  await visit.note(/“one.png” is not taken/);
  assert.equal((await visit.ask("getState")).fragment, before.fragment);
});

for (const [language, page, name] of [["de", "train", "Modell hereinholen"], ["de", "measure", "Gespeicherten Bericht laden"], ["en", "train", "Choose files or a zip"]]) {
  story(`the button “${name}” is the page's own and reached by keyboard`, {}, async ({ open }) => {
    const visit = await open(`page=${page}&engine=cpu&lang=${language}`);
    const field = visit.page.getByLabel(new RegExp(`^${name}`)).first();
    await field.waitFor({ ...LONG, state: "attached" });
    await field.focus();
    const label = field.locator("xpath=..");
    // Listened for early: the browser has to be told first that a choice of files is not to be shown.
    const chosen = visit.page.waitForEvent("filechooser", LONG);
    await visit.page.keyboard.press("Shift+Tab");
    await visit.page.keyboard.press("Tab");
    assert.notEqual(await label.evaluate((one) => getComputedStyle(one).outlineStyle), "none", "its focus is seen");
    const { width, height } = await label.boundingBox();
    assert.ok(width >= 24 && height >= 24, `${width} x ${height}`);
    await visit.page.keyboard.press("Enter");
    assert.equal((await chosen).isMultiple(), page === "train");
    assert.equal(await visit.page.locator("input[type=file]:not(.hidden, [hidden])").count(), 0, "no button of the browser's");
  });
}

story("what a file's reader says is German behind the file's name", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu&lang=de");
  await visit.page.getByLabel(/^Dateien oder ein Zip/).setInputFiles({ name: "kaputt.zip", mimeType: "application/zip", buffer: Buffer.from("no zip at all") });
  const said = visit.page.getByRole("alert").getByText(/kaputt\.zip: /);
  await said.waitFor(LONG);
  assert.doesNotMatch(await said.innerText(), /\b(it is|no zip archive|was cut off)\b/);
});
