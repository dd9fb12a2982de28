// Makes the pictures of the README again: `node pictures.mjs`, with pngquant where it is at hand.

import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch, open, signIn } from "./harness/browser.mjs";
import { serve } from "./harness/server.mjs";

const folder = resolve(import.meta.dirname, "../../docs/pictures");
const MOST = 250_000;

const server = await serve("sqlite", { customers: 800 });
// Date fields speak the browser's language, not the page's: Chinese where chromium-l10n is installed.
const browser = await launch({ LANGUAGE: "zh_CN", LC_ALL: "zh_CN.UTF-8" });
try {
  mkdirSync(folder, { recursive: true });
  const seller = await open(browser, server.base);
  await signIn(seller, "xuyuhong");
  const phone = await open(browser, server.base, { screen: "phone" });
  await signIn(phone, "xuyuhong");

  await seller.goto("/");
  await take(seller, "home");
  await seller.goto(`/account?view=key&filter=${encodeURIComponent('status in ["expected", "active"] && level in ["A", "B"]')}&sort=-last_follow_up_at`);
  for (const key of ["j", "j", "x", "j", "x", "j"]) await seller.keyboard.press(key);
  await take(seller, "list");

  const busiest = `/account?filter=${encodeURIComponent('level in ["A", "B"] && open_task_count > 0 && contact_count > 1 && interaction_count > 3')}&sort=-last_follow_up_at`;
  await seller.goto(busiest);
  const record = await seller.getAttribute("tbody tr[data-id]", "data-href");
  await seller.goto(record);
  await take(seller, "record");
  await phone.goto(record);
  await take(phone, "phone");

  await seller.context().close();
  const admin = await open(browser, server.base);
  await signIn(admin);
  await admin.goto("/imports/new?object=account");
  await admin.setInputFiles('input[type="file"]', resolve(import.meta.dirname, "../../crates/zhike-records/tests/data/customers-300.xlsx"));
  await admin.waitForSelector(".mapping");
  await take(admin, "import");
} finally {
  await browser.close();
  await server.stop();
}

async function take(page, name) {
  await page.waitForLoadState("load");
  await page.waitForFunction(() => !document.querySelector(".skel, .count:empty"));
  await page.evaluate(() => document.fonts.ready);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide", scale: "css" });
  shrink(path);
  const { size } = statSync(path);
  if (size > MOST) throw new Error(`${path} has ${size} bytes`);
  console.log(`${name}.png ${Math.round(size / 1000)} kB`);
}

function shrink(path) {
  try {
    execFileSync("pngquant", ["--force", "--skip-if-larger", "--output", path, "128", path], { stdio: "ignore" });
  } catch {
    // Without pngquant the picture is only larger.
  }
}
