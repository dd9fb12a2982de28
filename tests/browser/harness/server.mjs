// One installation of Zhike with demo data, served for the tests of one file: a data folder and a database of its own.

import { execFile, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../../..");
const binary =
  process.env.ZHIKE_TEST_BINARY || join(process.env.CARGO_TARGET_DIR || join(root, "target"), "debug/zhike");

/** The databases that every browser test runs on; ZHIKE_TEST_ENGINES=sqlite while writing one. */
export const engines = (process.env.ZHIKE_TEST_ENGINES || "sqlite,postgres").split(",");

/** Who signs in; `zhike demo` makes these users. */
export const demo = { administrator: "admin", password: "zhike-demo" };

let made = 0;

/**
 * Makes demo data and serves it; with no customers, an installation as fresh as the first day.
 * @param {"sqlite" | "postgres"} engine
 * @param {{customers?: number}} [options]
 * @returns {Promise<{base: string, setup: string | null, folder: string, log: () => string, zhike: (...words: string[]) => Promise<{stdout: string, stderr: string}>, stop: () => Promise<void>}>}
 */
export async function serve(engine, { customers = 300 } = {}) {
  // The process's number in the names tells scripts/leftovers.sh whose they are.
  const number = `b${made++}`;
  const folder = join(tmpdir(), `zhike-e2e-${process.pid}-${number}`);
  mkdirSync(folder);
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TMPDIR: tmpdir(),
    LANG: "zh_CN.UTF-8",
    ZHIKE_DATA: join(folder, "data"),
  };
  const database = engine === "postgres" ? await createDatabase(number) : null;
  if (database) environment.ZHIKE_DATABASE = database.url;

  const zhike = (...words) => run(binary, words, { env: environment, maxBuffer: 64 << 20 });
  const log = join(folder, "server.log");
  let child = null;
  const stop = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await ended;
    }
    if (database) await database.drop();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    if (customers > 0) await zhike("demo", "--customers", String(customers), "--seed", "1");
    const file = openSync(log, "w");
    child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--data", environment.ZHIKE_DATA], {
      env: environment,
      stdio: ["ignore", file, file],
    });
    closeSync(file);
    writeFileSync(join(folder, "server.pid"), String(child.pid));
    const base = await listening(child, log);
    const setup = customers > 0 ? null : await printed(child, log, /(http\S+\/setup\?key=\S+)\s*\n/);
    return { base, setup, folder, log: () => readFileSync(log, "utf8"), zhike, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the line `listening on http://127.0.0.1:PORT`. */
const listening = (child, log) => printed(child, log, /listening on (http:\/\/[^\s/]+)\/?\s*\n/);

/** Waits until the server has printed something, and gives its first group. */
async function printed(child, log, pattern) {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(20)) {
    const text = readFileSync(log, "utf8");
    const found = text.match(pattern);
    if (found) return found[1];
    if (child.exitCode !== null) throw new Error(`zhike serve ended with ${child.exitCode}:\n${text}`);
  }
  throw new Error(`zhike serve did not print it within a minute:\n${readFileSync(log, "utf8")}`);
}

async function createDatabase(number) {
  const server = process.env.ZHIKE_TEST_POSTGRES;
  if (!server) throw new Error("ZHIKE_TEST_POSTGRES is not set: run `make test`, which starts PostgreSQL");
  const name = `zhike_e2e_${process.pid}_${number}`;
  const sql = (text) => run("psql", [server, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", text]);
  await sql(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
