// What a visitor does and sees, in any browser. A driver is a function `start` that gives `{ tab, close }`; a tab is
//
//   go(address) reload() close()    a page has been loaded when they are done
//   run(source)                     an expression's value, as JSON has it, once what it promises is there
//   stroke([[x, y], ...])           presses the mouse at the first point and releases it at the last; pixels of the view
//   type(text) press(...keys)       keys go to whatever has the focus; those of `press` are held together
//   files(selector, paths)          chooses files for an input
//   size(width, height)             of the view
//   picture()                       the view as PNG
//
// No log of the browser's reaches a WebDriver client, so the page itself writes down what goes wrong.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen, PATIENCE } from "../page.mjs";
import { eyes } from "./eyes.mjs";

export { PATIENCE };
/** Longest wait of a driver, in milliseconds: every wait of ours ends before, with a better sentence. */
export const LONGEST = 10 * PATIENCE;
/** Longest wait for work that takes its time. */
export const LONG = 3 * PATIENCE;
/** The window, in CSS pixels. */
export const SIZE = { width: 1280, height: 900 };

/** Keys that are short enough for two cores, on the engine that every browser has. */
export const SHORT = "steps=10&engine=cpu";
/** The key that goes with letters: select all, paste. */
export const COMMAND = process.platform === "darwin" ? "Meta" : "Control";
/** Names of what the page shows. */
export const NATURAL = /^Natural CNN/;
export const ROBUST = /^Robust CNN/;
export const PAD = /^Drawing pad/;

/** Runs in the page before ours: writes down what goes wrong, and lets a host in the page itself ask. */
export const EARLY = `(${listen})(); (${witness})();`;

function witness() {
  const troubles = (globalThis.troubles = []);
  addEventListener("error", ({ message, filename }) => {
    // Not an error, says the standard: what is left over is told with the next frame.
    if (!message.startsWith("ResizeObserver loop")) troubles.push(`uncaught: ${message} (${filename})`);
  });
  addEventListener("unhandledrejection", ({ reason }) => troubles.push(`unhandled: ${reason}`));
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => troubles.push(`policy: ${violatedDirective} ${blockedURI}`));
  const { error } = console;
  console.error = (...words) => (troubles.push(words.map(String).join(" ")), error.apply(console, words));
}

/** As source: what a function in the page is given. */
const literal = (value) => {
  if (value instanceof RegExp) return String(value);
  if (Array.isArray(value)) return `[${value.map(literal)}]`;
  return JSON.stringify(value) ?? "undefined";
};

export class Visitor {
  constructor(tab) {
    this.tab = tab;
  }

  /** A function's value in the page; it gets the finder of `eyes.mjs` first. */
  look(see, ...given) {
    return this.tab.run(`(${see})(${["(" + eyes + ")()", ...given.map(literal)].join(", ")})`);
  }

  /** Waits until such a function gives something, and gives it. */
  async until(what, see, given = [], patience = PATIENCE) {
    const words = [`(${eyes})()`, ...given.map(literal)].join(", ");
    const found = await this.tab.run(`(${poll})(() => (${see})(${words}), ${patience})`);
    if ("value" in found) return found.value;
    const file = join(tmpdir(), `foolproof-${process.pid}.png`);
    writeFileSync(file, await this.tab.picture());
    assert.fail(`waited in vain for ${what}${found.error ?? ""} (${file}); the page says: ${found.page.slice(0, 1500)}`);
  }

  /** Waits until something of this role and name is seen, inside another one if that is given as `[role, name]`. */
  sees(role, name, within, patience) {
    return this.until(`${role} ${name}`, (eyes, role, name, within) => {
      const around = within && eyes.one(...within);
      return (!within || around) && !!eyes.one(role, name, around ?? document);
    }, [role, name, within], patience);
  }

  /** Waits until a text is seen. */
  reads(text, within, patience) {
    return this.until(`the text ${text}`, (eyes, text, within) => {
      const around = within ? eyes.one(...within) : document.body;
      return around && eyes.text(text, around)?.textContent;
    }, [text, within], patience);
  }

  /** Waits until the equation of one model has this verdict. */
  verdict(model, word) {
    return this.reads(word, ["article", model]);
  }

  /** Where the middle of it is, once it rests and nothing lies above it. */
  aim(role, name, within) {
    return this.until(`${role} ${name} to be within reach`, async (eyes, role, name, within) => {
      const around = within ? eyes.one(...within) : document;
      const found = around && eyes.one(role, name, around);
      if (!found || found.disabled) return null;
      const target = role === "radio" ? found.labels?.[0] ?? found : found;
      target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const box = () => target.getBoundingClientRect();
      const before = box();
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      const { x, y, width, height } = box();
      const middle = [x + width / 2, y + height / 2];
      if (before.x !== x || before.y !== y || !target.contains(document.elementFromPoint(...middle))) return null;
      return { middle, x, y, width, height };
    }, [role, name, within]);
  }

  /** Presses it with the mouse. */
  async presses(role, name, within) {
    const { middle } = await this.aim(role, name, within);
    await this.tab.stroke([middle]);
  }

  /** Draws through points in shares of something's sides. */
  async draws(role, name, points) {
    const { x, y, width, height } = await this.aim(role, name);
    const at = ([across, down]) => [x + across * width, y + down * height];
    const between = (from, to) => [1, 2, 3, 4].map((part) => [0, 1].map((axis) => from[axis] + ((to[axis] - from[axis]) * part) / 4));
    await this.tab.stroke([points[0], ...points.slice(1).flatMap((point, before) => between(points[before], point))].map(at));
  }

  /** Writes a number into its box in place of the old one. */
  async writes(name, number) {
    await this.presses("spinbutton", name);
    await this.tab.press(COMMAND, "a");
    await this.tab.type(String(number));
    await this.tab.press("Enter");
  }

  /** An answer of the host API, which is asked as by the page's own scripts. */
  async ask(verb, value) {
    const answer = await this.look((_, verb, value) => host.ask(verb, value), verb, value);
    assert.ok(answer.ok, answer.error?.message);
    return answer.value;
  }

  /** What went wrong in the page since it was loaded. */
  troubles() {
    return this.tab.run("globalThis.troubles ?? []");
  }
}

// Runs in the page.
async function poll(see, patience) {
  const end = performance.now() + patience;
  // A page that is not drawn would wait for its next frame for ever.
  const over = new Promise((resolve) => setTimeout(resolve, patience));
  let last;
  do {
    try {
      const value = await Promise.race([see(), over]);
      if (value !== null && value !== undefined && value !== false) return { value };
    } catch (error) {
      last = `: ${error}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (performance.now() < end);
  return { error: last, page: document.body.innerText };
}
