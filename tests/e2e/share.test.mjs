// The link that is shared restores the experiment, the drawing included, in a browser that has never seen it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { lessons } from "./lessons.mjs";
import { story, THREE, url, Visit } from "./page.mjs";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

story("a copied link restores drawing, answer and distances in a fresh browser", { context: clipboard }, async (scene) => {
  const first = await scene.open("attack=pgd&steps=10&eps=0.15&seed=7&engine=cpu");
  await first.draw(THREE);
  const drawn = await first.ask("getResult");
  await first.page.getByRole("button", { name: "Copy link" }).click();
  await first.page.getByRole("button", { name: "Copied" }).waitFor();
  const link = await first.page.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.startsWith(url) && link.length < 2000, `${link.length} characters`);

  const context = await scene.context.browser().newContext();
  try {
    const page = await context.newPage();
    const second = new Visit(page);
    await second.go(link.split("#")[1]);
    const restored = await second.ask("getResult");
    assert.equal(restored.fragment, drawn.fragment);
    assert.deepEqual(restored.clean, drawn.clean);
    assert.deepEqual(restored.adversarial, drawn.adversarial);
    assert.deepEqual(restored.distance, drawn.distance);
    assert.deepEqual(second.troubles, []);
  } finally {
    await context.close();
  }
});

story("without a clipboard the link is in the address bar, and the page says so", {}, async ({ open, context }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, "clipboard", { get: () => undefined }));
  const visit = await open("steps=5&eps=0.12");
  await visit.page.getByRole("button", { name: "Copy link" }).click();
  await visit.note(/link is in the address bar/);
  assert.equal(new URL(visit.page.url()).hash.slice(1), (await visit.ask("getState")).fragment);
});

const dialog = (visit) => visit.page.getByRole("dialog", { name: "Share" });

async function share(visit) {
  await visit.page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog(visit).waitFor();
}

