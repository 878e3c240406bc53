// Several runs into one table, and where a visitor goes with a model: beside the one that it came from.

import assert from "node:assert/strict";
import { PATIENCE, Refused, story } from "./page.mjs";

/** Runs of few images and a fixed number of steps. */
const SHORT = "page=train&engine=cpu&train.seconds=none&train.images=500&train.batch=50&train.workers=1&train.eps=0.1&train.epochs=1&train.scored=40";
const LONG = 3 * PATIENCE;

const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });
const rows = (visit) => visit.page.getByRole("group", { name: "Sweep" }).locator("tbody tr");

/** Waits until the browser keeps just what is wanted of runs. */
const kept = (visit, wanted) =>
  visit.page.waitForFunction(async (wanted) => {
    const open = indexedDB.open("foolproof");
    const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
    const keys = database.transaction("files").objectStore("files").getAllKeys();
    const found = await new Promise((resolve) => (keys.onsuccess = () => resolve(keys.result)));
    database.close();
    return found.filter((key) => key.startsWith("run/")).sort().join() === wanted.join();
  }, wanted, { timeout: LONG });

story("a sweep puts run after run into a table, and any of its models can be kept", {}, async ({ open }) => {
  const visit = await open(`${SHORT}&train.sweep=method:fast,standard`);
  await visit.page.getByRole("button", { name: /Run the sweep of 2$/ }).waitFor();
  const result = await visit.ask("run", "train");
  assert.deepEqual([result.kind, result.over, result.rows.map((row) => row.value)], ["sweep", "method", ["fast", "standard"]]);
  for (const { result: run } of result.rows) assert.deepEqual([run.kind, run.model, run.stopped], ["training", null, "finished"]);
  assert.deepEqual(await rows(visit).getByRole("rowheader").allInnerTexts(), ["fast", "standard"]);
  await visit.page.getByRole("button", { name: "Keep the model of fast" }).click();
  await visit.page.getByText("“mnist-fast” is kept in this browser.").first().waitFor();
  await visit.page.getByRole("textbox", { name: "Name of mnist-fast" }).waitFor();
});

story("a sweep goes on after a reload with the rows that are there, and leaves nothing behind", {}, async ({ open }) => {
  const visit = await open(`${SHORT.replace("epochs=1", "epochs=20")}&train.sweep=eps:0.05,0.1;lr:0.002`);
  await visit.page.getByRole("button", { name: /Run the sweep of 2$/ }).click();
  await rows(visit).first().waitFor({ timeout: LONG });
  await button(visit, "Pause").click();
  await visit.page.locator(".train .state").getByText(/Paused\.$/).waitFor({ timeout: LONG });
  await kept(visit, ["run/checkpoint", "run/sweep", "run/sweep/0"]);
  await visit.page.reload();
  await visit.page.getByText("A sweep of an earlier visit rests: 1 of 2 runs are done.").waitFor();
  await button(visit, "Go on with it").click();
  await rows(visit).nth(1).waitFor({ timeout: LONG });
  await button(visit, "Cancel").waitFor({ state: "detached" });
  assert.deepEqual(await rows(visit).getByRole("rowheader").allInnerTexts(), ["0.05", "0.002", "0.1", "0.002"]);
  const result = await visit.ask("getResult");
  assert.deepEqual([result.over, result.rows.map((row) => row.value)], ["eps;lr", ["0.05;0.002", "0.1;0.002"]]);
  await visit.page.getByRole("button", { name: "Keep the model of 0.05, 0.002" }).click();
  await visit.page.getByText("“mnist-pgd” is kept in this browser.").first().waitFor();
  // What is done is not offered again.
  await kept(visit, []);
});

story("a cancelled sweep keeps the rows that are there", {}, async ({ open }) => {
  const visit = await open(`${SHORT.replace("epochs=1", "epochs=200")}&train.sweep=lr:0.001,0.002,0.004`);
  await visit.page.getByRole("button", { name: /Run the sweep of 3$/ }).click();
  await visit.page.locator(".train .state").getByText(/batch \d\d/).waitFor({ timeout: LONG });
  await button(visit, "Cancel").click();
  await rows(visit).first().waitFor();
  assert.deepEqual(await rows(visit).getByRole("cell", { name: "cancelled" }).count(), 1);
  assert.equal(await rows(visit).count(), 1);
  await button(visit, "Cancel").waitFor({ state: "detached" });
  await kept(visit, []);
});

story("a new model is attacked beside the one it came from, and its result can be asked for again", {}, async ({ open }) => {
  const visit = await open(SHORT.replace("epochs=1", "epochs=0.2") + "&train.from=mnist-mlp");
  const none = await visit.ask("getResult").catch((error) => error);
  assert.ok(none instanceof Refused, "there is no result yet");
  const result = await visit.ask("run", "train");
  assert.equal(result.from, "mnist-mlp");
  assert.deepEqual(await visit.ask("getResult"), result);
  await visit.page.getByRole("link", { name: "Attack it yourself" }).click();
  await visit.page.getByRole("article", { name: /mnist-pgd/ }).waitFor();
  await visit.page.getByRole("article", { name: /MLP/ }).waitFor();
  const state = await visit.state();
  assert.deepEqual([state.page, state.model, state["train.beside"]], ["attack", "mine:mnist-pgd", "mnist-mlp"]);
});
