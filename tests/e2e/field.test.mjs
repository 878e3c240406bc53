// What people who do this job run into (F24 to F39): each story is one kind, by its number.

import assert from "node:assert/strict";
import { story } from "./page.mjs";

const QUICK = "steps=5&engine=cpu";

for (const lang of ["en", "de"]) {
  story(`F23: a decimal comma typed in a field is a decimal point (${lang})`, {}, async ({ open }) => {
    const visit = await open(`${QUICK}&lang=${lang}&eps=0,25`);
    assert.equal((await visit.state()).eps, 0.25, "in a link too");
    const field = visit.page.getByRole("spinbutton", { name: "Epsilon", exact: true });
    await field.fill("0,15");
    await field.press("Enter");
    await visit.page.waitForFunction(() => /eps=0\.15(&|$)/.test(location.hash));
    const shown = lang === "de" ? "0,15" : "0.15";
    assert.equal(await field.inputValue(), shown);
    await field.fill("1,000");
    await field.press("Enter");
    assert.equal(await field.inputValue(), lang === "de" ? "1" : shown, "what may be a thousand is none, where a comma parts thousands");
    assert.ok(Math.abs((await visit.attacked({ step: "0,02" })).attack.step - 0.02) < 1e-6);
  });
}

/** A touch, a pen or its end on the pad, in shares of its side. */
const pointer = (visit, type, pointerType, pointerId, x, y) =>
  visit.pad.evaluate((canvas, { type, pointerType, pointerId, x, y }) => {
    const box = canvas.getBoundingClientRect();
    const [clientX, clientY] = [box.left + x * box.width, box.top + y * box.height];
    canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, pointerType, pointerId, clientX, clientY, button: 0, buttons: 1 }));
  }, { type, pointerType, pointerId, x, y });

const undo = (visit) => visit.page.getByRole("group", { name: "Drawing" }).getByRole("button", { name: "Undo" });

story("F24: a pen draws though the palm was there before it, and the palm's dot is gone", {}, async ({ open }) => {
  const alone = await open(QUICK);
  for (const [type, x] of [["pointerdown", 0.3], ["pointermove", 0.5], ["pointermove", 0.6], ["pointerup", 0.6]]) await pointer(alone, type, "pen", 2, x, 0.3);
  const wanted = (await alone.state()).input;
  assert.match(wanted, /^draw:/);
  const visit = await open(QUICK);
  await pointer(visit, "pointerdown", "touch", 1, 0.8, 0.8);
  await pointer(visit, "pointerdown", "pen", 2, 0.3, 0.3);
  await pointer(visit, "pointermove", "touch", 1, 0.85, 0.85);
  for (const x of [0.5, 0.6]) await pointer(visit, "pointermove", "pen", 2, x, 0.3);
  await pointer(visit, "pointerup", "pen", 2, 0.6, 0.3);
  await pointer(visit, "pointerup", "touch", 1, 0.85, 0.85);
  assert.equal((await visit.state()).input, wanted);
  await undo(visit).click();
  assert.equal((await visit.state()).input, "test:0", "one stroke is one step");
});

story("F24: a cancelled stroke is gone and takes no Undo", {}, async ({ open }) => {
  const visit = await open(QUICK);
  await pointer(visit, "pointerdown", "touch", 1, 0.3, 0.3);
  await pointer(visit, "pointermove", "touch", 1, 0.6, 0.6);
  assert.match((await visit.state()).input, /^draw:/);
  await pointer(visit, "pointercancel", "touch", 1, 0.6, 0.6);
  assert.equal((await visit.state()).input, "test:0");
  assert.equal(await undo(visit).getAttribute("aria-disabled"), "true");
  await visit.draw([[0.3, 0.3], [0.6, 0.7]]);
  const { input } = await visit.state();
  await visit.ask("setState", { mask: input });
  await visit.page.getByRole("button", { name: "Mask", exact: true }).click();
  const mask = async () => (await visit.state()).mask;
  const before = await mask();
  for (const [type, x] of [["pointerdown", 0.1], ["pointermove", 0.9]]) await pointer(visit, type, "pen", 3, x, 0.9);
  assert.notEqual(await mask(), before);
  await pointer(visit, "pointercancel", "pen", 3, 0.9, 0.9);
  assert.equal(await mask(), before, "nor is there more of a mask");
});

