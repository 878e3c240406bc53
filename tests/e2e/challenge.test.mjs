// The challenge: a drawing, the radius at which it falls, and a friend who is to draw a tougher one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible } from "./axe.mjs";
import { THREE, Visit, story, url } from "./page.mjs";

const SHORT = "steps=10&engine=cpu";
const BEGIN = "Draw your own: how tough is it?";
const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

const button = (visit, name) => visit.page.getByRole("button", { name, exact: typeof name === "string" });
const line = (visit) => visit.page.locator(".challenge > p:not(.hidden)");
/** The sentence of the end. */
async function over(visit, sentence = /^Your \d becomes an? \d at epsilon [\d.]+\./) {
  await line(visit).filter({ hasText: sentence }).waitFor();
  return line(visit).textContent();
}
const figure = (sentence) => Number(/epsilon ([\d.]+)\./.exec(sentence)[1]);

/** Begins at the usual page, and draws a three. */
async function drawn(open, fragment = SHORT, points = THREE) {
  const visit = await open(fragment);
  await visit.verdict("natural", "Fooled");
  await button(visit, BEGIN).click();
  await line(visit).getByText("Draw a digit. How much noise").waitFor();
  await visit.draw(points);
  return visit;
}

/** Has the page believe in a share sheet, and keeps what it is given. */
const sheet = (context) =>
  context.addInitScript(() => {
    globalThis.shared = [];
    navigator.canShare = ({ files }) => files.length === 1 && files[0].type === "image/png";
    navigator.share = async ({ files, ...words }) => {
      const size = await createImageBitmap(files[0]);
      shared.push({ ...words, name: files[0].name, width: size.width, height: size.height });
    };
  });

story("epsilon rises by itself to where a drawing falls, and every place on the way was attacked", {}, async ({ open }) => {
  const visit = await drawn(open);
  const said = await over(visit);
  const { eps, input, challenge } = await visit.state();
  assert.deepEqual([challenge, input.startsWith("draw:")], ["draw", true]);
  const result = await visit.ask("getResult");
  assert.deepEqual([result.clean.label, result.success, result.attack.eps], [3, true, eps]);
  assert.equal(said.includes(`becomes a ${result.adversarial.label} at`) || said.includes(`becomes an ${result.adversarial.label} at`), true, said);
  assert.ok(Math.abs(figure(said) - eps) < 1e-4, `${said} ${eps}`);
  const mark = await visit.page.getByRole("img", { name: /^Natural CNN first falls at/ }).getAttribute("aria-label");
  assert.ok(figure(said) <= Number(/at ([\d.]+) on/.exec(mark)[1]) + 1e-4, `${said} ${mark}`);
  await visit.verdict("natural", "Fooled");
  await visit.verdict("robust", "Held");
  assert.match(said, /The robust network still reads it\.$/);
  // Of the results that were told after the last stroke, those of this drawing rise from 0.
  const way = await visit.page.evaluate((fragment) => {
    const drawing = /input=[^&]*/.exec(fragment)[0];
    return host.told.filter(({ event, value }) => event === "result" && value.fragment.includes(drawing)).map(({ value }) => value.attack.eps);
  }, result.fragment);
  assert.ok(new Set(way).size >= 6 && way[0] === 0 && way.at(-1) === eps, way.join(" "));
  assert.deepEqual(way, [...way].sort((a, b) => a - b), "it only rises");
  await accessible(visit.page, "the end of a challenge");
});

story("a digit of two strokes is left alone until it is done", {}, async ({ open }) => {
  const visit = await drawn(open, SHORT, [[0.3, 0.2], [0.3, 0.5], [0.7, 0.5]]);
  await visit.draw([[0.6, 0.2], [0.6, 0.85]]);
  const said = await over(visit, /^Your 4 /);
  assert.equal((await visit.ask("getResult")).clean.label, 4, said);
  await button(visit, "Draw another one").click();
  await line(visit).getByText("Draw a digit. How much noise").waitFor();
  assert.equal((await visit.state()).challenge, "draw");
});

