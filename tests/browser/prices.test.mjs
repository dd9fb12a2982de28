// Lines of quotes take their prices from the customer's price book while the form is filled in.

import assert from "node:assert/strict";
import { post, read } from "./harness/api.mjs";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { pick } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const money = (amount) => ({ amount, currency: "CNY" });

suite("prices", (site) => {
  for (const screen of ["desktop", "phone"]) {
    site.try(`a line's price follows product and quantity until somebody writes their own, ${screen}`, { as: "admin", screen }, async (page) => {
      const mark = screen === "phone" ? "手机" : "桌面";
      const cooler = (await post(page, "/api/v1/product", { code: `LG-${screen}`, name: `冷柜 ${mark}`, list_price: money("100"), tax_rate: "6" })).id;
      await post(page, "/api/v1/product", { code: `HJ-${screen}`, name: `货架 ${mark}`, list_price: money("30.5") });
      const book = (await post(page, "/api/v1/price_book", { name: `海悦协议价 ${mark}` })).id;
      await post(page, "/api/v1/price_book_entry", { price_book: book, product: cooler, least_quantity: "10", price: money("80") });
      const account = (await post(page, "/api/v1/account", { name: screen === "phone" ? "济南长风物流有限公司" : "青岛海悦食品有限公司", price_book: book })).id;

      // the quote's form begins with what the customer has
      await page.goto(`/quote/new?account=${account}`);
      assert.equal(await page.inputValue("#f-price_book"), `海悦协议价 ${mark}`);
      assert.match(await page.inputValue("[name=valid_until]"), /^\d{4}-\d\d-\d\d$/);
      await page.keyboard.press("Control+Enter");
      await page.waitForURL(/\/quote\/[0-9a-f-]{36}$/);

      await page.click("a:has-text('新建报价明细')");
      const value = (name) => page.inputValue(`dialog [name=${name}]`);
      const holds = (name, text) => page.waitForFunction(([name, text]) => document.querySelector(`dialog [name=${name}]`)?.value === text, [name, text]);
      await page.waitForSelector("dialog #s-product:focus");
      assert.deepEqual([await value("quantity"), await value("discount"), await value("tax_rate"), await value("price")], ["1", "0", "13", ""]);
      await page.keyboard.press("Control+Enter");
      await page.waitForSelector("dialog #s-product[aria-invalid=true]");
      assert.equal(await page.locator("dialog [aria-invalid=true]:visible").count(), 2, "the product, and the box around it");
      await pick(page, "#s-product", `冷柜 ${mark}`);
      assert.equal(await page.locator("dialog [aria-invalid=true]").count(), 0, "what was changed since is not called wrong");
      await holds("price", "100.00");
      await holds("tax_rate", "6");
      await page.fill("dialog [name=quantity]", "12");
      await page.keyboard.press("Tab");
      await holds("price", "80.00");
      await shot(page, "price-1-line");
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      // one's own price stays with another quantity, and goes with another product
      await page.fill("dialog [name=price]", "75");
      await page.fill("dialog [name=quantity]", "2");
      await page.keyboard.press("Tab");
      await page.waitForLoadState("networkidle");
      assert.equal(await value("price"), "75");
      await pick(page, "#s-product", `货架 ${mark}`);
      await holds("price", "30.50");
      await page.keyboard.press("Control+Enter");
      // the quote's sum follows without a reload
      await page.waitForSelector("#head .facts dd:has-text('¥61.00')");
      await page.waitForSelector("#side :text('¥61.00')");
      await shot(page, "price-2-quote");
      assert.equal(await overflow(page), 0);
      const quote = page.url().split("/").pop();
      const { data } = await read(page, `/api/v1/quote_line?filter=${encodeURIComponent(`quote == "${quote}"`)}`);
      assert.deepEqual(data.map(({ price, quantity, tax_rate }) => [price.amount, quantity, tax_rate]), [["30.50", "2.000", "13.0"]]);
    });
  }
});
