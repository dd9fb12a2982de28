// By keyboard alone, for every eye and every screen: keys, focus, axe, nothing sideways, nothing heavy.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { readCsv } from "./harness/sheet.mjs";
import { suite } from "./harness/suite.mjs";

/** The most a page and what it loads may weigh, compressed. */
const HEAVIEST = 150_000;

/** Pages that between them show every component: enough to see whether dark works. */
const coloured = ["home", "list", "record", "form", "import", "settings", "roles", "role", "bin", "missing"];

/** Every kind of page, by name. */
async function pages(page) {
  await page.goto("/account");
  const record = await page.getAttribute("tbody tr[data-id]", "data-href");
  return {
    home: "/", list: "/account", record, details: `${record}?tab=details`, form: `${record}/edit`, new: "/account/new",
    contacts: "/contact", "follow-ups": "/interaction", tasks: "/task", import: "/imports/new?object=account", imports: "/imports",
    search: "/search?q=%E5%85%AC%E5%8F%B8", bin: "/bin", settings: "/settings", users: "/admin/users", roles: "/admin/roles",
    role: "/admin/roles/new", departments: "/admin/departments", model: "/admin/model", object: "/admin/model/account", more: "/menu", missing: "/no-such-page",
  };
}

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(element);
    const label = element.closest("label");
    const ring = label ? getComputedStyle(label).outlineStyle : "none";
    return { what: element.outerHTML.slice(0, 120), seen: outlineStyle !== "none" && outlineWidth !== "0px", other: `${boxShadow} ${borderColor}`, ring: ring !== "none", body: element === document.body };
  });

