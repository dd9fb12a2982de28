// Two salespeople work one customer: claimed by its name, answered by its owner, decided by a manager, told to both.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

suite("disputes", (site) => {
  const password = "zhike-zhuangdan-2026";
  const name = "青岛长庚仪表有限公司";
  const headers = () => ({ origin: site.server.base });

  site.try("people of two departments", { as: "admin" }, async (page) => {
    for (const department of ["长庚东区部", "长庚西区部"]) {
      const answer = await page.request.post("/api/v1/department", { headers: headers(), data: { name: department } });
      assert.equal(answer.status(), 201, await answer.text());
    }
    for (const [who, login, role, department] of [
      ["方晴", "fangqing", "销售", "长庚东区部"],
      ["谢红", "xiehong", "部门经理", "长庚东区部"],
      ["高远", "gaoyuan", "销售", "长庚西区部"],
    ]) {
      await makeUser(page, { name: who, login, password, role, department });
      site.passwords[login] = password;
    }
  });

  for (const screen of ["desktop", "phone"]) {
    const customer = screen === "phone" ? "济南启明轴承有限公司" : name;
    let path = "";
    let account = "";

    site.try(`met while it is entered, and claimed, ${screen}`, { as: "gaoyuan", screen }, async (page) => {
      const owner = await site.visit({ as: "fangqing" });
      const made = await owner.request.post("/api/v1/account", { headers: headers(), data: { name: customer, phone: "0532-83007788" } });
      assert.equal(made.status(), 201, await made.text());
      account = `/account/${(await made.json()).id}`;
      const spoken = { account: account.slice(9), channel: "phone", content: "寄出报价单" };
      assert.equal((await owner.request.post("/api/v1/interaction", { headers: headers(), data: spoken })).status(), 201);
      await owner.context().close();

      await page.goto("/account/new");
      await page.fill("#f-name", customer);
      const link = page.locator(".alert a:has-text('提撞单申诉')");
      await link.waitFor();
      await page.goto(await link.getAttribute("href"));
      assert.equal(await page.inputValue("#dispute-customer"), customer);
      await page.click("text=提交申诉");
      await page.waitForSelector("#dispute-evidence-error:has-text('请写明依据')");
      assert.equal(await page.inputValue("#dispute-customer"), customer, "nothing typed is lost");
      await page.fill("#dispute-first", "2026-01-08");
      await page.fill("#dispute-evidence", "1 月 8 日在展会上见过采购部周经理，\n2 月寄了样品，客户说 3 月定。");
      await page.setInputFiles("#dispute-files", { name: "名片.txt", mimeType: "text/plain", buffer: Buffer.from("周经理") });
      await shot(page, `dispute-1-claim-${screen}`, { fullPage: screen === "phone" });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      await page.click("text=提交申诉");
      await page.waitForSelector("main.dispute h1");
      path = new URL(page.url()).pathname;
      await page.waitForSelector("#dispute-files >> text=名片.txt");
      await page.waitForSelector("text=方晴");
      assert.equal(await page.locator("#dispute-sides, #dispute-decide, #dispute-answer").count(), 0);
      assert.ok(!(await page.content()).includes(account.slice(9)), "not which record it is");
      assert.ok(!(await page.content()).includes("83007788"));
      assert.equal((await page.request.get(account)).status(), 404);
      await shot(page, `dispute-2-filed-${screen}`, { fullPage: screen === "phone" });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
    });

    site.try(`the owner says something to it, ${screen}`, { as: "fangqing", screen }, async (page) => {
      await page.goto("/");
      await page.click(`#day-disputes >> text=${customer}`);
      await page.fill("#dispute-text", "去年 11 月就报过价，联系的是同一位周经理。");
      await page.click("text=保存说明");
      await page.waitForSelector(".toast:has-text('说明已保存')");
      await page.goto(account);
      await page.waitForSelector("#timeline >> text=提出撞单申诉");
      assert.deepEqual(await accessibility(page), []);
    });

    site.try(`a manager decides, ${screen}`, { as: "xiehong", screen }, async (page) => {
      await page.goto("/");
      await shot(page, `dispute-3-home-${screen}`);
      await page.click(`#day-disputes >> text=${customer}`);
      await page.waitForSelector("#dispute-sides >> text=寄出报价单");
      await page.waitForSelector("#dispute-answer >> text=去年 11 月");
      await shot(page, `dispute-4-decide-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      // By keyboard: to the first choice, the reason, the button.
      await page.locator('[name="decision"][value="claimant"]').focus();
      await page.keyboard.press("Space");
      await page.fill("#dispute-reason", "展会登记表上先有高远的名字。");
      await page.locator("#dispute-decide .btn-primary").focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector("#dispute-end >> text=展会登记表");
      assert.equal(await page.locator("#dispute-decide").count(), 0, "it stands");
      await page.goto("/disputes?which=all");
      await page.waitForSelector(`#disputes >> text=${customer}`);
      await shot(page, `dispute-5-list-${screen}`);
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
    });

    site.try(`both are told, ${screen}`, { as: "gaoyuan", screen }, async (page) => {
      await page.goto("/");
      await page.click(`#day-disputes >> text=${customer}`);
      await page.waitForSelector("#dispute-end >> text=展会登记表");
      assert.equal((await page.request.get(account)).status(), 200, "it is his now");
      const loser = await site.visit({ as: "fangqing" });
      await loser.goto(path);
      await loser.waitForSelector("#dispute-end >> text=展会登记表");
      assert.equal((await loser.request.get(account)).status(), 404);
      await loser.context().close();
    });
  }

  site.try("without scripts, in English, in the dark", { as: "gaoyuan", javaScript: false, locale: "en-US", dark: true }, async (page) => {
    await page.goto("/disputes/new?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%AE%B6%E7%BC%AB%E7%BA%AB%E6%9C%BA%E5%8E%82");
    await page.fill("#dispute-evidence", "Met them at the fair");
    await page.click(".form-foot .btn-primary");
    await page.waitForSelector("#dispute-customer-error:has-text('No such customer')");
    await shot(page, "dispute-6-dark");
  });
}, { story: true });