story("a finger draws in the challenge on a phone", { context: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } }, async ({ open, context }) => {
  const visit = await open(`${SHORT}&challenge=draw`);
  const box = await visit.pad.boundingBox();
  assert.ok(box.y + box.height <= 844, `the whole pad is on the first screen: it ends at ${box.y + box.height}`);
  const session = await context.newCDPSession(visit.page);
  const touch = (type, point) => session.send("Input.dispatchTouchEvent", {
    type, touchPoints: point ? [{ x: box.x + point[0] * box.width, y: box.y + point[1] * box.height }] : [],
  });
  await touch("touchStart", THREE[0]);
  for (const point of THREE.slice(1)) await touch("touchMove", point);
  await touch("touchEnd");
  await over(visit);
});

story("the challenge by keyboard alone", {}, async ({ open }) => {
  const visit = await open(SHORT);
  const { keyboard } = visit.page;
  await visit.verdict("natural", "Fooled");
  await button(visit, BEGIN).focus();
  await keyboard.press("Enter");
  await visit.page.waitForFunction(() => document.activeElement.matches(".pad canvas"));
  for (let step = 0; step < 9; step += 1) await keyboard.press("ArrowUp");
  await keyboard.down(" ");
  for (let step = 0; step < 18; step += 1) await keyboard.press("ArrowDown");
  await keyboard.up(" ");
  await over(visit, /^Your 1 /);
  await visit.page.getByRole("status").filter({ hasText: /^Your 1 / }).waitFor({ state: "attached" });
});

story("without motion nothing rises by itself", { context: { reducedMotion: "reduce" } }, async ({ open }) => {
  const visit = await drawn(open);
  await button(visit, "Raise epsilon until it falls").waitFor();
  assert.equal((await visit.state()).eps, 0);
  await visit.verdict("natural", "Held");
  await button(visit, "Raise epsilon until it falls").click();
  const said = await over(visit);
  assert.ok(Math.abs(figure(said) - (await visit.state()).eps) < 1e-4);
});

story("whoever takes epsilon over stops the rise, and can have it done", {}, async ({ open }) => {
  const visit = await drawn(open);
  await line(visit).getByText(/^Epsilon 0/).waitFor();
  await visit.ask("setState", { eps: 0.39 });
  await button(visit, "Raise epsilon until it falls").click();
  await over(visit);
});

story("a friend sees the drawing and its figure, and draws against it", { context: clipboard }, async ({ open, context }) => {
  await sheet(context);
  const first = await drawn(open);
  const said = await over(first);
  await button(first, /^Can a friend draw a tougher 3/).click();
  await first.page.waitForFunction(() => shared.length === 1);
  const [{ url: link, ...given }] = await first.page.evaluate(() => shared);
  assert.deepEqual([given.title, given.name, given.width], ["Foolproof", "foolproof-challenge.png", 1200]);
  assert.ok(given.text.startsWith(said.replace("Your 3", "This 3")), given.text);
  assert.ok(link.startsWith(url) && link.length < 2000, link);
  const card = first.page.getByRole("dialog", { name: "Challenge a friend" }).getByRole("img");
  assert.match(await card.getAttribute("alt"), /^This 3 becomes .*Natural CNN.*Fooled.*Robust CNN.*Held/);
  await accessible(first.page, "the card of a challenge");

  const friend = await context.browser().newContext({ serviceWorkers: "block" });
  try {
    const second = new Visit(await friend.newPage());
    await second.go(`${link.split("#")[1]}&engine=cpu`);
    assert.equal((await second.ask("getResult")).success, true, "it is fooled from the start");
    const seen = await over(second, /^Your friend’s 3 becomes/);
    assert.equal(figure(seen), figure(said));
    await button(second, "Draw a tougher 3").click();
    await line(second).getByText(`Draw a tougher 3: one that is still read at epsilon ${figure(said)}.`).waitFor();
    const { challenge } = await second.state();
    assert.equal(challenge, `3:${figure(said)}`);
    await second.draw(THREE);
    const own = await over(second, /to beat/);
    const compared = (mine, theirs) => (mine > theirs ? "tougher than" : mine < theirs ? "not as tough as" : "just as tough as");
    assert.match(own, new RegExp(`That is ${compared(figure(own), figure(said))} the ${figure(said)} to beat`));
    await button(second, "Draw another one").click();
    await second.draw([[0.5, 0.15], [0.5, 0.85]]);
    await over(second, /That does not count: it is read as 1, not as 3\.$/);
    // A figure holds for the network that it was found with.
    await second.ask("setState", { model: "mnist-mlp" });
    await over(second, /^Your 1 (?!.*(count|to beat))/);
    assert.equal((await second.state()).challenge, "draw");
    assert.deepEqual(second.troubles, []);
  } finally {
    await friend.close();
  }
});

