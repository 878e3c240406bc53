// What lies in the browser's storage when a tab is duplicated, frozen, or the browser has cleared it (F26, F28).

import assert from "node:assert/strict";
import { PATIENCE, story } from "./page.mjs";

const SHORT = "page=train&engine=cpu&train.seconds=none&train.images=2000&train.batch=50&train.workers=2&train.eps=0.1&train.scored=40";
const ENDLESS = `${SHORT}&train.epochs=1000&train.lr=0.001`;
const LONG = { timeout: 3 * PATIENCE };
const GONE = /^The models that were kept in this browser are gone/;

const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });
const harden = (visit) => visit.page.getByRole("button", { name: /^Harden for/ });
const batch = async (visit) => Number((await visit.page.locator(".train .state").innerText()).match(/batch (\d+)/)?.[1] ?? 0);
const moved = (visit, from) =>
  visit.page.waitForFunction((from) => Number(document.querySelector(".train .state")?.innerText.match(/batch (\d+)/)?.[1] ?? 0) > from, from, LONG);
const stored = async () => {
  const open = indexedDB.open("foolproof");
  const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
  const keys = database.transaction("files").objectStore("files").getAllKeys();
  const found = await new Promise((resolve) => (keys.onsuccess = () => resolve(keys.result)));
  database.close();
  return found;
};

/** Has a run rest with its checkpoint written. The number of batches it has done. */
async function rest(visit, key) {
  await harden(visit).click();
  await moved(visit, 0);
  await button(visit, "Pause").click();
  await visit.page.locator(".state").getByText(/Paused\.$/).waitFor(LONG);
  await visit.page.waitForFunction(`(${stored})().then((keys) => keys.includes(${JSON.stringify(key)}))`);
  return batch(visit);
}

story("F28: the checkpoints of two tabs lie apart, and each goes on with its own", {}, async ({ open }) => {
  const first = await open(ENDLESS);
  const one = await rest(first, "run/checkpoint");
  // A duplicated tab has the same address and storage.
  const second = await open(ENDLESS);
  await harden(second).waitFor();
  assert.equal(await button(second, "Go on with it").count(), 0, "a run under way in another tab is not on offer");
  const other = await rest(second, "run/1/checkpoint");
  await button(second, "Go on").click();
  await moved(second, other + 200);
  await button(second, "Pause").click();
  await first.page.reload();
  await button(first, "Go on with it").click();
  await moved(first, one);
  assert.ok((await batch(first)) < one + 150, "its own run, not the other tab's");
  // Both tabs closed, what they left is on offer one after another.
  await button(first, "Cancel").click();
  await first.page.getByText(/^The run was cancelled\./).waitFor();
  await second.page.close();
  await first.page.reload();
  await button(first, "Go on with it").waitFor();
});

story("F28: a page whose time stood still calls no worker hung, and its run loses nothing", {}, async ({ context, open }) => {
  await context.addInitScript(() => {
    const real = performance.now.bind(performance);
    globalThis.asleep = 0;
    performance.now = () => real() + asleep;
  });
  const visit = await open(ENDLESS);
  await harden(visit).click();
  await moved(visit, 0);
  const before = await batch(visit);
  // As after ten minutes of sleep.
  await visit.page.evaluate(() => (asleep = 600_000));
  await moved(visit, before + 64);
  assert.equal(await visit.page.getByText(/A worker was lost/).count(), 0);
  const clock = (await visit.page.locator(".train .state").innerText()).match(/(\d+):(\d+)/);
  assert.ok(clock === null || Number(clock[1]) < 5, `${clock?.[0]} of training`);
});

story("F26: models that the browser has cleared away are told once, and the natural one is attacked", {}, async ({ context, open }) => {
  await context.addInitScript(() => {
    globalThis.persistent = 0;
    if (globalThis.StorageManager) StorageManager.prototype.persist = async () => (persistent += 1) > 0;
  });
  const visit = await open(`${SHORT}&train.epochs=1`);
  await visit.ask("run", "train");
  assert.equal(await visit.page.evaluate(() => persistent), 1, "keeping a model asks for persistent storage");
  assert.equal(await visit.page.evaluate(() => localStorage.getItem("foolproof-own")), "1");
  await visit.page.goto("about:blank");
  const other = await open("engine=cpu&steps=5");
  await other.page.evaluate(() => new Promise((resolve) => (indexedDB.deleteDatabase("foolproof").onsuccess = resolve)));
  await other.page.evaluate(() => localStorage.setItem("foolproof-own", "1"));
  await other.page.close();
  const back = await open("engine=cpu&steps=5");
  await back.equation("natural").waitFor();
  await back.note(GONE);
  assert.equal(await back.page.getByText(GONE).count(), 1);
  assert.equal((await back.attacked({})).model, "mnist-cnn");
  await button(back, "Close").click();
  await back.page.reload();
  await back.page.waitForFunction(() => localStorage.getItem("foolproof-own") === "0");
  await back.equation("natural").waitFor();
  assert.equal(await back.page.getByText(GONE).count(), 0, "told once");
});
