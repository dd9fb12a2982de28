// What is there already: said while a form is filled and on saving; of others' customers only whose they are.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const password = "correct horse battery";

suite("what is there already", (site) => {
  Object.assign(site.passwords, { wangfang: password, liqiang: password });
  const make = async (page, data) => {
    const answer = await page.request.post("/api/v1/account", { headers: { origin: site.server.base }, data });
    assert.equal(answer.status(), 201, await answer.text());
    return (await answer.json()).id;
  };

  site.try("two salespeople", { as: "admin" }, async (page) => {
    await makeUser(page, { name: "王芳", login: "wangfang", password, role: "销售" });
    await makeUser(page, { name: "李强", login: "liqiang", password, role: "销售" });
  });

  site.try("one has a customer", { as: "wangfang" }, async (page) => {
    await make(page, { name: "北京海岳华为技术有限公司", phone: "13812346138" });
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`the other is told whose it is, ${screen}`, { as: "liqiang", screen }, async (page) => {
      await page.goto("/account/new");
      for (const name of ["海岳华为技术(北京)有限公司", "海岳华为技术有限公司北京", "北京海岳华为技术有限公司"]) {
        await page.fill("#f-name", name);
        const told = page.locator(".alert[role=status]");
        await told.locator("text=王芳").waitFor();
        assert.equal(await told.locator(".badge").count(), 1, name);
        assert.ok(await told.evaluate((hint) => hint.getBoundingClientRect().bottom <= innerHeight), "it is seen while one types");
        assert.ok(!(await told.innerText()).includes("6138"));
        assert.equal(await told.locator("a:not([href^='/disputes/'])").count(), 0, "it is not theirs to see");
      }
      await shot(page, `matching-1-typing-${screen}`);
      await accessibility(page);
      await overflow(page);
      await page.click(".form-foot button.btn-primary");
      await page.locator(".alert[role=alert] >> text=不能重复建档").waitFor();
      assert.equal(await page.inputValue("#f-name"), "北京海岳华为技术有限公司", "nothing typed is lost");
      await shot(page, `matching-2-refused-${screen}`);
      await page.fill("#f-name", "海岳华为技术有限公司深圳分公司");
      await page.locator(".alert[role=status] >> text=总公司与分支机构").waitFor();
    });
  }

  site.try("a change warns as well, while typing and on saving", { as: "admin" }, async (page) => {
    const id = await make(page, { name: "绍兴黄酒酿造有限公司" });
    await page.goto(`/account/${id}/edit`);
    await page.fill("#f-name", "海岳华为技术(北京)有限公司");
    await page.locator(".alert[role=status] >> text=王芳").waitFor();
    await shot(page, "matching-3-edit");
    await page.click(".form-foot button.btn-primary");
    await page.locator(".alert[role=alert] button:has-text('仍要保存')").waitFor();
    await shot(page, "matching-4-edit-refused");
  });
});
