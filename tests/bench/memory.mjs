// What a long training run takes: the page's JavaScript heap, and all that its process holds, workers and their
// WebAssembly memory included. It must level off. And how long tasks hold the page's own thread: where workers hold every core
// a task also waits, so they are told, not judged. Only when asked for, `--only memory --seconds 600`, and on Linux, whose
// /proc tells a process's size.

import { readFile } from "node:fs/promises";

/** Seconds between two looks; preset, and what the link asks for beside it. */
const SIZES = {
  full: { every: 15, preset: "ten", more: "" },
  smoke: { every: 1, preset: "minute", more: "&train.scored=20" },
};
/** Longest that the scoreboard may take after a run, in milliseconds. */
const PATIENCE = 120_000;
const PAGE = 4096;
/** Growth of the process in the run's second half that is no level any more, as a share. */
const MOST_GROWTH = 0.05;

export async function memory({ browser, place: { url }, size, seconds, out }) {
  const { every, preset, more } = SIZES[size];
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.long = [];
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
  await page.goto(`${url}#page=train&engine=cpu&train.preset=${preset}&train.seconds=${seconds}${more}`);
  await page.getByRole("button", { name: /^Harden for/ }).click();
  // What a start takes is the load's matter.
  await page.evaluate(() => (long.length = 0));
  const system = await browser.newBrowserCDPSession();
  out.head(`\nMemory of a run of ${seconds} s, MiB\nsecond    batch     heap  process`);
  const start = Date.now();
  const rows = [];
  for (let over = false; !over; ) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * every));
    const { heap, state } = await page.evaluate(() => ({
      heap: performance.memory.usedJSHeapSize,
      state: document.querySelector(".train .state")?.innerText ?? "",
    }));
    over = /^(Done|Trained|It could not)/.test(state);
    if (over && !state.startsWith("It could")) break;
    if (over) throw new Error(state);
    const row = { heap: heap / 2 ** 20, process: await largest(system) };
    rows.push(row);
    const words = [Math.round((Date.now() - start) / 1000), state.match(/batch (\d+)/)?.[1] ?? "-", row.heap.toFixed(1), row.process.toFixed(0)];
    out.row(words.map((word) => String(word).padStart(8)).join(" "));
  }
  const last = rows.slice(Math.floor(rows.length / 2));
  const growth = (key) => (last.at(-1)[key] - last[0][key]).toFixed(1);
  if (last.length > 1) out.row(`second half: heap ${growth("heap")} MiB more, process ${growth("process")} MiB more`);
  const long = await page.evaluate(() => long.map(Math.round));
  out.row(`tasks over 50 ms: ${long.length}${long.length ? `, of ${long.join(", ")} ms` : ""}`);
  out.row(await page.locator(".train .results").first().innerText({ timeout: PATIENCE }));
  await context.close();
  if (last.length < 2) throw new Error(`${seconds} s are too few to see whether memory levels off`);
  const grown = last.at(-1).process / last[0].process - 1;
  // A few seconds are all start.
  if (size === "full" && !(grown <= MOST_GROWTH)) throw new Error(`the process grew by ${(100 * grown).toFixed(1)} % in the second half`);
}

// The largest renderer is the page's: the others are empty.
async function largest(system) {
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const sizes = processInfo.filter((one) => one.type === "renderer").map(async ({ id }) => {
    const resident = (await readFile(`/proc/${id}/statm`, "utf8").catch(() => "0 0")).split(" ")[1];
    return (Number(resident) * PAGE) / 2 ** 20;
  });
  return Math.max(0, ...(await Promise.all(sizes)));
}
