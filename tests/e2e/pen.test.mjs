// What the pen's moves cost: nothing is packed for links or told to the lab before it is lifted.

import assert from "node:assert/strict";
import { story } from "./page.mjs";

/** The variant `Settings` of what the page tells the lab (`src/bridge/messages.rs`), the first byte of a message. */
const SETTINGS = 2;

async function withLab(open) {
  const visit = await open("page=train");
  await visit.page.locator(".train .headline").waitFor();
  await visit.ask("setState", { page: "attack" });
  await visit.pad.waitFor();
  await visit.page.evaluate((kind) => {
    globalThis.told = 0;
    addEventListener("foolproof-to-lab", ({ detail }) => (told += detail[0] === kind));
  }, SETTINGS);
  const box = await visit.pad.boundingBox();
  const move = (x, y, steps) => visit.page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps });
  const link = () => visit.page.getByRole("link", { name: "Measure" }).getAttribute("href");
  return { visit, move, link, told: () => visit.page.evaluate(() => told) };
}

story("a stroke is packed and told once, when the pen is lifted", {}, async ({ open }) => {
  const { visit, move, link, told } = await withLab(open);
  const before = await visit.count();
  await move(0.3, 0.3);
  await visit.page.mouse.down();
  await move(0.6, 0.7, 40);
  // The attack goes along with the pen all the same.
  await visit.heardDrawn(before);
  assert.equal(await told(), 0);
  assert.doesNotMatch(await link(), /draw:/);
  await visit.page.mouse.up();
  await visit.page.waitForFunction(() => told === 1);
  assert.match(await link(), /draw:/);
});

story("a pad that is taken away under the pen lifts it", {}, async ({ open }) => {
  const { visit, move, link } = await withLab(open);
  await move(0.3, 0.3);
  await visit.page.mouse.down();
  await move(0.6, 0.7, 10);
  await visit.ask("setState", { hide: "draw" });
  await visit.pad.waitFor({ state: "detached" });
  await visit.page.mouse.up();
  await visit.ask("setState", { eps: 0.05 });
  await visit.page.waitForFunction(() => /eps=0.05/.test(document.querySelector(".pages a").href));
  assert.match(await link(), /hide=draw/);
});
