// Starts the app's WebAssembly, and the lab's when it is asked for. A file of its own, because the page's policy allows
// no inline script. Trunk writes the names of the built files into this script's element; boot.js says what is wrong
// when this fails.

const { js, wasm } = document.getElementById("start").dataset;
const at = (path) => new URL(path, document.baseURI).href;
const BUILD = document.querySelector("meta[name='foolproof-build']").content;

const boot = globalThis.foolproofBoot;
const make = (name, properties) => Object.assign(document.createElement(name), properties);

// The words of the page in its language, by the English ones that stand in the programs; none for English. Both programs
// ask here, and find all that was there when they were started.
const texts = new Map();
globalThis.foolproofTexts = texts;
const say = (english) => texts.get(english) ?? english;

// A sentence that an engine or a parser has put together, by the text whose form it has: the one with the most words of
// its own. Its values may be such sentences themselves, or numbers, which get the language's decimal mark
// (src/i18n/number.rs).
const LEAST_WORDS = 12;
const form = (parts) => new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+?)")}$`, "s");
const heard = (sentence) => {
  if (!texts.size || texts.has(sentence)) return say(sentence);
  if (/^[-+]?\d+\.\d+(e-?\d+)?( %)?$/.test(sentence)) return sentence.replace(".", say("10000.5").at(-2));
  let best = { length: LEAST_WORDS, text: sentence };
  for (const [english, word] of texts) {
    const parts = english.split(/\{\d\}/);
    const { length } = parts.join("");
    const found = parts.length > 1 && length > best.length ? form(parts).exec(sentence) : null;
    if (!found) continue;
    const places = [...english.matchAll(/\{(\d)\}/g)].map(([, place]) => place);
    best = { length, text: word.replace(/\{(\d)\}/g, (_, place) => heard(found[1 + places.indexOf(place)])) };
  }
  // A reader puts the name of the file before what it says of it.
  const named = sentence.indexOf(": ") + 2;
  if (best.text === sentence && named > 2) best.text = sentence.slice(0, named) + heard(sentence.slice(named));
  // What was heard once may be heard again with every result.
  texts.set(sentence, best.text);
  return best.text;
};
globalThis.foolproofHeard = heard;

async function learn(language) {
  try {
    const response = await fetch(at(`./texts/${language}.json`), { cache: "no-cache" });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const words = Object.entries(await response.json());
    if (!words.length || words.some(([, word]) => typeof word !== "string")) throw new Error("not a list of texts");
    for (const [english, word] of words) texts.set(english, word);
  } catch (error) {
    console.warn(`The texts of this language cannot be used: ${error.message}`);
    document.documentElement.lang = "en";
    toast("The texts in your language could not be loaded, so the page is in English.");
  }
}

// A sentence at the edge of the page, until it is closed.
function toast(textContent) {
  const sentence = make("p", { className: "toast", role: "status", textContent: `${textContent} ` });
  sentence.append(make("button", { type: "button", textContent: say("Close"), onclick: () => sentence.remove() }));
  document.body.append(sentence);
  return sentence;
}

// A program of the page panicked, and says why (src/web/stopped.rs). What follows is most often its echo.
globalThis.foolproofStopped = (why) => {
  console.error(`The page panicked: ${why}`);
  if (document.querySelector(".toast.stopped")) return;
  const sentence = toast(say("A part of this page has stopped. Your input and settings are in its address: load it again."));
  sentence.classList.add("stopped");
  sentence.append(make("button", { type: "button", textContent: say("Load it"), onclick: () => location.reload() }));
};

// The lab, where models are trained and measured, is a program of its own: a first visit need not wait for it. What stands in its
// place until it is there, and where it cannot be had, stands here, so that a first visit need not load that either.
let loading = false;
let attempts = 0;
// Its styles stand before those for paper, which take the last word.
const LAB_STYLES = ["measure", "train", "explain", "share", "learn", "papers"];
const dress = (name, query) =>
  new Promise((resolve, reject) => {
    if (document.getElementById(`style-${name}`)) return resolve();
    const link = make("link", { id: `style-${name}`, rel: "stylesheet", href: at(`./style/${name}.css${query}`), onload: resolve });
    link.onerror = () => {
      link.remove();
      reject(new Error(`${link.href} could not be loaded`));
    };
    document.querySelector("link[rel=stylesheet][href*=print]").before(link);
  });
