// Stands in for the GPU engine's loader while that is still being compiled: says so, and starts the engine when it comes.
const here = new URL(import.meta.url ?? self.location.href);
const MARK = "being built";
postMessage(MARK);
for (;;) {
  const text = await fetch(here, { cache: "no-store" }).then((response) => response.text()).catch(() => MARK);
  if (!text.includes(MARK)) break;
  postMessage(MARK);
  await new Promise((resolve) => setTimeout(resolve, 3000));
}
here.searchParams.set("built", "1");
await import(here.href);
