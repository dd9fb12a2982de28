// What is made of a record in its menu: a quote of an opportunity, the quote's new version, its order.

import assert from "node:assert/strict";
import { post, read } from "./harness/api.mjs";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { suite } from "./harness/suite.mjs";

const money = (amount) => ({ amount, currency: "CNY" });

suite("copying", (site) => {
  for (const screen of ["desktop", "phone"]) {
    site.try(`a quote of an opportunity, its new version and its order, ${screen}`, { as: "admin", screen }, async (page) => {
      const phone = screen === "phone";
      const product = (await post(page, "/api/v1/product", { code: `KC-${screen}`, name: `冷柜 ${screen}`, list_price: money("100") })).id;
      const account = (await post(page, "/api/v1/account", { name: phone ? "济南长风物流有限公司" : "青岛海悦食品有限公司" })).id;
      const deal = (await post(page, "/api/v1/opportunity", { name: `冷链 ${screen}`, account })).id;
      for (const [quantity, price] of [["3", "88.5"], ["1", "100"]]) {
        await post(page, "/api/v1/opportunity_line", { opportunity: deal, product, quantity, price: money(price) });
      }
      const make = async (from, label, to) => {
        await page.click("[popovertarget=more]");
        // whoever clicks twice gets one
        await page.locator(`#more button:has-text('${label}')`).dblclick();
        await page.waitForURL(new RegExp(`/${to}/[0-9a-f-]{36}$`));
        await page.waitForFunction((from) => !location.pathname.endsWith(from), from);
        await page.waitForSelector("#head .facts :text('¥365.50')");
        return page.url().split("/").pop();
      };
      const of = async (object, filter) => (await read(page, `/api/v1/${object}?filter=${encodeURIComponent(filter)}`)).data;

      await page.goto(`/opportunity/${deal}`);
      const quote = await make(deal, "生成报价单", "quote");
      const second = await make(quote, "做新版本", "quote");
      await page.waitForSelector("[role=status]:has-text('已新建报价单')");
      await shot(page, "copy-1-version");
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      const order = await make(second, "生成订单", "sales_order");
      await shot(page, "copy-2-order");
      assert.equal(await overflow(page), 0);

      const [version, ...more] = await of("quote", `replaces == "${quote}"`);
      assert.deepEqual([version.id, version.revision, version.status, more.length], [second, 2, "draft", 0]);
      for (const [object, parent, id] of [["quote_line", "quote", second], ["sales_order_line", "sales_order", order]]) {
        const lines = await of(object, `${parent} == "${id}"`);
        assert.deepEqual(lines.map(({ price, quantity }) => [quantity, price.amount]).sort(), [["1.000", "100.00"], ["3.000", "88.50"]]);
      }
    });
  }
});
