// Nothing there yet, and the first one: every empty place says what to do next.

import assert from "node:assert/strict";
import { accessibility, overflow, shot, signIn } from "./harness/browser.mjs";
import { suite } from "./harness/suite.mjs";

const password = "correct horse battery";
/** What stands in an empty list, and whether it offers a first record. */
const lists = { account: true, contact: true, interaction: true, task: true, tag: true };

suite("nothing there yet", (site) => {
  site.passwords.founder = password;

  site.try("the first administrator", {}, async (page) => {
    await page.goto(site.server.setup);
    await page.fill("#name", "周启明");
    await page.fill("#login", "founder");
    await page.fill("#password", password);
    await page.click("button.btn-primary");
    await page.waitForSelector(".empty >> text=从导入客户名单开始");
  });

  for (const screen of ["desktop", "phone"]) {
    for (const locale of site.looks ? ["zh-CN", "en-GB"] : ["zh-CN"]) {
      site.try(`every empty place says what to do, ${screen}, ${locale}`, { screen, locale }, async (page) => {
        await signIn(page, "founder", password);
        const zh = locale === "zh-CN";
        const inspect = async (where) => {
          assert.equal(await overflow(page), 0, where);
          if (zh && site.looks) assert.deepEqual(await accessibility(page), [], where);
          const text = await page.innerText("main");
          if (!zh) assert.doesNotMatch(text.replaceAll("周启明", ""), /[\u4e00-\u9fff]/, `${where} in English`);
        };
        const hint = async (where, selector = ".empty p") => assert.ok((await page.innerText(selector)).length > 8, where);

        await page.goto("/");
        await inspect("home");
        assert.equal(await page.locator('.empty a[href="/imports/new?object=account"]').count(), 1);
        for (const [object, may] of Object.entries(lists)) {
          await page.goto(`/${object}`);
          await page.waitForSelector(".empty");
          await inspect(object);
          if (may) assert.equal(await page.locator(`.empty a[href^="/${object}/new"]`).count(), 1, `${object} offers the first`);
          if (object === "account") {
            await shot(page, `empty-list-${locale}`);
            assert.equal(await page.locator(".empty a[href^='/imports/new']").count(), 1);
          }
          await page.goto(`/${object}?q=zzz`);
          await page.waitForSelector(".empty >> text=/没有符合条件|No matching/");
          await inspect(`${object}, nothing matches`);
        }
        for (const path of ["/bin", "/imports", "/search", "/search?q=nothing"]) {
          await page.goto(path);
          await hint(path);
          await inspect(path);
        }
      });
    }
  }

  for (const screen of ["desktop", "phone"]) {
    site.try(`a record without anything around it, ${screen}`, { as: "founder", screen }, async (page) => {
      await page.goto("/account/new");
      const name = screen === "desktop" ? "东岳建材" : "南屏茶庄";
      await page.fill("#f-name", name);
      await page.click(".form-foot button.btn-primary");
      await page.waitForSelector("main.record");
      const path = new URL(page.url()).pathname;
      await page.waitForSelector("#side >> text=没有未完成的待办");
      await page.waitForSelector("#side >> text=还没有联系人");
      await shot(page, "empty-record");
      for (const tab of await page.locator(".record-main .tabs a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) {
        await page.goto(tab);
        assert.ok((await page.innerText(".record-main")).length > 20, tab);
        assert.equal(await overflow(page), 0, tab);
        if (site.looks) assert.deepEqual(await accessibility(page), [], tab);
      }
      // One row: the list, the count, the totals and my day hold.
      await page.goto(`/account?q=${encodeURIComponent(name)}`);
      // The count comes after the page; on a phone the card itself is what one looks at.
      if (screen === "desktop") await page.waitForFunction(() => document.querySelector("h1 .count")?.textContent === "1");
      assert.equal(await page.locator("tbody tr[data-id]").count(), 1);
      assert.equal(await page.locator(".more").count(), 0);
      await shot(page, "empty-one-row");
      await page.goto("/");
      await page.waitForSelector(`.row:has-text("${name}")`);
      await page.waitForSelector("text=没有到期的跟进");
      await shot(page, "empty-home-one");
      await page.goto(`${path}/edit`);
      assert.equal(await overflow(page), 0);
    });
  }
}, { customers: 0, story: true });
