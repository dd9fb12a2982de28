// 转为客户: a lead is told of a customer that is there, becomes one of its own with its history, is read-only then, and comes back.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { drag, stands } from "./harness/board.mjs";
import { makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

suite("convert", (site) => {
  const password = "zhike-xiansuo-2026";
  const headers = () => ({ origin: site.server.base });
  const post = async (page, path, data, status = 201) => {
    const answer = await page.request.post(path, { headers: headers(), data });
    assert.equal(answer.status(), status, await answer.text());
    return answer.json();
  };

  site.try("a salesperson", { as: "admin" }, async (page) => {
    await makeUser(page, { name: "苏晴", login: "suqing", password, role: "销售", department: "" });
    site.passwords.suqing = password;
  });

  for (const screen of ["desktop", "phone"]) {
    const company = screen === "phone" ? "济南启明阀门有限公司" : "青岛长庚水泵有限公司";
    // another person: one much like the other would be asked about
    const [person, mobile, mail] = screen === "phone" ? ["吴晓", "13961780045", "wu@example.org"] : ["周海", "13805320001", "zhou@example.cn"];
    let lead = "";
    let customer = "";

    site.try(`a lead whose company is a customer is told of while it is typed, ${screen}`, { as: "suqing", screen }, async (page) => {
      const there = screen === "phone" ? "烟台北海水产有限公司" : "潍坊鸢都风筝有限公司";
      await post(page, "/api/v1/account", { name: there });
      await page.goto("/lead/new");
      await page.fill("#f-name", there);
      await page.waitForSelector(".foot-hint >> text=系统里可能已经有这个");
      await page.waitForSelector(`.foot-hint a:has-text('${there}')`);
      await shot(page, `convert-0-entry-${screen}`);
      await page.click(".form-foot button.btn-primary");
      await page.waitForSelector(".alert[role=alert] >> text=系统里已经有这个客户");
      assert.deepEqual(await accessibility(page), []);
    });

    site.try(`a lead becomes a customer, ${screen}`, { as: "suqing", screen }, async (page) => {
      lead = (await post(page, "/api/v1/lead", {
        name: company, contact_name: person, mobile, source: "exhibition", need: "要十台水泵", has_need: true, has_budget: true, budget: "50000",
      })).id;
      await post(page, "/api/v1/interaction", { lead, channel: "phone", content: "谈了流量和扬程" });
      await page.goto(`/lead/${lead}`);
      await page.click("#convert-start");
      await page.waitForSelector("#convert-account");
      assert.equal(await page.inputValue("[name='account.name']"), company);
      assert.ok(await page.isChecked("#contact-as-new") && await page.isChecked("#opportunity-as-new"));
      await page.fill("[name='contact.email']", "nonsense");
      await shot(page, `convert-1-form-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      await page.click("#convert-go");
      await page.waitForSelector("#contact-email-error");
      await page.fill("[name='contact.email']", mail);
      // by keyboard: no opportunity, then one again
      await page.focus("#opportunity-as-new");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      assert.ok(await page.isHidden("[name='opportunity.amount']"));
      await page.check("#opportunity-as-new");
      await page.fill("[name='opportunity.name']", "水泵采购");
      await page.click("#convert-go");
      await page.waitForURL("**/account/*");
      await page.waitForSelector(`.toast:has-text('已转为客户')`);
      await page.waitForSelector("#timeline >> text=谈了流量和扬程");
      customer = page.url();
      await shot(page, `convert-2-customer-${screen}`);
    });

    site.try(`it is read-only then, and the second click is told, ${screen}`, { as: "suqing", screen }, async (page) => {
      await page.goto(`/lead/${lead}`);
      await page.waitForSelector(`#became a:has-text('${company}')`);
      await page.waitForSelector("#became a:has-text('水泵采购')");
      assert.equal(await page.locator("#composer").count() + await page.locator("#convert-start").count(), 0);
      await shot(page, `convert-3-lead-${screen}`);
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      const again = await page.goto(`/lead/${lead}/convert`);
      assert.equal(again.status(), 409);
      await page.waitForSelector("text=已经转为客户");
      await shot(page, `convert-4-late-${screen}`);
      assert.deepEqual(await accessibility(page), []);
      await page.click(`main a:has-text('${company}')`);
      assert.equal(page.url().split("?")[0], customer.split("?")[0]);
    });

    site.try(`taken back, and attached to a customer that is there, ${screen}`, { as: "suqing", screen }, async (page) => {
      await page.goto(`/lead/${lead}`);
      await page.click("[popovertarget=more]");
      await page.click("#convert-undo");
      await page.waitForSelector(".toast:has-text('转化已撤销')");
      await page.waitForSelector("#convert-start");
      const there = (await post(page, "/api/v1/account", { name: company, mobile })).id;
      await page.click("#convert-start");
      await page.waitForSelector(`#account-as-${there}`);
      assert.ok(await page.isChecked(`#account-as-${there}`), "the customer that is there is chosen");
      await page.check("#account-as-new");
      await page.fill("[name='account.name']", "昆明滇池花卉有限公司");
      await page.waitForSelector(`#account-as-${there}`, { state: "detached" });
      await page.fill("[name='account.name']", company);
      await page.waitForSelector(`#account-as-${there}`);
      await shot(page, `convert-5-there-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      await page.check(`#account-as-${there}`);
      await page.click("#convert-go");
      await page.waitForURL(`**/account/${there}`);
      await page.waitForSelector("#timeline >> text=谈了流量和扬程");
    });
  }

  const lead = async (page, name, mobile) => (await post(page, "/api/v1/lead", { name, contact_name: "周海", mobile, source: "exhibition", need: "要十台水泵", has_need: true, has_budget: true, budget: "50000" })).id;

  site.try("a card dragged to 现实 leads to the conversion, and back to the board", { as: "suqing" }, async (page) => {
    const id = await lead(page, "威海刘公岛旅游有限公司", "13806310071");
    await page.goto("/lead/board");
    await stands(page, id, "potential");
    await drag(page, id, "converted");
    await page.waitForURL(`**/lead/${id}/convert?back=*`);
    await page.waitForSelector("#convert-account");
    await shot(page, "convert-6-from-board", { fullPage: true });
    // cancelled: the card stands where it stood
    await page.click(".form-foot a:has-text('取消')");
    await page.waitForURL("**/lead/board");
    await stands(page, id, "potential");
    // by keys
    await page.focus(`#c-${id} .board-title`);
    await page.keyboard.press("Shift+ArrowRight");
    await stands(page, id, "expected");
    await page.waitForFunction((id) => document.activeElement?.closest(`#c-${id}`), id);
    await page.keyboard.press("Shift+ArrowRight");
    await page.waitForURL(`**/lead/${id}/convert?back=*`);
    await page.click(".form-foot a:has-text('取消')");
    await page.waitForURL("**/lead/board");
    await stands(page, id, "expected");
    // by the menu, to the end
    await page.hover(`#c-${id}`);
    await page.click(`#c-${id} .board-menu`);
    await page.click("#board-menu [data-stage=converted]");
    await page.waitForSelector("#convert-account");
    await page.check("#opportunity-as-none");
    await page.click("#convert-go");
    await page.waitForURL("**/lead/board");
    await page.waitForSelector(".toast:has-text('已转为客户')");
    await stands(page, id, "converted");
    await shot(page, "convert-7-board");
    assert.deepEqual(await accessibility(page), []);
  });

  site.try("a card's menu leads to the conversion on a phone", { as: "suqing", screen: "phone" }, async (page) => {
    const id = await lead(page, "烟台芝罘葡萄酒有限公司", "13806310082");
    await page.goto("/lead/board");
    await page.click(`#c-${id} .board-menu`);
    await page.click("#board-menu [data-stage=converted]");
    await page.waitForSelector("#convert-account");
    assert.equal(await overflow(page), 0);
    await page.click(".form-foot a:has-text('取消')");
    await stands(page, id, "potential");
  });
});
