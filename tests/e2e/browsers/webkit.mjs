// WebKitGTK's MiniBrowser by WebDriver (https://www.w3.org/TR/webdriver2/), on a display of its own. `visitor.mjs` says
// what a driver has to have.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { LONGEST, PATIENCE, SIZE } from "./visitor.mjs";

/** Keys that are no characters, as WebDriver writes them. */
const KEYS = { Enter: "\uE007", Control: "\uE009", Tab: "\uE004", Escape: "\uE00C" };
/** The window's bars come on top of the page. */
const SCREEN = `${SIZE.width + 100}x${SIZE.height + 200}x24`;

/** Starts a display, the driver on it, and the browser. */
export async function start() {
  const children = [];
  const child = (program, words, options) => {
    const started = spawn(program, words, options);
    children.push(started);
    started.gone = new Promise((resolve) => started.once("exit", resolve));
    return Promise.race([once(started, "spawn"), once(started, "error").then(([error]) => Promise.reject(error))]).then(() => started);
  };
  const kill = () => children.reverse().forEach((one) => one.kill());
  process.once("exit", kill);
  const screen = await child("Xvfb", ["-displayfd", "3", "-screen", "0", SCREEN, "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [number] = await once(screen.stdio[3], "data");
  const port = await free();
  const driver = await child(process.env.FOOLPROOF_WEBKIT_DRIVER, [`--port=${port}`], {
    stdio: "ignore",
    env: { ...process.env, DISPLAY: `:${String(number).trim()}` },
  });
  const call = client(`http://127.0.0.1:${port}`, driver);
  await call.ready();
  const session = await open(call);
  return {
    tab: () => tab(session),
    close: async () => {
      await call("DELETE", session.path);
      kill();
      await Promise.all(children.map(({ gone }) => gone));
      process.off("exit", kill);
    },
  };
}

/** A port that nobody listens on. */
async function free() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Asks the driver; an error of its own is thrown in its words. */
function client(base, driver) {
  const call = async (method, path, body) => {
    const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };
  // It says nowhere that it listens.
  call.ready = async () => {
    for (const end = Date.now() + PATIENCE; ; ) {
      try {
        return await call("GET", "/status");
      } catch (error) {
        if (driver.exitCode !== null || Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  return call;
}

async function open(call) {
  const { sessionId } = await call("POST", "/session", { capabilities: {} });
  const path = `/session/${sessionId}`;
  await call("POST", `${path}/timeouts`, { script: LONGEST, pageLoad: LONGEST });
  // Commands go to one window, which is changed by a command.
  let front = await call("GET", `${path}/window`);
  const spare = [front];
  const to = async (handle) => {
    if (front !== handle) await call("POST", `${path}/window`, { handle });
    front = handle;
  };
  return { call, path, to, spare };
}

async function tab({ call, path, to, spare }) {
  const handle = spare.pop() ?? (await call("POST", `${path}/window/new`, { type: "tab" })).handle;
  const ask = async (method, what, body) => {
    await to(handle);
    return call(method, `${path}/${what}`, body);
  };
  const run = async (source) => {
    const script = `const done = arguments[0]; (async () => ${source})().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await ask("POST", "execute/async", { script, args: [] });
    if (error) throw new Error(error);
    return value;
  };
  const perform = (type, actions) => ask("POST", "actions", { actions: [{ type, id: type, actions }] });
  const keys = (list) => perform("key", list.map(([type, key]) => ({ type, value: KEYS[key] ?? key })));
  await ask("POST", "window/rect", { x: 0, y: 0, ...SIZE });
  return {
    // No log reaches a WebDriver client: `visitor.mjs` has the page write down what it can see itself.
    troubles: async () => [],
    go: (url) => ask("POST", "url", { url }),
    reload: () => ask("POST", "refresh", {}),
    run,
    stroke: ([first, ...rest]) => {
      const move = ([x, y]) => ({ type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y) });
      return perform("pointer", [move(first), { type: "pointerDown", button: 0 }, ...rest.map(move), { type: "pointerUp", button: 0 }]);
    },
    type: (text) => keys([...text].flatMap((key) => [["keyDown", key], ["keyUp", key]])),
    press: (...pressed) => keys([...pressed.map((key) => ["keyDown", key]), ...pressed.toReversed().map((key) => ["keyUp", key])]),
    files: async (selector, paths) => {
      const element = await ask("POST", "element", { using: "css selector", value: selector });
      await ask("POST", `element/${Object.values(element)[0]}/value`, { text: paths.join("\n") });
    },
    size: async (width, height) => {
      const [frame, bars] = await run("[outerWidth - innerWidth, outerHeight - innerHeight]");
      await ask("POST", "window/rect", { width: width + frame, height: height + bars });
    },
    picture: async () => Buffer.from(await ask("GET", "screenshot"), "base64"),
    close: async () => {
      await ask("DELETE", "window");
    },
  };
}
