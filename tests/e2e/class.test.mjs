// Lessons for a class: a step shows what it uses, on a phone too, and its pictures are called and found as people would.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { lessons } from "./lessons.mjs";
import { PATIENCE, story } from "./page.mjs";

const panel = (visit) => visit.page.getByRole("complementary", { name: /^(Lesson|Lektion)$/ });
const heading = (visit, title) => panel(visit).getByRole("heading", { name: title, exact: true }).waitFor();
const all = (visit) => panel(visit).getByRole("link", { name: "Show all controls" });
const used = (visit) => panel(visit).getByRole("link", { name: "Show only what this step uses" });
const attacks = (visit) => visit.page.getByRole("radiogroup", { name: "Attack", exact: true });
const epsilon = (visit) => visit.page.getByRole("slider", { name: "Epsilon" });
const gallery = (visit) => visit.page.getByRole("button", { name: /^Test image \d+, / });
const networks = (visit) => visit.page.getByRole("article");

// Opens a step by its short link, and waits until its state is set.
async function openStep(visit, lesson, number) {
  await visit.page.evaluate((hash) => (location.hash = hash), `page=learn&lesson=${lesson.id}/${number}&engine=cpu`);
  await heading(visit, lesson.steps[number - 1].title);
  await visit.page.waitForFunction(() => !location.hash.includes("page=learn"));
}

story("a step shows what it uses; one link brings everything back, and so does leaving the lesson", {}, async ({ open }) => {
  const visit = await open(`page=learn&lesson=${lessons[0].id}/1&hide=share,seed&lock=norm&engine=cpu`);
  const [one, two] = lessons[0].steps;
  await heading(visit, one.title);
  await visit.equation("natural").getByText("trained as usual").waitFor();
  await gallery(visit).first().waitFor();
  assert.equal(await networks(visit).count(), 1, "one network");
  for (const part of [attacks(visit), epsilon(visit), visit.page.getByText("Choose an attack below")]) {
    assert.equal(await part.locator("visible=true").count(), 0);
  }
  assert.equal(await visit.page.getByRole("combobox").count(), 1, "the gallery's classes alone");

  await all(visit).click();
  await attacks(visit).waitFor();
  assert.ok((await attacks(visit).getByRole("radio").count()) > 20, "every attack");
  assert.equal(await epsilon(visit).count(), 0, "no attack is chosen, and none has no radius");
  await visit.equation("robust").waitFor();
  const own = async () => (({ hide, lock }) => [hide, lock])(await visit.state());
  const hosts = [["seed", "share"], ["norm"]];
  assert.deepEqual(await own(), hosts);
  const seed = visit.page.getByRole("spinbutton", { name: "Seed" });
  assert.equal(await seed.count(), 0, "what the host hides stays hidden");

  // Whoever asked for everything has it at the next step, too.
  await panel(visit).getByRole("link", { name: "Next", exact: true }).click();
  await heading(visit, two.title);
  await attacks(visit).waitFor();
  await used(visit).click();
  await attacks(visit).waitFor({ state: "detached" });
  await epsilon(visit).waitFor();
  assert.equal(await gallery(visit).count(), 0);
  assert.equal((await visit.state())["lesson.uses"], "eps");

  await panel(visit).getByRole("link", { name: "Close the lesson" }).click();
  await attacks(visit).waitFor();
  await gallery(visit).first().waitFor();
  const left = await visit.state();
  assert.deepEqual([left["lesson.uses"], left.lesson, ...(await own())], [undefined, undefined, ...hosts]);
  assert.equal(await seed.count(), 0);
});

story("a step about two networks shows both, and a second one that is hidden is not loaded", {}, async ({ open, context }) => {
  const asked = [];
  context.on("request", (request) => asked.push(request.url()));
  // The address that a step comes to; the page that leads there may have loaded both.
  const visit = await open(`lesson=${lessons[0].id}/2&lesson.uses=eps&engine=cpu`);
  await visit.verdict("natural", "Fooled");
  assert.equal(await networks(visit).count(), 1);
  assert.ok(!asked.some((url) => url.includes("mnist-cnn-robust")), "the robust network's weights");
  await openStep(visit, lessons[0], 5);
  await visit.verdict("robust", "Held");
  assert.equal(await networks(visit).count(), 2);
});

