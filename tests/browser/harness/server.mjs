// One installation of Zhike with demo data, served for the tests of one file: a data folder and a database of its own.

import { execFile, spawn } from "node:child_process";
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { template } from "./template.mjs";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../../..");
const binary =
  process.env.ZHIKE_TEST_BINARY || join(process.env.CARGO_TARGET_DIR || join(root, "target"), "debug/zhike");

/** The databases that every browser test runs on; ZHIKE_TEST_ENGINES=sqlite while writing one. */
export const engines = (process.env.ZHIKE_TEST_ENGINES || "sqlite,postgres").split(",");

/** Who signs in; `zhike demo` makes these users. */
export const demo = { administrator: "admin", password: "zhike-demo" };

let served = 0;
const made = (customers) => ["--customers", String(customers), "--seed", "1"];

/**
 * Makes demo data and serves it; with no customers, an installation as fresh as the first day.
 * @param {"sqlite" | "postgres"} engine
 * @param {{customers?: number}} [options]
 * @returns {Promise<{base: string, setup: string | null, folder: string, log: () => string, zhike: (...words: string[]) => Promise<{stdout: string, stderr: string}>, stop: () => Promise<void>}>}
 */
export async function serve(engine, { customers = 300 } = {}) {
  // The process's number in the names tells scripts/leftovers.sh whose they are.
  const number = `b${served++}`;
  const folder = join(tmpdir(), `zhike-e2e-${process.pid}-${number}`);
  mkdirSync(folder);
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TMPDIR: tmpdir(),
    LANG: "zh_CN.UTF-8",
    ZHIKE_DATA: join(folder, "data"),
  };
  const like = await template(engine, customers, (named) => fill(engine, customers, environment, named));
  const name = `zhike_e2e_${process.pid}_${number}`;
  const database = engine === "postgres" ? await createDatabase(name, like?.database) : null;
  if (database) environment.ZHIKE_DATABASE = database.url;
  if (like) cpSync(join(like.folder, "data"), environment.ZHIKE_DATA, { recursive: true });

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
    if (customers > 0 && !like) await zhike("demo", ...made(customers));
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

/** Makes the demo data that others copy. */
async function fill(engine, customers, environment, named) {
  const env = { ...environment, ZHIKE_DATA: join(named.folder, "data") };
  mkdirSync(env.ZHIKE_DATA);
  if (engine === "postgres") env.ZHIKE_DATABASE = (await createDatabase(named.database)).url;
  await run(binary, ["demo", ...made(customers)], { env, maxBuffer: 64 << 20 });
}

function sql(text) {
  const server = process.env.ZHIKE_TEST_POSTGRES;
  if (!server) throw new Error("ZHIKE_TEST_POSTGRES is not set: run `make test`, which starts PostgreSQL");
  return run("psql", [server, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", text]);
}

const dropDatabase = (name) => sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);

async function createDatabase(name, like = "template1") {
  await sql(`CREATE DATABASE ${name} TEMPLATE ${like}`);
  const url = new URL(process.env.ZHIKE_TEST_POSTGRES);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => dropDatabase(name) };
}

/** Drops the databases that carry a process's number. */
export async function dropDatabases(number) {
  const { stdout } = await sql(`SELECT datname FROM pg_database WHERE datname LIKE 'zhike\\_e2e\\_${number}\\_%'`);
  for (const name of stdout.split("\n").filter(Boolean)) await dropDatabase(name);
}
