// The link that is shared restores the experiment, the drawing included, in a browser that has never seen it.

import assert from "node:assert/strict";
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