story("the steps of the other pages show what they use", {}, async ({ open }) => {
  const visit = await open("page=learn&steps=5&engine=cpu");
  const measured = lessons.find(({ id }) => id === "seems-to-work");
  await openStep(visit, measured, 1);
  const sets = visit.page.getByRole("group", { name: "Sets of attacks" });
  const models = visit.page.getByRole("group", { name: "Models" });
  await visit.page.getByRole("list", { name: "Chosen attacks" }).getByText("FGSM").waitFor();
  for (const part of [sets, models, visit.page.getByText("Choose attacks one by one")]) assert.ok(await part.isHidden());
  await all(visit).click();
  for (const part of [sets, models, visit.page.getByText("Choose attacks one by one")]) await part.waitFor();
  await openStep(visit, measured, 2);
  await visit.page.getByRole("button", { name: /^Harden|^Train/ }).first().waitFor();
  assert.ok(await visit.page.getByRole("heading", { name: "Your models" }).isHidden());
});

story("the header marks Learn while a lesson is open", {}, async ({ open }) => {
  const visit = await open(`page=learn&lesson=${lessons[0].id}/1&engine=cpu`);
  await heading(visit, lessons[0].steps[0].title);
  const pages = visit.page.getByRole("navigation", { name: "Pages" });
  const mark = async (name) => [await pages.getByRole("link", { name }).getAttribute("aria-current"), await weight(pages.getByRole("link", { name }))];
  await visit.page.waitForFunction(() => !location.hash.includes("page=learn"));
  assert.deepEqual([await mark("Learn"), await mark("Attack")], [["page", "600"], ["location", "400"]]);
  await panel(visit).getByRole("link", { name: "Close the lesson" }).click();
  await panel(visit).waitFor({ state: "hidden" });
  assert.deepEqual([await mark("Learn"), await mark("Attack")], [["false", "400"], ["page", "600"]]);
});

const weight = (link) => link.evaluate((one) => getComputedStyle(one).fontWeight);

for (const language of ["en", "de"]) {
  story(`an image that a text names is in the gallery, chosen, and called as in the text: ${language}`, {}, async ({ open }) => {
    const visit = await open(`page=learn&lang=${language}&steps=5&engine=cpu`);
    const chosen = visit.page.locator(".thumb[aria-pressed=true]");
    for (const lesson of lessons) {
      for (const [at, { images }] of lesson.steps.entries()) {
        if (!images.length) continue;
        const hash = `page=learn&lang=${language}&lesson=${lesson.id}/${at + 1}&engine=cpu`;
        await visit.page.evaluate((hash) => (location.hash = hash), hash);
        await visit.page.waitForFunction((place) => location.hash.includes(`lesson=${place}`) && !location.hash.includes("page=learn"), `${lesson.id}/${at + 1}`);
        for (const index of images) {
          const link = panel(visit).locator(`a.set[href*="input=test:${index}&"]`).first();
          await link.click();
          await visit.page.waitForFunction((index) => location.hash.includes(`input=test:${index}&`), index);
          const name = new RegExp(`^(Test image|Testbild) ${index + 1}, `);
          await visit.page.getByRole("button", { name, pressed: true }).waitFor();
          assert.equal(await chosen.count(), 1);
          const [, number] = /(\d+)/.exec(await link.textContent()) ?? [];
          if (number) assert.equal(Number(number), index + 1);
          await visit.page.getByText(new RegExp(`^(Test image|Testbild) ${index + 1} (of|von) `)).waitFor();
        }
      }
    }
  });
}

story("an image that a link names is in the gallery, far behind the first ones, and stays when one draws", {}, async ({ open }) => {
  const visit = await open("input=test:437&steps=5&engine=cpu");
  await visit.page.getByRole("button", { name: /^Test image 438, /, pressed: true }).waitFor();
  const names = () => gallery(visit).evaluateAll((all) => all.map((one) => Number(/(\d+),/.exec(one.textContent + one.ariaLabel)?.[1] ?? NaN)));
  assert.equal(await gallery(visit).count(), 10);
  const before = await names();
  await visit.draw([[0.3, 0.3], [0.7, 0.7]]);
  await visit.page.locator(".thumb[aria-pressed=true]").waitFor({ state: "detached" });
  assert.deepEqual(await names(), before);
  // Whoever looks at one class goes on seeing it.
  await visit.page.getByRole("combobox", { name: "Class of the test images" }).selectOption("9");
  await visit.page.getByRole("button", { name: /^Test image \d+, 9$/ }).first().waitFor();
  await visit.ask("setState", { input: "test:0" });
  await visit.page.getByText("Test image 1 of MNIST, labelled 7.").waitFor();
  assert.equal(await visit.page.getByRole("button", { name: /^Test image \d+, 9$/ }).count(), 10);
});

