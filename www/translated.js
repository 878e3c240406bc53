// Machine translation (Chrome's, Edge's, extensions') takes a text node away and leaves a <font> with its own words. The
// page goes on writing into its node, so that the sentence would stand still from then on. Here each node is put back,
// empty, beside its <font>; once the page writes into it or takes it away, the <font> goes.

const fonts = new WeakMap(); // a text node of the page -> { font, said }: what stands for it, and what it said
const texts = new WeakMap(); // and the other way

const forget = (text) => {
  const pair = fonts.get(text);
  fonts.delete(text);
  texts.delete(pair?.font);
  return pair;
};
const written = new MutationObserver((records) => records.forEach(({ target }) => forget(target)?.font.remove()));

const putBack = (text, font) => {
  const said = text.data;
  // Some wrap the page's own node.
  if (font.contains(text)) text.replaceWith(said);
  font.before(text);
  text.data = "";
  fonts.set(text, { font, said });
  texts.set(font, text);
  written.observe(text, { characterData: true });
};

const gone = (node, beside) => {
  if (node.nodeName === "FONT" && texts.has(node)) {
    // The visitor asked for the original.
    const text = texts.get(node);
    text.data = forget(text).said;
  } else if (fonts.has(node)) {
    if (!node.isConnected) forget(node).font.remove();
  } else if (node.nodeType === Node.TEXT_NODE && node.data.trim()) {
    const font = beside.find((other) => other?.nodeName === "FONT" && other.isConnected && !texts.has(other));
    if (font) putBack(node, font);
  }
};

const moved = new MutationObserver((records) => {
  for (const { addedNodes, removedNodes, previousSibling, nextSibling } of records)
    for (const node of removedNodes) gone(node, [...addedNodes, previousSibling, nextSibling]);
});
moved.observe(document.body, { childList: true, subtree: true });
