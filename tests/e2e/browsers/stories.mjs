// What every browser has to give a visitor, told once. Each story has a server of its own, and with its port an origin of
// its own: nothing that one leaves behind in the browser reaches another.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { THREE } from "../page.mjs";
import { site } from "../site.mjs";
import { TINY, tiny } from "../tiny.mjs";
import { faults, surroundings } from "./surroundings.mjs";
import { COMMAND, EARLY, LONG, NATURAL, PAD, ROBUST, SHORT, Visitor } from "./visitor.mjs";

/** Tells all stories in the browser that `start` starts. */
export function tell(name, start) {
  let browser;
  before(async () => (browser = await start()));
  after(() => browser?.close());
  const story = (what, body, { expects = [], ...served } = {}) =>
    test(`${name}: ${what}`, { timeout: 3 * LONG }, async () => {
      // Most visits end before the build is kept for use offline, and need not begin it.
      const server = await site({ early: EARLY, lacks: ["service.js"], ...served });
      const tabs = [];
      const open = async (fragment = "", path = "", at = server.at) => {
        const tab = await browser.tab();
        tabs.push(tab);
        await tab.go(`${at}${path}${fragment && `#${fragment}`}`);
        return new Visitor(tab);
      };
      try {
        await body({ open, server });
        const troubles = (await Promise.all(tabs.map((tab) => new Visitor(tab).troubles()))).flat();
        assert.deepEqual(troubles.filter((text) => !expects.some((one) => one.test(text))), [], "the page threw or logged errors");
      } finally {
        for (const tab of tabs) await tab.close();
        await server.cut();
      }
    });
  attacks(story);
  pages(story);
  surroundings(story);
  faults(story);
}

/** The pictures of a model's equation show something. */
const painted = (visitor, model) =>
  visitor.until(`the pictures of ${model}`, (eyes, model) => {
    const pictures = [...eyes.one("article", model).querySelectorAll("canvas")];
    return pictures.length === 3 && pictures.every((canvas) => eyes.colours(canvas) > 2);
  }, [model]);

/** The address bar comes to have this key. */
const linked = (visitor, key) => visitor.until(`${key} in the address bar`, (_, key) => location.hash.split(/[#&]/).includes(key), [key]);

function attacks(story) {
  story("a cold load shows a fooled digit beside one that held, with no click", async ({ open }) => {
    const visitor = await open();
    await visitor.verdict(NATURAL, "Fooled");
    await visitor.verdict(ROBUST, "Held");
    await visitor.reads(/^Natural CNN says 7 \(.*%\)\./);
    await visitor.reads(/makes it say \d \(.*%\)\.$/);
    await painted(visitor, NATURAL);
    await painted(visitor, ROBUST);
    const wide = await visitor.tab.run("document.scrollingElement.scrollWidth - innerWidth");
    assert.ok(wide <= 0, `${wide} pixels stick out`);
  });

  story("a three drawn with the mouse is read and attacked, and undone", async ({ open }) => {
    const visitor = await open(SHORT);
    await visitor.verdict(ROBUST, "Held");
    await visitor.draws("application", PAD, THREE);
    await visitor.reads(/^Natural CNN says 3 \(/);
    await visitor.verdict(NATURAL, "Fooled");
    await painted(visitor, NATURAL);
    await visitor.sees("img", "After centring, as the model gets it");
    await visitor.presses("button", "Undo", ["group", "Drawing"]);
    await visitor.reads(/^Natural CNN says 7 \(/);
  });

  story("FGSM, then PGD in another norm, then no radius at all", async ({ open }) => {
    const visitor = await open(SHORT);
    await visitor.verdict(NATURAL, "Fooled");
    await visitor.presses("radio", "FGSM", ["radiogroup", "Attack"]);
    await visitor.reads(/^FGSM\. /);
    await visitor.reads(/^Loss per step/);
    await linked(visitor, "attack=fgsm");
    await visitor.verdict(NATURAL, "Fooled");
    assert.equal((await visitor.ask("getResult")).loss.length, 2, "one step, and the loss before it");
    await visitor.presses("radio", "PGD", ["radiogroup", "Attack"]);
    await visitor.presses("radio", "L2", ["radiogroup", "Norm"]);
    const { attack, distance } = await visitor.ask("getResult");
    assert.deepEqual([attack.id, attack.norm], ["pgd", "l2"]);
    assert.ok(distance.l2 <= attack.eps * 1.0001);
    await visitor.presses("radio", "L∞", ["radiogroup", "Norm"]);
    await visitor.verdict(NATURAL, "Fooled");
    await visitor.writes("Epsilon", 0);
    await visitor.verdict(NATURAL, "Held");
    await visitor.writes("Epsilon", 0.2);
    await visitor.verdict(NATURAL, "Fooled");
    assert.equal((await visitor.ask("getState")).state.eps, 0.2);
  });

  story("a copied link restores drawing, answer and distances in another tab", async ({ open, server }) => {
    const visitor = await open(`${SHORT}&seed=7&eps=0.15`);
    await visitor.verdict(ROBUST, "Held");
    await visitor.draws("application", PAD, THREE);
    await visitor.reads(/^Natural CNN says 3 \(/);
    const drawn = await visitor.ask("getResult");
    await visitor.presses("button", "Copy link");
    await visitor.sees("button", "Copied");
    // A box to paste it into is what any other program has.
    await visitor.look(() => document.body.append(Object.assign(document.createElement("textarea"), { id: "paste" })) ?? document.getElementById("paste").focus());
    await visitor.tab.press(COMMAND, "v");
    const link = await visitor.until("the pasted link", () => document.getElementById("paste").value || null);
    assert.ok(link.startsWith(server.at), link);
    const shown = (one) => one.look((eyes, model) => eyes.plain(eyes.one("article", model).innerText), NATURAL);
    const other = await open(link.split("#")[1]);
    await other.verdict(NATURAL, "Fooled");
    const restored = await other.ask("getResult");
    assert.equal(restored.fragment, drawn.fragment);
    assert.deepEqual([restored.clean, restored.adversarial, restored.distance], [drawn.clean, drawn.adversarial, drawn.distance]);
    assert.equal(await shown(other), await shown(visitor));
  });
}

function pages(story) {
  story("an evaluation of both models on ten inputs", async ({ open }) => {
    const visitor = await open("engine=cpu&eps=0.2&measure.n=10&measure.workers=2&measure.attacks=pgd:steps:10&measure.audit=0");
    await visitor.presses("link", "Measure");
    await visitor.presses("button", "Run the evaluation");
    await visitor.reads(/^Done: 10 inputs/, undefined, LONG);
    const cells = await visitor.look((eyes) =>
      ["Clean", "Worst case"].map((row) => {
        const found = eyes.one("row", new RegExp(`^${row}`), eyes.one("group", "Table of accuracies"));
        return [...found.querySelectorAll("td")].map((cell) => eyes.plain(cell.innerText));
      }));
    assert.ok(cells.flat().every((cell) => /^\d+\.\d % [\d.]+ to [\d.]+, n = 10$/.test(cell)), cells.join("; "));
    const [natural, robust] = cells[1].map(parseFloat);
    assert.ok(natural <= 20 && robust >= 60, `natural ${natural} %, robust ${robust} %`);
    await visitor.sees("img", /^Accuracy against radius, L∞/);
  });

  story("ten seconds of training, and the model that came of it is attacked", async ({ open }) => {
    const visitor = await open("page=train&engine=cpu&train.seconds=10&train.workers=2&train.eps=0.1&train.scored=20");
    await visitor.presses("button", /^Harden for/);
    await visitor.sees("heading", "Sixteen test pictures under attack", undefined, LONG);
    await visitor.reads(/^Done: /, undefined, LONG);
    const [before, now] = await visitor.look((eyes) => {
      const row = eyes.one("row", /^Under APGD/, eyes.one("group", "Scoreboard"));
      return [...row.querySelectorAll("td")].map((cell) => parseFloat(cell.innerText));
    });
    assert.ok(now > before, `under APGD: before ${before} %, after ${now} %`);
    await visitor.presses("link", "Attack it yourself");
    await visitor.reads(/^(Fooled|Held|Right|Already wrong)$/, ["article", /mnist-pgd/]);
    await visitor.sees("article", NATURAL);
  });

  story("a model's files come in, and are there after a reload; another file is refused", async ({ open }) => {
    const folder = mkdtempSync(join(tmpdir(), "foolproof-files-"));
    const file = (name, bytes) => (writeFileSync(join(folder, name), bytes), join(folder, name));
    try {
      const visitor = await open("page=train&engine=cpu");
      const input = await visitor.until("the input for files", () => {
        const found = [...document.querySelectorAll("input[type=file]")].find(({ labels }) => /^Bring in a model/.test(labels[0]?.textContent.trim()));
        return found && (found.id ||= "bring") && `#${found.id}`;
      });
      await visitor.tab.files(input, [file("notes.safetensors", "no model at all")]);
      await visitor.reads(/^notes\.safetensors cannot be used: it is a text, no model/);
      await visitor.tab.files(input, [file("tiny.safetensors", tiny()), file("tiny.json", TINY)]);
      await visitor.reads(/^“tiny” is kept in this browser\./);
      await visitor.tab.reload();
      await visitor.sees("button", "Delete tiny");
      await visitor.tab.run(`location.hash = "page=attack&model=mine:tiny&${SHORT}"`);
      await visitor.reads(/^(Fooled|Held|Right|Already wrong)$/, ["article", /^tiny/]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
