// What the lab asks of the browser and is said in fewer words here.

// A lock that this tab holds until it calls the answer or is closed; null where another tab holds it. `undefined` where
// the browser has no locks, as on pages without HTTPS.
globalThis.foolproofLock = async (name) => {
  try {
    const { locks } = navigator;
    if (!locks) return undefined;
    return await new Promise((resolve, reject) => {
      locks.request(name, { ifAvailable: true }, (lock) => (lock ? new Promise(resolve) : resolve(null))).catch(reject);
    });
  } catch {
    return undefined;
  }
};

// Files that were dropped, as pairs of a path and a file. Folders are walked, and most of their files are many, so the walk
// ends beyond what any reader takes.
const MOST_FILES = 200_001;
const walked = async (things) => {
  const found = [];
  const open = [...things].reverse();
  while (open.length && found.length < MOST_FILES) {
    const thing = open.pop();
    if (thing instanceof File) found.push([thing.name, thing]);
    else if (thing.isFile) found.push([thing.fullPath.slice(1), await new Promise((...ends) => thing.file(...ends))]);
    else {
      const reader = thing.createReader();
      // A reader tells some at a time, and none when it has told all.
      for (let some; (some = await new Promise((...ends) => reader.readEntries(...ends))).length; ) open.push(...some);
    }
  }
  return found;
};

// What is being dropped; it has to be asked for before the event is over.
globalThis.foolproofDropping = (data) => walked(globalThis.foolproofThings(data));

// What was dropped beside the places for it and nobody has taken yet (start.js), by its kind: whether there is any, and it.
globalThis.foolproofHasDropped = (kind) => globalThis.foolproofDropped?.kind === kind;
globalThis.foolproofTakeDropped = (kind) => {
  const { things } = globalThis.foolproofHasDropped(kind) ? globalThis.foolproofDropped : { things: [] };
  globalThis.foolproofDropped = null;
  return walked(things);
};

// Asks that what is kept stays until the visitor clears it. Some browsers ask the visitor, others decide by themselves.
globalThis.foolproofPersist = () => {
  navigator.storage?.persist?.().catch(() => {});
};

// Saves a chart as a PNG: the drawing with its computed styles written into it, painted on a canvas twice as large. A table
// becomes a drawing first, cell by cell as it stands on the page.

const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "opacity",
  "paint-order",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "shape-rendering",
];
const WIDTH = 1400;
const MARGIN = 24;

/** A copy that looks the same without the page's style sheets. */
const alone = (drawing, width, height, styled) => {
  const copy = drawing.cloneNode(true);
  const pairs = [[drawing, copy], ...[...drawing.querySelectorAll("*")].map((one, place) => [one, copy.querySelectorAll("*")[place]])];
  for (const [from, to] of styled ? pairs : []) {
    const style = getComputedStyle(from);
    for (const key of STYLES) to.setAttribute(key, style.getPropertyValue(key));
    to.removeAttribute("class");
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
};

const SVG = "http://www.w3.org/2000/svg";
const ANCHORS = { right: "end", end: "end", center: "middle" };

/** A table's cells, rules and words where the browser has put them. */
const drawn = (table) => {
  const box = table.getBoundingClientRect();
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
  const put = (name, attributes, text = "") => {
    const one = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    one.textContent = text;
    svg.append(one);
  };
  for (const cell of table.querySelectorAll("caption, th, td")) {
    const style = getComputedStyle(cell);
    const { left, top, width, height } = cell.getBoundingClientRect();
    const [x, y] = [left - box.left, top - box.top];
    put("rect", { x, y, width, height, fill: style.backgroundColor });
    if (parseFloat(style.borderBottomWidth) > 0) {
      put("rect", { x, y: y + height - 0.5, width, height: 1, fill: style.borderBottomColor });
    }
    const anchor = ANCHORS[style.textAlign] ?? "start";
    const inner = { end: width - parseFloat(style.paddingRight), middle: width / 2, start: parseFloat(style.paddingLeft) }[anchor];
    const size = parseFloat(style.fontSize);
    const words = { "font-family": style.fontFamily, "font-size": size, "font-weight": style.fontWeight, fill: style.color };
    put("text", { x: x + inner, y: y + height / 2 + 0.35 * size, "text-anchor": anchor, ...words }, cell.innerText.trim());
  }
  return svg;
};

globalThis.foolproofChart = async (shown, name) => {
  const drawing = shown instanceof SVGElement ? shown : drawn(shown);
  const box = drawing.viewBox.baseVal;
  const [width, height] = [WIDTH, Math.round((WIDTH * box.height) / box.width)];
  const source = URL.createObjectURL(alone(drawing, width, height, drawing === shown));
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width + 2 * MARGIN, height: height + 2 * MARGIN });
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, MARGIN, MARGIN, width, height);
  URL.revokeObjectURL(source);
  const file = URL.createObjectURL(await new Promise((done) => canvas.toBlob(done, "image/png")));
  Object.assign(document.createElement("a"), { href: file, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(file), 1000);
};
