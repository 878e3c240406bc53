// What a visitor does with a mouse: sees a digit fooled, draws one, turns the controls, takes the link along.

import assert from "node:assert/strict";
import { THREE, story } from "./page.mjs";

const SHORT = "steps=10&engine=cpu";

story("a cold load shows a fooled digit beside one that held, with no click", {}, async ({ open }) => {
  const visit = await open();
  await visit.verdict("natural", "Fooled");
  await visit.verdict("robust", "Held");
  await visit.equation("natural").getByRole("img", { name: /^Noise: \d+ pixels brighter/ }).waitFor();
  const headline = visit.page.getByRole("main").getByText(/says 7 \(.*%\)\./).first();
  await headline.waitFor();
  await visit.page.getByText(/makes it say \d \(.*%\)\./).waitFor();
});

story("a three drawn with the mouse is classified and attacked while the pen moves", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("robust", "Held");
  const before = await visit.count();
  await visit.pad.scrollIntoViewIfNeeded();
  const box = await visit.pad.boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await visit.page.mouse.move(...at(THREE[0]));
  await visit.page.mouse.down();
  for (const point of THREE.slice(1)) await visit.page.mouse.move(...at(point), { steps: 4 });
  const live = await visit.heardDrawn(before);
  assert.equal(live.truth, null, "a drawing has no true class");
  await visit.page.mouse.up();
  const result = await visit.ask("getResult");
  assert.equal(result.clean.label, 3);
  assert.match(result.fragment, /input=draw:/);
  assert.notEqual(result.adversarial.label, 3);
  await visit.verdict("natural", "Fooled");
  await visit.page.getByRole("img", { name: "After centring, as the model gets it" }).waitFor();
});

story("dragging epsilon to nothing turns the verdict, and typing it turns it back", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  const slider = visit.page.getByRole("slider", { name: /Epsilon/ });
  const box = await slider.boundingBox();
  const eps = (await visit.state()).eps;
  const share = Number(await slider.inputValue()) / 1000;
  await visit.page.mouse.move(box.x + share * box.width, box.y + box.height / 2);
  await visit.page.mouse.down();
  await visit.page.mouse.move(box.x - 5, box.y + box.height / 2, { steps: 20 });
  await visit.page.mouse.up();
  await visit.verdict("natural", "Held");
  assert.equal((await visit.state()).eps, 0);
  const number = visit.page.getByRole("spinbutton", { name: "Epsilon", exact: true });
  await number.fill(String(eps));
  await number.press("Enter");
  await visit.verdict("natural", "Fooled");
  assert.equal((await visit.state()).eps, eps);
});

story("another dataset brings its own pictures, classes and models", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  await visit.page.getByRole("combobox", { name: "Dataset" }).selectOption("fashion");
  const result = await visit.ask("getResult");
  assert.deepEqual([result.model, result.truth, result.attack.eps], ["fashion-cnn", 9, 0.05]);
  await visit.page.getByText("Test image 1 of Fashion-MNIST, labelled ankle boot.").waitFor();
  await visit.verdict("natural", "Fooled");
  await visit.verdict("robust", "Held");
});

story("the number in the sentence is pulled sideways", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  const number = visit.page.getByRole("spinbutton", { name: /attack.s radius/ });
  const box = await number.boundingBox();
  const before = (await visit.state()).eps;
  await visit.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await visit.page.mouse.down();
  await visit.page.mouse.move(box.x + box.width / 2 - 400, box.y + box.height / 2, { steps: 20 });
  await visit.page.mouse.up();
  const after = (await visit.state()).eps;
  assert.ok(after < before, `${before} -> ${after}`);
});

story("undo, redo and clear walk through drawings and back to the test image", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  const tools = visit.page.getByRole("group", { name: "Drawing" });
  const press = (name) => tools.getByRole("button", { name }).click();
  const input = async () => (await visit.state()).input;
  const image = await input();
  await visit.draw(THREE);
  const three = await input();
  await press("Clear");
  await visit.page.getByText("Draw a digit, and watch a neural network being fooled.").waitFor();
  await press("Undo");
  assert.equal(await input(), three);
  await press("Undo");
  assert.equal(await input(), image);
  await press("Redo");
  assert.equal(await input(), three);
  assert.equal((await visit.ask("getResult")).clean.label, 3);
});

