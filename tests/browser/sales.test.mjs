// From a name in a list book to money in the bank: a manager, a salesperson and the manager's phone, in one story.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { dragTo } from "./harness/board.mjs";
import { makeUser, pick } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";
import { writeXlsx } from "./harness/sheet.mjs";

const password = "zhike-xiaoshou-2026";
const company = "烟台蓬莱泵阀制造有限公司";
const heads = ["单位名称", "联系人", "手机", "所在地区", "线索来源", "所属名册", "需求", "负责人"];
const names = [
  [company, "于海洋", "138 5350 2266", "山东省烟台市", "展会", "青岛机械展 2026", "十二台离心泵", ""],
  ["威海刘公岛船用设备有限公司", "丛立", "13906310045", "山东省威海市", "展会", "青岛机械展 2026", "", ""],
  ["日照港机修造有限公司", "牟大成", "13806330977", "山东省日照市", "展会", "青岛机械展 2026", "", ""],
];

suite("from list book to payment", (site) => {
  const headers = () => ({ origin: site.server.base });
  const get = async (page, path) => {
    const answer = await page.request.get(path);
    assert.equal(answer.status(), 200, await answer.text());
    return answer.json();
  };
  const post = async (page, path, data) => {
    const answer = await page.request.post(path, { headers: headers(), data });
    assert.equal(answer.status(), 201, await answer.text());
    return answer.json();
  };
  const only = async (page, object, filter) => {
    const { data } = await get(page, `/api/v1/${object}?filter=${encodeURIComponent(filter)}`);
    assert.equal(data.length, 1, `${object} where ${filter}: ${data.length}`);
    return data[0];
  };
  const save = (page) => page.click(".form-foot button.btn-primary");
  const saved = (page, object) => page.waitForURL(new RegExp(`/${object}/[0-9a-f-]{36}`));
  const looked = async (page, name, options = { fullPage: true }) => {
    if (!site.looks) return;
    await shot(page, `sales-${name}`, options);
    assert.equal(await overflow(page), 0, name);
    assert.deepEqual(await accessibility(page), [], name);
  };
  const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);
  const in_days = (days) => new Date(Date.now() + 8 * 3600_000 + days * 86_400_000).toISOString().slice(0, 10);
  let pool = "";
  let lead = "";
  let deal = "";
  let quote = "";
  let number = "";
  let contract = "";

  /** Drags a card to a stage and waits until it stands there, or the dialog opens that asks for what is missing. */
  async function drag(page, id, stage) {
    const column = page.locator(`.board-column:has(h2:has-text("${stage}"))`);
    await dragTo(page, id, column);
    return column.locator(`#c-${id}:not([aria-busy])`);
  }

  /** Asks for the approval that a save met. */
  async function ask(page, comment) {
    await page.waitForSelector("#ask-submit");
    await page.fill("#ask-comment", comment);
    await page.click("#ask-submit");
    await page.waitForSelector("main.approval h1 >> text=审批中");
  }

  site.try("a department, its manager, a pool for leads, a target", { as: "admin" }, async (page) => {
    const department = (await post(page, "/api/v1/department", { name: "胶东销售部" })).id;
    for (const [name, login, role] of [["纪明远", "jimy", "部门经理"], ["宋知夏", "songzx", "销售"]]) {
      await makeUser(page, { name, login, password, role, department: "胶东销售部" });
      site.passwords[login] = password;
    }
    const manager = (await only(page, "user", 'login == "jimy"')).id;
    const changed = await page.request.patch(`/api/v1/department/${department}`, { headers: headers(), data: { manager } });
    assert.equal(changed.status(), 200, await changed.text());
    const seller = (await only(page, "user", 'login == "songzx"')).id;
    await post(page, "/api/v1/target", { measure: "received_amount", period: "month", period_day: today, owner: seller, value: "100000" });
    pool = (await post(page, "/api/v1/pool", { name: "展会线索公海", object: "lead", fields: "region, source, need", claims_a_day: 5, held_most: 50, grace_days: 0 })).id;
  });

  site.try("a list book is imported; what nobody owns lies in the pool", { as: "admin" }, async (page) => {
    await page.goto("/list_book/new");
    await page.fill("#f-name", "青岛机械展 2026");
    await page.selectOption("#f-kind", "past_exhibitions");
    await page.check("#f-check_needed");
    await save(page);
    await saved(page, "list_book");
    await page.goto("/imports/new?object=lead");
    await page.setInputFiles('input[type="file"]', {
      name: "展会名册.xlsx",
      mimeType: "application/octet-stream",
      buffer: writeXlsx([heads, ...names]),
    });
    await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
    await looked(page, "1-import");
    await page.click("text=下一步：预览");
    await page.click("button:has-text('开始导入')");
    await page.waitForSelector("#import-result");
    const [made] = await page.locator(".stat-value").allInnerTexts();
    assert.equal(made, "3");
    assert.equal((await only(page, "list_book", 'name == "青岛机械展 2026"')).lead_count, 3);
    // the importer's own until they are put where everybody may claim them
    const ids = (await get(page, `/api/v1/lead?filter=${encodeURIComponent('list_book.name == "青岛机械展 2026"')}`)).data.map(({ id }) => id);
    const returned = await page.request.post("/api/v1/lead/returns", {
      headers: headers(),
      data: { selection: { ids }, pool, reason: "其他", note: "展会名册，谁先联系归谁。" },
    });
    assert.equal(returned.status(), 200, await returned.text());
  });

  site.try("claimed from the pool, the criterion looked at", { as: "songzx" }, async (page) => {
    await page.goto("/pools");
    await page.click(".pool-card:has-text('展会线索公海') >> text=去看看");
    await page.click(`tbody >> text=${company}`);
    await page.waitForSelector(`h1:has-text('${company}')`);
    assert.ok(!(await page.content()).includes("5350"), "how to reach them is not shown before the claim");
    await page.click("main button:has-text('领取')");
    await page.waitForURL("**/lead/*");
    await page.waitForSelector(`.toast:has-text('${company} 归您了')`);
    lead = page.url().split("/lead/")[1].split("?")[0];
    await page.fill("#composer textarea", "电话里问过：要十二台离心泵，预算批了，下月要货。");
    await page.click("text=保存跟进");
    await page.waitForSelector("#timeline .tl-item:has-text('要十二台离心泵')");
    await page.goto(`/lead/${lead}/edit`);
    for (const field of ["has_need", "has_budget", "has_timing"]) await page.check(`#f-${field}`);
    await save(page);
    await saved(page, "lead");
    // its list book wants a manager's look first
    await page.goto("/lead/board");
    await drag(page, lead, "预期");
    await page.waitForSelector(".toast:has-text('核查')");
    await looked(page, "2-refused", {});
  });

  site.try("the manager checks it on the phone", { as: "jimy", screen: "phone" }, async (page) => {
    await page.goto("/lead?view=to_check");
    await page.click(`a:has-text('${company}')`);
    await page.waitForSelector(`h1:has-text('${company}')`);
    await page.goto(`/lead/${lead}/edit`);
    await pick(page, "#f-checked_by", "纪明远");
    await looked(page, "3-check");
    await save(page);
    await saved(page, "lead");
  });

  site.try("expected, then a customer with a deal", { as: "songzx" }, async (page) => {
    await page.goto("/lead/board");
    await (await drag(page, lead, "预期")).waitFor();
    await page.goto(`/lead/${lead}`);
    await page.click("#convert-start");
    await page.check("#opportunity-as-new");
    await page.fill("[name='opportunity.name']", "离心泵十二台");
    await page.click("#convert-go");
    await page.waitForURL("**/account/*");
    await page.waitForSelector("#timeline >> text=预算批了");
    deal = (await only(page, "opportunity", 'name == "离心泵十二台"')).id;
  });

  site.try("through the stages by drag; what a stage wants is asked for", { as: "songzx" }, async (page) => {
    await page.goto("/opportunity/board");
    await (await drag(page, deal, "需求确认")).waitFor();
    await drag(page, deal, "方案报价");
    await page.waitForSelector(".sheet #s-amount, dialog [name=amount]");
    await looked(page, "4-stage-asks", {});
    await page.fill("[name=amount]", "153600");
    await page.fill("[name=expected_close]", in_days(20));
    await page.click(".sheet-foot button.btn-primary");
    await page.waitForSelector(`.board-column:has(h2:has-text("方案报价")) #c-${deal}:not([aria-busy])`);
    await page.waitForFunction(() => [...document.querySelectorAll(".board-column")].some((one) => /方案报价/.test(one.innerText) && one.querySelector("[data-count]")?.textContent === "1"));
    await page.waitForSelector(".chip:has-text('进行中')");
    await looked(page, "5-board", {});
  });

  site.try("a quote over the limit asks for approval", { as: "songzx" }, async (page) => {
    const account = (await get(page, `/api/v1/opportunity/${deal}`)).account.id;
    await page.goto(`/quote/new?account=${account}&opportunity=${deal}`);
    await save(page);
    await saved(page, "quote");
    quote = page.url().split("/quote/")[1].split("?")[0];
    number = (await get(page, `/api/v1/quote/${quote}`)).number;
    const product = (await get(page, "/api/v1/product?limit=1")).data[0].id;
    await post(page, "/api/v1/quote_line", { quote, product, quantity: 12, price: { amount: "12800.00", currency: "CNY" } });
    await page.goto(`/quote/${quote}/edit`);
    await page.selectOption("#f-status", "approved");
    await page.click("main form button.btn-primary:has-text('保存')");
    await ask(page, "老客户价，量大。");
  });

  const sign = async (page, what, kind) => {
    await page.goto("/");
    await page.click(`#day-approvals a:has-text('${what}')`);
    await page.waitForSelector("#approval-approve");
    await looked(page, `6-sign-${kind}`);
    await page.click("#approval-approve");
    await page.waitForSelector("main.approval h1 >> text=已通过");
  };

  site.try("signed on a phone", { as: "jimy", screen: "phone" }, async (page) => {
    await sign(page, number, "quote");
    assert.equal((await get(page, `/api/v1/quote/${quote}`)).status, "approved");
  });

  site.try("accepted; a contract is asked for", { as: "songzx" }, async (page) => {
    for (const status of ["sent", "accepted"]) {
      const answer = await page.request.patch(`/api/v1/quote/${quote}`, { headers: headers(), data: { status } });
      assert.equal(answer.status(), 200, await answer.text());
    }
    const account = (await get(page, `/api/v1/opportunity/${deal}`)).account.id;
    await page.goto(`/contract/new?account=${account}&opportunity=${deal}&quote=${quote}`);
    await page.fill("#f-name", "蓬莱泵阀离心泵供货合同");
    await page.fill("[name=amount]", "153600");
    await page.fill("#f-signed_on", today);
    await looked(page, "7-contract");
    await save(page);
    await saved(page, "contract");
    contract = page.url().split("/contract/")[1].split("?")[0];
    await page.goto(`/contract/${contract}/edit`);
    await page.selectOption("#f-status", "active");
    await page.click("main form button.btn-primary:has-text('保存')");
    await ask(page, "客户已盖章。");
  });

  site.try("signed on a phone again", { as: "jimy", screen: "phone" }, (page) => sign(page, "蓬莱泵阀离心泵供货合同", "contract"));

  site.try("printed, won, paid in two parts", { as: "songzx" }, async (page) => {
    await page.goto(`/contract/${contract}`);
    await page.click("[popovertarget=more]");
    const link = page.locator("#more a:has-text('PDF')").first();
    const pdf = await page.request.get(await link.getAttribute("href"));
    assert.equal(pdf.headers()["content-type"], "application/pdf");
    const bytes = await pdf.body();
    assert.equal(bytes.subarray(0, 8).toString(), "%PDF-1.7");
    await page.goto("/opportunity/board");
    await drag(page, deal, "赢单");
    await page.waitForSelector(".toast");
    assert.equal((await get(page, `/api/v1/opportunity/${deal}`)).result, "won");
    const account = (await get(page, `/api/v1/contract/${contract}`)).account.id;
    for (const [name, amount, days] of [["预付款", "53600.00", 0], ["到货款", "100000.00", 30]]) {
      await post(page, "/api/v1/payment_plan", { contract, name, due_on: in_days(days), amount: { amount, currency: "CNY" } });
    }
    await page.goto(`/payment/new?account=${account}&contract=${contract}`);
    await page.fill("[name=amount]", "53600");
    await save(page);
    await saved(page, "payment");
    const plan = await only(page, "payment_plan", `contract == "${contract}" && is_settled`);
    assert.equal(plan.name, "预付款", "the form offered the first plan that was open");
    const paid = await get(page, `/api/v1/contract/${contract}`);
    assert.deepEqual([paid.paid.amount, paid.unpaid.amount], ["53600.00", "100000.00"]);
    await page.goto(`/contract/${contract}`);
    await looked(page, "8-paid");
  });

  site.try("the target and the ranking have moved", { as: "jimy" }, async (page) => {
    await page.goto("/performance?measure=received_amount");
    const row = page.locator("tr:has-text('宋知夏')");
    await row.waitFor();
    assert.match(await row.innerText(), /53,600[\s\S]*100,000[\s\S]*53\.6/);
    await looked(page, "9-ranking");
    await page.goto("/team");
    await looked(page, "10-team");
  });
}, { story: true });
