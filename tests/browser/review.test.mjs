// 防撞客 for everybody: whose a company is, and the queue of duplicates that a scan found, worked through by keyboard.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeRole, makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const password = "correct horse battery";

/** Companies that stand twice: as one records them, and as another does. The last two are two for whoever knows them. */
const twice = [
  [["青岛天枢电器有限公司", "0532-83110001", "13800010001", "张伟", "370202"], ["青岛天枢电气公司", "0532-83110001", "13800010001", "张伟", "370202"]],
  [["济南玉衡机械有限公司", "0531-83110002", "13800010002", "李娜", "370102"], ["玉衡机械（济南）有限公司", "0531-83110002", "13800010002", "李娜", "370102"]],
  [["烟台开阳食品有限公司", "0535-83110003", "13800010003", "王强", "370602"], ["烟台开阳食品", "0535-83110003", "13800010003", "王强", "370602"]],
  [["威海瑶光水产有限公司", "0631-83110004", "13800010004", "刘洋", "371002"], ["威海瑶光水产有限责任公司", "0631-83110004", "13800010004", "刘洋", "371002"]],
  [["潍坊天璇化工有限公司", "0536-83110005", "13800010005", "陈静", "370702"], ["潍坊市天璇化工有限公司", "0536-83110005", "13800010005", "陈静", "370702"]],
];

