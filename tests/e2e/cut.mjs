// What a reader cannot read: text that sticks out of the page, or out of a box that does not show what sticks out.

import assert from "node:assert/strict";

/** Fails with every piece of text of a Playwright page that is cut, and if the page is wider than its window. */
export async function nothingCut(page, state) {
  const { wide, cut } = await page.evaluate(look);
  assert.ok(wide <= 0, `${state}: ${wide} pixels stick out`);
  assert.deepEqual(cut, [], state);
}

// Runs in the page.
function look() {
  const root = document.documentElement;
  // What has two dimensions by its nature scrolls in a box of its own.
  const own = ".scroll, .wide, .log, pre, textarea, .share-preview";
  const unseen = ".hidden, .skip, option, script, style, noscript, svg";
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(unseen);
  const sticksOut = (box, frame) => box.left < frame.left - 1 || box.right > frame.right + 1;
  const clipped = (box, element) => {
    for (let around = element; around && around !== root; around = around.parentElement) {
      if (around.matches(own)) return false;
      if (getComputedStyle(around).overflowX !== "visible" && sticksOut(box, around.getBoundingClientRect())) return true;
    }
    return sticksOut(box, { left: 0, right: root.clientWidth });
  };
  const cut = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (!text.data.trim() || !shown(text.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    if ([...range.getClientRects()].some((box) => box.width > 1 && clipped(box, text.parentElement))) {
      cut.push(`${text.parentElement.localName}.${text.parentElement.className}: ${text.data.trim().slice(0, 60)}`);
    }
  }
  return { wide: document.scrollingElement.scrollWidth - innerWidth, cut };
}
