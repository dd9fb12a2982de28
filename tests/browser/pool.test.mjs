// 公海: a customer is given back, seen by a colleague as far as the pool shows it, claimed, assigned; a rule is tried before it is saved.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

suite("pool", (site) => {
  const password = "zhike-gonghai-2026";
  const headers = () => ({ origin: site.server.base });
  const post = async (page, path, data, status = 201) => {
    const answer = await page.request.post(path, { headers: headers(), data });
    assert.equal(answer.status(), status, await answer.text());
    return answer.json();
  };
  let pool = "";

  site.try("a pool and two salespeople", { as: "admin" }, async (page) => {
    for (const [who, login] of [["苏晴", "suqing"], ["何远", "heyuan"]]) {
      await makeUser(page, { name: who, login, password, role: "销售", department: "" });
      site.passwords[login] = password;
    }
    await page.goto("/pools");
    await page.waitForSelector("text=还没有您能领取的公海");
    await shot(page, "pool-0-empty-desktop");
    assert.deepEqual(await accessibility(page), []);
    pool = (await post(page, "/api/v1/pool", { name: "全国公海", fields: "region, level, industry", claims_a_day: 5, held_most: 50, grace_days: 0 })).id;
  });

  for (const screen of ["desktop", "phone"]) {
    const customer = screen === "phone" ? "济南启明阀门有限公司" : "青岛长庚水泵有限公司";
    let account = "";

    site.try(`given back with a reason, ${screen}`, { as: "suqing", screen }, async (page) => {
      account = (await post(page, "/api/v1/account", { name: customer, phone: "0532-83007788", level: "B" })).id;
      await post(page, "/api/v1/contact", { name: "周平", account });
      await page.goto(`/account/${account}`);
      await page.click("[popovertarget=more]");
      await page.click("text=退回公海…");
      await page.waitForSelector("#pool-reason");
      await shot(page, `pool-1-return-${screen}`);
      await page.click(".sheet button:has-text('退回')");
      await page.selectOption("#pool-reason", "联系不上");
      await page.fill("#pool-note", "号码停机，两次上门没人。");
      assert.deepEqual(await accessibility(page), []);
      await page.click(".sheet button:has-text('退回')");
      await page.waitForURL("**/account");
      assert.equal((await page.request.get(`/account/${account}`)).status(), 404);
    });

    site.try(`seen as far as the pool shows it, and claimed, ${screen}`, { as: "heyuan", screen }, async (page) => {
      await page.goto("/pools");
      await page.waitForSelector(".pool-card >> text=全国公海");
      await shot(page, `pool-2-pools-${screen}`, { fullPage: screen === "phone" });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      await page.click(".pool-card >> text=去看看");
      await page.waitForSelector(`tbody >> text=${customer}`);
      assert.ok(!(await page.content()).includes("83007788"), "its telephone number is not shown");
      await shot(page, `pool-3-lying-${screen}`);
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      await page.goto(`/pools/${pool}?filter=phone%20!%3D%20null`);
      await page.waitForSelector("text=这个筛选条件不能用");
      await page.goto(`/pools/${pool}/${account}`);
      await page.waitForSelector(`h1:has-text('${customer}')`);
      await shot(page, `pool-4-one-${screen}`);
      assert.deepEqual(await accessibility(page), []);
      await page.click("main button:has-text('领取')");
      await page.waitForURL(`**/account/${account}`);
      await page.waitForSelector(`.toast:has-text('${customer} 归您了')`);
      await page.waitForSelector("#side >> text=周平");
      await page.goto(`/account/${account}?tab=history`);
      await page.waitForSelector("#timeline >> text=从公海领取");
      await page.waitForSelector("#timeline >> text=号码停机");
      await shot(page, `pool-5-history-${screen}`);
    });

    site.try(`who comes late is told, ${screen}`, { as: "suqing", screen }, async (page) => {
      const answer = await page.request.post(`/api/v1/account/${account}/claim`, { headers: headers(), data: {} });
      assert.equal(answer.status(), 409);
      assert.match((await answer.json()).detail, /慢了一步/);
    });

    site.try(`tried and saved, assigned by who manages it, ${screen}`, { as: "admin", screen }, async (page) => {
      await page.goto(`/pools/${pool}/rule`);
      await page.fill("#rule-reclaim", "level = B");
      await page.click("main button:has-text('试算')");
      await page.waitForSelector(".error:has-text('个字处有误')");
      await page.fill("#rule-reclaim", `name == "${customer}"`);
      await page.click("main button:has-text('试算')");
      await page.waitForSelector("#tried >> text=何远");
      await shot(page, `pool-6-rule-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      await page.click("main button:has-text('保存规则')");
      await page.waitForURL("**/pools");
    });

    site.try(`the owner is warned, ${screen}`, { as: "heyuan", screen }, async (page) => {
      await page.goto("/");
      await page.waitForSelector(`#day-leaving >> text=${customer}`);
      await shot(page, `pool-7-day-${screen}`, { fullPage: screen === "phone" });
      assert.deepEqual(await accessibility(page), []);
      await page.click(`#day-leaving button[aria-label*='${customer}']`);
      await page.waitForSelector(".toast:has-text('知道了')");
      assert.equal(await page.locator(`#day-leaving >> text=${customer}`).count(), 0);
      await post(page, `/api/v1/account/${account}/return`, { reason: "其他" }, 200);
    });

    site.try(`assigned in turn, ${screen}`, { as: "admin", screen }, async (page) => {
      await page.goto(`/pools/${pool}`);
      await page.waitForSelector(`tbody >> text=${customer}`);
      if (screen === "desktop") {
        await page.check("tbody input[name=id]");
        await page.click("text=分配…");
        await page.waitForSelector("#pool-why");
        await shot(page, "pool-8-assign-desktop");
        await page.click(".sheet [data-close]:visible");
      }
      const people = (await (await page.request.get("/api/v1/user?filter=login%20%3D%3D%20%22suqing%22")).json()).data;
      await post(page, `/api/v1/pools/${pool}/assignments`, { selection: { ids: [account] }, owners: [people[0].id] }, 200);
      await page.goto(`/account/${account}`);
      await page.waitForSelector("#head >> text=苏晴");
    });
  }

  site.try("a list goes straight into the pool", { as: "suqing" }, async (page) => {
    await page.goto("/imports/new?object=account");
    const buffer = Buffer.from("客户名称,负责人\n威海蓝湾渔具有限公司,\n日照东港粮油有限公司,何远\n");
    await page.setInputFiles("input[type=file]", { name: "展会.csv", mimeType: "text/csv", buffer });
    await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
    await page.selectOption("#m-pool", { label: "放进公海：全国公海" });
    await page.click("main .form-foot .btn-primary");
    await page.waitForSelector("#import-pool >> text=全国公海");
    const id = /imports\/([0-9a-f-]{36})/.exec(page.url())[1];
    await post(page, `/api/v1/imports/${id}/runs`, {}, 202);
    await page.goto(`/imports/${id}`);
    await page.waitForSelector(".stat-value >> text=2");
    await page.goto(`/pools/${pool}`);
    await page.waitForSelector("text=威海蓝湾渔具有限公司");
    assert.equal(await page.locator("text=日照东港粮油有限公司").count(), 0, "it names an owner");
  });
// so few keep no pool of their own
}, { customers: 40 });