suite("duplicates", (site) => {
  Object.assign(site.passwords, { qian: password });

  /** Records what stands twice, as two people do who don't ask each other. */
  async function makeTwice(page) {
    const headers = { origin: site.server.base, "Zhike-Duplicates": "allow", "X-Reason": "test" };
    const post = async (object, data) => {
      const answer = await page.request.post(`/api/v1/${object}`, { headers, data });
      assert.equal(answer.status(), 201, await answer.text());
      return (await answer.json()).id;
    };
    for (const [name, phone, mobile, who, region] of twice.flat()) {
      const account = await post("account", { name, phone, region });
      await post("contact", { name: who, mobile, account });
    }
  }

  async function scan(page) {
    await page.goto("/review/account");
    await page.click("text=/开始查重|重新查重/");
    await page.waitForSelector("#scan:has-text('上次查重')", { timeout: 60_000 });
  }

  const items = (page) => page.locator("[data-item]");
  const item = (page, name) => page.locator(`[data-item]:has-text("${name}")`);
  const active = (page) => page.locator("[data-item].active");

  /** Moves with k to the first item, then with j until the active one is about a company. */
  async function goTo(page, name) {
    const count = await items(page).count();
    for (let step = 0; step < count; step++) await page.keyboard.press("k");
    for (let step = 0; step < count; step++) {
      if ((await active(page).innerText()).includes(name)) return;
      await page.keyboard.press("j");
    }
    assert.fail(`${name} is not in the queue`);
  }

  site.try("before the first scan, and the first scan", { as: "admin" }, async (page) => {
    await page.goto("/");
    await page.click(".rail a:has-text('重复客户')");
    await page.waitForSelector(".empty h2:has-text('还没有查过重')");
    await shot(page, "review-1-never");
    assert.deepEqual(await accessibility(page), []);
    await makeTwice(page);
    await scan(page);
    await page.waitForSelector("[data-item]");
    await page.waitForFunction(() => /\d/.test(document.querySelector("#review-tabs .count")?.textContent ?? ""));
    for (const [[name]] of twice) assert.equal(await item(page, name).count(), 1, name);
    assert.ok((await item(page, "青岛天枢电器").locator("mark").allInnerTexts()).length > 0, "what differs is marked");
    await shot(page, "review-2-queue");
    assert.deepEqual(await accessibility(page), []);
    assert.equal(await overflow(page), 0);
  });

  site.try("by keyboard: why, merged, told apart, skipped, taken back", { as: "admin" }, async (page) => {
    await page.goto("/review/account?band=same");
    await page.waitForSelector("[data-item].active");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] dl.keys:has-text('不是同一个')");
    await shot(page, "review-3-keys");
    await page.keyboard.press("Escape");

    await goTo(page, "青岛天枢电器");
    await page.keyboard.press("w");
    await page.waitForSelector("dialog[open] .waterfall");
    await page.waitForSelector("dialog[open] .pair-words >> text=/相同/");
    const bars = await page.locator("dialog[open] .waterfall rect").evaluateAll((all) => all.map((bar) => Number(bar.getAttribute("width"))));
    assert.ok(bars.length > 4 && bars.some((width) => width > 10), "the plot is drawn");
    const sum = await page.locator("dialog[open] .waterfall tbody tr:not(.waterfall-sum) .num").allInnerTexts();
    const number = (text) => Number(text.replace("−", "-"));
    const total = number(await page.locator("dialog[open] .waterfall-sum .num").innerText());
    assert.ok(Math.abs(sum.map(number).reduce((one, other) => one + other, 0) - total) < 0.6, `the lines add up: ${sum} to ${total}`);
    await shot(page, "review-4-why");
    assert.deepEqual(await accessibility(page), []);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });

    const before = await items(page).count();
    const next = await active(page).evaluate((here) => here.nextElementSibling?.id ?? here.previousElementSibling?.id);
    await page.keyboard.press("m");
    await page.waitForSelector(".dupe-settled:has-text('已合并为')");
    assert.equal(await items(page).count(), before - 1);
    assert.equal(await page.evaluate(() => document.activeElement.id), next, "on to the next one");
    const { pathname } = new URL(await page.locator(".dupe-settled a").first().evaluate((link) => link.href));
    assert.equal((await page.request.get(`/api/v1${pathname}`)).status(), 200);

    await goTo(page, "潍坊天璇化工");
    await page.keyboard.press("d");
    await page.waitForSelector(".dupe-settled:has-text('已记为不是同一个')");
    await page.fill(".dupe-reason input[name=reason]", "分属两个老板");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".dupe-settled:has-text('分属两个老板')");
    await shot(page, "review-5-settled");
    assert.deepEqual(await accessibility(page), []);

    await goTo(page, "济南玉衡机械");
    await page.keyboard.press("s");
    assert.equal(await item(page, "济南玉衡机械").evaluate((skipped) => skipped.classList.contains("active")), false);
    await goTo(page, "烟台开阳食品");
    await page.keyboard.press("d");
    await page.waitForSelector(".dupe-settled >> nth=2");
    await page.keyboard.press("u");
    await page.waitForFunction(() => document.querySelectorAll(".dupe-settled[data-settled]").length === 2 || document.body.innerText.includes("刷新后可以继续核对"));
    await page.goto("/review/account?band=same");
    await item(page, "烟台开阳食品").waitFor();
  });

  site.try("what was settled does not come back with the next scan", { as: "admin" }, async (page) => {
    await scan(page);
    for (const band of ["same", "review"]) {
      await page.goto(`/review/account?band=${band}`);
      await page.waitForSelector("[data-item], .empty");
      for (const name of ["青岛天枢", "潍坊天璇"]) assert.equal(await item(page, name).count(), 0, `${name} in ${band}`);
    }
    await page.goto("/review/account/decided");
    const row = page.locator("tbody tr:has-text('潍坊天璇')");
    assert.match(await row.innerText(), /不是同一个[\s\S]*分属两个老板/);
    await shot(page, "review-6-decided");
    assert.deepEqual(await accessibility(page), []);
    await row.locator("text=收回").click();
    await page.waitForSelector(".toast:has-text('已收回')");
    await scan(page);
    await item(page, "潍坊天璇").waitFor();
    await page.goto("/review/account/decided?kind=merges");
    await page.waitForSelector("tbody tr:has-text('青岛天枢')");
  });

  site.try("several at once, summed up and undone; one field by field and back to the queue", { as: "admin" }, async (page) => {
    await page.goto("/review/account");
    for (const name of ["潍坊天璇", "威海瑶光"]) await item(page, name).locator(".pick input").check();
    assert.equal(await page.innerText("[data-selected]"), "2");
    await page.click(".selbar .btn-primary");
    await page.waitForSelector("h1:has-text('合并结果')");
    await page.waitForSelector(".toast:has-text('已合并 2 组，共 4 条')");
    assert.equal(await page.locator("tbody tr").count(), 2);
    await shot(page, "review-7-merged");
    assert.deepEqual(await accessibility(page), []);
    await page.click("text=全部撤销");
    await page.waitForSelector(".toast:has-text('已撤销')");
    assert.equal(await page.locator("tbody tr:has-text('已撤销')").count(), 2);
    await page.click("text=继续处理");
    await item(page, "威海瑶光").waitFor();

    await goTo(page, "威海瑶光");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#merge");
    await page.click(".form-foot .btn-primary");
    await page.waitForSelector("zk-review, .empty");
    assert.equal(new URL(page.url()).pathname, "/review/account");
    assert.equal(await item(page, "威海瑶光").count(), 0);
  });

  for (const screen of ["desktop", "phone"]) {
    for (const dark of screen === "phone" ? [false] : [true]) {
      site.try(`the same on a ${screen}${dark ? ", dark" : ""}, with a name of 120 letters`, { as: "admin", screen, dark }, async (page) => {
        const headers = { origin: site.server.base, "Zhike-Duplicates": "allow", "X-Reason": "test" };
        const long = (dark ? "摇光" : "天权").padEnd(110, "国际供应链管理") + "有限公司";
        for (const name of [long, long.replace("有限公司", "公司")]) {
          const answer = await page.request.post("/api/v1/account", { headers, data: { name, phone: dark ? "0532-83110008" : "0532-83110007", region: "370202", address: "香港中路 10 号" } });
          assert.equal(answer.status(), 201, await answer.text());
        }
        await scan(page);
        await page.waitForSelector("[data-item]");
        assert.equal(await overflow(page), 0);
        assert.deepEqual(await accessibility(page), []);
        await shot(page, `review-8-long${dark ? "-dark" : ""}`, { fullPage: true });
        const why = await item(page, "济南玉衡机械").locator(".dupe-why").getAttribute("href");
        await page.goto(why);
        await page.waitForSelector(".waterfall");
        assert.equal(await overflow(page), 0);
        assert.deepEqual(await accessibility(page), []);
        await shot(page, `review-9-why${dark ? "-dark" : ""}`, { fullPage: true });
      });
    }
  }

  site.try("without scripts everything is a form or a link", { as: "admin", javaScript: false }, async (page) => {
    await page.goto("/review/account");
    await item(page, "济南玉衡机械").locator("button:has-text('不是同一个')").click();
    await page.waitForSelector(".toast:has-text('已记为不是同一个')");
    assert.equal(await item(page, "济南玉衡机械").count(), 0);
    await page.goto("/review/account/decided");
    await page.locator("tbody tr:has-text('济南玉衡机械') >> text=收回").click();
    await page.goto("/review/account");
    await item(page, "济南玉衡机械").locator("button:has-text('一键合并')").click();
    await page.waitForSelector(".toast:has-text('已合并为')");
    assert.equal(await item(page, "济南玉衡机械").count(), 0);
    await page.click("button:has-text('重新查重')");
    for (let wait = 0; wait < 60 && !(await page.locator("#scan:has-text('上次查重')").count()); wait++) {
      await pause(500);
      await page.goto("/review/account");
    }
    assert.equal(await page.locator("#scan:has-text('上次查重')").count(), 1);
  });

  site.try("whose a company is, asked by somebody who may not see it", { as: "admin" }, async (page) => {
    await makeRole(page, "asker", "见习", { account: { read: "own", create: true, change: "own" } });
    await makeUser(page, { name: "钱多多", login: "qian", password, role: "见习" });
    const other = await site.visit({ as: "qian" });
    await other.goto("/");
    assert.equal(await other.locator(".rail a:has-text('重复客户')").count(), 0);
    assert.equal((await other.goto("/review/account")).status(), 403);
    await other.goto("/");
    await other.click(".rail a:has-text('查重')");
    await other.waitForSelector("text=今天还可以查 100 次");
    await other.fill("#existence-q", "威海瑶光水产");
    await other.keyboard.press("Enter");
    await other.waitForSelector(".existence-held .row");
    await other.waitForSelector("text=今天还可以查 99 次");
    const told = await other.innerText("#existence-answer");
    assert.ok(!told.includes("0631") && !told.includes("刘洋"), told);
    await shot(other, "existence-1-held");
    assert.deepEqual(await accessibility(other), []);
    await other.reload();
    assert.equal((await other.innerText("#existence-answer")).trim(), "", "the answer stands on no page that can be opened again");

    await other.fill("#existence-q", "日照从来没有的公司");
    await other.click("text=查一下");
    await other.waitForSelector(".empty h2:has-text('没有查到')");
    await shot(other, "existence-2-free");
    await other.click("text=新建客户");
    assert.equal(await other.inputValue("#f-name"), "日照从来没有的公司");
    await other.goto("/existence?q=%E6%B5%B7");
    await other.click("text=查一下");
    await other.waitForSelector("#existence-error:has-text('2 到 200')");
    assert.deepEqual(await accessibility(other), []);

    // All of today's questions, asked by a program.
    let left = 98;
    while (left > 0) ({ left } = await (await other.request.get(`/api/v1/account/existence?q=${encodeURIComponent("威海瑶光")}`)).json());
    await other.goto("/existence");
    await other.waitForSelector("text=今天还可以查 0 次");
    await other.fill("#existence-q", "威海瑶光水产");
    await other.click("text=查一下");
    await other.waitForSelector("#existence-error:has-text('今天已经查了 100 次')");
    await shot(other, "existence-3-enough");
    assert.deepEqual(other.faults, []);
    await other.context().close();
  });

  site.try("the palette asks it too, on a phone", { as: "admin", screen: "phone" }, async (page) => {
    await page.goto("/menu");
    await page.click("main a:has-text('查重')");
    await page.fill("#existence-q", "烟台开阳");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".existence-held .badge:has-text('是您的')");
    assert.equal(await overflow(page), 0);
    await shot(page, "existence-4-mine");
    await page.click("[data-act=palette]");
    await page.waitForSelector("dialog.palette[open]");
    await page.keyboard.type("某某公司");
    await page.click(".pal-item:has-text('有没有人在跟进')");
    assert.equal(await page.inputValue("#existence-q"), "某某公司");
    await page.waitForSelector("#existence-answer:not(:has(*))", { state: "attached" });
  });
}, { customers: 40, story: true });
