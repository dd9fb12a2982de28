// 锁定、审批时限、分配规则、客户分级: on their pages.

import assert from "node:assert/strict";
import { suite } from "./harness/suite.mjs";

suite("what a pack says", (site) => {
  const post = async (page, path, data) => {
    const answer = await page.request.post(path, { headers: { origin: site.server.base }, data });
    assert.ok(answer.status() < 300, await answer.text());
    return answer.json();
  };

  site.try("a line of a quote that was sent stays, and the form keeps what was typed", { as: "admin" }, async (page) => {
    const account = (await post(page, "/api/v1/account", { name: "青岛长庚水泵有限公司" })).id;
    const money = (amount) => ({ amount, currency: "CNY" });
    const product = (await post(page, "/api/v1/product", { code: "SB-01", name: "离心泵", list_price: money("12800.00") })).id;
    const quote = (await post(page, "/api/v1/quote", { account })).id;
    const line = (await post(page, "/api/v1/quote_line", { quote, product, quantity: 2, price: money("12800.00") })).id;
    const sent = await page.request.patch(`/api/v1/quote/${quote}`, { headers: { origin: site.server.base }, data: { status: "sent" } });
    assert.equal(sent.status(), 200, await sent.text());
    await page.goto(`/quote_line/${line}/edit`);
    await page.fill("[name=quantity]", "99");
    await page.click("main button.btn-primary");
    await page.waitForSelector("text=请先把状态改回");
    assert.equal(await page.inputValue("[name=quantity]"), "99");
  });

  site.try("steps of a process are moved by the keyboard and have their time", { as: "admin" }, async (page) => {
    const all = (await (await page.request.get("/api/v1/approval-processes")).json()).data;
    const quote = all.find((process) => process.object === "quote");
    await page.goto(`/approvals/processes/${quote.id}`);
    await page.fill("#after-0", "2");
    await page.selectOption("#then-0", "superior");
    await page.focus("#step-down-0");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#after-1")?.value === "2");
    assert.equal(await page.inputValue("#then-1"), "superior");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "step-up-1");
    await page.fill("#after-0", "很久");
    await page.click("#process-save");
    await page.waitForSelector("#after-0-error");
    await page.fill("#after-0", "");
    await page.click("#process-save");
    await page.waitForURL("**/approvals/processes");
    const saved = await (await page.request.get(`/api/v1/approval-processes/${quote.id}`)).json();
    assert.deepEqual(saved.rule.steps.map((step) => step.timeout ?? null), [null, { hours: 48, then: "superior" }]);
  });

  site.try("chosen leads go by the rules, after they were shown", { as: "admin" }, async (page) => {
    const me = (await (await page.request.get("/api/v1/me")).json()).id;
    const lead = (await post(page, "/api/v1/lead", { name: "淄博恒力泵业有限公司" })).id;
    // before the rules of the demo
    const rule = (await post(page, "/api/v1/assignment_rule", { name: "都轮流", rank: 0 })).id;
    await post(page, "/api/v1/assignment_member", { rule, user: me });
    await page.goto("/lead");
    await page.locator("tbody input[type=checkbox]").first().check();
    await page.click("[formaction$='assign/rules/form']");
    await page.waitForSelector("#rules-give");
    await page.click("#rules-give");
    await page.waitForSelector("text=已按规则分配 1 条");
    const now = await (await page.request.get(`/api/v1/lead/${lead}`)).json();
    assert.equal(now.owner.id, me);
  });

  site.try("a scheme is tried, then worked out; a customer says why", { as: "admin" }, async (page) => {
    const account = (await post(page, "/api/v1/account", { name: "烟台开阳海产有限公司", lifecycle: "developing" })).id;
    const schemes = (await (await page.request.get("/api/v1/tier_scheme")).json()).data;
    const scheme = schemes.find((one) => one.name === "关系类型").id;
    await page.goto(`/tiers/${scheme}`);
    await page.click("#tiers-trial");
    await page.click("#tiers-work-out");
    await page.waitForSelector("text=已重算");
    assert.match(await page.innerText("#tiers-last"), /（人工）：新定级 \d+，变动 0.*每天凌晨两点自动重算/);
    assert.deepEqual(await page.locator("#tiers-cells tbody tr").last().locator("td").allInnerTexts(), ["伙伴型", "主动型", "责任型"]);
    await page.goto(`/account/${account}/standing`);
    await page.waitForSelector("#standings >> text=基本型");
    await page.waitForSelector("#stages >> text=开发");
  });
});