suite("by keyboard, for every eye", (site) => {
  site.try("keys of the whole page", { as: "admin" }, async (page) => {
    await page.goto("/");
    await page.keyboard.press("Control+k");
    await page.waitForSelector("dialog.palette[open] .pal-item");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "combobox");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.querySelectorAll(".pal-item")[1].getAttribute("aria-selected") === "true");
    await page.keyboard.type("公司");
    await page.waitForFunction(() => document.querySelector(".pal-item mark"));
    assert.deepEqual(await accessibility(page), []);
    await shot(page, "keyboard-palette");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog.palette", { state: "hidden" });
    await page.keyboard.press("c");
    await page.waitForSelector("dialog.drawer[open] .sheet");
    assert.deepEqual(await accessibility(page), []);
    await shot(page, "keyboard-create");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog.drawer[open] input[name=name]");
    assert.deepEqual(await accessibility(page), []);
    await page.locator("dialog.drawer[open] input[name=name]").fill("只用键盘建的客户");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector(".toast:has-text('只用键盘建的客户'), h1:has-text('只用键盘建的客户')");
    await page.goto("/");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] dl.keys");
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.waitForURL("**/settings");
  });

  site.try("keys of a list", { as: "admin" }, async (page) => {
    await page.goto("/account");
    const active = () => page.evaluate(() => [...document.querySelectorAll("tbody tr[data-id]")].findIndex((row) => row.classList.contains("active")));
    for (const [key, row] of [["j", 0], ["j", 1], ["ArrowDown", 2], ["k", 1]]) {
      await page.keyboard.press(key);
      assert.equal(await active(), row, key);
    }
    await page.keyboard.press("x");
    assert.equal(await page.innerText("[data-selected]"), "1");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Shift+X");
    assert.equal(await page.innerText("[data-selected]"), "3");
    await page.waitForSelector(".selbar", { state: "visible" });
    await shot(page, "keyboard-selection");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("tbody .pick :checked").count(), 0);
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.name), "q");
    await page.keyboard.press("Escape");
    await page.locator("h1").click();
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector("td.active-cell");
    await page.keyboard.press("e");
    await page.waitForSelector("td.editing");
    await page.keyboard.press("Escape");
    await page.waitForSelector("td.editing", { state: "detached" });
    const name = await page.innerText("tr.active th");
    await page.keyboard.press("Enter");
    await page.waitForSelector(`h1:has-text("${name}")`);
  });

  site.try("bulk changes by the selection bar, and undone", { as: "admin" }, async (page) => {
    await page.goto("/account");
    for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
    await page.click(".selbar >> text=批量修改");
    await page.selectOption("#bulk-field", "level");
    await page.click("dialog[open] >> text=下一步");
    await page.locator("dialog[open] select[name=level]").selectOption("B");
    await page.click("dialog[open] .sheet-foot button.btn-primary");
    await page.waitForSelector(".toast");
    await page.waitForFunction(() => [...document.querySelectorAll("tbody tr[data-id]")].slice(0, 2).every((row) => row.innerText.includes("B 优质")));
    for (const key of ["j", "x"]) await page.keyboard.press(key);
    const name = await page.innerText("tbody tr:has(:checked) th");
    await page.click(".selbar >> text=删除");
    await page.waitForSelector(".toast:has-text('已删除')");
    await page.waitForFunction((gone) => ![...document.querySelectorAll("tbody th")].some((head) => head.innerText === gone), name);
    await page.click(".toast >> text=撤销");
    await page.waitForFunction((back) => [...document.querySelectorAll("tbody th")].some((head) => head.innerText === back), name);
  });

  site.try("what a search in the list found is all that is counted, exported and deleted", { as: "admin" }, async (page) => {
    await page.goto("/account/new");
    await page.fill("#f-name", "独一无二的钟表店");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector("main.record");
    await page.goto("/account");
    await page.waitForFunction(() => Number(document.querySelector("h1 .count")?.textContent) > 50);
    await page.keyboard.press("/");
    await page.keyboard.type("独一无二");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("h1 .count")?.textContent === "1");
    const text = await (await page.request.get(`/account/export?format=csv&q=${encodeURIComponent("独一无二")}`)).body();
    assert.equal(readCsv(text).length, 2);
    for (const key of ["j", "x"]) await page.keyboard.press(key);
    await page.check(".selbar-all input");
    await page.click(".selbar >> text=删除");
    await page.waitForSelector(".toast:has-text('已删除 1 条')");
    await page.goto("/account");
    await page.waitForFunction(() => Number(document.querySelector("h1 .count")?.textContent) > 50);
  });

  site.try("Tab reaches everything, and the focus is always seen", { as: "admin" }, async (page) => {
    const all = await pages(page);
    for (const name of ["home", "list", "record", "form", "import", "settings", "roles", "bin"]) {
      await page.goto(all[name]);
      const wanted = await page.evaluate(() => {
        const reachable = (element) => element.checkVisibility({ checkOpacity: false }) && element.tabIndex >= 0 && !element.disabled && !element.closest("[inert]") && element.type !== "radio";
        return [...document.querySelectorAll("main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)")].filter(reachable).length;
      });
      const met = new Set();
      await page.keyboard.press("Tab");
      assert.match((await focused(page)).what, /class="skip"/, `${name}: the first is the way past the menu`);
      await page.keyboard.press("Enter");
      for (let step = 0; step < Math.min(wanted, 60); step++) {
        await page.keyboard.press("Tab");
        const { what, seen, other, ring, body } = await focused(page);
        if (body) break;
        assert.ok(seen || ring || /rgb/.test(other), `${name}: the focus is not seen on ${what}`);
        met.add(what + step);
      }
      assert.ok(met.size >= Math.min(wanted, 30) * 0.8, `${name}: Tab reached ${met.size} of ${wanted}`);
    }
  });

  if (!site.looks) return;

  for (const screen of ["desktop", "phone"]) {
    for (const dark of [false, true]) {
      const light = dark ? "dark" : "light";
      site.try(`axe finds nothing and nothing goes sideways, ${screen}, ${light}`, { as: "admin", screen, dark }, async (page) => {
        const found = {};
        for (const [name, path] of Object.entries(await pages(page))) {
          if (dark && !coloured.includes(name)) continue;
          await page.goto(path);
          await page.waitForFunction(() => !document.querySelector(".count:empty, .skel"));
          const wrong = await accessibility(page);
          const wide = await overflow(page);
          if (wide) wrong.push(`${wide} pixels too wide`);
          if (wrong.length) found[name] = wrong;
          await shot(page, `page-${name}-${light}`);
        }
        assert.deepEqual(found, {});
      });
    }
  }

  site.try("English is complete on every page", { as: "admin", locale: "en-GB" }, async (page) => {
    const left = {};
    for (const [name, path] of Object.entries(await pages(page))) {
      if (["record", "details", "form", "search"].includes(name)) continue;
      await page.goto(path);
      const text = await page.evaluate(() => {
        const own = document.querySelectorAll("tbody, .rows, .tasks, .people, .who, .me, h1, [lang='zh-CN'], .badge, .menu-title, option, .page-note, .stat, .toast, [title]");
        for (const element of own) element.remove();
        return document.body.innerText.replaceAll("张悦", "");
      });
      const chinese = text.match(/[\u4e00-\u9fff]+/g);
      if (chinese) left[name] = chinese;
    }
    assert.deepEqual(left, {});
  });

  site.try("no page is heavy", { as: "admin" }, async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.clearBrowserCache");
    const weights = new Map();
    const pending = new Map();
    session.on("Network.responseReceived", ({ requestId, response }) => pending.set(requestId, response.url));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => weights.set(pending.get(requestId), Math.max(encodedDataLength, weights.get(pending.get(requestId)) ?? 0)));
    const all = await pages(page);
    const assets = () => [...weights].filter(([url]) => url?.includes("/assets/")).reduce((sum, [, size]) => sum + size, 0);
    for (const [name, path] of Object.entries(all)) {
      await page.goto(path);
      await page.waitForLoadState("load");
      const own = weights.get(page.url()) ?? 0;
      assert.ok(own + assets() < HEAVIEST, `${name}: ${own} bytes and ${assets()} of assets`);
    }
    assert.ok(assets() > 10_000, "the assets were counted");
  });
}, { customers: 60 });
