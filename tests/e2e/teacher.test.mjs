// What a teacher prints, and how the answers of a class come together, without a program and without a server.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { accessible } from "./axe.mjs";
import { nothingCut } from "./cut.mjs";
import { lessons } from "./lessons.mjs";
import { floats, story, url } from "./page.mjs";

const FIRST = lessons[0];
const STILL = "steps=5&engine=cpu&attack=none";
const paper = (what) => `page=learn&lesson=${what}&${STILL}`;
const prepared = (visit) => visit.page.getByText("The pictures are there.").waitFor();

// Shares of black, of white and of coloured pixels of a canvas.
const inks = (canvas) =>
  canvas.evaluate((canvas) => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const count = (test) => Array.from({ length: width * height }, (_, at) => test(...data.slice(4 * at, 4 * at + 3))).filter(Boolean).length;
    return { side: width, dark: count((r) => r < 60), light: count((r, g, b) => Math.min(r, g, b) > 200), coloured: count((r, g, b) => Math.abs(r - b) > 60) };
  });

story("a teacher's sheet is reached from the Learn page and has all that is needed", {}, async ({ open }) => {
  const visit = await open(`page=learn&${STILL}`);
  await visit.page.getByText("For teachers").click();
  const title = await visit.page.locator(".lessons h2").first().textContent();
  await visit.page.getByRole("link", { name: `Teacher's sheet: ${title}` }).click();
  await visit.page.getByRole("heading", { level: 1, name: title }).waitFor();
  assert.equal((await visit.state()).lesson, `teacher:${FIRST.id}/1`);
  await prepared(visit);
  const steps = visit.page.locator(".sheet-step");
  assert.equal(await steps.count(), FIRST.steps.length);
  for (const [at, step] of FIRST.steps.entries()) {
    const shown = steps.nth(at);
    await shown.getByRole("heading", { name: new RegExp(`^${at + 1}\\. .* \\d+ min$`) }).waitFor();
    const marks = await shown.locator(".sheet-answers > li > strong").allTextContents();
    assert.equal(marks.indexOf("Right"), step.right, "the right answer is marked");
    const reasons = await shown.locator(".sheet-answers > li > p").allTextContents();
    assert.ok(reasons.length === marks.length && reasons.every((reason) => reason.length > 10), "each answer has its reason");
    assert.ok((await shown.locator(".prose li").count()) > 0, "what goes wrong is told");
    assert.ok((await shown.locator(".address").textContent()).endsWith(`#page=learn&lesson=${FIRST.id}/${at + 1}`));
  }
  // The second step is PGD at 0.1, which its own claim says becomes a 3.
  await steps.nth(1).getByText(/^read as 7 \(/).waitFor();
  await steps.nth(1).getByText(/^read as 3 \(/).waitFor();
  // Its link opens the lesson.
  await visit.page.locator(".hand-out a").click();
  await visit.page.getByRole("complementary", { name: "Lesson" }).getByRole("heading", { name: FIRST.steps[0].title, exact: true }).waitFor();
});

story("every lesson has a sheet and a worksheet with a link of its own", {}, async ({ open }) => {
  const visit = await open(paper(`teacher:${lessons[1].id}`));
  for (const { id, steps } of lessons) {
    for (const what of ["teacher", "worksheet"]) {
      await visit.page.evaluate((hash) => (location.hash = hash), paper(`${what}:${id}`));
      await visit.page.locator(`.hand-out a[href$="lesson=${id}/1"]`).waitFor();
      assert.equal(await visit.page.locator(".sheet-step").count(), steps.length, `${what}:${id}`);
    }
  }
  await visit.page.evaluate((hash) => (location.hash = hash), paper("teacher:no-such"));
  await visit.page.getByText("There is no lesson “no-such”.").waitFor();
  // On another page the panel of lessons has nothing to show, and the Learn page begins with all of them.
  await visit.page.getByRole("link", { name: "Attack", exact: true }).click();
  await visit.equation("natural").waitFor();
  assert.ok(!(await visit.page.locator("#lesson").isVisible()));
  await visit.page.getByRole("link", { name: "Learn", exact: true }).click();
  await visit.page.locator(".lessons").waitFor();
});

story("a worksheet has the pictures of each step, computed for it, and gives no answer away", {}, async ({ open }) => {
  const visit = await open(`page=learn&lesson=${FIRST.id}/2&engine=cpu`);
  await visit.page.waitForFunction(() => !location.hash.includes("page=learn"));
  const { adversarial } = await visit.ask("getResult");
  await visit.page.getByRole("link", { name: "Print worksheet" }).click();
  await prepared(visit);
  const steps = visit.page.locator(".sheet-step");
  const pictures = (at) => steps.nth(at).locator("canvas");
  assert.equal(await pictures(0).count(), 1, "a step without an attack has the input alone");
  assert.equal(await pictures(1).count(), 3);
  const [clean, noise, twin] = await Promise.all([0, 1, 2].map((at) => inks(pictures(1).nth(at))));
  assert.ok(clean.side === 28 && clean.dark > 500 && clean.light > 20 && clean.coloured === 0, JSON.stringify(clean));
  assert.ok(noise.coloured > 300 && twin.coloured === 0 && twin.dark < clean.dark, JSON.stringify({ noise, twin }));
  // The twin is the one that the page has made for this step.
  const seen = await pictures(1).nth(2).evaluate((canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data].filter((_, at) => at % 4 === 0));
  // Epsilon is 25.5 of 255, so many a value lies in the middle of two greys.
  const off = [...floats(adversarial.pixels)].map((value, at) => Math.abs(255 * value - seen[at]));
  assert.ok(seen.length === off.length && Math.max(...off) < 0.51, `${Math.max(...off)} of 255`);
  const text = await visit.page.locator("main.paper").textContent();
  assert.doesNotMatch(text, /read as \d/, "the learners find it out");
  assert.doesNotMatch(text, /It says 3 with/, "no answer has its reason");
  await visit.page.emulateMedia({ media: "print" });
  const shown = (what) => visit.page.locator(what).first().isVisible();
  assert.deepEqual([await shown(".paper-tools"), await shown("header.top"), await shown(".qr"), await shown(".paper-pictures canvas")], [false, false, true, true]);
});

story("where the pictures cannot be made, the sheet says why, and tries again", { expects: [/ERR_FAILED/, /engine-cpu/] }, async ({ context, open }) => {
  const visit = await open(`page=learn&${STILL}`);
  await context.route("**/engine-cpu_loader.js*", (route) => route.abort());
  await visit.page.evaluate((hash) => (location.hash = hash), paper(`worksheet:${FIRST.id}`));
  await visit.page.getByText(/^The pictures could not be made: /).waitFor();
  assert.equal(await visit.page.locator(".sheet-step").count(), FIRST.steps.length, "the rest is there");
  await context.unroute("**/engine-cpu_loader.js*");
  await visit.page.getByRole("button", { name: "Try again" }).click();
  await prepared(visit);
});

story("a link is copied, and its QR code is dark on light in a dark page", { context: { permissions: ["clipboard-read", "clipboard-write"] } }, async ({ open }) => {
  const visit = await open(`${paper(`teacher:${FIRST.id}`)}&theme=dark`);
  const address = `${url}#page=learn&lesson=${FIRST.id}/1`;
  await visit.page.locator(".hand-out").getByRole("button", { name: "Copy link" }).click();
  await visit.page.getByText("Copied.").waitFor();
  assert.equal(await visit.page.evaluate(() => navigator.clipboard.readText()), address);
  const code = visit.page.getByRole("img", { name: `QR code of ${address}` });
  const [ground, squares] = await code.evaluate((svg) => [...svg.children].map((part) => getComputedStyle(part).fill));
  assert.deepEqual([ground, squares], ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
});

story("a link with a drawing may be too long for a QR code, and the dialog says so", {}, async ({ open }) => {
  const visit = await open(STILL);
  await visit.page.getByRole("button", { name: "Share", exact: true }).click();
  await visit.page.getByText("QR code", { exact: true }).click();
  await visit.page.getByRole("img", { name: /^QR code of http/ }).waitFor();
  await visit.page.getByRole("button", { name: "Close", exact: true }).click();
  const zigzag = Array.from({ length: 40 }, (_, at) => [0.1 + ((at * 37) % 80) / 100, 0.1 + ((at * 53) % 80) / 100]);
  await visit.draw(zigzag);
  // So many letters a code holds (src/share/qr.rs).
  await visit.page.waitForFunction(() => location.href.length > 412);
  await visit.page.getByRole("button", { name: "Share", exact: true }).click();
  await visit.page.getByText("This link is too long for a QR code that a phone could read off a page.").waitFor({ state: "attached" });
});

// Answers two questions of the first lesson, the first one wrong before it is right; the third is left open.
async function answer(visit) {
  const panel = visit.page.getByRole("complementary", { name: "Lesson" });
  const choose = async (at, said) => {
    await panel.getByRole("radio").nth(at).check();
    await panel.getByRole("button", { name: "Check" }).click();
    await panel.getByText(said, { exact: true }).waitFor();
  };
  for (const number of [1, 2]) {
    const { title, wrong, right } = FIRST.steps[number - 1];
    await visit.page.evaluate((hash) => (location.hash = hash), `page=learn&lesson=${FIRST.id}/${number}&engine=cpu`);
    await panel.getByRole("heading", { name: title, exact: true }).waitFor();
    await choose(wrong, "Not quite.");
    if (number === 1) {
      await choose(right, "Right.");
      await choose(right, "Right.");
    }
  }
}

story("a learner's answers become a code, and codes of a class a table", {}, async ({ context, open }) => {
  const visit = await open(`${STILL}`);
  await answer(visit);
  await visit.page.getByRole("link", { name: "All lessons" }).click();
  await visit.page.getByRole("link", { name: "My answers" }).click();
  await visit.page.getByText("With a name, the code for the teacher stands here.").waitFor();
  const rows = visit.page.locator(".answered tbody tr");
  assert.equal(await rows.count(), FIRST.steps.length);
  assert.deepEqual(
    await Promise.all([0, 1, 2].map((at) => rows.nth(at).locator("td").last().textContent())),
    ["right at try 2", "not right yet, tries: 1", "open"],
  );
  const requests = [];
  context.on("request", (request) => requests.push(request.url()));
  await visit.page.getByLabel("Name").fill("Åsa  Öz");
  const code = (await visit.page.locator(".result-code").textContent()).trim();
  assert.match(code, /^FP1(-[0-9A-HJKMNP-TV-Z]{1,5})+$/);
  assert.equal(await visit.page.locator("input[type=password], form").count(), 0);

  await visit.page.evaluate((hash) => (location.hash = hash), paper("answers:class"));
  const box = visit.page.getByLabel("The codes");
  const at = code.indexOf("-", code.length / 2) + 1;
  const broken = code.replace(/.$/, (last) => (last === "0" ? "2" : "0"));
  await box.fill(`Hello!\n> ${code.slice(0, at)}\n> ${code.slice(at)}\nBen: ${broken}\nlate: ${code.slice(0, 20)}\n${code.replace("FP1", "FP9")}\n${code}`);
  await visit.page.getByText("Codes read: 1. Not readable: 3. There more than once: 1.").waitFor();
  const wrong = await visit.page.locator(".remarks li").allTextContents();
  assert.match(wrong[0], /^Line 4, .*checksum/);
  assert.match(wrong[1], /^Line 5, .*cut off/);
  assert.match(wrong[2], /^Line 6, .*version 9/);
  const table = visit.page.getByRole("region").getByRole("table");
  const cells = await table.locator("tbody tr").first().locator("th, td").allTextContents();
  assert.deepEqual(cells.slice(0, 4), ["Åsa Öz", "✓ 2right at try 2", "✗ 1not right yet, tries: 1", "–open"]);
  assert.equal(cells.at(-1), `1/${FIRST.steps.length}`);
  assert.match(await table.locator("thead th").nth(1).getAttribute("title"), /\?$/, "the column says what was asked");

  const saving = visit.page.waitForEvent("download");
  await visit.page.getByRole("button", { name: "Save CSV" }).click();
  const lines = (await readFile(await (await saving).path(), "utf8")).trim().split("\r\n");
  assert.equal(lines.length, 1 + FIRST.steps.length);
  assert.match(lines[1], new RegExp(`^Åsa Öz,${FIRST.id},1,right,2,.+,.+$`));
  assert.match(lines[3], new RegExp(`^Åsa Öz,${FIRST.id},3,open,,.+,$`));
  assert.deepEqual(requests.filter((address) => !address.startsWith(url)), [], "nothing is sent anywhere");
  assert.ok(!requests.some((address) => /FP1|sa\+|%C3%96z/i.test(address)), "nor in an address");
});

// A slow machine draws its next frame long after the visitor has gone on.
story("a question that is left before the next frame takes nothing with it", {}, async ({ context, open }) => {
  await context.addInitScript(() => {
    globalThis.held = null;
    const real = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (then) => (held ? held.push(then) : real(then));
  });
  const visit = await open(`page=learn&lesson=${FIRST.id}/1&engine=cpu`);
  const panel = visit.page.getByRole("complementary", { name: "Lesson" });
  await panel.getByRole("radio").first().check();
  await visit.page.evaluate(() => (globalThis.held = []));
  await panel.getByRole("button", { name: "Check" }).click();
  await visit.page.waitForFunction(() => held.length > 0);
  await visit.page.evaluate((hash) => (location.hash = hash), paper("answers:mine"));
  await visit.page.locator(".answered").waitFor();
  await visit.page.evaluate(() => held.splice(0).forEach((then) => then(performance.now())));
});

story("own answers are printed with the name and without what one presses", {}, async ({ open }) => {
  const visit = await open(`${STILL}`);
  await answer(visit);
  await visit.page.evaluate((hash) => (location.hash = hash), paper("answers:mine"));
  await visit.page.getByLabel("Name").fill("Kim");
  await visit.page.locator(".result-code").waitFor();
  await visit.page.emulateMedia({ media: "print" });
  await visit.page.locator(".only-paper", { hasText: "Kim" }).waitFor();
  assert.deepEqual(await visit.page.locator("button:visible, summary:visible, .lesson-top:visible").count(), 0);
  await nothingCut(visit.page, "my answers");
});

for (const [name, context, theme] of [
  ["light", {}, "light"],
  ["dark", {}, "dark"],
  ["320 pixels wide", { viewport: { width: 320, height: 640 } }, "light"],
]) {
  story(`axe finds nothing on what is printed, and nothing is too wide: ${name}`, { context }, async ({ open }) => {
    const visit = await open(`${STILL}&theme=${theme}`);
    await answer(visit);
    const to = (what) => visit.page.evaluate((hash) => (location.hash = hash), `${paper(what)}&theme=${theme}`);
    await to("answers:mine");
    await visit.page.getByLabel("Name").fill("Kim");
    const code = await visit.page.locator(".result-code").textContent();
    await clean(visit, "my answers");
    await to("answers:class");
    await visit.page.getByLabel("The codes").fill(`${code}\n${code.slice(0, 20)}`);
    await visit.page.getByRole("table").waitFor();
    await clean(visit, "class");
    for (const what of [`teacher:${FIRST.id}`, `worksheet:${lessons[2].id}`]) {
      await to(what);
      await prepared(visit);
      await clean(visit, what);
    }
  });
}

async function clean(visit, state) {
  await accessible(visit.page, state);
  const [content, width] = await visit.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= width, `${state}: ${content} of ${width}`);
}
