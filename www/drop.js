// Files that were dropped beside the places for them: each goes where its kind is wanted.

const KINDS = {
  model: ({ name }) => /\.(safetensors|pth?|onnx)$/i.test(name),
  data: ({ name, isDirectory }) => isDirectory || /\.(zip|np[zy]|[ct]sv)$/i.test(name),
  picture: ({ name, type }) => /^image\//.test(type ?? "") || /\.(png|jpe?g|gif|webp|bmp|avif|heic|tiff?)$/i.test(name),
  list: ({ name }) => /\.json$/i.test(name),
};

/** Files, or entries of folders; `say` translates, and `toast` shows a sentence. */
export function fall(things, say, toast) {
  const kind = Object.keys(KINDS).find((kind) => things.some(KINDS[kind]));
  if (kind === "picture") {
    const event = new CustomEvent("foolproof-picture", { detail: things.find(KINDS.picture) });
    return dispatchEvent(event);
  }
  // Models and data are the lab's: they wait until it is there (browser.js).
  if (kind === "model" || kind === "data") {
    globalThis.foolproofDropped = { kind, things };
    globalThis.foolproofLab();
    return dispatchEvent(new Event("foolproof-dropped"));
  }
  const sentence = kind
    ? say("“{0}” was dropped alone. A list of layers comes together with its weights; a session or a report opens in the Share dialog.")
    : say("“{0}” is no file that this page takes. It takes pictures, models (.safetensors, .pt, .onnx) and labelled data (.zip, .npz, .npy, .csv, .tsv, a folder).");
  toast(sentence.replace("{0}", () => things[0]?.name ?? "?"));
}
