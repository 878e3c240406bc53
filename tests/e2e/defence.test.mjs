// Defences before a network: chosen on the attack page or by the link, seen through by BPDA, and measured beside the bare model.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";

const LONG = { timeout: 3 * PATIENCE };
const NARROW = { context: { viewport: { width: 320, height: 640 } } };
const EIGHT = "quantise:levels:8";
const hash = (visit, pattern) => visit.page.waitForFunction((source) => new RegExp(source).test(location.hash), pattern.source);

story("a defence that rounds leaves no gradient, and BPDA sees through it", {}, async ({ open }) => {
  const visit = await open("attack=pgd&eps=0.3&input=test:0&engine=cpu&hide=beside");
  const bare = await visit.ask("run", "attack");
  assert.deepEqual([bare.defence, bare.success, "bpda" in bare.attack], [[], true, false]);
  const bpda = visit.page.getByRole("checkbox", { name: "BPDA" });
  assert.equal(await bpda.count(), 0, "without a defence it means nothing");
  const add = visit.page.getByRole("combobox", { name: "Add a defence" });
  await add.selectOption("quantise");
  const list = visit.page.getByRole("list", { name: "Defences, in the order in which an input meets them" });
  const levels = list.getByRole("spinbutton");
  await levels.fill("8");
  await levels.press("Enter");
  await hash(visit, /defence=quantise:levels:8&/);
  const blind = await visit.ask("run", "attack");
  assert.deepEqual([blind.model, blind.defence, blind.success, blind.zeroGradient], ["mnist-cnn", [EIGHT], false, true]);
  await visit.page.getByText(/The gradient was zero at every start/).waitFor();
  await visit.page.getByRole("heading", { name: /^Natural CNN behind .* 8/ }).waitFor();
  await accessible(visit.page);
  await bpda.check();
  await hash(visit, /bpda=1/);
  const seen = await visit.ask("run", "attack");
  assert.deepEqual([seen.success, seen.zeroGradient, seen.attack.bpda], [true, false, 1]);
  const link = await visit.page.evaluate(() => location.hash);
  const again = await open(link.slice(1));
  const same = await again.ask("run", "attack");
  assert.deepEqual([same.defence, same.attack, same.adversarial.label], [seen.defence, seen.attack, seen.adversarial.label]);
  await visit.page.getByRole("button", { name: /^Remove / }).press("Enter");
  await bpda.waitFor({ state: "detached" });
  await visit.page.waitForFunction(() => !/defence|bpda/.test(location.hash));
  assert.deepEqual((await visit.ask("run", "attack")).defence, []);
});

story("what a link says of defences is held to the cards, in German on a narrow screen too", NARROW, async ({ open }) => {
  const visit = await open("lang=de&attack=fgsm&engine=cpu&defence=bits:bits:9%20median+magic:x:1&eot=7");
  await visit.page.getByRole("combobox", { name: "Abwehr hinzufügen" }).waitFor();
  const { state } = await visit.ask("getState");
  assert.deepEqual([state.defence, state.eot], ["bits:bits:8+median:size:2", 7]);
  await visit.page.getByText(/magic:x:1/).first().waitFor();
  const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(wide, "nothing is wider than the screen");
  const set = await visit.ask("setState", { defence: "none", eot: "auto" });
  assert.deepEqual(set.clamped ?? [], []);
  await visit.page.waitForFunction(() => !/defence|eot/.test(location.hash));
});

story("a model is measured with and without its defence", {}, async ({ open }) => {
  const asked = "page=measure&engine=cpu&eps=0.3&measure.attacks=pgd:steps:10&measure.radius=0&measure.audit=0&measure.n=20";
  const visit = await open(`${asked}&measure.models=mnist-cnn,mnist-cnn~${EIGHT}`);
  const { models, methods } = await visit.ask("run", "evaluate");
  assert.deepEqual(models.map(({ id, defence }) => [id, defence]), [["mnist-cnn", undefined], [`mnist-cnn~${EIGHT}`, [EIGHT]]]);
  const [plain, behind] = models.map(({ attacks }) => attacks[0].accuracy.value);
  assert.ok(plain < 0.5 && behind > 0.8, `${plain} and ${behind}: no gradient, no attack`);
  assert.match(methods, /An input of mnist-cnn meets quantise \(levels 8\), before the network\./);
  const table = visit.page.getByRole("group", { name: "Table of accuracies" });
  await table.getByRole("columnheader", { name: /^Natural CNN behind .* 8$/ }).waitFor(LONG);
  await visit.page.getByRole("checkbox", { name: /^Natural CNN behind / }).waitFor();
  // All models of a link stand behind its defence, and the attacks see through it.
  await visit.ask("setState", { defence: EIGHT, "measure.models": "mnist-cnn", bpda: 1 });
  await visit.page.getByText(/^Models that name no defence stand behind .* 8\.$/).waitFor();
  const through = await visit.ask("run", "evaluate");
  assert.deepEqual(through.models.map(({ id }) => id), [`mnist-cnn~${EIGHT}`]);
  assert.ok(through.models[0].attacks[0].accuracy.value < 0.5 && through.models[0].attacks[0].bpda === 1);
  await visit.page.getByRole("button", { name: "Compare with and without" }).click();
  await visit.page.waitForFunction(() => !/&defence=/.test(location.hash) && /measure\.models=mnist-cnn,mnist-cnn/.test(location.hash));
});

story("what is exported has the defence in its architecture", {}, async ({ open }) => {
  const visit = await open("engine=cpu&defence=bits:bits:2+median:size:2");
  await visit.ask("run", "attack");
  const { architecture } = await visit.ask("exportModel");
  assert.deepEqual(architecture.defence, ["bits:bits:2", "median:size:2"]);
});
