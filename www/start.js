// Starts the app's WebAssembly. A file of its own, because the page's policy allows no inline script. Trunk writes the
// names of the built files into this script's element; boot.js says what is wrong when this fails.

const { js, wasm } = document.getElementById("start").dataset;
const at = (path) => new URL(path, document.baseURI).href;

const boot = globalThis.foolproofBoot;

try {
  if (boot?.ruledOut()) throw new Error("the page cannot run here; see boot.js");
  const app = await import(at(js));
  await app.default({ module_or_path: at(wasm) });
  document.getElementById("skeleton")?.remove();
  boot?.started();
} catch (error) {
  console.error(error);
  boot?.failed("The program of this page could not be loaded or started.");
}
