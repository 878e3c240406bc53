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
  const kill = () => children.toReversed().forEach((one) => one.kill());
  const end = async () => {
    kill();
    await Promise.all(children.map(({ gone }) => gone));
    process.off("exit", kill);
  };
  process.once("exit", kill);
  try {
    const session = await open(await driver(children));
    const close = () => session.call("DELETE", session.path).finally(end);
    return { tab: () => tab(session), close };
  } catch (error) {
    // What runs on would keep the test from ending.
    await end();
    throw error;
  }
}

/** Starts display and driver, which are added to `children`, and answers how to ask the driver. */
async function driver(children) {
  const child = async (program, words, options) => {
    const started = spawn(program, words, options);
    await once(started, "spawn");
    started.gone = once(started, "exit");
    children.push(started);
    return started;
  };
  const screen = await child(process.env.FOOLPROOF_XVFB, ["-displayfd", "3", "-screen", "0", SCREEN, "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = await Promise.race([once(screen.stdio[3], "data"), screen.gone.then(() => Promise.reject(new Error("Xvfb ended")))]);
  const port = await free();
  const started = await child(process.env.FOOLPROOF_WEBKIT_DRIVER, [`--port=${port}`], {
    stdio: "ignore",
    env: { ...process.env, DISPLAY: `:${String(number).trim()}` },
  });
  const call = client(`http://127.0.0.1:${port}`);
  await listens(call, started);
  return call;
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
function client(base) {
  return async (method, path, body) => {
    const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };
}

/** Waits until the driver answers: it says nowhere that it listens. */
async function listens(call, driver) {
  for (const end = Date.now() + PATIENCE; ; ) {
    try {
      return await call("GET", "/status");
    } catch (error) {
      if (driver.exitCode !== null || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function open(call) {
  const { sessionId } = await call("POST", "/session", { capabilities: {} });
  const path = `/session/${sessionId}`;
  await call("POST", `${path}/timeouts`, { script: LONGEST, pageLoad: LONGEST });
  // Commands go to one window, which is changed by a command.
  const first = await call("GET", `${path}/window`);
  let front = first;
  const to = async (handle) => {
    if (front !== handle) await call("POST", `${path}/window`, { handle });
    front = handle;
  };
  return { call, path, first, to };
}

async function tab({ call, path, first, to }) {
  // The first window stays, since the session ends with the last one. It also asks for new ones: another may be closed.
  // They are windows, since a tab would stay behind the first one and not be drawn.
  await to(first);
  const { handle } = await call("POST", `${path}/window/new`, { type: "window" });
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
