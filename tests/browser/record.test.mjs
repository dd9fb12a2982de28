// One record: refused, related, changed by two at once, deleted and brought back, with files, odd names and masks.

import assert from "node:assert/strict";
import { download, overflow, shot } from "./harness/browser.mjs";
import { makeRole, makeUser } from "./harness/people.mjs";
import { readXlsx, writeXlsx } from "./harness/sheet.mjs";
import { suite } from "./harness/suite.mjs";

const save = (page) => page.click(".form-foot button.btn-primary");
const dialog = (page) => page.locator("dialog[open]").last();

/** Makes an account by the full form and leaves the page on it; its path is returned. */
async function makeAccount(page, name, fields = {}) {
  await page.goto("/account/new");
  await page.fill("#f-name", name);
  for (const [field, text] of Object.entries(fields)) await page.fill(`#f-${field}`, text);
  await save(page);
  await page.waitForSelector("main.record, [name=_reason]");
  // one much like it is there already
  if (await page.locator("[name=_reason]").count() > 0) {
    await page.fill("[name=_reason]", "另一家");
    await page.click("button[name=_duplicates]");
    await page.waitForSelector("main.record");
  }
  return new URL(page.url()).pathname;
}

suite("a record", (site) => {
  site.try("a code that is taken is said under its field, and nothing typed is lost", { as: "admin" }, async (page) => {
    await makeAccount(page, "先来的公司", { credit_code: "91350100M000100Y43" });
    await page.goto("/account/new");
    await page.fill("#f-name", "后到的公司");
    await page.fill("#f-credit_code", "91350100M000100Y43");
    await page.fill("#f-phone", "0532 8388 9999");
    await page.selectOption("#f-kind", "institution");
    await page.locator("#f-remark").evaluate((area) => (area.closest("details").open = true));
    await page.fill("#f-remark", "第一行\n第二行");
    await save(page);
    await page.waitForSelector("#f-credit_code-field .error:has-text('已经有客户使用了')");
    assert.equal(await page.evaluate(() => document.activeElement.id), "f-credit_code");
    const typed = ["#f-name", "#f-credit_code", "#f-phone", "#f-kind", "#f-remark"].map((field) => page.inputValue(field));
    assert.deepEqual(await Promise.all(typed), ["后到的公司", "91350100M000100Y43", "0532 8388 9999", "institution", "第一行\n第二行"]);
    await shot(page, "record-1-refused");
    await page.fill("#f-credit_code", "");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector("main.record >> text=0532-83889999");
  });

  site.try("what was typed comes back after the page was left", { as: "admin" }, async (page) => {
    await page.goto("/contact/new");
    await page.fill("#f-name", "没保存的人");
    await page.selectOption("#f-decision_role", "decision");
    page.on("dialog", (asked) => asked.accept());
    await page.waitForFunction(() => Object.values(sessionStorage).some((text) => text.includes("没保存的人")));
    await page.goto("/account");
    await page.goto("/contact/new");
    await page.waitForSelector(".draft-note");
    assert.equal(await page.inputValue("#f-name"), "没保存的人");
    assert.equal(await page.inputValue("#f-decision_role"), "decision");
    await page.click(".draft-note button");
    assert.equal(await page.inputValue("#f-name"), "");
  });

  site.try("a contact is made on the account's page, in place", { as: "admin" }, async (page) => {
    await makeAccount(page, "有人来访的公司");
    await page.fill("#composer textarea", "写到一半的跟进");
    await page.click('#side [aria-label="新建联系人"]');
    await dialog(page).locator("#s-name").fill("赵敏");
    assert.equal(await dialog(page).locator("#s-account").inputValue(), "有人来访的公司");
    await dialog(page).locator("#s-email").fill("不是邮箱");
    await dialog(page).locator("button.btn-primary").click();
    await dialog(page).locator("#s-email-field .error").waitFor();
    await dialog(page).locator("#s-email").fill("");
    assert.equal(await dialog(page).locator("#s-name").inputValue(), "赵敏");
    await dialog(page).locator("#s-mobile").fill("13900006139");
    await shot(page, "record-2-contact");
    await dialog(page).locator("button.btn-primary").click();
    await page.waitForSelector('#side .person:has-text("赵敏")');
    assert.equal(await page.inputValue("#composer textarea"), "写到一半的跟进");
    page.on("dialog", (asked) => asked.accept());
  });

  site.try("a new account may be made while a contact is being written", { as: "admin" }, async (page) => {
    await page.goto("/contact/new");
    await page.fill("#f-name", "孙悦");
    await page.fill("#f-title", "采购经理");
    const picker = page.locator("zk-pick:has(#f-account) input[role=combobox]");
    await picker.fill("刚认识的公司");
    await page.locator("[role=option]:has-text('新建')").click();
    assert.equal(await dialog(page).locator("#s-name").inputValue(), "刚认识的公司");
    await dialog(page).locator("button.btn-primary").click();
    await page.waitForFunction(() => document.querySelector("#f-account").value === "刚认识的公司");
    assert.equal(await page.inputValue("#f-title"), "采购经理");
    await save(page);
    await page.waitForSelector("main.record >> text=刚认识的公司");
  });

  site.try("a fact is edited by a click; Esc leaves it as it was", { as: "admin" }, async (page) => {
    await makeAccount(page, "点哪儿改哪儿的公司");
    const fact = page.locator('#fields .fact[data-field="industry"]');
    await fact.locator("dd").click();
    await fact.locator("input.input").fill("不算数");
    await page.keyboard.press("Escape");
    await page.waitForSelector('#fields .fact[data-field="industry"]:not(.editing)');
    assert.doesNotMatch(await fact.innerText(), /不算数/);
    await fact.locator("dd").click();
    await fact.locator("input.input").fill("仓储物流");
    await page.keyboard.press("Enter");
    await page.waitForSelector('#fields .fact[data-field="industry"]:not(.editing):has-text("仓储物流")');
    // One that is wrong says so there.
    const site_ = page.locator('#fields .fact[data-field="email"]');
    await site_.locator("dd").click();
    await site_.locator("input.input").fill("不是邮箱");
    await page.keyboard.press("Enter");
    await site_.locator(".error").waitFor();
    await page.keyboard.press("Escape");
  });

  site.try("what a record does not have takes no room: the details fill the page", { as: "admin" }, async (page) => {
    const account = await makeAccount(page, "版面宽敞的公司");
    const wide = (selector) => page.locator(selector).evaluate((element) => Math.round(element.getBoundingClientRect().width));
    await page.goto(account);
    const fields = await wide(".record-fields");
    await page.goto(`${account}?tab=details`);
    assert.ok((await wide(".record-main")) > 2 * fields, "no column for fields that stand in the middle");
    const headers = { origin: new URL(page.url()).origin };
    const tag = await page.request.post("/api/v1/tag", { headers, data: { name: "版面" } });
    await page.goto(`/tag/${(await tag.json()).id}`);
    assert.equal(await page.locator(".record-side").isVisible(), false, "and none for a side without anything");
    assert.equal(await wide(".record-main"), await wide(".record-cols"));
    await page.setViewportSize({ width: 1100, height: 800 });
    assert.equal(await wide(".record-main"), await wide(".record-cols"));
    assert.equal(await overflow(page), 0);
  });

  site.try("two people change one record: the second sees what changed and may insist", { as: "admin" }, async (page) => {
    const path = await makeAccount(page, "两个人同时改的公司", { industry: "纺织" });
    const other = await site.visit({ as: "admin" });
    await page.goto(`${path}/edit`);
    await other.goto(`${path}/edit`);
    await other.fill("#f-industry", "化工");
    await save(other);
    await other.waitForSelector("main.record");
    await page.fill("#f-industry", "机械");
    await page.fill("#f-phone", "021-55556666");
    await save(page);
    await page.waitForSelector("[role=alert]:has-text('纺织'):has-text('化工')");
    assert.equal(await page.inputValue("#f-industry"), "机械");
    assert.equal(await page.inputValue("#f-phone"), "021-55556666");
    await shot(page, "record-3-conflict");
    await save(page);
    await page.waitForSelector("main.record >> text=机械");
    assert.deepEqual(other.faults, []);
    await other.context().close();
  });

  site.try("deleting is undone from the message; the bin restores and purges", { as: "admin" }, async (page) => {
    const path = await makeAccount(page, "要删掉的公司");
    const remove = async () => {
      await page.goto(path);
      await page.click('[aria-label="更多操作"]');
      await page.click("text=删除客户");
      await page.waitForSelector(".toast:has-text('已删除 要删掉的公司')");
    };
    await remove();
    await shot(page, "record-4-deleted");
    await page.click(".toast >> text=撤销");
    await page.waitForSelector("tbody tr[data-id]:has-text('要删掉的公司')");
    await page.goto(path);
    await page.waitForSelector("#composer");
    await remove();
    await page.goto("/bin?object=account");
    const line = page.locator("tbody tr:has-text('要删掉的公司')");
    await line.locator("text=恢复").click();
    await page.waitForSelector(".toast:has-text('已恢复 要删掉的公司')");
    await remove();
    await page.goto("/bin?object=account");
    await line.locator("text=彻底删除").click();
    await dialog(page).locator("button.btn-danger").click();
    await page.waitForSelector(".toast:has-text('已彻底删除')");
    assert.equal(await line.count(), 0);
    assert.equal((await page.request.get(path)).status(), 404);
  });

  site.try("a file is hung on a record and comes back byte for byte", { as: "admin" }, async (page) => {
    const path = await makeAccount(page, "有合同的公司");
    await page.goto(`${path}?tab=files`);
    const buffer = Buffer.from("<script>alert(1)</script> 合同正文");
    await page.setInputFiles('input[type="file"]', { name: "框架合同（2026）.html", mimeType: "text/html", buffer });
    await page.waitForSelector("#files .row:has-text('框架合同（2026）.html')");
    const got = await download(page, page.locator("#files a.row"));
    assert.equal(got.name, "框架合同（2026）.html");
    assert.ok(got.bytes.equals(buffer));
    await page.goto(path);
    await page.waitForSelector("#timeline >> text=框架合同");
  });

  const odd = {
    long: `${"很长的公司名".repeat(19)}公司完了`,
    latin: "Llanfairpwllgwyngyll".repeat(5),
    emoji: "🌊🐉海龙🍜餐饮",
    script: "<script>alert(1)</script><img src=x onerror=alert(2)>",
  };
  for (const screen of ["desktop", "phone"]) {
    site.try(`odd names break nothing anywhere, ${screen}`, { as: "admin", screen }, async (page) => {
      page.on("dialog", (asked) => {
        page.faults.push(`a dialog: ${asked.message()}`);
        asked.dismiss();
      });
      const sane = async (where) => assert.equal(await overflow(page), 0, where);
      await page.goto("/account/new");
      await page.fill("#f-name", "a").then(() => page.locator("#f-name").evaluate((input) => input.removeAttribute("maxlength")));
      await page.fill("#f-name", "名".repeat(300));
      await save(page);
      await page.waitForSelector("#f-name-field .error:has-text('120')");
      assert.equal((await page.inputValue("#f-name")).length, 300);
      for (const [kind, name] of Object.entries(odd)) {
        const path = await makeAccount(page, `${name}${screen}`.slice(0, 120));
        const text = await page.innerText("h1");
        assert.ok(text.startsWith(name.slice(0, 20)), text);
        await sane(`record ${kind}`);
        await page.fill("#composer textarea", name);
        await page.click("text=保存跟进");
        await page.waitForFunction((said) => document.querySelector("#timeline")?.innerText.includes(said), name.slice(0, 20));
        await sane(`timeline ${kind}`);
        if (kind === "long") await shot(page, "record-5-long-name");
        await page.goto(`${path}/edit`);
        await sane(`form ${kind}`);
      }
      await page.goto("/account");
      await page.waitForSelector("tbody tr[data-id]");
      await sane("list");
      await shot(page, "record-6-odd-list");
      await page.click("[data-act=palette]");
      for (const text of ["alert", "海龙", "很长", "llanfair"]) {
        await page.fill(".palette input", text);
        await page.waitForFunction((wanted) => document.querySelector(".palette .pal-item")?.innerText.toLowerCase().includes(wanted), text);
        await sane(`palette ${text}`);
      }
      await page.keyboard.press("Escape");
      for (const text of ["alert", "很长"]) {
        await page.goto(`/search?q=${encodeURIComponent(text)}`);
        await page.waitForSelector("main .row");
        await sane(`search ${text}`);
      }
      await page.goto("/");
      await sane("home");
      await page.goto("/imports/new?object=account");
      const rows = [["客户名称", "备注<script>alert(3)</script>"], ...Object.values(odd).map((name) => [`导入${name}`.slice(0, 120), name])];
      await page.setInputFiles('input[type="file"]', { name: `${odd.script.replaceAll("/", "／")}.xlsx`, mimeType: "application/octet-stream", buffer: writeXlsx(rows) });
      await page.waitForSelector(".mapping");
      await sane("mapping");
      await page.click("text=下一步：预览");
      await page.waitForSelector(".preview tbody tr");
      await sane("preview");
    });
  }

  site.try("whom a role shows masked numbers, sees them masked everywhere", { as: "admin" }, async (page) => {
    const path = await makeAccount(page, "有手机的公司");
    await page.click('#side [aria-label="新建联系人"]');
    await dialog(page).locator("#s-name").fill("李掩");
    await dialog(page).locator("#s-mobile").fill("13812346138");
    await dialog(page).locator("button.btn-primary").click();
    await page.waitForSelector("#side .person:has-text('13812346138')");
    const contact = await page.getAttribute("#side .person a", "href");
    await makeRole(page, "blurred", "只看掩码", { account: { read: "all", export: true }, contact: { read: "all", export: true } }, { personal: "masked" });
    await makeUser(page, { name: "马科", login: "make", password: "correct horse battery", role: "只看掩码" });
    site.passwords.make = "correct horse battery";

    const reader = await site.visit({ as: "make" });
    const masked = async (where) => {
      const text = await reader.content();
      assert.doesNotMatch(text, /13812346138|1381234/, where);
      assert.match(text, /138\*{4}6138/, where);
    };
    await reader.goto(path);
    await masked("account");
    await reader.goto(contact);
    await masked("contact");
    await shot(reader, "record-7-masked");
    await reader.goto("/contact");
    await reader.waitForSelector(`tbody tr[data-href="${contact}"]`);
    await masked("list");
    await shot(reader, "record-8-masked-list");
    // What is masked cannot be searched for: that would tell it.
    for (const text of ["13812346138", "6138"]) {
      await reader.goto(`/search?q=${text}`);
      assert.equal(await reader.locator(`main a[href="${contact}"]`).count(), 0);
    }
    const file = await (await reader.request.get("/contact/export?format=xlsx")).body();
    const lines = readXlsx(file).flat().join("\n");
    assert.match(lines, /138\*{4}6138/);
    assert.doesNotMatch(lines, /13812346138/);
    const answer = await (await reader.request.get(`/api/v1${contact}`)).text();
    assert.match(answer, /138\*{4}6138/);
    assert.doesNotMatch(answer, /13812346138/);
    assert.deepEqual(reader.faults, []);
    await reader.context().close();
  });
}, { customers: 40 });
