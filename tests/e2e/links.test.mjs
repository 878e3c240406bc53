// A link may say anything: what cannot be used is named in a notice, and the page works.

import assert from "node:assert/strict";
import { story } from "./page.mjs";

// The fragment, and what the notice must name.
const BAD = [
  ["eps=NaN", /eps “NaN”/],
  ["eps=1e999", /eps “1e999”/],
  ["eps=-0.1", /eps “-0.1”/],
  ["eps=7", /eps “7” cannot be used; it is 1 instead/],
  ["eps=1/0", /eps “1\/0”/],
  ["step=NaN", /step “NaN”/],
  ["steps=1e9&restarts=1", /steps “1e9”/],
  ["steps=many", /steps “many”/],
  ["steps=2.5", /steps “2.5”/],
  ["steps=3&restarts=-4", /restarts “-4”/],
  ["norm=l7", /norm “l7”/],
  ["attack=telepathy", /attack “telepathy”/],
  ["model=oracle", /model “oracle”/],
  ["data=imagenet", /data “imagenet”/],
  ["input=test:99999999", /input “test:99999999”/],
  ["input=draw:%00!", /input “draw:/],
  ["input=draw:eJwDAAAAAAE", /input “draw:/],
  ["target=99", /target “99”/],
  ["target=-1", /target “-1”/],
  ["seed=-1", /seed “-1”/],
  ["seed=99999999999999999999", /seed “9999/],
  ["engine=quantum", /engine “quantum”/],
  ["theme=plaid", /theme “plaid”/],
  ["page=cellar", /page “cellar”/],
  ["embed=maybe", /embed “maybe”/],
  ["hide=%3Cscript%3E", /hide “<script>”/],
  ["v=2", /v “2”/],
  ["pgd.start=NaN", /pgd\.start “NaN”/],
  ["pgd.start=7", /pgd\.start “7”/],
  ["pgd.wings=2", /“pgd\.wings” is not known/],
  ["lesson=//", /lesson “\/\/”/],
  ["frobnicate=1", /“frobnicate” is not known/],
];

story("each bad value of a link opened later is named, and the attack goes on", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  for (const [fragment, notice] of BAD) {
    const short = fragment.includes("steps=") ? fragment : `steps=5&${fragment}`;
    await visit.page.evaluate((fragment) => (location.hash = fragment), short);
    await visit.note(notice);
    // The largest number of steps that is allowed would take its time; that it runs is enough.
    if (fragment.startsWith("steps=1e9")) assert.equal((await visit.state()).steps, 1000);
    else assert.equal((await visit.ask("getResult")).kind, "attack", fragment);
  }
});

for (const [fragment, notices] of [
  ["steps=5&eps=NaN&norm=l9&target=11", [/eps “NaN”/, /norm “l9”/, /target “11”/]],
  ["steps=5&model=oracle&attack=telepathy&frobnicate=1", [/model “oracle”/, /attack “telepathy”/, /“frobnicate”/]],
  ["steps=5&input=test:123456&seed=none&pgd.wings=2", [/input “test:123456”/, /seed “none”/, /“pgd\.wings”/]],
]) {
  story(`a cold load of ${fragment}`, {}, async ({ open }) => {
    const visit = await open(fragment);
    for (const notice of notices) await visit.note(notice);
    await visit.verdict("natural", "Fooled");
  });
}

story("a link too long to be one, and one that is no link at all", {}, async ({ open }) => {
  const visit = await open(`input=draw:${"A".repeat(100_000)}`);
  await visit.verdict("natural", "Fooled");
  await visit.page.evaluate(() => (location.hash = "%ff%fe&&&==&=&%"));
  assert.equal((await visit.ask("getResult")).kind, "attack");
});

story("a radius may be a fraction, and the seed is always written", {}, async ({ open }) => {
  const visit = await open("eps=8/255&steps=5");
  const { state, fragment } = await visit.ask("getState");
  assert.equal(state.eps, 8 / 255);
  assert.match(fragment, /(^|&)seed=1(&|$)/);
  const result = await visit.ask("getResult");
  assert.ok(Math.abs(result.attack.eps - 8 / 255) < 1e-7 && result.distance.linf <= 8 / 255 + 1e-6);
});

story("the same link gives the same picture", {}, async ({ open }) => {
  const link = "input=test:3&attack=pgd&steps=10&eps=0.1&seed=5&engine=cpu";
  const [first, second] = [await open(link), await open(link)];
  const [one, two] = [await first.ask("getResult"), await second.ask("getResult")];
  assert.deepEqual(one.adversarial, two.adversarial);
  const other = await second.attacked({ seed: 6 });
  assert.notEqual(other.adversarial.pixels, one.adversarial.pixels, "another seed starts elsewhere");
});

story("a link opened while the address is about to be written is read, and not written over", {}, async ({ open, context }) => {
  // A busy browser: it tells of a new fragment only after our own timer was due.
  await context.addInitScript(() => {
    addEventListener("hashchange", (event) => {
      if (!event.isTrusted) return;
      event.stopImmediatePropagation();
      const { oldURL, newURL } = event;
      setTimeout(() => dispatchEvent(new HashChangeEvent("hashchange", { oldURL, newURL })), 700);
    }, true);
  });
  const visit = await open("steps=5&engine=cpu");
  await visit.page.waitForFunction(() => location.hash.includes("seed=1"));
  await visit.page.evaluate(async () => {
    await host.ask("setState", { eps: 0.11 });
    location.hash = "steps=5&norm=l9";
    location.hash = "steps=5&eps=-0.1";
  });
  await visit.note(/norm “l9”/);
  await visit.note(/eps “-0.1”/);
  const { fragment, state } = await visit.ask("getState");
  assert.equal(state.eps, 0, "the later link is in force");
  await visit.page.waitForFunction((fragment) => location.hash.slice(1) === fragment, fragment);
});

story("two hundred wild links leave a page that works", {}, async ({ open }) => {
  const keys = ["page", "data", "model", "input", "attack", "norm", "eps", "step", "steps", "restarts", "target", "seed", "engine", "theme", "hide", "lock", "lesson", "cw.confidence", "measure.n", "train.eps", "__proto__", ""];
  const values = ["0", "-1", "0.3", "8/255", "1/0", "NaN", "1e308", "none", "pgd", "l2", "mine:a", "test:0", "test:99999999999", "draw:", "draw:AAAA", "%", "%zz", "%00", "a,b,,c", "<script>", "99999999999999999999"];
  // A linear congruence (Numerical Recipes): the same links on every machine.
  let seed = 7;
  const draw = (list) => list[(seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % list.length];
  const visit = await open("steps=5&engine=cpu");
  for (let count = 0; count < 200; count += 1) {
    const link = Array.from({ length: 1 + (count % 6) }, () => `${draw(keys)}=${draw(values)}`).join(draw(["&", "&&", ";"]));
    await visit.page.evaluate((link) => (location.hash = link), link);
    const { fragment, state } = await visit.ask("getState");
    assert.match(fragment, /^v=1&/, link);
    assert.ok(Number.isFinite(state.eps ?? 0) && state.steps >= 1, link);
  }
  await visit.page.evaluate(() => (location.hash = "steps=5&engine=cpu&eps=0.2"));
  await visit.verdict("natural", "Fooled");
});