// The file that pressing a button saves.
async function saved(visit, name) {
  const [file] = await Promise.all([visit.page.waitForEvent("download"), dialog(visit).getByRole("button", { name }).click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

story("the attack is saved as a picture and as numbers", {}, async ({ open }) => {
  const visit = await open("steps=5&eps=0.2&engine=cpu");
  const result = await visit.ask("getResult");
  await share(visit);
  const picture = await saved(visit, "Save picture (PNG)");
  assert.deepEqual([picture.name, picture.bytes.subarray(1, 4).toString()], ["foolproof-attack.png", "PNG"]);
  assert.deepEqual([picture.bytes.readUInt32BE(16), picture.bytes.readUInt32BE(20) > 400], [1200, true]);
  const { label, success } = result.eightBit;
  assert.deepEqual([result.success, success], [true, true], "PGD at .2 goes far past the boundary");
  await dialog(visit).getByText(`Saved in 8 bits, as in a PNG, it is still read as ${label}.`).waitFor();
  const array = await saved(visit, "Save pixels (NPY)");
  assert.match(array.bytes.toString("latin1"), /'shape': \(2, 1, 28, 28\)/);
  const numbers = array.bytes.subarray(array.bytes.length - 2 * 784 * 4);
  assert.equal(numbers.subarray(0, 784 * 4).toString("base64"), result.clean.pixels);
  assert.equal(numbers.subarray(784 * 4).toString("base64"), result.adversarial.pixels);
  const table = (await saved(visit, "Save pixels (CSV)")).bytes.toString().trim().split("\n");
  assert.deepEqual([table.length, table[0]], [785, "channel,row,column,clean,adversarial,noise"]);
});

story("a session carries an own model, its training, a report and a drawing to another browser", {}, async (scene) => {
  const first = await scene.open("engine=cpu");
  await first.draw(THREE);
  await first.ask("setState", "page=train&train.seconds=none&train.images=500&train.batch=50&train.epochs=1&train.eps=0.1&train.workers=1&train.scored=40");
  const trained = await first.ask("run", "train");
  const { model } = trained;
  await first.ask("setState", `page=measure&measure.models=${model}&measure.attacks=fgsm&measure.n=10&measure.audit=0`);
  const report = await first.ask("run", "evaluate");
  await first.ask("setState", `page=attack&model=${model}&steps=7&eps=0.1`);
  const attacked = await first.ask("getResult");
  await share(first);
  await dialog(first).getByText(`The model “${model.slice(5)}” is only in this browser`).waitFor();
  const file = await saved(first, "Save session");

  const context = await scene.context.browser().newContext({ serviceWorkers: "block" });
  try {
    const second = new Visit(await context.newPage());
    await second.go("steps=3&engine=cpu");
    await share(second);
    const chooser = dialog(second).getByLabel(/Open a session or a report/);
    await chooser.setInputFiles({ name: "broken.json", mimeType: "application/json", buffer: file.bytes.subarray(0, 1000) });
    await dialog(second).getByText(/The file is no JSON/).waitFor();
    await chooser.setInputFiles({ name: file.name, mimeType: "application/json", buffer: file.bytes });
    await dialog(second).getByText("The session is restored, with 1 model, 1 report, 1 training run.").waitFor();
    await second.page.keyboard.press("Escape");
    const restored = await second.attacked({});
    assert.equal(restored.fragment, attacked.fragment);
    assert.deepEqual([restored.model, restored.clean, restored.adversarial], [model, attacked.clean, attacked.adversarial]);
    const pages = second.page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("link", { name: "Train" }).click();
    await second.page.getByRole("heading", { name: "While it trains" }).waitFor();
    const after = `${(100 * trained.after.clean.value).toFixed(1)} %`;
    const board = second.page.getByRole("group", { name: "Scoreboard" });
    await board.getByRole("row", { name: /^Clean/ }).getByRole("cell").nth(1).filter({ hasText: after }).waitFor();
    const told = await second.ask("getResult");
    const facts = ({ kind, fragment, model, batches, stopped, curve, after }) => [kind, fragment, model, batches, stopped, curve.length, after.clean.n];
    assert.deepEqual(facts(told), facts(trained), "the host is told the same as where it was trained");
    await pages.getByRole("link", { name: "Measure" }).click();
    const clean = `${(100 * report.models[0].clean.value).toFixed(1)} %`;
    const table = second.page.getByRole("group", { name: "Table of accuracies" });
    await table.getByRole("row", { name: /^Clean/ }).filter({ hasText: clean }).waitFor();
    assert.deepEqual(second.troubles, []);
  } finally {
    await context.close();
  }
});

story("F32: a session opens in the visitor's own language and colours, and nothing is loaded anew over it", {}, async (scene) => {
  const first = await scene.open("page=measure&engine=cpu&measure.models=mnist-mlp&measure.attacks=fgsm&measure.n=10&measure.audit=0");
  const report = await first.ask("run", "evaluate");
  const clean = `${(100 * report.models[0].clean.value).toFixed(1)} %`;
  await share(first);
  const session = JSON.parse((await saved(first, "Save session")).bytes);
  assert.doesNotMatch(session.fragment, /lang=/);
  // A page for each, so that each begins with no report.
  for (const own of ["", "&lang=de&theme=light&embed=1&hide=seed&lock=eps"]) {
    const second = await scene.open("lang=en&theme=dark&steps=3&engine=cpu");
    await second.page.evaluate(() => { globalThis.unbroken = true; });
    await share(second);
    const buffer = Buffer.from(JSON.stringify({ ...session, fragment: session.fragment + own }));
    const chooser = dialog(second).getByLabel(/Open a session or a report/);
    await chooser.setInputFiles({ name: "session.json", mimeType: "application/json", buffer });
    await dialog(second).getByText("The session is restored, with 1 report.").waitFor();
    await second.page.keyboard.press("Escape");
    const table = second.page.getByRole("group", { name: "Table of accuracies" });
    await table.getByRole("row", { name: /^Clean/ }).filter({ hasText: clean }).waitFor();
    const { page, lang, theme, embed, hide, lock } = await second.state();
    assert.deepEqual([page, lang, theme, embed, hide, lock], ["measure", "en", "dark", 0, [], []]);
    const told = (await second.ask("getResult")).models[0];
    assert.deepEqual([told.id, told.clean, told.worst], ["mnist-mlp", report.models[0].clean, report.models[0].worst]);
    assert.equal(await second.page.evaluate(() => globalThis.unbroken), true, "the page was loaded anew");
  }
});

story("another language asks before it is loaded over a report that is in no file", {}, async ({ open }) => {
  const visit = await open("page=measure&lang=en&engine=cpu&measure.models=mnist-mlp&measure.attacks=fgsm&measure.n=10&measure.audit=0");
  await visit.ask("run", "evaluate");
  const asked = [];
  visit.page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    dialog.dismiss();
  });
  const row = visit.page.getByRole("group", { name: "Table of accuracies" }).getByRole("row", { name: /^Clean/ });
  await row.waitFor();
  const shown = visit.page.waitForEvent("dialog");
  await visit.page.getByRole("link", { name: "Deutsch" }).click();
  await shown;
  await visit.state();
  assert.equal(await row.count(), 1);
  const download = visit.page.waitForEvent("download");
  await visit.page.getByRole("button", { name: "Save JSON" }).click();
  await download;
  await visit.page.reload();
  await visit.page.getByRole("link", { name: "Messen" }).waitFor();
  assert.deepEqual(asked, ["beforeunload"], "what is saved may go");
});

story("the code for an embed hides and locks what was chosen, and the preview shows it", { context: clipboard }, async ({ open }) => {
  const visit = await open("steps=5&eps=0.15&engine=cpu");
  await visit.verdict("natural", "Fooled");
  await share(visit);
  const code = () => dialog(visit).getByLabel("Code to paste").inputValue();
  await dialog(visit).getByText("Hide or lock controls").click();
  await dialog(visit).getByLabel("Hide Test pictures").check();
  await dialog(visit).getByLabel("Lock Epsilon").check();
  await dialog(visit).getByLabel("Size", { exact: true }).selectOption({ label: "Phone, 320 x 480" });
  const html = await code();
  assert.match(html, /^<iframe src="http[^"]*#v=1&amp;[^"]*embed=1[^"]*hide=gallery[^"]*lock=eps[^"]*" [^>]*width="320" height="480"/);
  await dialog(visit).getByRole("button", { name: "Copy code" }).click();
  await dialog(visit).getByText("Copied.").waitFor();
  assert.equal(await visit.page.evaluate(() => navigator.clipboard.readText()), html);
  await dialog(visit).getByLabel("Made with", { exact: true }).selectOption({ label: "Quarto" });
  assert.match(await code(), /^```\{=html\}\n<iframe/);
  await dialog(visit).getByRole("button", { name: "Preview" }).click();
  // Out of the dialog's view it would rest.
  await visit.page.locator("iframe[title=Preview]").scrollIntoViewIfNeeded();
  const inside = visit.page.frameLocator("iframe[title=Preview]");
  await inside.getByRole("article", { name: /natural/i }).getByText("Fooled", { exact: true }).waitFor();
  assert.equal(await inside.getByRole("button", { name: "Another one" }).count(), 0);
  await dialog(visit).getByLabel("Hide Test pictures").uncheck();
  await inside.getByRole("button", { name: "Another one" }).waitFor();
});

story("beside a lesson its ways and answers can be hidden and locked too", {}, async ({ open }) => {
  const visit = await open(`lesson=${lessons[0].id}/1&steps=5&engine=cpu`);
  await visit.page.getByRole("complementary", { name: "Lesson" }).getByRole("radio").first().waitFor();
  await share(visit);
  await dialog(visit).getByText("Hide or lock controls").click();
  await dialog(visit).getByLabel("Hide Steps of the lesson").check();
  await dialog(visit).getByLabel("Lock Answers in the lesson").check();
  assert.equal(await dialog(visit).getByLabel("Hide Answers in the lesson").count(), 0);
  const code = await dialog(visit).getByLabel("Code to paste").inputValue();
  assert.match(code, /hide=lesson\.steps&amp;lock=lesson\.answer&amp;/);
  await dialog(visit).getByRole("button", { name: "Preview" }).click();
  await visit.page.locator("iframe[title=Preview]").scrollIntoViewIfNeeded();
  const inside = visit.page.frameLocator("iframe[title=Preview]").getByRole("complementary", { name: "Lesson" });
  await inside.getByRole("radio").first().waitFor();
  assert.ok(await inside.getByRole("radio").first().isDisabled());
  assert.equal(await inside.getByRole("navigation", { name: "Steps" }).count(), 0);
});

story("by keyboard alone: open, copy, close, and the focus is back", { context: clipboard }, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  await visit.verdict("natural", "Fooled");
  const opener = visit.page.getByRole("button", { name: "Share", exact: true });
  await opener.focus();
  await visit.page.keyboard.press("Enter");
  await dialog(visit).waitFor();
  const copy = dialog(visit).getByRole("button", { name: "Copy", exact: true });
  for (let tabs = 0; tabs < 10 && !(await copy.evaluate((one) => one === document.activeElement)); tabs += 1) {
    await visit.page.keyboard.press("Tab");
  }
  await visit.page.keyboard.press("Enter");
  await dialog(visit).getByText("Copied.").waitFor();
  assert.equal(new URL(await visit.page.evaluate(() => navigator.clipboard.readText())).hash.slice(1), (await visit.ask("getState")).fragment);
  await visit.page.keyboard.press("Escape");
  await dialog(visit).waitFor({ state: "hidden" });
  assert.ok(await opener.evaluate((one) => one === document.activeElement));
});
