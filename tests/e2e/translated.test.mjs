// F25: a translator puts <font> elements in place of the page's text nodes, as Chrome's does, or wraps them.

import assert from "node:assert/strict";
import { story } from "./page.mjs";

const QUICK = "steps=5&engine=cpu&attack=fgsm";

/** Translates every text that may be: replaces its node, or wraps it. Says how many there were. */
const translate = (page, way) =>
  page.evaluate((way) => {
    const walker = document.createTreeWalker(document.querySelector("#app"), NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const { currentNode: text } = walker;
      if (text.data.trim() && !text.parentElement.closest("[translate=no]")) texts.push(text);
    }
    globalThis.originals = [];
    for (const text of texts) {
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      outer.append(inner);
      if (way === "wrap") {
        text.before(outer);
        inner.append(text);
      } else {
        inner.append(`«${text.data}»`);
        text.parentNode.replaceChild(outer, text);
        originals.push([outer, text]);
      }
    }
    return texts.length;
  }, way);

for (const way of ["replace", "wrap"]) {
  story(`F25: under a translator that would ${way} text nodes, sentences and figures still change`, {}, async ({ open }) => {
    const visit = await open(QUICK);
    await visit.attacked({ eps: "0.05" });
    const said = () => visit.page.locator(".headline").innerText();
    const before = await said();
    assert.ok((await translate(visit.page, way)) > 50);
    await visit.page.waitForFunction((before) => document.querySelector(".headline").innerText.includes(before.slice(0, 9)), before);
    for (const eps of ["0.3", "0.01", "0.4"]) {
      const { success, adversarial } = await visit.attacked({ eps });
      const told = ({ success, label }) => {
        const said = document.querySelector(".headline").innerText;
        return success ? said.includes(`makes it say ${label} `) : !said.includes("makes it say");
      };
      await visit.page.waitForFunction(told, { success, label: adversarial.label });
      assert.equal(success, eps !== "0.01");
    }
    // Parts of the page that come and go.
    await visit.ask("setState", { page: "measure" });
    await visit.page.locator("#lab h1").first().waitFor();
    await translate(visit.page, way);
    await visit.ask("setState", { page: "attack" });
    await visit.page.locator(".headline").waitFor();
  });
}

story("F25: the original is there again when the visitor asks the translator for it", {}, async ({ open }) => {
  const visit = await open(QUICK);
  const words = () => visit.page.locator("footer").innerText();
  const before = await words();
  await translate(visit.page, "replace");
  await visit.page.waitForFunction(() => document.querySelector("footer").innerText.includes("«"));
  await visit.page.evaluate(() => originals.forEach(([font, text]) => font.isConnected && font.replaceWith(text)));
  await visit.page.waitForFunction((before) => document.querySelector("footer").innerText === before, before);
});

story("F25: figures are told not to be translated", {}, async ({ open }) => {
  const visit = await open(QUICK);
  await visit.attacked({});
  for (const part of [".bars .value", ".pixels", ".figures"]) {
    assert.equal(await visit.page.locator(part).first().evaluate((element) => element.closest("[translate=no]") !== null), true, part);
  }
});