story("a picture of the gallery, of a class, and another one", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  await visit.page.getByRole("button", { name: "Test image 3, 1" }).click();
  assert.equal((await visit.state()).input, "test:2");
  assert.equal((await visit.ask("getResult")).truth, 1);
  await visit.page.getByRole("combobox", { name: "Class of the test images" }).selectOption("9");
  await visit.page.getByRole("button", { name: /^Test image \d+, 9$/ }).first().waitFor();
  await visit.page.getByRole("button", { name: "Another one" }).click();
  assert.equal((await visit.ask("getResult")).truth, 9);
});

story("attack, norm, target, model and steps are chosen from pickers", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  const choose = (group, name) =>
    visit.page.getByRole("radiogroup", { name: group, exact: true }).getByRole("radio", { name, exact: true }).check();
  await choose("Attack", "FGSM");
  let result = await visit.ask("getResult");
  assert.equal(result.attack.id, "fgsm");
  assert.equal(result.loss.length, 2, "one step, and the loss before it");
  await choose("Attack", "PGD");
  await choose("Norm", "L2");
  result = await visit.ask("getResult");
  assert.equal(result.attack.norm, "l2");
  assert.ok(result.distance.l2 <= result.attack.eps * 1.0001);
  await choose("Norm", "L∞");
  await visit.page.getByRole("combobox", { name: "Target" }).selectOption("8");
  assert.equal((await visit.ask("getResult")).attack.target, 8);
  await visit.page.getByRole("combobox", { name: "Target" }).selectOption("none");
  const steps = visit.page.getByRole("spinbutton", { name: "Steps" });
  await steps.fill("3");
  await steps.press("Enter");
  assert.equal((await visit.ask("getResult")).attack.steps, 3);
  await visit.page.getByRole("combobox", { name: "Model" }).selectOption("mnist-mlp");
  assert.equal((await visit.ask("getResult")).model, "mnist-mlp");
  await visit.page.getByRole("article", { name: "Natural MLP" }).waitFor();
});

story("a preset is a landmark that Back undoes and Forward does again", {}, async ({ open }) => {
  const visit = await open("steps=10&eps=0.1&engine=cpu");
  await visit.ask("getResult");
  await visit.page.getByRole("combobox", { name: "Preset" }).selectOption("Madry et al., MNIST");
  const eps = (value) => visit.page.waitForFunction((value) => location.hash.includes(`eps=${value}&`), value);
  await eps("0.3");
  assert.equal((await visit.state()).steps, 40);
  await visit.page.goBack();
  await eps("0.1");
  assert.equal((await visit.state()).steps, 10);
  assert.equal((await visit.ask("getResult")).attack.steps, 10);
  await visit.page.goForward();
  await eps("0.3");
  assert.equal((await visit.ask("getResult")).attack.steps, 40);
});

story("a preset takes back what was set before, and is shown as long as it is in force", {}, async ({ open }) => {
  const visit = await open("steps=10&eps=0.1&pgd.start=0&restarts=3&engine=cpu");
  const preset = visit.page.getByRole("combobox", { name: "Preset" });
  const shows = (name) =>
    visit.page.waitForFunction((name) => document.querySelector("select[aria-label=Preset]")?.value === name, name);
  await shows("");
  await preset.selectOption("Madry et al., MNIST");
  await shows("Madry et al., MNIST");
  const state = await visit.state();
  assert.deepEqual([state.restarts, state.steps, state.step, state["pgd.start"]], [1, 40, 0.01, 1]);
  await visit.page.getByRole("checkbox", { name: "Random start" }).uncheck();
  await shows("");
  await visit.page.getByRole("radio", { name: "L2", exact: true }).check();
  await visit.page.getByRole("option", { name: "Madry et al., MNIST" }).waitFor({ state: "detached" });
  assert.deepEqual(await preset.locator("option").allTextContents(), ["choose", "Foolbox, L2 and L1"]);
});

story("Stop ends a long attack, and the next change goes on", {}, async ({ open }) => {
  const visit = await open("steps=1000&restarts=50&engine=cpu");
  await visit.heard("progress");
  await visit.page.getByRole("button", { name: "Stop" }).click();
  await visit.page.getByText("Stopped. Change anything to go on.").waitFor();
  const result = await visit.attacked({ steps: 5, restarts: 1 });
  assert.equal(result.attack.steps, 5);
});
