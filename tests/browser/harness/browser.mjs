// Chromium as a person has it, but deaf to everything outside this machine.

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
 * A page in a session of its own. `faults` collects what must not happen: script errors, refused content,
 * failed requests and requests to another host.
 * @param {import("playwright-core").Browser} browser
 * @param {string} base address of the server
 * @param {{screen?: "desktop" | "phone", locale?: string, dark?: boolean, javaScript?: boolean, storageState?: object}} [options]
 */
export async function open(browser, base, { screen = "desktop", locale = "zh-CN", dark = false, javaScript = true, storageState } = {}) {
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
  const page = await context.newPage();
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
  return Object.assign(page, { faults, screen });
}

/** Signs in through the form, as a person does. */
export async function signIn(page, user = demo.administrator, password = demo.password) {
  await page.goto("/signin");
  await page.fill('input[name="login"]', user);
  await page.fill('input[name="password"]', password);
  await page.press('input[name="password"]', "Enter");
  await page.waitForURL((url) => url.pathname !== "/signin");
}

/** What a click downloads, as bytes, with the name it is saved under. */
export async function download(page, locator) {
  const [file] = await Promise.all([page.waitForEvent("download"), locator.click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Saves what the page looks like as test-results/NAME-SCREEN.png. */
export async function shot(page, name, { fullPage = false } = {}) {
  mkdirSync(results, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(results, `${name}-${page.screen}.png`), fullPage, animations: "disabled" });
}

/**
 * What axe finds wrong with the page, one line each; empty when it finds nothing.
 * The script is evaluated by the debugger, so that the page's own Content-Security-Policy stays in force.
 */
export async function accessibility(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${rule.help})`));
}

/** How many pixels the page is wider than the screen; 0 when nothing scrolls sideways. */
export function overflow(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}
