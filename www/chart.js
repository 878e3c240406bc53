// Saves a chart as a PNG: the drawing with its computed styles written into it, painted on a canvas twice as large.

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
const alone = (drawing, width, height) => {
  const copy = drawing.cloneNode(true);
  const pairs = [[drawing, copy], ...[...drawing.querySelectorAll("*")].map((one, place) => [one, copy.querySelectorAll("*")[place]])];
  for (const [from, to] of pairs) {
    const style = getComputedStyle(from);
    for (const key of STYLES) to.setAttribute(key, style.getPropertyValue(key));
    to.removeAttribute("class");
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
};

globalThis.foolproofChart = async (drawing, name) => {
  const box = drawing.viewBox.baseVal;
  const [width, height] = [WIDTH, Math.round((WIDTH * box.height) / box.width)];
  const source = URL.createObjectURL(alone(drawing, width, height));
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
