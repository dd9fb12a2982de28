// A salesperson leaves: her customers go to two colleagues, are seen beforehand, and come back when it was a mistake.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeUser, pick } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const password = "zhike-jiaojie-2026";

suite("hand-overs", (site) => {
  const headers = () => ({ origin: site.server.base });
  const who = {};

  /** Who owns each of her three customers, by what the API says. */
  async function owners(page) {
    const filter = encodeURIComponent('name.startsWith("玉衡")');
    const answer = await page.request.get(`/api/v1/account?filter=${filter}&sort=name&fields=name,owner`);
    assert.equal(answer.status(), 200, await answer.text());
    return (await answer.json()).data.map((one) => one.owner.id ?? one.owner);
  }

  site.try("people and customers", { as: "admin" }, async (page) => {
    for (const [name, login] of [["方晴", "fangqing"], ["高远", "gaoyuan"], ["谢红", "xiehong"]]) {
      await makeUser(page, { name, login, password, role: "销售" });
      site.passwords[login] = password;
      const found = await page.request.get(`/api/v1/user?filter=${encodeURIComponent(`login == "${login}"`)}`);
      who[login] = (await found.json()).data[0].id;
    }
    for (const name of ["玉衡一号食品有限公司", "玉衡二号化工有限公司", "玉衡三号物流有限公司"]) {
      const made = await page.request.post("/api/v1/account", { headers: headers(), data: { name, owner: who.fangqing } });
      assert.equal(made.status(), 201, await made.text());
      const task = { account: (await made.json()).id, subject: `回访${name}`, owner: who.fangqing };
      assert.equal((await page.request.post("/api/v1/task", { headers: headers(), data: task })).status(), 201);
    }
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`seen, handed over and taken back, ${screen}`, { as: "admin", screen }, async (page) => {
      await page.goto("/handover");
      await page.click("text=新的交接");
      await page.click("text=先看看会交接什么");
      await page.waitForSelector("#handover-from-error:has-text('请选择谁的客户')");
      await pick(page, "#handover-from", "方晴");
      await page.click("text=先看看会交接什么");
      await page.waitForSelector("[role=alert]:has-text('请选择接收人')");
      await page.waitForSelector("#handover >> text=名下有：客户 3");
      await pick(page, "#handover-account-0-to-0", "高远");
      await pick(page, "#handover-account-0-to-1", "谢红");
      await page.click("text=先看看会交接什么");
      const plan = page.locator("#handover-plan");
      await plan.locator("li:has-text('高远'):has-text('客户 2、待办 2')").waitFor();
      await plan.locator("li:has-text('谢红'):has-text('客户 1、待办 1')").waitFor();
      await shot(page, `handover-1-plan-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);

      await page.click("text=确认交接 6 条");
      await page.waitForSelector("#handover-reason-error:has-text('请写明交接原因')");
      await page.fill("#handover-reason", "方晴离职");
      await page.click("text=先看看会交接什么");
      await page.click("text=确认交接 6 条");
      await page.waitForURL("**/handover");
      await page.waitForSelector(".toast:has-text('已交接：客户 3、待办 3')");
      const now = await owners(page);
      assert.deepEqual(now.toSorted(), [who.gaoyuan, who.gaoyuan, who.xiehong].toSorted());
      await page.waitForSelector("#handovers li:has-text('方晴 → '):has-text('方晴离职')");
      await shot(page, `handover-2-made-${screen}`);
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);

      await page.locator("#handovers li").first().locator("text=撤销").click();
      await page.waitForSelector("#handovers li:first-child >> text=已撤销");
      assert.deepEqual(await owners(page), [who.fangqing, who.fangqing, who.fangqing]);
    });
  }

  site.try("only for those whose duty it is", { as: "gaoyuan" }, async (page) => {
    const answer = await page.request.get("/handover/new");
    assert.equal(answer.status(), 403);
    assert.equal((await page.request.get("/api/v1/handovers")).status(), 403);
    await page.goto("/");
    assert.equal(await page.locator("a[href='/handover']").count(), 0);
  });

  site.try("in English, in the dark", { as: "admin", locale: "en-GB", dark: true }, async (page) => {
    await page.goto("/handover/new");
    await page.waitForSelector("h1:has-text('New hand-over')");
    assert.deepEqual(await accessibility(page), []);
    if (site.looks) await shot(page, "handover-3-dark-en", { fullPage: true });
  });
});