globalThis.foolproofLab = async () => {
  if (loading) return;
  loading = true;
  const place = document.getElementById("lab");
  const status = make("p", { textContent: say("Loading the program of this page.") });
  status.role = "status";
  const main = make("main", { tabIndex: -1 });
  main.append(make("h1", { className: "hidden", textContent: "Foolproof" }), status);
  place?.replaceChildren(main);
  // A lesson's panel stands beside the attack page, where nothing else would say that it is on its way.
  const lesson = /[#&]lesson=(?!none(&|$))./.test(location.hash) ? panel(place) : null;
  const explained = document.querySelector("#explain p[role=status]");
  try {
    const query = `?build=${BUILD}${attempts ? `&attempt=${attempts}` : ""}`;
    const script = import(at(`./browser.js?build=${BUILD}`)).then(() => import(at(`./lab.js${query}`)));
    const [lab] = await Promise.all([script, ...LAB_STYLES.map((name) => dress(name, query))]);
    await lab.default({ module_or_path: at(`./lab_bg.wasm?build=${BUILD}`) });
    main.remove();
  } catch (error) {
    console.error(error);
    // A browser remembers a module that could not be had; another address makes it ask again.
    attempts += 1;
    loading = false;
    const message = say("The program of this page could not be loaded.");
    status.textContent = message;
    if (globalThis.foolproofAsked) document.body.append(make("p", { className: "toast", role: "alert", textContent: message }));
    if (lesson) {
      lesson.textContent = message;
      lesson.after(make("button", { type: "button", textContent: say("Try again"), onclick: globalThis.foolproofLab }));
    }
    if (explained) explained.textContent = say("The program of this part could not be loaded. Close and open it to try again.");
    main.append(make("button", { type: "button", textContent: say("Try again"), onclick: globalThis.foolproofLab }));
    // The page answers whoever waits for the lab, in this sentence.
    dispatchEvent(new CustomEvent("foolproof-lab-missing", { detail: message }));
  }
};

globalThis.foolproofStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// An embed that is out of view rests: its workers and clocks go by this mark (src/workers/rest.rs). Not while its host waits for
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
    import(at(`./offline.js?build=${BUILD}`));
  };
  addEventListener("message", heard);
};

// The panel of a lesson, before the pages, with a sentence in it.
function panel(place) {
  const status = make("p", { textContent: say("Loading the lesson.") });
  status.role = "status";
  const aside = document.getElementById("lesson") ?? make("aside", { id: "lesson", ariaLabel: say("Lesson") });
  aside.replaceChildren(status);
  place?.previousElementSibling?.before(aside);
  return status;
}

const marked = () => {
  try {
    // A copy below a path has a mark of its own, and the common one until it has looked for itself (src/models/store.rs).
    const scope = new URL("./", document.baseURI).pathname;
    return (localStorage.getItem(`foolproof-own ${scope}`) ?? localStorage.getItem("foolproof-own") ?? "0") !== "0";
  } catch {
    return false;
  }
};
// The attack page's explanations are the lab's too. The event does not bubble.
addEventListener("toggle", ({ target }) => target.id === "explain" && target.open && globalThis.foolproofLab(), true);

// So are the dialogs: the one that shares, the one that challenges a friend, the one that times this machine.
addEventListener("click", ({ target }) => {
  const opener = target.closest?.("#share-open, #challenge-share, #speed-open");
  if (!opener) return;
  globalThis.foolproofAsked = opener.id;
  globalThis.foolproofLab();
});

// Files that are dropped: the browser never opens them in the page's place. A place that takes drops has `data-drop`; what
// falls beside them drop.js sends where its kind is wanted.
const holdsFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
const placeOf = ({ target }) => target.closest?.("[data-drop]");
const unmark = () => document.querySelector("[data-over]")?.removeAttribute("data-over");
// A folder has no bytes; its entry tells what is in it. They have to be asked for before the event is over.
globalThis.foolproofThings = ({ items }) => [...items].flatMap((item) => {
  const entry = item.webkitGetAsEntry?.();
  return entry?.isDirectory ? entry : item.getAsFile() ?? [];
});
addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  unmark();
  const pictures = event.dataTransfer.items[0]?.type.startsWith("image/") && document.querySelector(".pad:not(.locked)");
  (placeOf(event) || pictures || null)?.setAttribute("data-over", "");
}, true);
addEventListener("dragleave", unmark, true);
addEventListener("drop", (event) => {
  unmark();
  if (!holdsFiles(event)) return;
  event.preventDefault();
  if (placeOf(event)) return;
  const things = globalThis.foolproofThings(event.dataTransfer);
  import(at(`./drop.js?build=${BUILD}`)).then(({ fall }) => fall(things, say, toast)).catch(console.warn);
}, true);

try {
  if (boot?.ruledOut()) throw new Error("the page cannot run here; see boot.js");
  const { lang } = document.documentElement;
  const [app] = await Promise.all([import(at(js)), lang === "en" ? null : learn(lang)]);
  await app.default({ module_or_path: at(wasm) });
  document.getElementById("skeleton")?.remove();
  boot?.started();
  // The lab keeps the visitor's own models, and leaves this mark while there are any.
  if (marked()) globalThis.foolproofLab();
  // Without it the page works all the same, but not under a translator.
  import(at(`./translated.js?build=${BUILD}`)).catch(console.warn);
  keptForLater();
} catch (error) {
  console.error(error);
  boot?.failed("The program of this page could not be loaded or started.");
}