story("without a share sheet the link is copied and the card is saved", { context: clipboard }, async ({ open, context }) => {
  await context.addInitScript(() => delete Navigator.prototype.share);
  const visit = await drawn(open);
  await over(visit);
  await button(visit, /^Can a friend/).click();
  const dialog = visit.page.getByRole("dialog", { name: "Challenge a friend" });
  await dialog.getByText("Copied.").waitFor();
  const link = await visit.page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /challenge=friend/);
  assert.match(link, /input=draw:/);
  assert.equal(await dialog.getByRole("button", { name: "Share …" }).count(), 0);
  const [file] = await Promise.all([visit.page.waitForEvent("download"), dialog.getByRole("button", { name: "Save the card (PNG)" }).click()]);
  const bytes = readFileSync(await file.path());
  assert.deepEqual([file.suggestedFilename(), bytes.subarray(1, 4).toString(), bytes.readUInt32BE(16)], ["foolproof-challenge.png", "PNG", 1200]);
  await dialog.getByRole("button", { name: "Close" }).click();
  await button(visit, "Share").click();
  await visit.page.getByRole("dialog", { name: "Share" }).getByRole("heading", { name: "Embed" }).waitFor();
});

story("what holds to the end, and what is read wrong from the start, is said as that", {}, async ({ open }) => {
  const visit = await open("steps=1&engine=cpu&challenge=draw&model=mnist-cnn-robust&input=test:0&norm=l1");
  await over(visit, /^This 7 held up to epsilon [\d.]+, the largest tried\. The natural network /);
  const wrong = async () => {
    for (let index = 0; index < 400; index += 1) {
      const { clean, truth } = await visit.attacked({ input: `test:${index}`, model: "mnist-mlp", attack: "none", challenge: "none" });
      if (clean.label !== truth) return { index, clean, truth };
    }
    return assert.fail("the network reads every image");
  };
  const { index, clean, truth } = await wrong();
  await visit.ask("setState", { input: `test:${index}`, attack: "pgd", norm: "linf", steps: 5, eps: 0, challenge: "draw" });
  await over(visit, new RegExp(`^This ${truth} is read as ${clean.label} before any attack\\.`));
  await visit.ask("setState", { attack: "square", "square.queries": 20 });
  await line(visit).getByText("This attack has no search for the smallest radius").waitFor();
});

story("today's start stays: a plain address, deep links, embeds and lessons begin with what they name", {}, async ({ open }) => {
  const plain = await open();
  await plain.verdict("natural", "Fooled");
  assert.deepEqual([(await plain.state()).input, (await plain.state()).challenge], ["test:0", undefined]);
  await button(plain, BEGIN).waitFor();
  for (const fragment of ["embed=1", "hide=challenge", "lock=draw", "lesson=what-is/1"]) {
    const visit = await open(`${SHORT}&${fragment}`);
    await visit.verdict("natural", "Fooled");
    assert.equal(await button(visit, BEGIN).count(), 0, fragment);
    await visit.page.close();
  }
  const embedded = await open(`${SHORT}&embed=1&challenge=draw`);
  await line(embedded).getByText("Draw a digit. How much noise").waitFor();
});

story("the challenge is a key that hosts set, Back leaves it, and its button too", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.verdict("natural", "Fooled");
  assert.deepEqual((await visit.ask("setState", { challenge: "nonsense" })).clamped, ["challenge"]);
  await visit.ask("setState", { challenge: "3:0.1" });
  await line(visit).getByText("Draw a tougher 3: one that is still read at epsilon 0.1.").waitFor();
  await button(visit, "End the challenge").click();
  await visit.verdict("natural", "Fooled");
  assert.deepEqual([(await visit.state()).input, (await visit.state()).eps], ["test:0", 0.2]);
  await button(visit, BEGIN).click();
  await line(visit).waitFor();
  await visit.page.goBack();
  await button(visit, BEGIN).waitFor();
  assert.equal((await visit.state()).challenge, undefined);
});
