// A contract takes approval: asked for at a desk, signed on a phone; and a process made by who keeps them.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

suite("approvals", (site) => {
  const password = "zhike-shenpi-2026";
  const headers = () => ({ origin: site.server.base });
  const made = async (page, object, data) => {
    const answer = await page.request.post(`/api/v1/${object}`, { headers: headers(), data });
    assert.equal(answer.status(), 201, await answer.text());
    return (await answer.json()).id;
  };
  let contract = "";
  let request = "";

  site.try("a department with a manager", { as: "admin" }, async (page) => {
    const department = await made(page, "department", { name: "审批试点部" });
    for (const [name, login, role] of [["申小青", "shenxq", "销售"], ["管大同", "guandt", "部门经理"]]) {
      await makeUser(page, { name, login, password, role, department: "审批试点部" });
      site.passwords[login] = password;
    }
    const found = await page.request.get(`/api/v1/user?filter=${encodeURIComponent('login == "guandt"')}`);
    const manager = (await found.json()).data[0].id;
    const changed = await page.request.patch(`/api/v1/department/${department}`, { headers: headers(), data: { manager } });
    assert.equal(changed.status(), 200, await changed.text());
    const processes = (await (await page.request.get("/api/v1/approval-processes")).json()).data;
    assert.ok(processes.filter((one) => one.object === "contract").every((one) => one.active), "the demo has them switched on");
  });

  site.try("asked for at a desk", { as: "shenxq" }, async (page) => {
    const account = await made(page, "account", { name: "青岛审得清仪器有限公司" });
    contract = await made(page, "contract", { name: "审得清供货合同", account, amount: { amount: "260000.00", currency: "CNY" }, signed_on: "2026-03-02" });
    await page.goto(`/contract/${contract}/edit`);
    await page.selectOption("#f-status", "active");
    await page.click("main form button.btn-primary:has-text('保存')");
    await page.waitForSelector("#ask-submit");
    await page.waitForSelector("text=合同生效");
    await shot(page, "approval-1-ask-desktop");
    assert.deepEqual(await accessibility(page), []);
    const still = await (await page.request.get(`/api/v1/contract/${contract}`)).json();
    assert.equal(still.status, "draft", "nothing is made yet");
    await page.fill("#ask-comment", "客户已经盖章，请尽快。");
    await page.click("#ask-submit");
    await page.waitForSelector("main.approval h1 >> text=审批中");
    request = new URL(page.url()).pathname;
    await page.waitForSelector("#approval-steps >> text=管大同");
    assert.equal(await page.locator("#approval-approve").count(), 0, "nobody signs their own");
    await shot(page, "approval-2-asked-desktop");
    assert.deepEqual(await accessibility(page), []);
    await page.goto(`/contract/${contract}`);
    await page.waitForSelector(".approval-now >> text=审批中");
    await shot(page, "approval-3-record-desktop");
    const refused = await page.request.patch(`/api/v1/contract/${contract}`, { headers: headers(), data: { name: "改名" } });
    assert.equal(refused.status(), 409);
    assert.match((await refused.json()).detail, /正在审批/);
  });

  site.try("signed on a phone", { as: "guandt", screen: "phone" }, async (page) => {
    await page.goto("/");
    await shot(page, "approval-4-day-phone", { fullPage: true });
    await page.click("#day-approvals >> text=审得清供货合同");
    await page.waitForSelector("#approval-approve");
    const box = await page.locator("#approval-approve").boundingBox();
    assert.ok(box.height >= 44 && box.y + box.height <= 844, `a big target in sight: ${JSON.stringify(box)}`);
    await page.waitForSelector("#approval-asked >> text=执行中");
    await shot(page, "approval-5-case-phone");
    await shot(page, "approval-6-case-phone-whole", { fullPage: true });
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await accessibility(page), []);
    await page.click("#approval-reject");
    await page.waitForSelector("#approval-problem:has-text('请写明意见')");
    await page.click("#approval-approve");
    await page.waitForSelector("main.approval h1 >> text=已通过");
    assert.equal(await page.locator("#approval-approve").count(), 0);
    const now = await (await page.request.get(`/api/v1/contract/${contract}`)).json();
    assert.equal(now.status, "active");
    await page.goto("/approvals?which=handled");
    await page.waitForSelector("#approvals >> text=审得清供货合同");
    await shot(page, "approval-7-list-phone");
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await accessibility(page), []);
  });

  site.try("edited in its place, it says how to ask", { as: "shenxq" }, async (page) => {
    await page.goto(`/contract/${contract}?tab=history`);
    await page.waitForSelector("#timeline >> text=审批通过");
    const answer = await page.request.patch(`/api/v1/contract/${contract}`, { headers: headers(), data: { amount: { amount: "280000.00", currency: "CNY" } } });
    assert.equal(answer.status(), 409);
    assert.equal((await answer.json()).approval.ask, "/api/v1/approvals");
    await page.locator('[data-field="amount"][data-edit]').first().dblclick();
    await page.fill('[data-field="amount"] input[name="amount"]', "280000");
    await page.click('[data-field="amount"] .edit-btns .btn-primary');
    await page.click(".approval-link a");
    await page.waitForSelector("#ask-submit");
    await shot(page, "approval-8-cell-desktop");
    await page.click("#ask-submit");
    await page.waitForSelector(".toast:has-text('已提交审批')");
  });

  site.try("a process is made and checked", { as: "admin" }, async (page) => {
    await page.goto("/approvals/processes");
    await shot(page, "approval-9-processes-desktop");
    assert.deepEqual(await accessibility(page), []);
    await page.selectOption("#process-object", "account");
    await page.click("#process-new");
    await page.fill("#process-name", "客户定级");
    await page.click("#process-save");
    await page.waitForSelector("#process-trigger-error:has-text('请选择字段')");
    assert.equal(await page.inputValue("#process-name"), "客户定级");
    await page.check('input[name="fields"][value="level"]');
    await page.click("#process-more");
    await page.waitForSelector("#who-1");
    await page.selectOption("#who-1", "manager:2");
    await shot(page, "approval-10-process-desktop", { fullPage: true });
    assert.deepEqual(await accessibility(page), []);
    await page.uncheck('input[name="active"]');
    await page.click("#process-save");
    await page.waitForSelector("#processes >> text=客户定级");
    assert.ok(request.startsWith("/approvals/"));
  });

  site.try("the pages on a phone", { as: "admin", screen: "phone" }, async (page) => {
    for (const [path, name] of [["/approvals/processes", "processes"], ["/approvals/processes/new?object=contract", "process"]]) {
      await page.goto(path);
      await shot(page, `approval-11-${name}-phone`, { fullPage: true });
      assert.equal(await overflow(page), 0, path);
      assert.deepEqual(await accessibility(page), []);
    }
  });
});
