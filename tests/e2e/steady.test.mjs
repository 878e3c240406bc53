// Training and measuring leave the page free: no long task, Stop at once, and a tab that nobody looks at goes on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FLAGS, PATIENCE, story, url } from "./page.mjs";
import { window } from "./tabs.mjs";

/** The preset of one minute, cut short: all images, both workers, looks on the way. */
const SHORTENED = "page=train&engine=cpu&train.preset=minute&train.seconds=6&train.scored=40";
const LONG = 3 * PATIENCE;
/** Longest task that a frame or a click may wait for, milliseconds. */
const TASK = 50;

const harden = (visit) => visit.page.getByRole("button", { name: /^Harden for/ });
const moved = (visit, from) =>
  visit.page.waitForFunction(
    (from) => Number(document.querySelector(".train .state")?.innerText.match(/batch (\d+)/)?.[1] ?? 0) > from,
    from,
    { timeout: LONG },
  );

// What each task of the main thread took of the processor while `run` ran, in milliseconds. Not by the clock: the run's
// workers share what cores there are with the page, and a busy machine's other work would count too.
async function tasks({ page }, run) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["devtools.timeline", "toplevel"] });
  await run();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const place = ({ pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(place));
  const timed = traceEvents.filter((event) => event.tdur > 0 && /RunTask$/.test(event.name) && mains.has(place(event)));
  return timed.map(({ tdur }) => tdur / 1000);
}

story("no task of a run is longer than 50 ms", {}, async ({ open }) => {
  const visit = await open(SHORTENED);
  await harden(visit).waitFor();
  const took = await tasks(visit, async () => {
    await harden(visit).click();
    await visit.page.locator(".train .state").getByText(/^Done: /).waitFor({ timeout: LONG });
  });
  const longest = Math.max(...took);
  console.log(`${took.length} tasks in a run of 6 s and its scoreboard, the longest ${longest.toFixed(0)} ms`);
  assert.ok(took.length > 100, "the trace has the page's tasks");
  assert.ok(longest <= TASK, `${longest.toFixed(1)} ms`);
});

story("no task of an evaluation is longer than 50 ms", {}, async ({ open }) => {
  const visit = await open("page=measure&engine=cpu&eps=0.2&measure.n=60");
  await visit.page.getByRole("button", { name: "Run the evaluation", exact: true }).waitFor();
  const took = await tasks(visit, () => visit.ask("run", "evaluate"));
  const longest = Math.max(...took);
  console.log(`${took.length} tasks in an evaluation of 60 inputs, the longest ${longest.toFixed(0)} ms`);
  assert.ok(took.length > 100, "the trace has the page's tasks");
  assert.ok(longest <= TASK, `${longest.toFixed(1)} ms`);
});

story("Stop is answered within 200 ms, in the middle of a round", {}, async ({ open }) => {
  const visit = await open(SHORTENED.replace("seconds=6", "seconds=600"));
  await harden(visit).click();
  await moved(visit, 32);
  const { took, stopped } = await visit.page.evaluate(async () => {
    const start = performance.now();
    const answer = await host.ask("stop");
    return { took: performance.now() - start, stopped: answer.value?.stopped };
  });
  console.log(`stop: ${took.toFixed(0)} ms`);
  assert.equal(stopped, true);
  assert.ok(took < 200, `${took} ms`);
  await visit.page.getByText(/^The run was cancelled\./).waitFor();
});

test("a tab behind another one goes on, where no frame comes and timers come once a second", { timeout: 2 * LONG }, async () => {
  const browser = await window(FLAGS);
  try {
    const tab = await browser.tab(`${url}#${SHORTENED.replace("seconds=6", "seconds=600")}`);
    await tab.run(begin);
    const seen = await tab.run(learnt, 3);
    const other = await browser.tab("about:blank");
    await other.front();
    await tab.run(hide);
    const behind = await tab.run(learnt, 3);
    console.log(`batches a second: ${seen.pace.toFixed(1)} in front, ${behind.pace.toFixed(1)} behind; frames ${seen.frames} and ${behind.frames}`);
    assert.deepEqual([seen.state, behind.state], ["visible", "hidden"]);
    assert.ok(behind.frames <= 1, "a hidden tab draws nothing");
    assert.ok(behind.batches > 0 && behind.pace > seen.pace / 4, "the run stands still, or nearly");
  } finally {
    await browser.close();
  }
});

// Starts a run once the page can, and notes what the host is told of it. In the page.
async function begin() {
  globalThis.told = [];
  globalThis.frames = 0;
  const frame = () => requestAnimationFrame(frame, (globalThis.frames += 1));
  frame();
  const button = () => [...document.querySelectorAll("button")].some(({ innerText }) => innerText.includes("Harden for"));
  await new Promise((resolve) => {
    const look = () => button() && (observer.disconnect(), resolve());
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true });
    look();
  });
  addEventListener("message", ({ data }) => {
    if (data?.foolproof !== 1 || data.event !== "progress" || !(data.value.batch > 0)) return;
    told.push({ batch: data.value.batch, at: performance.now() });
    dispatchEvent(new Event("learnt"));
  });
  postMessage({ foolproof: 1, id: 1, verb: "run", value: "train" }, "*");
}

// What `count` further messages tell, after one that came from now on. In the page.
function learnt(count) {
  const [from, drawn] = [told.length, frames];
  return new Promise((resolve) =>
    addEventListener("learnt", function look() {
      if (told.length <= from + count) return;
      removeEventListener("learnt", look);
      const [first, last] = [told[from], told.at(-1)];
      const batches = last.batch - first.batch;
      const pace = batches / ((last.at - first.at) / 1000);
      resolve({ batches, pace, frames: frames - drawn, state: document.visibilityState });
    }),
  );
}

// Waits until the tab is hidden. In the page.
function hide() {
  return new Promise((resolve) => {
    const look = () => document.hidden && resolve();
    document.addEventListener("visibilitychange", look);
    look();
  });
}
