// All browser tests, as many files at a time as there are cores: `npm test`, or `node run.mjs X.test.mjs …` for some.
// A file alone: `node --test X.test.mjs`.

import { spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { dropDatabases } from "./harness/server.mjs";

/** A file has a server and a Chromium of its own, which take a core and a half and half a gigabyte. */
const atOnce = Number(process.env.ZHIKE_TEST_BROWSERS || Math.min(availableParallelism(), 4));

const child = spawn(
  process.execPath,
  ["--test", `--test-concurrency=${atOnce}`, "--test-reporter=spec", ...process.argv.slice(2)],
  { cwd: import.meta.dirname, stdio: "inherit", env: { ...process.env, ZHIKE_TEST_RUN: String(process.pid) } },
);
// The tests end themselves, and then what they shared is removed.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", async (code) => {
  const mine = `zhike-e2e-${process.pid}-`;
  for (const name of readdirSync(tmpdir())) if (name.startsWith(mine)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  if (process.env.ZHIKE_TEST_POSTGRES) await dropDatabases(process.pid);
  process.exit(code ?? 1);
});
