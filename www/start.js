// Starts the app's WebAssembly, and the lab's when it is asked for. A file of its own, because the page's policy allows
// no inline script. Trunk writes the names of the built files into this script's element; boot.js says what is wrong
// when this fails.

const { js, wasm } = document.getElementById("start").dataset;
const at = (path) => new URL(path, document.baseURI).href;

const boot = globalThis.foolproofBoot;

// The lab, where models are trained and measured, is a program of its own: a first visit need not wait for it. What stands in its
// place until it is there, and where it cannot be had, stands here, so that a first visit need not load that either.
let loading = false;
let attempts = 0;
globalThis.foolproofLab = async () => {
  if (loading) return;
  loading = true;
  const place = document.getElementById("lab");
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const status = make("p", { textContent: "Loading the program of this page." });
  status.role = "status";
  const main = make("main", { tabIndex: -1 });
  main.append(make("h1", { className: "hidden", textContent: "Foolproof" }), status);
  place?.replaceChildren(main);
  // A lesson's panel stands beside the attack page, where nothing else would say that it is on its way.
  const lesson = /[#&]lesson=(?!none(&|$))./.test(location.hash) ? panel(place, make) : null;
  const explained = document.querySelector("#explain p[role=status]");
  try {
    const build = document.querySelector("meta[name='foolproof-build']").content;
    await import(at(`./chart.js?build=${build}`));
    const lab = await import(at(`./lab.js?build=${build}${attempts ? `&attempt=${attempts}` : ""}`));
    await lab.default({ module_or_path: at(`./lab_bg.wasm?build=${build}`) });
    main.remove();
  } catch (error) {
    console.error(error);
    // A browser remembers a module that could not be had; another address makes it ask again.
    attempts += 1;
    loading = false;
    const message = "The program of this page could not be loaded.";
    status.textContent = message;
    if (globalThis.foolproofShare) document.body.append(make("p", { className: "toast", role: "alert", textContent: message }));
    if (lesson) {
      lesson.textContent = message;
      lesson.after(make("button", { type: "button", textContent: "Try again", onclick: globalThis.foolproofLab }));
    }
    if (explained) explained.textContent = "The program of this part could not be loaded. Close and open it to try again.";
    main.append(make("button", { type: "button", textContent: "Try again", onclick: globalThis.foolproofLab }));
    dispatchEvent(new CustomEvent("foolproof-lab", { detail: ["fault", ["file", message]] }));
  }
};

// An embed that is out of view rests: its workers and clocks go by this mark (src/ui/rest.rs). Not while its host waits for
// an answer, and not in a hidden tab, where a visitor may let a long run go on.
const root = document.documentElement;
let away = false;
let awaited = false;
const settle = () => {
  const embedded = window.top !== window.self && /[#&]embed=1(&|$)/.test(location.hash);
  const resting = embedded && away && !awaited;
  if (resting === root.hasAttribute("data-resting")) return;
  root.toggleAttribute("data-resting", resting);
  dispatchEvent(new Event("foolproof-rest"));
};
globalThis.foolproofAwaited = (value) => {
  awaited = value;
  settle();
};
new IntersectionObserver((seen) => {
  away = !seen.at(-1).isIntersecting;
  settle();
}).observe(root);

// A page that is nobody's frame hears its own events; its files are kept for use offline when it has answered once.
const keptForLater = () => {
  if (window.top !== window.self || !window.isSecureContext || navigator.connection?.saveData) return;
  const heard = ({ data }) => {
    if (data?.foolproof !== 1 || data.event !== "result") return;
    removeEventListener("message", heard);
    import(at(`./offline.js?build=${document.querySelector("meta[name='foolproof-build']").content}`));
  };
  addEventListener("message", heard);
};

// The panel of a lesson, before the pages, with a sentence in it.
function panel(place, make) {
  const status = make("p", { textContent: "Loading the lesson." });
  status.role = "status";
  const aside = document.getElementById("lesson") ?? make("aside", { id: "lesson", ariaLabel: "Lesson" });
  aside.replaceChildren(status);
  place?.previousElementSibling?.before(aside);
  return status;
}

const marked = () => {
  try {
    return localStorage.getItem("foolproof-own") !== null;
  } catch {
    return false;
  }
};
// The attack page's explanations are the lab's too. The event does not bubble.
addEventListener("toggle", ({ target }) => target.id === "explain" && target.open && globalThis.foolproofLab(), true);

// So is the dialog that shares.
addEventListener("click", ({ target }) => {
  if (!target.closest?.("#share-open")) return;
  globalThis.foolproofShare = true;
  globalThis.foolproofLab();
});

try {
  if (boot?.ruledOut()) throw new Error("the page cannot run here; see boot.js");
  const app = await import(at(js));
  await app.default({ module_or_path: at(wasm) });
  document.getElementById("skeleton")?.remove();
  boot?.started();
  // The lab keeps the visitor's own models, and leaves this mark while there are any.
  if (marked()) globalThis.foolproofLab();
  keptForLater();
} catch (error) {
  console.error(error);
  boot?.failed("The program of this page could not be loaded or started.");
}