story("F33: a message that cannot be read is answered, with its id where that can be read", {}, async ({ open }) => {
  const visit = await open(QUICK);
  const answers = await visit.page.evaluate(async () => {
    const circle = {};
    circle.self = circle;
    let deep = 1;
    for (let level = 0; level < 30; level += 1) deep = [deep];
    const answers = [];
    for (const [id, value] of [["big", { seed: 2n ** 64n - 1n }], ["circle", circle], ["deep", { eps: deep }], ["long", { hide: Array(2_000_000).fill("seed") }], [7n, { eps: 1 }]]) {
      const answer = new Promise((resolve) => {
        const heard = ({ data }) => {
          if (data?.foolproof !== 1 || !("ok" in data)) return;
          removeEventListener("message", heard);
          resolve([data.id, data.ok, data.error?.kind]);
        };
        addEventListener("message", heard);
      });
      postMessage({ foolproof: 1, id, verb: "setState", value }, "*");
      answers.push(await answer);
    }
    return answers;
  });
  assert.deepEqual(answers, [["big", false, "input"], ["circle", false, "input"], ["deep", false, "input"], ["long", false, "input"], [null, false, "input"]]);
  assert.equal((await visit.ask("getResult")).kind, "attack", "and the page works");
});

story("F34: what is too long or unknown is refused or named", {}, async ({ open }) => {
  const visit = await open(QUICK);
  const long = await visit.answer("setState", `eps=.1&seed=${"9".repeat(70_000)}`);
  assert.deepEqual([long.ok, long.error.kind], [false, "input"]);
  const junk = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`junk${at}`, 1]));
  const many = await visit.ask("setState", { ...junk, eps: 0.07 });
  assert.deepEqual([many.ignored.length, (await visit.state()).eps], [300, 0.07]);
  const names = await visit.ask("setState", { hide: ["seed", "nonsense"], lock: ["pgd.wings", "train.nonsense", "lesson.pages"] });
  assert.deepEqual([...new Set(names.clamped)].sort(), ["hide", "lock"]);
  assert.deepEqual((await visit.state()).hide, ["seed"]);
  await visit.page.evaluate(() => (location.hash = `eps=.1&input=draw:${"A".repeat(70_000)}`));
  await visit.note(/longer than 65536 characters/);
});

story("F35: keys that nobody knows are named and dropped, and keep no other out", {}, async ({ open }) => {
  const junk = Array.from({ length: 64 }, (_, at) => `train.junk${at}=1`).join("&");
  const visit = await open(`page=train&${QUICK}&${junk}`);
  await visit.note(/“train\.junk63” is not known/);
  const { fragment, ignored, clamped } = await visit.ask("setState", { "train.epochs": 3, "train.more": 1 });
  assert.deepEqual([ignored, clamped], [["train.more"], []]);
  assert.match(fragment, /train\.epochs=3/);
  assert.doesNotMatch(fragment, /junk|more/);
  await visit.page.waitForFunction(() => /train\.epochs=3/.test(location.hash) && !/junk|more/.test(location.hash));
});

story("F39: of five hundred states in a second the newest is rendered, and each is answered", {}, async ({ open }) => {
  const visit = await open(QUICK);
  const { took, states } = await visit.page.evaluate(async () => {
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 500 }, (_, at) => host.ask("setState", { eps: (at + 1) / 2000, seed: at })));
    return { took: performance.now() - begun, states: answers.map(({ ok, value }) => ok && value.fragment) };
  });
  states.forEach((fragment, at) => assert.ok(fragment.includes(`eps=${(at + 1) / 2000}&`) && fragment.includes(`seed=${at}`), fragment));
  assert.ok(took < 3000, `${Math.round(took)} ms`);
  const { eps, seed } = await visit.state();
  assert.deepEqual([eps, seed], [0.25, 499]);
  assert.equal((await visit.ask("getResult")).attack.seed, 499);
});

story("F38: a file of more values than a tab can hold is refused by its bound, and the page goes on", {}, async ({ open }) => {
  const visit = await open(QUICK);
  await visit.page.locator("#share-open").click();
  const field = visit.page.getByRole("dialog").locator("input[type=file]");
  await field.setInputFiles({ name: "zeros.json", mimeType: "application/json", buffer: Buffer.from(`[${"0,".repeat(20_000_000)}0]`) });
  await visit.page.getByText(/The file cannot be read: it has more than 8000000 values\./).waitFor();
  const deep = `{"foolproof":"session","version":2,"fragment":${"[".repeat(100)}${"]".repeat(100)}}`;
  await field.setInputFiles({ name: "deep.json", mimeType: "application/json", buffer: Buffer.from(deep) });
  await visit.page.getByText(/it is nested deeper than 64 levels\./).waitFor();
  assert.equal((await visit.ask("getResult")).kind, "attack");
});
