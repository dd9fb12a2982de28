// Chromium as a person has it, but deaf to everything outside this machine.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { demo } from "./server.mjs";

const results = resolve(import.meta.dirname, "../../../test-results");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What people look at it with. */
export const screens = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

/** Starts Chromium in an empty profile, which it removes when closed. */
export function launch(env = {}) {
  return chromium.launch({
    // Without a UTF-8 locale Chromium gives up on Chinese names of downloads.
    env: { ...process.env, LC_ALL: "C.UTF-8", ...env },
    executablePath: process.env.ZHIKE_TEST_CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/**
 * A page in a session of its own.
 * @param {import("playwright-core").Browser} browser
 * @param {string} base address of the server
 * @param {{screen?: "desktop" | "phone", locale?: string, dark?: boolean, javaScript?: boolean, storageState?: object, looks?: boolean}} [options] without `looks`, `shot` and `accessibility` have nothing to do
 */
export async function open(browser, base, { screen = "desktop", locale = "zh-CN", dark = false, javaScript = true, storageState, looks = true } = {}) {
  const context = await browser.newContext({
    ...screens[screen],
    baseURL: base,
    locale,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    timezoneId: "Asia/Shanghai",
    javaScriptEnabled: javaScript,
    acceptDownloads: true,
    storageState,
  });
  return watched(await context.newPage(), base, { screen, looks });
}

/**
 * A new tab where an earlier test had one: Chromium still has scripts, styles and fonts at hand, which halves a test's work,
 * but nothing that pages kept or were allowed. Only the session is there.
 */
export async function reopen(context, base, { screen = "desktop", storageState, looks = true } = {}) {
  await Promise.all(context.pages().map((page) => page.close()));
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send("Storage.clearDataForOrigin", { origin: base, storageTypes: "all" });
  await tools.detach();
  await Promise.all([context.clearCookies(), context.clearPermissions(), context.setGeolocation(null), context.unrouteAll()]);
  if (storageState) await context.addCookies(storageState.cookies);
  return watched(page, base, { screen, looks });
}

/** `faults` collects what must not happen: script errors, refused content, failed requests and requests to another host. */
function watched(page, base, { screen, looks }) {
  page.setDefaultTimeout(30_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    // A refused form (422) or a conflict (409) is an answer; Chromium reports it all the same.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !/^(data|blob|about):/.test(url)) faults.push(`asked another host: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} from ${response.url()}`);
  });
  return Object.assign(page, { faults, screen, base, looks });
}

/** Signs in through the form, as a person does. */
export async function signIn(page, user = demo.administrator, password = demo.password) {
  await page.goto("/signin");
  await page.fill('input[name="login"]', user);
  await page.fill('input[name="password"]', password);
  await page.press('input[name="password"]', "Enter");
  await page.waitForURL((url) => url.pathname !== "/signin");
}

/** A session begun without a page, to open pages with; signin.test.mjs does it by the form. */
export async function session(browser, base, login, password, { locale = "zh-CN" } = {}) {
  const context = await browser.newContext({ baseURL: base, locale });
  const headers = { origin: base, "accept-language": locale };
  const answer = await context.request.post("/signin", { headers, form: { login, password }, maxRedirects: 0 });
  assert.equal(answer.status(), 303, `${login} could not sign in`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** What a click downloads, as bytes, with the name it is saved under. */
export async function download(page, locator) {
  const [file] = await Promise.all([page.waitForEvent("download"), locator.click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Saves what the page looks like as test-results/NAME-SCREEN.png. */
export async function shot(page, name, { fullPage = false } = {}) {
  if (!page.looks) return;
  mkdirSync(results, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(results, `${name}-${page.screen}.png`), fullPage, animations: "disabled" });
}

/**
 * What axe finds wrong with the page, one line each; empty when it finds nothing.
 * The script is evaluated by the debugger, so that the page's own Content-Security-Policy stays in force.
 */
export async function accessibility(page) {
  if (!page.looks) return [];
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${rule.help})`));
}

/** How many pixels the page is wider than the screen; 0 when nothing scrolls sideways. */
export function overflow(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}
