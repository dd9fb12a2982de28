// The first day of a new user: from the set-up link to an imported list, a customer found, followed up, exported, undone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { download, overflow, shot, signIn } from "./harness/browser.mjs";
import { readCsv, readXlsx, writeXlsx } from "./harness/sheet.mjs";
import { suite } from "./harness/suite.mjs";

const office = readXlsx(readFileSync(resolve(import.meta.dirname, "../../crates/zhike-records/tests/data/customers-300.xlsx")));
const [head, ...rows] = office;
const at = (label) => head.indexOf(label);
const row = (values) => head.map((label) => values[label] ?? "");

/** One that is easy to find again, and four that cannot be taken as they are. */
const known = { 客户名称: "青岛海风贸易有限公司", 联系人: "李明", 手机: "138 0000 6138", 电话: "0532-8888 1234", 省市: "山东省青岛市", 备注: "老朋友介绍" };
const wrong = [
  { 联系人: "没有公司的人", 手机: "13900001111" },
  { 客户名称: "名".repeat(300), 联系人: "王长" },
  { 客户名称: "信用代码抄错的公司", 统一社会信用代码: "91370200MA3C0000XX" },
];
const list = [head, row(known), ...wrong.map(row), ...rows.slice(0, 56)];
const file = { name: "客户名单.xlsx", mimeType: "application/octet-stream", buffer: writeXlsx(list) };

const password = "correct horse battery";
const counts = (page) => page.locator(".stat-value").allInnerTexts().then((texts) => texts.map((text) => Number(text.replaceAll(",", ""))));
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const named = (page, name) => page.locator(`tbody tr[data-id]:has-text("${name}")`);

async function upload(page, it) {
  await page.goto("/imports/new?object=account");
  await page.setInputFiles('input[type="file"]', it);
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
}

/** Waits for the end of a run and gives its figures. */
async function result(page) {
  await page.waitForSelector("#import-result");
  return counts(page);
}

