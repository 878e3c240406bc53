// What a host's own `run` is answered with: never with the page's own doings, and told to the lab once.

import assert from "node:assert/strict";
import { PATIENCE, story } from "./page.mjs";

const QUICK = "model=mnist-mlp&engine=cpu";
const TRAIN = "page=train&engine=cpu&train.seconds=none&train.images=2000&train.batch=50&train.workers=1&train.eps=0.1&train.scored=40&train.epochs=1000&train.lr=0.001";
const TIMES = 10;

/** The keys that make an attack as short as its card allows. */
function shortest({ id, norms, knobs }) {
  const keys = { attack: id, norm: norms[0], steps: 2, restarts: 1 };
  for (const { key, kind, min, max } of knobs) {
    if (kind === "integer") keys[["steps", "restarts"].includes(key) ? key : `${id}.${key}`] = Math.min(max, Math.max(min, 2));
  }
  return keys;
}

/** Sets keys and at once asks for the attack, with another seed and radius each time; all answers. */
const asked = (visit, keys) =>
  visit.page.evaluate(async ({ keys, times }) => {
    const answers = [];
    for (let seed = 1; seed <= times; seed += 1) {
      const set = host.ask("setState", { ...keys, seed, eps: 0.1 + 0.01 * seed });
      answers.push([await host.ask("run", "attack"), await set]);
    }
    return answers;
  }, { keys, times: TIMES });

story("F30: every attack that is asked for right after setState is answered, ten times of ten", {}, async ({ open }) => {
  const visit = await open(QUICK);
  const { attacks } = await visit.ask("getCatalog");
  assert.ok(attacks.length > 20);
  for (const card of attacks) {
    const answers = await asked(visit, shortest(card));
    for (const [at, [answer, set]] of answers.entries()) {
      assert.ok(answer.ok, `${card.id}, time ${at + 1}: ${JSON.stringify(answer.error)}`);
      const { fragment, attack, model } = answer.value;
      assert.equal(fragment, set.value.fragment, card.id);
      assert.deepEqual([attack.id, attack.seed, model], [card.id, at + 1, "mnist-mlp"]);
    }
  }
});

// The model beside is on its way then, and the page attacks both as soon as it is there.
story("asked for before the page has opened, or for data that are not there yet, a long attack is answered", {}, async ({ open }) => {
  const visit = await open("engine=cpu", { ready: false });
  for (const keys of [{ seed: 5 }, { data: "fashion", seed: 6 }]) {
    const [set, answer] = await visit.page.evaluate((keys) =>
      Promise.all([host.ask("setState", { ...keys, steps: 200, restarts: 3 }), host.ask("run", "attack")]), keys);
    assert.deepEqual([answer.ok, answer.error], [true, undefined], JSON.stringify(keys));
    const { fragment, attack } = answer.value;
    assert.deepEqual([fragment, attack.steps, attack.seed], [set.value.fragment, 200, keys.seed]);
  }
});

story("what is asked before the page's program is there is answered once it is", {}, async ({ context, open }) => {
  await context.addInitScript(() => {
    const { instantiateStreaming } = WebAssembly;
    // The first program is the page's own.
    WebAssembly.instantiateStreaming = async (...given) => {
      WebAssembly.instantiateStreaming = instantiateStreaming;
      await new Promise((resolve) => (globalThis.begin = resolve));
      return instantiateStreaming(...given);
    };
  });
  const visit = await open(QUICK, { ready: false });
  await visit.page.waitForFunction(() => globalThis.begin);
  const answers = await visit.page.evaluate(() => {
    const asked = Promise.all([host.ask("setState", { seed: 5, steps: 2 }), host.ask("run", "attack"), host.ask("nonsense")]);
    // Posted messages have all arrived when one posted after them has.
    return new Promise((resolve) => {
      addEventListener("message", ({ data }) => data === "last" && resolve());
      postMessage("last", "*");
    }).then(() => begin()).then(() => asked);
  });
  assert.deepEqual(answers.map(({ ok }) => ok), [true, true, false]);
  assert.equal(answers[1].value.attack.seed, 5);
});

story("another experiment after it is another matter: that replaces it", {}, async ({ open }) => {
  const visit = await open("engine=cpu");
  const long = { steps: 1000, restarts: 20 };
  const answer = await visit.page.evaluate(async (long) => {
    host.ask("setState", { ...long, seed: 8 });
    const pending = host.ask("run", "attack");
    await host.ask("setState", { steps: 3, restarts: 1, seed: 9 });
    return pending;
  }, long);
  assert.deepEqual([answer.ok, answer.error?.kind], [false, "replaced"]);
  // The same experiment again is none: both are answered with the newest.
  const both = await visit.page.evaluate(() => Promise.all([host.ask("run", "attack"), host.ask("run", "attack")]));
  assert.deepEqual(both.map(({ ok, value }) => [ok, value?.attack.seed]), [[true, 9], [true, 9]]);
});

story("a later question lets a run rest that the visitor has paused", {}, async ({ open }) => {
  const visit = await open(TRAIN);
  const button = (name) => visit.page.getByRole("button", { name, exact: true });
  await visit.page.getByRole("button", { name: /^Harden for/ }).waitFor();
  const pending = visit.answer("run", "train");
  await visit.page.locator(".train .state").getByText(/batch [1-9]/).waitFor({ timeout: 3 * PATIENCE });
  await button("Pause").click();
  await visit.page.locator(".train .state").getByText(/Paused\.$/).waitFor({ timeout: 3 * PATIENCE });
  const result = visit.answer("getResult");
  await visit.ask("setState", { "train.scored": 50 });
  // Both have reached the lab when this is answered.
  await visit.ask("getState");
  await button("Go on").waitFor();
  assert.match(await visit.page.locator(".train .state").innerText(), /Paused\.$/);
  // A host's own new run goes on with it.
  const again = visit.answer("run", "train");
  await button("Pause").waitFor();
  await visit.ask("stop");
  for (const answer of await Promise.all([pending, again])) {
    assert.deepEqual([answer.ok, answer.value?.stopped], [true, "cancelled"]);
  }
  await result;
});

story("a later question does not begin an evaluation anew, whatever page is open", {}, async ({ context, open }) => {
  await context.addInitScript(() => {
    globalThis.workers = 0;
    globalThis.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        workers += 1;
      }
    };
  });
  const visit = await open("page=measure&engine=cpu&measure.models=mnist-mlp&measure.attacks=pgd:steps:40:restarts:5&measure.n=150&measure.audit=0&measure.workers=1");
  const pending = visit.answer("run", "evaluate");
  const from = await visit.count();
  await visit.page.waitForFunction((from) => host.told.slice(from).some(({ event, value }) => event === "progress" && value.total === 150 && value.done > 0), from, { timeout: 3 * PATIENCE });
  const workers = () => visit.page.evaluate(() => globalThis.workers);
  const before = await workers();
  await visit.ask("setState", { page: "train", "train.scored": 50 });
  assert.equal((await visit.answer("getResult")).error?.kind, "input");
  // Nor does a second run of the same.
  const again = visit.answer("run", "evaluate");
  const [first, second] = await Promise.all([pending, again]);
  assert.deepEqual([first.ok, second.ok], [true, true]);
  assert.equal(first.value.n, 150);
  assert.equal(await workers(), before, "its worker is the one that began");
});
