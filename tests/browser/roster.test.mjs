// 名单: a roster is made, filled up to what its role allows, told of a new product, given statements; concentration and the influence map.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { suite } from "./harness/suite.mjs";

suite("roster", (site) => {
  const headers = () => ({ origin: site.server.base });
  const post = async (page, path, data, status = 201) => {
    const answer = await page.request.post(path, { headers: headers(), data });
    assert.equal(answer.status(), status, await answer.text());
    return answer.json();
  };
  const seen = async (page, name) => {
    await shot(page, name);
    assert.deepEqual(await accessibility(page), [], name);
    assert.equal(await overflow(page), 0, name);
  };
  let roster = "";
  let me = "";
  let product = "";
  let first = "";
  const accounts = [];

  site.try("a role, a roster and its customers", { as: "admin" }, async (page) => {
    me = (await (await page.request.get("/api/v1/me")).json()).id;
    const role = (await post(page, "/api/v1/roster_role", { name: "大客户经理", minimum: 3, maximum: 4, contact_days: 30 })).id;
    product = (await post(page, "/api/v1/product", { code: "XP-1", name: "智能水表", list_price: { amount: "320.00", currency: "CNY" } })).id;
    await post(page, "/api/v1/roster_requirement", { role, name: "水表", product });
    roster = (await post(page, "/api/v1/roster", { name: "华东重点", role, owner: me })).id;
    for (const name of ["青岛海悦食品有限公司", "济南长风物流有限公司", "烟台北辰机电有限公司", "潍坊金穗农机有限公司", "威海蓝港水产有限公司"]) {
      accounts.push((await post(page, "/api/v1/account", { name })).id);
    }
    [first] = accounts;
    for (const account of accounts.slice(0, 2)) await post(page, "/api/v1/roster_entry", { roster, account });
    await post(page, "/api/v1/payment", { account: first, amount: { amount: "300.05", currency: "CNY" }, received_on: "2026-02-20" });
    const boss = (await post(page, "/api/v1/contact", { name: "周平", account: first, decision_role: "decision", attitude: "champion", influence: "high" })).id;
    await post(page, "/api/v1/contact", { name: "孙丽", account: first, reports_to: boss, attitude: "against", influence: "high" });
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`at a glance, ${screen}`, { as: "admin", screen }, async (page) => {
      await page.goto("/rosters");
      await page.waitForSelector("#rosters >> text=华东重点");
      await seen(page, `roster-1-list-${screen}`);
      await page.click("#rosters a.who:has-text('华东重点')");
      await page.waitForSelector("#roster-customers >> text=青岛海悦食品有限公司");
      await seen(page, `roster-2-one-${screen}`);
    });

    site.try(`concentration and influence, ${screen}`, { as: "admin", screen }, async (page) => {
      await page.goto(`/concentration?period=2026-Q1&owner=${me}`);
      await page.waitForSelector("#conc-plot svg.lorenz");
      await page.waitForSelector("#conc-top >> text=青岛海悦食品有限公司");
      await seen(page, `roster-3-concentration-${screen}`);
      await page.goto(`/account/${first}`);
      await page.click("[popovertarget=more]");
      await page.click("text=影响力图");
      await page.waitForSelector(".influence-name >> text=周平");
      await page.waitForSelector("#influence-gaps >> text=反对我们");
      await page.focus("a.influence-person");
      await seen(page, `roster-4-influence-${screen}`);
    });
  }

  site.try("one too many is refused in the form, with why", { as: "admin" }, async (page) => {
    await page.goto(`/rosters/${roster}`);
    await page.waitForSelector("text=缺 1 户");
    for (const account of accounts.slice(2, 4)) await post(page, "/api/v1/roster_entry", { roster, account });
    const answer = await page.request.post("/api/v1/roster_entry", { headers: headers(), data: { roster, account: accounts[4] } });
    assert.equal(answer.status(), 422);
    assert.match((await answer.json()).errors[0].message, /最多维护 4 户/);
    await page.reload();
    await page.waitForSelector("text=已满");
  });

  site.try("told of a new product, and taken back", { as: "admin" }, async (page) => {
    await page.goto(`/rosters/${roster}`);
    await page.click("#roster-notice");
    await page.selectOption("#notice-product", product);
    await page.waitForSelector("#notice-people >> text=青岛海悦食品有限公司");
    assert.equal(await page.inputValue("#notice-subject"), "新品推荐：智能水表");
    await page.click("#notice-give");
    await page.waitForSelector("#notice-content-error");
    await page.fill("#notice-content", "省水两成，老客户首单九折。");
    await page.uncheck(`#notice-to-${accounts[3]}`);
    await seen(page, "roster-5-notice-desktop");
    await page.click("#notice-give");
    await page.waitForURL("**/product_notice/*");
    await page.waitForSelector(".toast:has-text('已安排告知 3 个客户')");
    await page.click("[popovertarget=more]");
    await page.click("#withdraw");
    await page.waitForSelector(".toast:has-text('已撤回，3 条待办一并撤掉')");
  });

  site.try("statements for all, as an archive, and for one", { as: "admin" }, async (page) => {
    await page.goto(`/rosters/${roster}`);
    const period = await page.inputValue("#roster-quarter");
    await page.click("#roster-state");
    await page.waitForSelector(".toast:has-text('出具了 4 份季度告知书')");
    const zip = await page.request.get(`/rosters/${roster}/statements.zip?period=${period}`);
    assert.equal(zip.status(), 200);
    const bytes = await zip.body();
    assert.equal(bytes.subarray(0, 2).toString(), "PK");
    assert.equal(bytes.toString("latin1").split("%PDF-").length - 1, 4);
    // the directory at its end is whole
    const end = bytes.subarray(-22);
    assert.deepEqual([end.subarray(0, 4).toString("latin1"), end.readUInt16LE(10)], ["PK\x05\x06", 4]);
    await page.goto(`/account/${first}`);
    await page.click("[popovertarget=more]");
    await page.click("text=季度告知书…");
    await page.waitForSelector("#statement-period");
    await page.check("input[name=again]");
    await page.click("#statement-make");
    await page.waitForURL("**/statement/*");
    await shot(page, "roster-6-statement-desktop");
    assert.deepEqual(await accessibility(page), []);
  });
});