story("Measure counts inputs as people do, and its links have the index", {}, async ({ open }) => {
  const visit = await open("page=measure&engine=cpu&eps=0.2&measure.models=mnist-cnn&measure.attacks=fgsm&measure.n=10&measure.radius=0&measure.audit=0");
  await visit.page.getByRole("button", { name: "Run the evaluation", exact: true }).click();
  await visit.page.getByText(/^Done: \d+ inputs/).first().waitFor({ timeout: 3 * PATIENCE });
  const links = await visit.page.locator(".strip a").evaluateAll((all) => all.map((one) => [one.textContent, one.hash]));
  assert.ok(links.length > 0);
  for (const [text, hash] of links) {
    assert.equal(Number(/^Input (\d+):/.exec(text)[1]), Number(/input=test:(\d+)/.exec(hash)[1]) + 1);
  }
});

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const box = (locator) => locator.boundingBox();

story("on a phone text and experiment are seen together", { context: PHONE }, async ({ open }) => {
  const visit = await open("page=learn&engine=cpu");
  for (const lesson of lessons.slice(0, 4)) {
    for (const [at, { title, keys }] of lesson.steps.entries()) {
      if (keys.page !== "attack") continue;
      await openStep(visit, lesson, at + 1);
      const place = `${lesson.id}/${at + 1}`;
      const figures = networks(visit).first().locator("figure");
      await figures.nth(2).waitFor();
      await visit.page.waitForFunction(() => document.querySelector(".equation .pixels:not(.empty)"));
      const sheet = await box(panel(visit));
      const shown = await box(panel(visit).getByRole("heading", { name: title, exact: true }));
      assert.ok(shown.y >= sheet.y && shown.y + shown.height <= 844, `${place}: the heading at ${shown.y}, the sheet from ${sheet.y}`);
      for (const at of [0, 1, 2]) {
        const { y, height } = await box(figures.nth(at).locator(".pixels"));
        assert.ok(y >= 0 && y + height <= sheet.y, `${place}: picture ${at} from ${y} to ${y + height}, the sheet from ${sheet.y}`);
      }
      const [content, width] = await visit.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= width, `${place}: ${content} of ${width}`);
    }
  }
});

story("the sheet is made smaller and larger by keyboard and by hand", { context: { viewport: PHONE.viewport } }, async ({ open }) => {
  const visit = await open(`page=learn&lesson=${lessons[0].id}/2&engine=cpu`);
  await heading(visit, lessons[0].steps[1].title);
  const height = async () => Math.round((await box(panel(visit))).height);
  const [less, more] = ["Less of the text", "More of the text"].map((name) => panel(visit).getByRole("button", { name }));
  const half = await height();
  assert.ok(half > 300 && half < 450, `${half}`);
  await less.focus();
  await visit.page.keyboard.press("Enter");
  await visit.page.waitForFunction((half) => document.querySelector("#lesson").offsetHeight < half / 4, half);
  assert.ok(await panel(visit).getByRole("radio").first().isHidden(), "nothing hidden takes the focus");
  assert.equal(await less.getAttribute("aria-disabled"), "true");
  await more.press("Enter");
  assert.equal(await height(), half);
  await more.press("Enter");
  assert.ok((await height()) > 1.6 * half);
  assert.equal(await more.getAttribute("aria-disabled"), "true");
  await accessible(visit.page, "the high sheet");

  const handle = panel(visit).locator(".handle");
  const drag = async (by) => {
    const { x, y, width, height } = await box(handle);
    await visit.page.mouse.move(x + width / 2, y + height / 2);
    await visit.page.mouse.down();
    await visit.page.mouse.move(x + width / 2, y + height / 2 + by, { steps: 5 });
    await visit.page.mouse.up();
  };
  await drag(200);
  assert.equal(await height(), half);
  await drag(150);
  assert.ok((await height()) < half / 4);
  await drag(-300);
  assert.equal(await height(), half);
  await accessible(visit.page, "the sheet");
  // What has the focus is not under the sheet.
  await epsilon(visit).focus();
  await visit.page.keyboard.press("Tab");
  const focused = await visit.page.evaluate(() => document.activeElement.getBoundingClientRect().bottom);
  assert.ok(focused <= 844 - half, `${focused}`);
});

story("in a frame and in a low window the text stands above the experiment", { context: { viewport: { width: 390, height: 700 } } }, async ({ open }) => {
  const visit = await open(`page=learn&lesson=${lessons[0].id}/2&embed=1&engine=cpu`);
  await heading(visit, lessons[0].steps[1].title);
  const position = () => panel(visit).evaluate((one) => getComputedStyle(one).position);
  assert.equal(await position(), "static");
  await visit.page.setViewportSize({ width: 390, height: 400 });
  await visit.ask("setState", { embed: false });
  await visit.page.waitForFunction(() => !document.querySelector(".app.embed"));
  assert.equal(await position(), "static");
  await visit.page.setViewportSize({ width: 390, height: 700 });
  assert.equal(await position(), "sticky");
});
