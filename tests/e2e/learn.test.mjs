// Lessons as a student, a teacher and a host have them.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { holds, lessons } from "./lessons.mjs";
import { story } from "./page.mjs";

const FIRST = `lesson=${lessons[0].id}/1`;

const panel = (visit) => visit.page.getByRole("complementary", { name: "Lesson" });
const heading = (visit, title) => panel(visit).getByRole("heading", { name: title, exact: true }).waitFor();

// Opens a step by its short link, and waits until its state is set.
async function openStep(visit, lesson, number) {
  await visit.page.evaluate((hash) => (location.hash = hash), `page=learn&lesson=${lesson.id}/${number}&engine=cpu`);
  await heading(visit, lesson.steps[number - 1].title);
  await visit.page.waitForFunction(() => !location.hash.includes("page=learn"));
}

// What the state has for a key, as a link would write it; names of controls are in order there.
const said = (value) => (Array.isArray(value) ? value.join(",") : String(value));
const wanted = (key, value) => (key === "lesson.uses" ? value.split(",").sort().join(",") : decodeURIComponent(value));

for (const lesson of lessons) {
  story(`the lesson ${lesson.id}: each link restores its state, each claim holds`, {}, async ({ open }) => {
    const visit = await open("steps=5&engine=cpu");
    for (const [at, { keys, claims }] of lesson.steps.entries()) {
      await openStep(visit, lesson, at + 1);
      const begun = await visit.ask("getState");
      for (const [key, value] of Object.entries(keys)) {
        assert.equal(said(begun.state[key]), wanted(key, value), `${lesson.id}/${at + 1}: ${key}`);
      }
      assert.equal(begun.state.lesson, `${lesson.id}/${at + 1}`);
      assert.equal(await visit.page.locator(".notes li").count(), 0, "the link needs no notice");

      const job = { attack: "attack", measure: "evaluate" }[keys.page];
      const known = new Map();
      for (const claim of claims) {
        const what = JSON.stringify(claim.keys);
        if (!known.has(what)) {
          await visit.ask("setState", begun.fragment);
          await visit.ask("setState", claim.keys);
          known.set(what, await visit.ask("run", job));
        }
        holds(claim, known.get(what));
      }
      await visit.ask("setState", { seed: 77, eps: 0.33 });
      await panel(visit).getByRole("link", { name: "Back to this step's start" }).click();
      await visit.page.waitForFunction(async (fragment) => (await host.ask("getState")).value.fragment === fragment, begun.fragment);
    }
  });
}

story("a question is answered by keyboard, the host hears of it, and the answer survives a reload", {}, async ({ open }) => {
  const visit = await open(`${FIRST}&steps=5&engine=cpu&attack=none`);
  const { steps } = lessons[0];
  await heading(visit, steps[0].title);
  const check = panel(visit).getByRole("button", { name: "Check" });
  await check.focus();
  await visit.page.keyboard.press("Enter");
  await panel(visit).getByText("Choose an answer first.").waitFor();
  await visit.page.keyboard.press("Shift+Tab");
  const focused = () => visit.page.evaluate(() => document.activeElement.type);
  assert.equal(await focused(), "radio");
  const choose = async (at) => {
    await panel(visit).getByRole("radio").first().focus();
    await visit.page.keyboard.press("Space");
    for (let step = 0; step < at; step += 1) await visit.page.keyboard.press("ArrowDown");
    await visit.page.keyboard.press("Tab");
    await visit.page.keyboard.press("Enter");
  };
  await choose(steps[0].wrong);
  await panel(visit).getByText("Not quite.").waitFor();
  assert.equal((await visit.heard("answer")).right, false);
  const before = await visit.count();
  await choose(steps[0].right);
  await panel(visit).getByText("Right.", { exact: true }).waitFor();
  const answer = await visit.heard("answer", before);
  const told = { lesson: lessons[0].id, step: 1, choice: steps[0].right, right: true, tries: 2, answered: 1, questions: steps.length };
  assert.deepEqual(answer, told);

  await visit.page.reload();
  await heading(visit, steps[0].title);
  assert.ok(await panel(visit).getByRole("radio").nth(steps[0].right).isChecked());
  await panel(visit).getByText("Right.", { exact: true }).waitFor();
  await panel(visit).getByRole("link", { name: "All lessons" }).click();
  await visit.page.getByText(`1 of ${steps.length} questions answered`).waitFor();
  await visit.page.getByRole("link", { name: /^Go on: / }).click();
  await heading(visit, steps[1].title);
  await visit.page.getByRole("link", { name: "Learn" }).click();
  await visit.page.getByRole("button", { name: "Forget my answers" }).click();
  await visit.page.getByText(`1 of ${steps.length} questions answered`).waitFor({ state: "detached" });
});

