// Two records made one: chosen in the list, looked at field by field, merged, followed from an old address, parted again.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { pick } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

suite("merging", (site) => {
  /** Makes accounts whose names begin alike; gives their paths. */
  async function twins(page, word, ...all) {
    const headers = { origin: site.server.base, "Zhike-Duplicates": "allow", "X-Reason": "test" };
    const paths = [];
    for (const fields of all) {
      const answer = await page.request.post("/api/v1/account", { headers, data: { ...fields, name: word + fields.name } });
      assert.equal(answer.status(), 201, await answer.text());
      paths.push(`/account/${(await answer.json()).id}`);
    }
    return paths;
  }

  /** Ticks all accounts with the word in their name and asks to merge them. */
  async function choose(page, word) {
    await page.goto(`/account?view=all&filter=${encodeURIComponent(`name.contains("${word}")`)}&sort=created_at`);
    for (const box of await page.locator("tbody .pick input").all()) await box.check();
    await page.click('.selbar [formaction="/account/merge"]');
    await page.waitForSelector("#merge");
  }

  const chosen = (page, field, n) => page.locator(`tr[data-field="${field}"] td[data-n="${n}"] input`);

  for (const screen of ["desktop", "phone"]) {
    site.try(`two become one and two again, ${screen}`, { as: "admin", screen }, async (page) => {
      const word = screen === "phone" ? "启明仪表" : "长庚仪表";
      const [a, b] = await twins(page, word,
        { name: "有限公司", phone: "0532-83001234", industry: "仪器仪表", address: "香港中路 10 号", tags: ["老客户"] },
        { name: "（青岛）", phone: "0532-83005678", email: "info@instruments.example", tags: ["出口"] });
      await page.goto(`/account?view=all&filter=${encodeURIComponent(`name.contains("${word}")`)}`);
      await page.locator("tbody .pick input").first().check();
      assert.ok(await page.locator('.selbar [formaction="/account/merge"]').isDisabled(), "one alone cannot be merged");

      await choose(page, word);
      assert.ok(await chosen(page, "phone", 1).isChecked(), "the fuller one stays");
      assert.ok(await chosen(page, "email", 2).isChecked(), "a blank is filled");
      assert.ok(await page.locator('tr[data-field="tags"] .merge-all input').isChecked(), "tags are united");
      // By keyboard: along the row with the arrows.
      await chosen(page, "phone", 1).focus();
      await page.keyboard.press("ArrowRight");
      assert.ok(await chosen(page, "phone", 2).isChecked());
      await shot(page, "merge-1-side-by-side", { fullPage: screen === "phone" });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      // With another survivor its values are proposed; what was chosen by hand stays.
      await page.check("#stays-2");
      await page.waitForSelector('.merge-stays #stays-2, th:has(#stays-2).merge-stays');
      assert.ok(await chosen(page, "name", 2).isChecked());
      assert.ok(await chosen(page, "industry", 1).isChecked());
      await chosen(page, "phone", 1).check();
      await page.check("#stays-1");
      await page.waitForSelector("th:has(#stays-1).merge-stays");
      assert.ok(await chosen(page, "name", 1).isChecked());
      await chosen(page, "phone", 2).check();
      await page.fill("#merge-reason", "两个人各录了一次");
      await page.click(".form-foot .btn-primary");
      await page.waitForSelector("main.record .record-merged:has-text('已合并 2 条')");
      assert.equal(new URL(page.url()).pathname, a);
      await page.waitForSelector("#fields >> text=0532-83005678");
      await page.waitForSelector("#fields >> text=info@instruments.example");
      await page.waitForSelector(`#timeline >> text=合并进来「${word}（青岛）」`);
      await shot(page, "merge-2-merged");
      assert.deepEqual(await accessibility(page), []);

      await page.goto(b);
      assert.equal(new URL(page.url()).pathname, a, "an old link leads on");
      await page.waitForSelector(".toast:has-text('已经合并到这一条')");

      await page.click('[popovertarget="more"]');
      await page.click("#more >> text=合并记录");
      await page.waitForSelector("dialog[open] .merges >> text=两个人各录了一次");
      await shot(page, "merge-3-made");
      await page.click("dialog[open] .merges button");
      await page.waitForSelector(".toast:has-text('已撤销合并')");
      await page.waitForSelector("#fields >> text=0532-83001234");
      assert.equal(await page.locator(".record-merged").count(), 0);
      await page.goto(b);
      assert.equal(new URL(page.url()).pathname, b);
    });
  }

  site.try("from a record into another, found by name; undone by the toast", { as: "admin" }, async (page) => {
    const [a, b] = await twins(page, "太白木业", { name: "公司" }, { name: "有限责任公司", phone: "0532-83004321" });
    await page.goto(a);
    await page.click('[popovertarget="more"]');
    await page.click("#more >> text=合并到其他客户");
    await page.waitForSelector("dialog[open] zk-pick input");
    await pick(page, "#merge-into", "太白木业有限责任公司");
    await page.click("dialog[open] .btn-primary");
    await page.waitForSelector("#merge");
    assert.ok(await page.isChecked("#stays-2"), "into the one that was picked");
    await page.click(".form-foot .btn-primary");
    await page.waitForSelector(".record-merged");
    assert.equal(new URL(page.url()).pathname, b);
    await page.click(".toast a:has-text('撤销')");
    await page.waitForSelector(".toast:has-text('已撤销')");
    await page.waitForSelector(".record-merged", { state: "detached" });
    assert.equal((await page.request.get(`/api/v1${a}`, { maxRedirects: 0 })).status(), 200);
  });

  site.try("without scripts it is a form like any other", { as: "admin", javaScript: false }, async (page) => {
    const [a] = await twins(page, "河鼓纺织", { name: "公司", phone: "0532-83007777" }, { name: "厂" });
    await choose(page, "河鼓纺织");
    await chosen(page, "name", 2).check();
    await page.click("text=合并为一条");
    await page.waitForSelector(".record-merged button");
    assert.equal(new URL(page.url()).pathname, a);
    await page.waitForSelector("h1 >> text=河鼓纺织厂");
    await page.click(".record-merged button");
    await page.waitForSelector("h1 >> text=河鼓纺织公司");
    assert.equal(await page.locator(".record-merged").count(), 0);
  });
});
