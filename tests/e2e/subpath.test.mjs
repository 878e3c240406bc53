// The built pages work from any folder of any static server, here Python's own, which knows nothing of them.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { story } from "./page.mjs";
import { serve } from "./serve.mjs";

story("below a folder of python3 -m http.server", {}, async ({ open }) => {
  const root = mkdtempSync(join(tmpdir(), "foolproof-"));
  mkdirSync(join(root, "course", "week 3"), { recursive: true });
  symlinkSync(process.env.FOOLPROOF_DIST, join(root, "course", "week 3", "foolproof"));
  const { url, stop } = await serve(root);
  try {
    const visit = await open("steps=10", { at: `${url}course/week%203/foolproof/` });
    await visit.verdict("natural", "Fooled");
    await visit.verdict("robust", "Held");
    assert.equal((await visit.ask("exportModel")).architecture.classes, 10);
  } finally {
    stop();
    rmSync(root, { recursive: true });
  }
});
