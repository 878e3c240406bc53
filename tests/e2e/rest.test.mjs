// An embed that nobody sees does nothing, and goes on where it was when it is seen again. What its workers post is counted;
// a second frame, in view, works meanwhile from the beginning to the end of its own attack, so that there was time enough.

import assert from "node:assert/strict";
import { frame, host, told, until } from "./frames.mjs";
import { story } from "./page.mjs";

// Seconds of work for each model.
const LONG = "attack=pgd&steps=1000&restarts=4&engine=cpu&embed=1";
// Less than a second, and then seconds for the marks on the slider.
const MARKED = "attack=pgd&steps=400&engine=cpu&embed=1";
const TRAINS =
  "page=train&embed=1&engine=cpu&train.seconds=none&train.images=500&train.batch=50&train.workers=1&train.eps=0.1&train.epochs=1000";
const FAR = '<div style="height: 3000px"></div>';
// A frame that is not seen draws nothing, so a wait for its next frame would never end.
const POLL = { polling: 50 };

// Runs in every frame before the app: counts what workers say.
function overhear() {
  globalThis.overheard = 0;
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => (overheard += 1));
    }
  };
}

const inner = async (page, place) => (await page.locator("iframe").nth(place).elementHandle()).contentFrame();
const posted = async (page, place) => (await inner(page, place)).evaluate(() => overheard);
const look = (page, place) => page.locator("iframe").nth(place).scrollIntoViewIfNeeded();
const marks = (page, place) => page.frameLocator("iframe").nth(place).getByRole("img", { name: /Natural CNN first falls at/ });
const heard = async (page, place, event) => (await told(page)).filter((one) => one.place === place && one.event === event);

// Waits until a frame rests, or no longer does.
async function rests(page, place, resting = true) {
  const marked = (resting) => document.documentElement.hasAttribute("data-resting") === resting;
  await (await inner(page, place)).waitForFunction(marked, resting, POLL);
}

// Leaves the first frame for the second one until that has its result, and says that the first did nothing meanwhile.
async function leave(page) {
  await look(page, 1);
  await rests(page, 0);
  await rests(page, 1, false);
  // A last piece of work may still have been under way; it is over long before the second frame is half through.
  const half = (one) => one.place === 1 && one.event === "progress" && 2 * one.value.done > one.value.total;
  await page.waitForFunction(`told.some(${half})`);
  const before = await posted(page, 0);
  await until(page, "result", 1);
  assert.equal(await posted(page, 0), before, "a frame out of view works");
  return before;
}

story("an attack out of view rests, and goes on where it was", {}, async ({ context }) => {
  await context.addInitScript(overhear);
  const page = await host(context, frame(LONG) + FAR + frame(LONG));
  await until(page, "progress", 0);
  await rests(page, 1);
  assert.deepEqual(await heard(page, 1, "progress"), [], "what was never seen has not begun");
  await leave(page);
  assert.deepEqual(await heard(page, 0, "result"), []);
  const rested = await heard(page, 0, "progress");
  await look(page, 0);
  await rests(page, 0, false);
  await until(page, "result", 0);
  const all = await heard(page, 0, "progress");
  const [last, next] = [rested.at(-1).value, all[rested.length].value];
  assert.ok(last.done > 0 && next.done > last.done, `from step ${last.done} to step ${next.done}`);
});

story("the search for the marks on the slider rests too", {}, async ({ context }) => {
  await context.addInitScript(overhear);
  const page = await host(context, frame(MARKED) + FAR + frame(LONG));
  await until(page, "result", 0);
  await leave(page);
  assert.equal(await marks(page, 0).count(), 0, "nobody has searched");
  await look(page, 0);
  await marks(page, 0).waitFor();
});

story("a training run rests with the frame that it was started in", {}, async ({ context }) => {
  await context.addInitScript(overhear);
  const page = await host(context, frame(TRAINS) + FAR + frame(LONG));
  await page.frameLocator("iframe").first().getByRole("button", { name: /^Harden for/ }).click();
  // Its workers have started and learnt: one that is still loading says that it has come, whether it rests or not.
  await page.waitForFunction(() => told.some((one) => one.place === 0 && one.event === "progress" && one.value.batch > 0));
  await leave(page);
  const rested = (await heard(page, 0, "progress")).at(-1).value;
  await look(page, 0);
  await page.waitForFunction(
    (batch) => told.some((one) => one.place === 0 && one.event === "progress" && one.value.batch > batch),
    rested.batch,
  );
});

story("a frame that is not displayed rests, as in a slide that has not come", {}, async ({ context }) => {
  const page = await host(context, frame(LONG));
  const display = (how) => page.evaluate((how) => (document.querySelector("iframe").style.display = how), how);
  await until(page, "progress", 0);
  await display("none");
  await rests(page, 0);
  assert.deepEqual(await heard(page, 0, "result"), []);
  await display("");
  await until(page, "result", 0);
});

story("what its host asks for is done though nobody sees it", {}, async ({ context }) => {
  const page = await host(context, FAR + frame(MARKED));
  await until(page, "ready", 0);
  await rests(page, 0);
  assert.deepEqual(await heard(page, 0, "result"), []);
  await page.evaluate(() => document.querySelector("iframe").contentWindow.postMessage({ foolproof: 1, id: 7, verb: "getResult" }, "*"));
  await page.waitForFunction(() => told.some((one) => one.id === 7));
  const answer = (await told(page)).find((one) => one.id === 7);
  assert.deepEqual([answer.ok, answer.value.kind], [true, "attack"]);
  await rests(page, 0);
});

story("a frame that is no embed works on", {}, async ({ context }) => {
  const page = await host(context, FAR + frame(MARKED.replace("&embed=1", "")));
  await until(page, "result", 0);
});