story("from step to step, the focus follows, Back leads back, and the visitor's own keys stay", {}, async ({ open }) => {
  const visit = await open(`page=learn&lesson=${lessons[0].id}/1&theme=dark&lock=eps&hide=share&engine=cpu`);
  const [one, two] = lessons[0].steps;
  await heading(visit, one.title);
  await panel(visit).getByRole("link", { name: "Next", exact: true }).click();
  await heading(visit, two.title);
  await visit.page.waitForFunction((title) => document.activeElement?.textContent.trim() === title, two.title);
  const { state } = await visit.ask("getState");
  assert.deepEqual([state.theme, state.lock, state.hide, state.attack], ["dark", ["eps"], ["share"], two.keys.attack]);
  await visit.page.goBack();
  await heading(visit, one.title);
  await panel(visit).getByRole("link", { name: /^Step 2: / }).click();
  await heading(visit, two.title);
  // What can be tried changes its keys and keeps the rest.
  await panel(visit).locator("a.set").first().click();
  await visit.page.waitForFunction(async () => (await host.ask("getState")).value.state.eps === 0.05);
  assert.equal((await visit.state()).lesson, `${lessons[0].id}/2`);
  await visit.page.getByRole("link", { name: "Measure" }).click();
  await visit.page.getByRole("button", { name: "Run the evaluation", exact: true }).waitFor();
  assert.ok(await panel(visit).isVisible(), "the lesson stays beside the other pages");
  await panel(visit).getByRole("link", { name: "Close the lesson" }).click();
  await panel(visit).waitFor({ state: "hidden" });
  assert.equal((await visit.state()).page, "measure");
});

story("with the storage blocked everything works, and the page says that it keeps nothing", {}, async ({ context, open }) => {
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } });
  });
  const visit = await open(`${FIRST}&steps=5&engine=cpu`);
  await heading(visit, lessons[0].steps[0].title);
  await panel(visit).getByRole("radio").nth(lessons[0].steps[0].right).check();
  await panel(visit).getByRole("button", { name: "Check" }).click();
  await panel(visit).getByText("Right.", { exact: true }).waitFor();
  await panel(visit).getByRole("link", { name: "All lessons" }).click();
  await visit.page.getByText(/keeps nothing for this page/).waitFor();
  await visit.page.getByText(`1 of ${lessons[0].steps.length} questions answered`).waitFor();
});

story("a host fixes answers and ways", { context: { viewport: { width: 900, height: 700 } } }, async ({ open }) => {
  const visit = await open(`${FIRST}&embed=1&lock=lesson.answer&hide=lesson.steps,lesson.pages&engine=cpu`);
  await heading(visit, lessons[0].steps[0].title);
  assert.ok(await panel(visit).getByRole("radio").first().isDisabled());
  assert.equal(await panel(visit).getByRole("navigation").count(), 0);
  assert.equal(await panel(visit).getByRole("link", { name: "All lessons" }).count(), 0);
});