suite("the first day", (site) => {
  site.passwords.founder = password;

  site.try("the set-up link makes the administrator, once", {}, async (page) => {
    await page.goto("/account");
    assert.match(page.url(), /\/signin/);
    await page.goto(site.server.setup);
    await shot(page, "story-1-setup");
    await page.fill("#name", "周启明");
    await page.fill("#login", "founder");
    await page.fill("#password", password);
    await page.click("button.btn-primary");
    await page.waitForSelector(".empty >> text=从导入客户名单开始");
    await shot(page, "story-2-empty-home");
    await page.context().clearCookies();
    await page.goto(site.server.setup);
    assert.equal(await page.locator("#password[autocomplete=new-password]").count(), 0, "the link works once");
  });

  site.try("a messy list comes in through the page", { as: "founder" }, async (page) => {
    await upload(page, file);
    const column = (label) => page.locator(`.mapping tr:has(th:text-is("${label}"))`);
    assert.equal(await page.locator(".mapping tbody tr").count(), head.length);
    const chosen = (label) => column(label).locator("select").evaluate((select) => select.value);
    assert.equal(await chosen("客户名称"), "account.name");
    assert.equal(await chosen("联系人"), "contact.name");
    assert.equal(await chosen("手机"), "contact.mobile");
    assert.equal(await chosen("电话"), "account.phone");
    await column("备注").locator("select").selectOption("");
    await shot(page, "story-3-mapping");
    await page.click("text=下一步：预览");

    assert.equal(await page.locator(".preview tbody tr").count(), 20);
    assert.equal(await page.locator(".preview tr.bad").count(), wrong.length);
    await shot(page, "story-4-preview");
    await page.click("text=先试算一遍");
    await page.waitForSelector("text=还没有写入任何数据");
    const tried = await counts(page);
    assert.equal(sum(tried), list.length - 1);
    await page.click("button:has-text('开始导入')");

    const [created, updated, skipped, failed] = await result(page);
    assert.deepEqual([created, updated, skipped, failed], tried, "the trial said what would come");
    assert.equal(failed, wrong.length);
    assert.ok(created > 40);
    await shot(page, "story-5-imported");

    const errors = await download(page, page.locator("text=下载失败的行"));
    assert.match(errors.name, /\.xlsx$/);
    const [errorHead, ...errorRows] = readXlsx(errors.bytes);
    assert.deepEqual(errorHead.slice(0, head.length), head);
    assert.equal(errorRows.length, wrong.length);
    for (const each of errorRows) assert.match(each.at(-1), /[\u4e00-\u9fff]{4}/, "the reason is in plain words");

    // The same list again makes nothing; the choice of columns is remembered.
    await upload(page, file);
    assert.equal(await chosen("备注"), "");
    await page.click("text=下一步：预览");
    await page.click("button:has-text('开始导入')");
    assert.equal((await result(page))[0], 0);
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`a customer is found by two characters, initials and the tail of a phone, ${screen}`, { as: "founder", screen }, async (page) => {
      await page.goto("/");
      for (const text of ["海风", "qdhf", "1234", "6138"]) {
        await page.click("[data-act=palette]");
        await page.fill(".palette input", text);
        const found = page.locator(".palette .pal-item", { hasText: "青岛海风贸易有限公司" }).first();
        await found.waitFor();
        if (text === "qdhf") await shot(page, "story-6-palette");
        if (text === "6138") break;
        await page.keyboard.press("Escape");
      }
      await page.keyboard.press("Enter");
      await page.waitForSelector(".record-head, .record-title");
      for (const text of ["海风", "qdhf", "1234"]) {
        await page.goto(`/search?q=${encodeURIComponent(text)}`);
        await page.waitForSelector('.row:has-text("青岛海风贸易有限公司")');
      }
      await shot(page, "story-7-search");
      assert.equal(await overflow(page), 0);
      await page.click('.row:has-text("青岛海风贸易有限公司")');
      await page.waitForSelector("h1:has-text('青岛海风贸易有限公司')");
    });

    site.try(`a follow-up with a next time takes two clicks, ${screen}`, { as: "founder", screen }, async (page) => {
      await page.goto("/account?q=%E6%B5%B7%E9%A3%8E%E8%B4%B8%E6%98%93");
      await page.click("tbody tr[data-id] th a");
      const said = `谈妥了样品，等对方回话（${screen}）`;
      await page.fill("#composer textarea", said);
      await page.click("#composer button:has-text('明天')");
      await page.click("text=保存跟进");
      await page.waitForSelector(`#timeline .tl-item:has-text("${said}") .tl-next`);
      await page.waitForSelector(".toast:has-text('跟进已保存')");
      assert.equal(await page.inputValue("#composer textarea"), "");
      await shot(page, "story-8-followed-up");
      assert.equal(await overflow(page), 0);
      // Due today: it stands on my day.
      await page.fill("#composer textarea", "今天再打一次电话");
      await page.fill("#composer input[type=datetime-local]", new Date(Date.now() + 8 * 3600e3 + 60e3).toISOString().slice(0, 16));
      await page.click("text=保存跟进");
      await page.waitForSelector('#timeline .tl-item:has-text("今天再打一次电话")');
      await page.goto("/");
      await page.waitForSelector("#day-follow .row:has-text('青岛海风贸易有限公司')");
      await shot(page, "story-9-my-day");
    });
  }

  site.try("a cell is edited in the list, by mouse and by keys", { as: "founder" }, async (page) => {
    await page.goto("/account?q=%E6%B5%B7%E9%A3%8E%E8%B4%B8%E6%98%93");
    const line = named(page, "青岛海风");
    const cell = (field) => line.locator(`td[data-field="${field}"]`);
    await cell("industry").dblclick();
    await cell("industry").locator("input.input").fill("进出口贸易");
    await page.keyboard.press("Enter");
    await page.waitForSelector('td[data-field="industry"]:not(.editing):has-text("进出口贸易")');
    await cell("industry").click();
    await page.keyboard.press("e");
    await cell("industry").locator("input.input").fill("不要保存");
    await page.keyboard.press("Escape");
    await page.waitForSelector('td[data-field="industry"]:not(.editing):has-text("进出口贸易")');
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.waitForSelector("td.active-cell[data-field=level]");
    await page.keyboard.press("e");
    await cell("level").locator("select").selectOption("A");
    await page.waitForSelector('td[data-field="level"]:not(.editing):has-text("A 重点")');
    await page.reload();
    assert.match(await line.innerText(), /A 重点[\s\S]*进出口贸易/);
    await shot(page, "story-10-edited");
  });

  site.try("a filter is built and saved as a view, which is exported", { as: "founder" }, async (page) => {
    await page.goto("/account");
    await page.click(".chip-add");
    await page.selectOption(".filter-row .filter-field", "industry");
    await page.selectOption(".filter-row select[aria-label=条件]", "notEmpty");
    await page.click("text=添加条件");
    const second = page.locator(".filter-row").nth(1);
    await second.locator(".filter-field").selectOption("name");
    await second.locator(".filter-values input").fill("公司");
    assert.equal(await page.inputValue("zk-filter textarea"), 'industry != null && name.contains("公司")');
    await shot(page, "story-11-filter");
    await page.click("#filter button:has-text('应用')");
    await page.waitForSelector(".chip:has-text('公司')");
    await page.click(".chips-save >> text=保存为视图");
    await page.fill("#view-name", "有行业的公司");
    await page.click(".sheet-foot button.btn-primary");
    await page.waitForSelector(".tab[aria-current=page]:has-text('有行业的公司')");
    await page.reload();
    await page.waitForSelector(".tab[aria-current=page]:has-text('有行业的公司')");
    await page.waitForSelector(".chip:has-text('公司')");
    await page.waitForFunction(() => /\d/.test(document.querySelector("h1 .count")?.textContent ?? ""));
    const shown = Number((await page.innerText("h1 .count")).replaceAll(",", ""));
    await shot(page, "story-12-view");

    await page.click("text=导出");
    const workbook = await download(page, page.locator("text=Excel (.xlsx)"));
    const lines = readXlsx(workbook.bytes);
    assert.equal(lines[0][0], "客户名称");
    assert.equal(lines.length - 1, shown);
    await page.click("text=导出");
    const text = readCsv((await download(page, page.locator("#export-menu >> text=CSV"))).bytes);
    assert.deepEqual(text.map((line) => line[0]), lines.map((line) => line[0]));
    assert.ok(lines.some((line) => line[0] === known.客户名称 && line.includes("A 重点")));

    // Importing the export would make nothing.
    await upload(page, { ...file, name: workbook.name, buffer: workbook.bytes });
    await page.click("text=下一步：预览");
    await page.click("text=先试算一遍");
    await page.waitForSelector("text=还没有写入任何数据");
    const [created, , , failed] = await counts(page);
    assert.deepEqual({ created, failed }, { created: 0, failed: 0 });
  });

  site.try("the whole import is undone, but for what was worked with since", { as: "founder" }, async (page) => {
    await page.goto("/imports");
    await page.click('tbody tr:has-text("已完成") >> nth=-1 >> a');
    await page.click("text=撤销这次导入");
    await page.waitForSelector("#import-result >> text=这次导入已撤销");
    await shot(page, "story-13-undone");
    await page.goto("/account");
    await named(page, "青岛海风").waitFor();
    assert.equal(await page.locator("tbody tr[data-id]").count(), 1);
    // Both views of the same fact: the list and the search.
    await page.goto("/search?q=%E6%9D%AD%E5%B7%9E");
    await page.waitForSelector(".empty >> text=没有找到");
  });

  site.try("signing in again works by the form", {}, async (page) => {
    await signIn(page, "founder", password);
    await page.waitForSelector("h1:has-text('周启明')");
  });
}, { customers: 0, story: true });
