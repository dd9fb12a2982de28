// 打印: a quote's PDF from the menu of its page.

import assert from "node:assert/strict";
import { suite } from "./harness/suite.mjs";

suite("printing", (site) => {
  const post = async (page, path, data) => {
    const answer = await page.request.post(path, { headers: { origin: site.server.base }, data });
    assert.equal(answer.status(), 201, await answer.text());
    return (await answer.json()).id;
  };

  site.try("a quote is printed from its page", { as: "admin" }, async (page) => {
    const account = await post(page, "/api/v1/account", { name: "青岛长庚水泵有限公司" });
    const product = await post(page, "/api/v1/product", { code: "SB-01", name: "离心泵", list_price: { amount: "12800.00", currency: "CNY" } });
    const quote = await post(page, "/api/v1/quote", { account });
    await post(page, "/api/v1/quote_line", { quote, product, quantity: 2, price: { amount: "12800.00", currency: "CNY" } });
    await page.goto(`/quote/${quote}`);
    await page.click("[popovertarget=more]");
    const link = page.locator("#more a:has-text('报价单 PDF')");
    assert.equal(await link.getAttribute("target"), "_blank");
    const answer = await page.request.get(await link.getAttribute("href"));
    assert.equal(answer.status(), 200);
    assert.equal(answer.headers()["content-type"], "application/pdf");
    assert.match(answer.headers()["content-disposition"], /^inline; filename="/);
    const body = await answer.body();
    assert.equal(body.subarray(0, 8).toString(), "%PDF-1.7");
    // a record whose object has no document offers none
    await page.goto(`/account/${account}`);
    await page.click("[popovertarget=more]");
    assert.equal(await page.locator("#more a:has-text('PDF')").count(), 0);
  });
});
