// Without a network after the first visit, and a new build beside an old one.

import assert from "node:assert/strict";
import { PATIENCE, story, THREE } from "./page.mjs";
import { site } from "./site.mjs";

const ALLOWED = { context: { serviceWorkers: "allow" } };
const WORKS = "Works offline: everything this page needs is kept in this browser.";
/** The first build is kept in the background, its training data too. */
const LONG = 3 * PATIENCE;

const kept = (visit) => visit.page.getByText(WORKS).waitFor({ timeout: LONG });

story("without a network after one visit: draw, attack, train, measure", ALLOWED, async ({ open }) => {
  const { at, cut } = await site();
  const visit = await open("steps=5&engine=cpu", { at });
  await kept(visit);
  await cut();
  await visit.page.reload();
  await kept(visit);
  await visit.verdict("natural", "Fooled");
  await visit.draw(THREE);
  assert.equal((await visit.ask("getResult")).clean.label, 3);
  await visit.ask("setState", "page=train&train.seconds=none&train.images=2000&train.batch=50&train.epochs=1&train.eps=0.1&train.scored=40");
  const trained = await visit.ask("run", "train");
  assert.equal(trained.kind, "training");
  await visit.ask("setState", "page=measure&measure.models=mnist-cnn&measure.attacks=fgsm&measure.n=10&measure.audit=0");
  assert.equal((await visit.ask("run", "evaluate")).models[0].clean.n, 10);
});

story("a new build is offered, and comes as a whole", ALLOWED, async ({ open, context }) => {
  const { at, cut, now, build } = await site();
  try {
    const visit = await open("steps=5&engine=cpu&eps=0.15", { at });
    await kept(visit);
    now.build = build.replaceAll(/./g, (digit) => (digit === "0" ? "1" : "0"));
    await visit.page.reload();
    const shown = (page) => page.locator("meta[name='foolproof-build']").getAttribute("content");
    const toast = visit.page.getByRole("status").filter({ hasText: "A new version of Foolproof is here." });
    await toast.waitFor({ timeout: LONG });
    assert.equal(await shown(visit.page), build, "the old build stays until the visitor takes the new one");
    const other = await context.newPage();
    await other.goto(`${at}#steps=5&engine=cpu`);
    assert.equal(await shown(other), build, "a second tab does not mix them");
    await other.close();
    await Promise.all([visit.page.waitForEvent("load"), toast.getByRole("button", { name: "Load it" }).click()]);
    assert.equal(await shown(visit.page), now.build);
    await visit.verdict("natural", "Fooled");
    assert.equal((await visit.state()).eps, 0.15);
    await kept(visit);
    const caches = await visit.page.evaluate(async () => (await globalThis.caches.keys()).sort());
    assert.ok(caches.includes(`foolproof-${now.build}`), caches.join());
  } finally {
    await cut();
  }
});

story("in a frame nothing is kept", ALLOWED, async ({ context, open }) => {
  const { at, cut } = await site();
  try {
    const host = await context.newPage();
    await host.goto(`${at}manifest.json`);
    await host.setContent(`<iframe src="${at}#steps=5&engine=cpu" width="600" height="600"></iframe>`);
    await host.frameLocator("iframe").getByText("Fooled", { exact: true }).first().waitFor();
    assert.deepEqual(await host.evaluate(async () => [(await navigator.serviceWorker.getRegistrations()).length, await caches.keys()]), [0, []]);
    const visit = await open("steps=5&engine=cpu", { at });
    await kept(visit);
    assert.equal(await host.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 1, "and in a tab it is");
  } finally {
    await cut();
  }
});
