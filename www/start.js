// Starts the app's WebAssembly, and the lab's when it is asked for. A file of its own, because the page's policy allows
// no inline script. Trunk writes the names of the built files into this script's element; boot.js says what is wrong
// when this fails.

const { js, wasm } = document.getElementById("start").dataset;
const at = (path) => new URL(path, document.baseURI).href;

const boot = globalThis.foolproofBoot;

// The lab, where models are measured, is a program of its own: a first visit need not wait for it.
globalThis.foolproofLab = async () => {
  const build = document.querySelector("meta[name='foolproof-build']").content;
  const lab = await import(at(`./lab.js?build=${build}`));
  await lab.default({ module_or_path: at(`./lab_bg.wasm?build=${build}`) });
};

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
