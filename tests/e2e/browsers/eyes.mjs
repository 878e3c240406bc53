// What runs in the page for a visitor: finds what is seen by what it is called, as a person or a screen reader would.

/** Makes the finder; its source is sent to the page, so it names nothing outside. */
export function eyes() {
  const ROLES = {
    application: "[role=application]",
    article: "article",
    button: "button, [role=button]",
    combobox: "select",
    dialog: "dialog[open]",
    group: "[role=group], fieldset",
    heading: "h1, h2, h3, h4",
    img: "[role=img]",
    link: "a[href]",
    listitem: "li",
    radio: "input[type=radio], [role=radio]",
    radiogroup: "[role=radiogroup]",
    row: "tr",
    slider: "input[type=range], [role=slider]",
    spinbutton: "input[type=number], [role=spinbutton]",
    status: "[role=status]",
  };
  const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const fits = (text, wanted) => (wanted instanceof RegExp ? wanted.test(text) : wanted === undefined || text === wanted);
  // Radio buttons may be drawn by their labels alone.
  const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
  /** What is read out of it: without what is there for the eye alone. */
  const heard = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("[aria-hidden=true]").forEach((one) => one.remove());
    return plain(copy.textContent);
  };
  const by = (element, ids) => ids.split(/\s+/).map((id) => plain(element.getRootNode().getElementById(id)?.textContent)).join(" ");
  const name = (element) => {
    const ids = element.getAttribute("aria-labelledby");
    if (ids) return plain(by(element, ids));
    const labels = [...(element.labels ?? [])].map((label) => plain(label.textContent)).join(" ");
    return plain(element.getAttribute("aria-label")) || labels || heard(element) || plain(element.title);
  };
  /** All of this role whose name is that string, or matches that expression. */
  const all = (role, wanted, within = document) =>
    [...within.querySelectorAll(ROLES[role])].filter((one) => seen(one) && fits(name(one), wanted));
  const one = (role, wanted, within) => all(role, wanted, within)[0];
  /** The innermost element with exactly this text, or text that matches. */
  const text = (wanted, within = document.body) =>
    [...(within?.querySelectorAll("*") ?? [])].findLast((one) => seen(one) && fits(plain(one.textContent), wanted));
  /** How many colours a canvas shows; of an empty one it is one. */
  const colours = (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  };
  return { all, one, text, plain, colours };
}
