// Training leaves the page free: no long task, Stop at once, and a tab that nobody looks at goes on.

import assert from "node:assert/strict";
import { PATIENCE, story } from "./page.mjs";

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

story("a tab that nobody looks at goes on", {}, async ({ open, context }) => {
  // Rounds that waited for frames would stand still here: there are none while a page is hidden.
  await context.addInitScript(() => {
    globalThis.frames_asked = 0;
    globalThis.hide = () => {
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
      Object.defineProperty(document, "hidden", { get: () => true });
      globalThis.requestAnimationFrame = () => (frames_asked += 1);
      const timeout = globalThis.setTimeout;
      // As browsers do: timers of a hidden page come once a second at most.
      globalThis.setTimeout = (run, millis = 0, ...more) => timeout(run, Math.max(1000, millis), ...more);
      document.dispatchEvent(new Event("visibilitychange"));
    };
  });
  const visit = await open(SHORTENED.replace("seconds=6", "seconds=600"));
  await harden(visit).click();
  await moved(visit, 0);
  const other = await context.newPage();
  await other.bringToFront();
  await visit.page.evaluate(() => hide());
  const from = await visit.count();
  // The host is told on the way; the page itself may wait with drawing.
  const told = ({ from }) => host.told.slice(from).filter((one) => one.event === "progress" && one.value.batch > 0).length >= 3;
  const start = Date.now();
  await visit.page.waitForFunction(told, { from }, { polling: 100, timeout: LONG });
  const batches = await visit.page.evaluate((from) => {
    const all = host.told.slice(from).filter((one) => one.event === "progress");
    return all.at(-1).value.batch - all[0].value.batch;
  }, from);
  console.log(`hidden: ${batches} batches in ${Date.now() - start} ms`);
  assert.ok(batches > 0);
  await visit.ask("stop");
});
