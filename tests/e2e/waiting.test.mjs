// What the page says while an attack has no result yet, and what it keeps when the norm changes.

import assert from "node:assert/strict";
import { story } from "./page.mjs";

/** Holds back whatever the page sends its workers, while `held` is a list. */
function hold() {
  const send = Worker.prototype.postMessage;
  globalThis.held = null;
  Worker.prototype.postMessage = function (...message) {
    if (held) held.push(() => send.apply(this, message));
    else send.apply(this, message);
  };
}

const release = (visit) =>
  visit.page.evaluate(() => {
    const all = held;
    held = null;
    all.forEach((one) => one());
  });
const headline = (visit) => visit.page.locator(".headline p").first();
const choose = (visit, group, name) =>
  visit.page.getByRole("radiogroup", { name: group, exact: true }).getByRole("radio", { name, exact: true }).click();

story("no sentence describes an attack by another one's numbers (14.1)", {}, async ({ open, context }) => {
  await context.addInitScript(hold);
  const visit = await open("model=natural&attack=pgd&eps=0.2&steps=10&engine=cpu");
  await visit.verdict("natural", "Fooled");
  const { attacks } = await visit.ask("getCatalog");
  await visit.page.evaluate(() => (globalThis.held = []));
  for (const { id, name } of attacks.filter(({ id }) => !["pgd", "none"].includes(id))) {
    await visit.ask("setState", { attack: id });
    await headline(visit).getByText(`Attacking with ${name} …`).waitFor();
    const said = await headline(visit).innerText();
    assert.match(said, /^\S.* says 7 \(.* %\)\./, id);
    assert.doesNotMatch(said, /makes it say|finds|epsilon or not/, id);
    assert.equal(await visit.page.locator(".equation.stale").count(), 2, `${id}: what is shown is of before`);
  }
  // The same attack with another number says so as well, once a hand would have come to rest.
  await visit.ask("setState", { attack: "pgd", eps: 0.1 });
  await headline(visit).getByText("Attacking with PGD …").waitFor();
  await release(visit);
  await headline(visit).getByText(/(makes it say|finds nothing that fools it)/).waitFor();
  await visit.page.waitForFunction(() => !document.querySelector(".equation.stale"));
});

story("each norm keeps its own radius (14.3)", {}, async ({ open }) => {
  const visit = await open("model=natural&attack=pgd&norm=linf&eps=0.2&steps=5&engine=cpu");
  await visit.verdict("natural", "Fooled");
  const shown = async () => {
    const { norm, eps } = await visit.state();
    return [norm, eps];
  };
  await choose(visit, "Norm", "L2");
  await visit.page.getByText(/^1\.333 is usual in L2; each norm keeps its own epsilon\.$/).waitFor();
  const usual = await shown();
  assert.deepEqual([usual[0], Math.round(usual[1] * 100)], ["l2", 133]);
  await choose(visit, "Norm", "L∞");
  assert.deepEqual(await shown(), ["linf", 0.2]);
  // An attack that knows one norm alone gives the visitor's back.
  await choose(visit, "Attack", "C&W");
  assert.equal((await shown())[0], "l2");
  await choose(visit, "Attack", "PGD");
  assert.deepEqual(await shown(), ["linf", 0.2]);
  await choose(visit, "Norm", "L2");
  assert.deepEqual(await shown(), usual);
  await visit.verdict("natural", "Fooled");
});
