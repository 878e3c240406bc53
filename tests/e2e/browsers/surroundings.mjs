// What surrounds the page, and what goes wrong around it. `stories.mjs` tells these stories with the others.

import assert from "node:assert/strict";
import { THREE } from "../page.mjs";
import { EARLY, LONG, NATURAL, PAD, ROBUST, SHORT, SIZE } from "./visitor.mjs";

/** A course page of somebody else's, that writes down what its frame tells it. */
const course = (address) => `<!DOCTYPE html><title>course</title>
  <script>addEventListener("message", ({ data }) => {
    if (data?.foolproof !== 1 || !("event" in data)) return;
    if (data.event === "height") document.querySelector("iframe").style.height = data.value + "px";
    const label = data.event === "result" ? " " + data.value.clean.label : "";
    document.querySelector("ol").append(Object.assign(document.createElement("li"), { textContent: data.event + label }));
  });</script>
  <iframe src="${address}" width="700" height="300"></iframe><ol></ol>`;

/** Frames, no network, a phone. */
export function surroundings(story) {
  story("a frame on another site's page attacks, and tells its host", async ({ open, server }) => {
    server.now.pages["course.html"] = course(`${server.at}#${SHORT}&embed=1`);
    const visitor = await open("", "course.html", server.at.replace("127.0.0.1", "localhost"));
    for (const event of ["ready", "result 7", "height"]) await visitor.sees("listitem", event);
    const height = await visitor.until("the frame to have its height", () => {
      const { height } = document.querySelector("iframe").getBoundingClientRect();
      return height !== 304 && height;
    });
    assert.ok(height > 400, `${height} pixels`);
  });

  story("the example host asks, hears and shows", async ({ open }) => {
    const visitor = await open("", "host.html");
    await visitor.sees("listitem", /^ready: /);
    const within = (eyes, model, word) => {
      const { contentDocument } = document.querySelector("iframe");
      const article = eyes.one("article", model, contentDocument);
      return article && !!eyes.text(word, article);
    };
    await visitor.until("the frame to fool", within, [NATURAL, "Fooled"]);
    // The frame above the buttons takes its page's height whenever that comes to rest; a press with the mouse might miss.
    const press = (name) => visitor.until(`the button ${name}`, (eyes, name) => eyes.one("button", name)?.click() ?? !!eyes.one("button", name), [name]);
    const answer = (part) => visitor.until(`the answer ${part}`, (_, part) => document.getElementById("answer").textContent.includes(part), [part]);
    await press("setState: FGSM, 0.1");
    await answer("attack=fgsm");
    await press("getResult");
    await answer('"id": "fgsm"');
    await press("exportModel");
    await answer("architecture");
  });

  story("without a network after one visit: draw and attack", async ({ open, server }) => {
    const visitor = await open(SHORT);
    const kept = () => visitor.reads("Works offline: everything this page needs is kept in this browser.", undefined, LONG);
    await visitor.verdict(NATURAL, "Fooled");
    await kept();
    await server.cut();
    await visitor.tab.reload();
    await visitor.verdict(NATURAL, "Fooled");
    await kept();
    await visitor.draws("application", PAD, THREE);
    await visitor.reads(/^Natural CNN says 3 \(/);
    await visitor.presses("link", "Measure");
    await visitor.sees("button", "Run the evaluation");
  }, { lacks: [] });

  story("made as narrow as a phone, nothing sticks out, and the pad clears", async ({ open }) => {
    const visitor = await open(SHORT);
    await visitor.verdict(ROBUST, "Held");
    // WebKit once kept the row of ten pictures as wide as they had been.
    await visitor.until("the gallery", () => document.querySelectorAll(".gallery canvas").length >= 10);
    await visitor.tab.size(360, 740);
    // No window of WebKitGTK's is narrower than its bars.
    await visitor.until("the narrow page", () => innerWidth <= 500);
    await visitor.until("all of the page to fit", () => document.scrollingElement.scrollWidth <= innerWidth);
    await visitor.presses("button", "Clear", ["group", "Drawing"]);
    await visitor.reads("Draw a digit, and watch a neural network being fooled.");
    await visitor.tab.size(SIZE.width, SIZE.height);
  });
}

/** Runs in the page before ours: keeps every worker it starts. There is one engine at a time, as on one core. */
function keepWorkers() {
  Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => 1 });
  globalThis.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      workers.push(this);
    }
  };
}

/** What goes wrong, and what is said of it. */
export function faults(story) {
  story("a broken link says what it could not take, and the page works", async ({ open }) => {
    const visitor = await open(`${SHORT}&eps=much&nonsense=1&input=draw:%%%`);
    await visitor.reads(/“nonsense” is not known here and was ignored\./);
    await visitor.reads(/^The link's eps “much” cannot be used; /);
    await visitor.verdict(NATURAL, "Fooled");
    await visitor.draws("application", PAD, THREE);
    await visitor.reads(/^Natural CNN says 3 \(/);
  });

  const ENGINE = [/engine-cpu/, /404/];
  story("an engine that is not there: a sentence, a pad that draws, and all of it once it is there", async ({ open, server }) => {
    const visitor = await open(SHORT);
    await visitor.reads(/^The engine could not be started\. Please check the connection and reload the page\./);
    await visitor.draws("application", PAD, THREE);
    await visitor.until("the drawing in the address bar", () => location.hash.includes("input=draw:"));
    server.now.lacks.delete("engine-cpu_bg.wasm");
    await visitor.tab.reload();
    await visitor.reads(/^Natural CNN says 3 \(/);
    await visitor.verdict(NATURAL, "Fooled");
  }, { expects: ENGINE, lacks: ["service.js", "engine-cpu_bg.wasm"] });

  story("a page's program that is not there: a sentence, and a button that helps once it is there", async ({ open, server }) => {
    const visitor = await open(SHORT);
    await visitor.verdict(NATURAL, "Fooled");
    await visitor.presses("link", "Measure");
    await visitor.reads("The program of this page could not be loaded.");
    server.now.lacks.delete("lab.js");
    await visitor.presses("button", "Try again");
    await visitor.sees("button", "Run the evaluation");
  }, { expects: [/lab\.js|import/i], lacks: ["service.js", "lab.js"] });

  const PANIC = [/asked to panic/, /unreachable/, /engine-cpu/];
  story("an engine that dies: another one takes its place", async ({ open }) => {
    const visitor = await open(SHORT);
    await visitor.verdict(ROBUST, "Held");
    await visitor.look(() => workers.at(-1).postMessage(new Uint8Array([6])));
    await visitor.until("another worker", () => workers.length > 1);
    await visitor.draws("application", PAD, THREE);
    await visitor.reads(/^Natural CNN says 3 \(/);
    await visitor.verdict(NATURAL, "Fooled");
  }, { expects: PANIC, early: `${EARLY} (${keepWorkers})();` });
}
