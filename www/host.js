// A host of Foolproof, as small as one can be: asks the frame, waits for its answers, hears its events.

const frame = document.getElementById("frame");
const waiting = new Map();
let last = 0;

/** Asks the frame; resolves to the reply's value, rejects with its sentence. */
const ask = (verb, value) =>
  new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    // The frame takes requests of its parent alone, and they hold no secret: any origin may read them.
    frame.contentWindow.postMessage({ foolproof: 1, id: last, verb, value }, "*");
  });

const cut = (text, most) => (text.length > most ? `${text.slice(0, most)} … (${text.length} characters)` : text);
// Pixels and weights are long; here they are only to be seen to be there.
const shown = (value) => cut(JSON.stringify(value, (_, part) => (typeof part === "string" ? cut(part, 200) : part), 1), 5000);
const answer = document.getElementById("answer");
const events = document.getElementById("events");

addEventListener("message", ({ data, source }) => {
  // Other frames, and other programs in this one, send messages too.
  if (source !== frame.contentWindow || data?.foolproof !== 1) return;
  if ("ok" in data) {
    const { resolve, reject } = waiting.get(data.id) ?? {};
    waiting.delete(data.id);
    if (data.ok) resolve?.(data.value);
    else reject?.(new Error(`${data.error.kind}: ${data.error.message}`));
    return;
  }
  if (data.event === "height") frame.style.height = `${data.value}px`;
  const line = document.createElement("li");
  line.textContent = `${data.event}: ${JSON.stringify(data.value).slice(0, 160)}`;
  events.prepend(line);
  while (events.children.length > 50) events.lastChild.remove();
});

for (const button of document.querySelectorAll("button[data-verb]")) {
  button.onclick = async () => {
    const { verb, value } = button.dataset;
    answer.textContent = `${verb} …`;
    try {
      answer.textContent = shown(await ask(verb, value && JSON.parse(value)));
    } catch (error) {
      answer.textContent = error.message;
    }
  };
}