story("lessons and steps that are not there, and files that are no lessons", { expects: [/404/] }, async ({ context, open }) => {
  const visit = await open("lesson=no-such/1&steps=5&engine=cpu");
  await panel(visit).getByText("There is no lesson “no-such”.").waitFor();
  await visit.page.evaluate((id) => (location.hash = `lesson=${id}/40&steps=5`), lessons[0].id);
  await panel(visit).getByText(/there is no step 40/).waitFor();

  const file = `**/lessons/en/${lessons[1].id}.md`;
  let body = "---\ntitle: A\nminutes: 1\n---\n## B\n<script>globalThis.bad = true</script>\n";
  await context.route(file, (route) => route.fulfill({ body, contentType: "text/plain" }));
  await visit.page.evaluate((id) => (location.hash = `lesson=${id}/1&steps=5`), lessons[1].id);
  await panel(visit).getByText(`${lessons[1].id}.md, line 6: raw HTML is not taken.`).waitFor();
  assert.equal(await visit.page.evaluate(() => globalThis.bad), undefined);
  await context.unroute(file);
  await panel(visit).getByRole("button", { name: "Try again" }).click();
  await heading(visit, lessons[1].steps[0].title);
});

story("without the lab's program the lesson says so, and comes when it can be had", { expects: [/ERR_FAILED/, /lab\.js/] }, async ({ context, open }) => {
  await context.route("**/lab.js*", (route) => route.abort());
  const visit = await open(`${FIRST}&steps=5&engine=cpu`);
  await panel(visit).getByText("The program of this page could not be loaded.").waitFor();
  await visit.verdict("natural", "Fooled");
  await context.unroute("**/lab.js*");
  await panel(visit).getByRole("button", { name: "Try again" }).click();
  await heading(visit, lessons[0].steps[0].title);
});

story("the teacher's part makes a link that opens", {}, async ({ open }) => {
  const visit = await open("page=learn&steps=5&engine=cpu");
  await visit.page.getByText("For teachers").click();
  await visit.page.getByLabel("Step to link to").selectOption(`${lessons[2].id}/2`);
  await visit.page.getByLabel("Fix epsilon").check();
  await visit.page.getByLabel("Compact, for a frame").check();
  await visit.page.getByText(/<iframe src=/).waitFor();
  await visit.page.locator(".builder a").click();
  await heading(visit, lessons[2].steps[1].title);
  const { state } = await visit.ask("getState");
  assert.deepEqual([state.lock, state.embed], [["eps"], 1]);
});

for (const [name, context, theme] of [
  ["light", {}, "light"],
  ["dark", {}, "dark"],
  ["320 pixels wide", { viewport: { width: 320, height: 640 } }, "light"],
]) {
  story(`axe finds nothing, and nothing is too wide: ${name}`, { context }, async ({ open }) => {
    const visit = await open(`page=learn&theme=${theme}&steps=5&engine=cpu`);
    await visit.page.getByRole("heading", { name: "From FGSM to PGD" }).waitFor();
    await visit.page.getByText("For teachers").click();
    await visit.page.getByRole("heading", { name: "Collect results" }).waitFor();
    await clean(visit, "overview");
    for (const [lesson, number] of [[lessons[0], 2], [lessons[6], 1], [lessons[5], 2]]) {
      await visit.page.evaluate((hash) => (location.hash = hash), `page=learn&lesson=${lesson.id}/${number}&theme=${theme}&engine=cpu`);
      await heading(visit, lesson.steps[number - 1].title);
      await panel(visit).getByRole("radio").first().check();
      await panel(visit).getByRole("button", { name: "Check" }).click();
      await panel(visit).getByText(/^(Right|Not quite)\.$/).waitFor();
      if (lesson.steps[number - 1].keys.page === "attack") await visit.verdict("natural", "Fooled");
      await clean(visit, `${lesson.id}/${number}`);
    }
  });
}

async function clean(visit, state) {
  await accessible(visit.page, state);
  const [content, width] = await visit.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= width, `${state}: ${content} of ${width}`);
}
