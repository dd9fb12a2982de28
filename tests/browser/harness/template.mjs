// Demo data made once a run and copied for each file: `zhike demo` takes ten seconds on PostgreSQL, a copy a fifth of one.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The run's number, when run.mjs runs the files; a file run by itself has nobody to share with. */
const run = process.env.ZHIKE_TEST_RUN;

/** Where a run's templates stand, and what their databases are called; scripts/leftovers.sh knows both by the number. */
export const names = (number, engine, customers) => ({
  folder: join(tmpdir(), `zhike-e2e-${number}-${engine}${customers}`),
  database: `zhike_e2e_${number}_${engine}${customers}`,
});

/**
 * The template of an engine with so many customers, made by whoever needs it first; null where there is no run.
 * @param {(names: {folder: string, database: string}) => Promise<void>} make fills the folder and the database
 */
export async function template(engine, customers, make) {
  if (!run || customers === 0) return null;
  const named = names(run, engine, customers);
  const [ready, failed] = ["ready", "failed"].map((word) => join(named.folder, word));
  try {
    mkdirSync(named.folder);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    for (const end = Date.now() + 120_000; !existsSync(ready); await pause(50)) {
      if (existsSync(failed)) throw new Error(`the demo data could not be made: ${readFileSync(failed, "utf8")}`);
      if (Date.now() > end) throw new Error(`the demo data was not made within two minutes: ${named.folder}`);
    }
    return named;
  }
  try {
    await make(named);
  } catch (error) {
    writeFileSync(failed, String(error));
    throw error;
  }
  writeFileSync(ready, "");
  return named;
}
