// What is wrong with a field's entry stands at the field, in the words of its label (14.9).

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const TRAIN = "page=train&engine=cpu";

/** What is said of a field to those who hear it. */
async function described(visit, field) {
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  const id = await field.getAttribute("aria-describedby");
  return visit.page.locator(`[id="${id}"]`).innerText();
}

async function enter(field, text) {
  await field.fill(text);
  await field.press("Enter");
}

for (const [page, fragment, label, key] of [
  ["Attack", "steps=5&engine=cpu&eps=0.25", "Epsilon", "eps"],
  ["Measure", "page=measure&engine=cpu&eps=0.25&measure.n=20", "Number of inputs", "measure.n"],
  ["Train", `${TRAIN}&train.eps=0.25`, "Epsilon to hold", "train.eps"],
  ["points", `${TRAIN}&train.plane=moons&train.noise=0.05`, "Noise", "train.noise"],
]) {
  story(`a number field says what is wrong and keeps what was good: ${page}`, {}, async ({ open }) => {
    const visit = await open(fragment);
    const field = visit.page.getByRole("spinbutton", { name: label, exact: true }).first();
    await field.waitFor();
    const before = [await field.inputValue(), (await visit.state())[key]];
    await enter(field, "many");
    assert.equal(await described(visit, field), `“many” is no number: ${label} stays as it was.`);
    assert.deepEqual([await field.inputValue(), (await visit.state())[key]], before);
    await accessible(visit.page, "with a complaint");
    await enter(field, "99999999");
    assert.match(await described(visit, field), new RegExp(`^“99999999” is outside: ${label} goes from \\d\\S* to \\d\\S*, so it is \\d\\S* now\\.$`));
    await field.press("ArrowDown");
    await visit.page.locator(".complaint").waitFor({ state: "detached" });
    assert.equal(await field.getAttribute("aria-invalid"), null);
    assert.equal(await visit.page.getByText(/the link|link's/i).locator("visible=true").count(), 0, "nobody used a link");
  });
}

story("a text of several things says what of it is wrong, and changes nothing", {}, async ({ open }) => {
  const visit = await open(`${TRAIN}&train.sweep=eps:.1,.2`);
  await visit.page.getByText("More settings").click();
  const field = visit.page.getByRole("textbox", { name: "Sweep over eps, lr or method" });
  await enter(field, "eps:.1,9999");
  assert.equal(await described(visit, field), "“9999” cannot be used, so nothing was changed: Sweep over eps, lr or method is written like eps:.1,.2,.3.");
  assert.equal((await visit.state())["train.sweep"], "eps:.1,.2");
  assert.equal(await visit.page.locator(".remarks").getByText(/link/).count(), 0);
  await visit.page.getByRole("button", { name: /Run the sweep of 2$/ }).waitFor();
  await enter(field, "eps:.1,.2,.3");
  await visit.page.getByRole("button", { name: /Run the sweep of 3$/ }).waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), null);
});

story("only what came by a link is the link's", {}, async ({ open }) => {
  const visit = await open(`${TRAIN}&train.sweep=colour:red`);
  await visit.page.getByText("The link's train.sweep “colour:red” cannot be used; it is none instead.").waitFor();
  // Attacks that were chosen here stop to fit when the norm changes here.
  await visit.ask("setState", { page: "measure", "train.sweep": "" });
  await visit.page.getByText("Choose attacks one by one").click();
  await visit.page.getByRole("checkbox", { name: "DeepFool" }).check();
  await visit.page.waitForFunction(() => location.hash.includes("deepfool"));
  await visit.page.getByRole("radio", { name: "L1", exact: true }).or(visit.page.getByRole("radio", { name: "L₁", exact: true })).check({ force: true });
  await visit.page.getByText("Attacks: “deepfool” cannot be used here; it is left out instead.").waitFor();
});

story("a field of images takes whole numbers, and no more than there are to learn from", {}, async ({ open }) => {
  const visit = await open(TRAIN);
  await visit.page.getByText("More settings").click();
  const images = visit.page.getByRole("spinbutton", { name: "Images", exact: true });
  await enter(images, "999999");
  const most = Number((await described(visit, images)).match(/so it is (\d+) now/)[1]);
  await visit.page.waitForFunction((most) => location.hash.includes(`train.images=${most}`), most);
  const batch = visit.page.getByRole("spinbutton", { name: "Batch (inputs a step)" });
  await enter(batch, "20.4");
  await visit.page.waitForFunction(() => location.hash.includes("train.batch=20&") || location.hash.endsWith("train.batch=20"));
  assert.equal(await visit.page.locator(".remarks").getByText(/./).count(), 0);
});

story("settings stand in groups, with their units and what 0 means", {}, async ({ open }) => {
  const visit = await open(TRAIN);
  await visit.page.getByText("More settings").click();
  for (const [group, field] of [
    ["What it learns from", "Batch (inputs a step)"],
    ["How long, and what is looked at meanwhile", "Epochs at most (0: no limit)"],
    ["The attack in training", "Training radius, times epsilon"],
    ["How it steps", "Adam's memory of squared gradients (β₂)"],
  ]) {
    await visit.page.getByRole("group", { name: group, exact: true }).getByRole("spinbutton", { name: field, exact: true }).waitFor();
  }
});

story("a file that is no model is told so, at the field", {}, async ({ open }) => {
  const visit = await open(TRAIN);
  const field = visit.page.getByLabel(/^Bring in a model/);
  await field.setInputFiles({ name: "cat.png", mimeType: "image/png", buffer: Buffer.from("89504e470d0a1a0a0000000d", "hex") });
  await visit.page.getByText("cat.png cannot be used: it is a picture, no model.").waitFor({ timeout: 2 * PATIENCE });
  assert.match(await described(visit, field), /^cat\.png cannot be used/);
  await field.setInputFiles({ name: "notes.dat", mimeType: "text/plain", buffer: Buffer.from("dear diary\n") });
  await visit.page.getByText("notes.dat cannot be used: it is a text, no model.").waitFor();
});
