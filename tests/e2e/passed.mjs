// Loaded before each file of browser tests: notes the file and how many tests it has, once all of them have passed, by which
// `cargo xtask test` knows which files need not run again (xtask/src/passed.rs). Node's reporters cannot tell: to them a
// test is of the file that called `test`, which is a helper's.

import { appendFileSync } from "node:fs";
import { afterEach } from "node:test";

// The process that starts the files loads this too.
if (process.env.NODE_TEST_CONTEXT) {
  let tests = 0;
  afterEach(() => {
    tests += 1;
  });
  process.on("exit", (code) => {
    if (code === 0) appendFileSync(process.env.FOOLPROOF_PASSED, `${tests} ${process.argv[1]}\n`);
  });
}
