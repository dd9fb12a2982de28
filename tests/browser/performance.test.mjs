// Targets are set by a manager, deals are won and shared, and the ranking, the forecast and the team's page move.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeUser, pick } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const password = "zhike-yeji-2026";

suite("performance", (site) => {
  const headers = () => ({ origin: site.server.base });
  const who = {};
  const get = async (page, path) => {
    const answer = await page.request.get(path);
    assert.equal(answer.status(), 200, await answer.text());
    return answer.json();
  };
  const post = async (page, path, data, status = 201) => {
    const answer = await page.request.post(path, { headers: headers(), data });
    assert.equal(answer.status(), status, await answer.text());
    return answer.json();
  };
  const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);

  site.try("a team, and nothing yet", { as: "admin" }, async (page) => {
    const department = (await post(page, "/api/v1/department", { name: "天枢销售部" })).id;
    for (const [name, login, role] of [["林溪", "linxi", "销售"], ["何舟", "hezhou", "销售"], ["顾明", "guming", "部门经理"]]) {
      await makeUser(page, { name, login, password, role });
      site.passwords[login] = password;
      const user = (await get(page, `/api/v1/user?filter=${encodeURIComponent(`login == "${login}"`)}`)).data[0];
      who[login] = user.id;
      const moved = await page.request.patch(`/api/v1/user/${user.id}`, { headers: headers(), data: { department } });
      assert.equal(moved.status(), 200, await moved.text());
    }
    await page.goto("/performance?period=2019");
    await page.waitForSelector("text=这个周期还没有业绩");
    assert.deepEqual(await accessibility(page), []);
  });

  site.try("a manager sets a target", { as: "guming" }, async (page) => {
    await page.goto("/performance");
    await page.click("a.btn:has-text('定目标')");
    await page.waitForSelector("#s-value");
    await page.selectOption("#s-measure", "won_amount");
    await pick(page, "#s-owner", "林溪");
    await page.fill("#s-value", "100000");
    await page.click(".sheet-foot button.btn-primary");
    await page.waitForSelector("#s-value", { state: "detached" });
    await post(page, "/api/v1/target", { measure: "won_amount", period: "month", period_day: today, owner: who.hezhou, value: "50000" });
    const set = await get(page, `/api/v1/target?filter=${encodeURIComponent(`owner == "${who.linxi}"`)}`);
    assert.deepEqual(set.data.map((one) => [one.measure, one.period, one.value]), [["won_amount", "month", "100000.00"]]);
  });

  site.try("a salesperson cannot", { as: "linxi" }, async (page) => {
    const refused = await page.request.post("/api/v1/target", {
      headers: headers(),
      data: { measure: "won_amount", period: "month", period_day: today, owner: who.linxi, value: "1" },
    });
    assert.equal(refused.status(), 403, await refused.text());
    await page.goto("/performance");
    assert.equal(await page.locator("a.btn:has-text('定目标')").count(), 0);
    const account = (await post(page, "/api/v1/account", { name: "天枢精密铸造有限公司" })).id;
    const stages = (await get(page, "/api/v1/pipeline_stage?sort=rank")).data;
    const won = stages.find((stage) => stage.kind === "won").id;
    const deal = await post(page, "/api/v1/opportunity", { name: "天枢铸造设备采购", account, amount: "100000.01", expected_close: today });
    await post(page, "/api/v1/opportunity", { name: "天枢铸造备件", account, amount: "40000", expected_close: today, forecast_category: "commit" });
    for (const [login, share] of [["linxi", "50"], ["hezhou", "50"]]) {
      await post(page, "/api/v1/opportunity_split", { opportunity: deal.id, user: who[login], share });
    }
    const moved = await page.request.put(`/api/v1/opportunity/${deal.id}/stage`, { headers: headers(), data: { stage: won } });
    assert.ok(moved.ok(), await moved.text());
    await page.goto("/performance?measure=won_amount");
    const rows = page.locator(".perf tbody tr");
    assert.equal(await rows.count(), 1, "others are not told of");
    await page.waitForSelector(".perf tbody >> text=¥50,000.01");
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`ranking, forecast and team, ${screen}`, { as: "guming", screen }, async (page) => {
      await page.goto("/performance?measure=won_amount");
      const rows = page.locator(".perf tbody tr");
      assert.equal(await rows.count(), 2);
      assert.match(await rows.nth(0).innerText(), /林溪[\s\S]*50,000\.01/);
      assert.match(await rows.nth(1).innerText(), /何舟[\s\S]*50,000\.00/);
      assert.match(await rows.nth(1).innerText(), /100%/);
      await shot(page, `performance-1-ranking-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      // the figure leads to the deal
      await rows.nth(1).locator("td.perf-actual a").click();
      await page.waitForSelector("text=天枢铸造设备采购");
      await page.goBack();
      await page.selectOption("#perf-measure", "follow_ups");
      await page.click("#perf-show");
      await page.waitForURL(/measure=follow_ups/);

      await page.goto("/forecast");
      await page.waitForSelector(".fc-months");
      await page.waitForSelector("#fc-changes >> text=天枢铸造备件");
      await shot(page, `performance-2-forecast-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      await page.click("#fc-changes >> text=30 天");
      await page.waitForSelector("#fc-changes [aria-current=true]:has-text('30 天')");

      await page.goto("/");
      await page.click(".tab:has-text('团队')");
      await page.waitForSelector("#team-stages >> text=初步接洽");
      await shot(page, `performance-3-team-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
    });
  }

  site.try("a salesperson has no team", { as: "hezhou" }, async (page) => {
    await page.goto("/");
    assert.equal(await page.locator(".tab:has-text('团队')").count(), 0);
    assert.equal((await page.request.get("/team")).status(), 404);
  });

  site.try("a figure as a file", { as: "guming" }, async (page) => {
    const file = await page.request.get("/performance/export?measure=won_amount");
    assert.equal(file.status(), 200);
    const text = await file.text();
    assert.match(text, /林溪/);
    assert.match(text, /50000\.01/);
  });
});
