// Tabs of one window, as a visitor has them. Playwright keeps every page visible and focused, so a tab behind another one
// can only be had without it: this speaks to Chromium by its debugging pipe.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts a browser of its own; `flags` as on Chromium's command line. */
export async function window(flags) {
  const folder = await mkdtemp(join(tmpdir(), "foolproof-tabs-"));
  const given = [...flags, "--remote-debugging-pipe", `--user-data-dir=${folder}`];
  const child = spawn(process.env.FOOLPROOF_CHROMIUM, given, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const [, , , out, back] = child.stdio;
  const waiting = new Map();
  let last = 0;
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      waiting.set(id, { resolve, reject });
      out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  let text = "";
  back.setEncoding("utf8").on("data", (more) => {
    const messages = (text + more).split("\0");
    text = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const asked = waiting.get(id);
      waiting.delete(id);
      error ? asked?.reject(new Error(error.message)) : asked?.resolve(result);
    }
  });
  const tab = async (url) => {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    // Answered once the page has taken the empty one's place.
    await send("Page.navigate", { url }, sessionId);
    /** Runs a function in the tab, and waits for what it promises. */
    const run = async (body, given) => {
      const expression = `(${body})(${JSON.stringify(given) ?? ""})`;
      const asked = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await send("Runtime.evaluate", asked, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    return { run, front: () => send("Target.activateTarget", { targetId }) };
  };
  const close = async () => {
    child.kill();
    await gone;
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return { tab, close };
}
