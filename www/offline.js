// Keeps the page for use without a network, says so once it is true, and offers a new build when there is one. Loaded
// after the first result, and only where the page is a tab of its own: in another site's frame a service worker would
// keep files for somebody who never asked.

const build = document.querySelector("meta[name='foolproof-build']").content;
const say = (english) => globalThis.foolproofTexts.get(english) ?? english;
const WORDS = {
  works: say("Works offline: everything this page needs is kept in this browser."),
  update: say("A new version of Foolproof is here."),
  take: say("Load it"),
  later: say("Later"),
};

const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

// The build that a service worker keeps, or null if it does not say.
const keptBy = (worker) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, 2000, null);
    worker.postMessage("build", [port2]);
  });

async function mark(registration) {
  const place = document.getElementById("offline");
  if (place && registration.active && (await keptBy(registration.active)) === build) place.textContent = WORDS.works;
}

function offer(worker) {
  if (document.getElementById("update")) return;
  const take = make("button", { type: "button", textContent: WORDS.take });
  const later = make("button", { type: "button", textContent: WORDS.later });
  const toast = make("aside", { id: "update", className: "toast" }, make("p", { textContent: WORDS.update }), take, later);
  toast.setAttribute("role", "status");
  take.onclick = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage("take over");
  };
  later.onclick = () => toast.remove();
  document.body.append(toast);
}

// Calls `then` when a worker has come as far as it can without the visitor.
function installed(worker, then) {
  const look = () => (worker.state === "installed" || worker.state === "activated") && then(worker);
  worker.addEventListener("statechange", look);
  look();
}

try {
  const registration = await navigator.serviceWorker.register(new URL("./service.js", document.baseURI));
  const look = (worker) => {
    if (!worker) return;
    installed(worker, () => {
      // Without an older build in force it takes its place by itself.
      if (worker.state === "installed" && registration.active) offer(worker);
      else if (worker.state === "activated") mark(registration);
    });
  };
  registration.addEventListener("updatefound", () => look(registration.installing));
  [registration.active, registration.waiting, registration.installing].forEach(look);
} catch (error) {
  // Blocked storage, a private window, a host without https: the page works all the same, with a network.
  console.warn(`The page could not be kept for use offline: ${error.message}`);
}
