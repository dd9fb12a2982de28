// 网页表单: made by the administrator, filled in by a stranger, read by whoever is responsible.

import assert from "node:assert/strict";
import { post, read } from "./harness/api.mjs";
import { accessibility, open, overflow, shot } from "./harness/browser.mjs";
import { suite } from "./harness/suite.mjs";

suite("web forms", (site) => {
  for (const screen of ["desktop", "phone"]) {
    site.try(`a form is opened, filled in by a stranger, and closed, ${screen}`, { as: "admin", screen }, async (page) => {
      const phone = screen === "phone";
      const company = phone ? "济南长风物流有限公司" : "青岛海悦食品有限公司";
      const { id: me } = await read(page, "/api/v1/me");
      const { id } = await post(page, "/api/v1/web_form", {
        name: `样册索取 ${screen}`, asks: ["contact_name", "mobile", "email", "region", "need"], responsible: me,
        intro: "留下联系方式，我们寄样册给您。\n不收任何费用。", notice: "本公司收集您的联系方式用于寄送样册，保存一年。".repeat(12),
      });
      await page.goto(`/web_form/${id}`);
      await page.click("[popovertarget=more]");
      await page.click("#more a:has-text('打开公开页面')");
      await page.waitForURL(`**/f/${id}`);

      const stranger = await open(page.context().browser(), page.base, { screen });
      await stranger.goto(`/f/${id}`);
      await shot(stranger, "form-1-empty");
      assert.deepEqual(await accessibility(stranger), []);
      assert.equal(await overflow(stranger), 0);
      await stranger.click("button:has-text('提交')");
      await stranger.waitForSelector("#e-name");
      await stranger.fill("#q-name", company);
      await stranger.fill("#q-need", "冷柜\n三台");
      await stranger.click("button:has-text('提交')");
      await stranger.waitForSelector("#e-mobile:has-text('联系方式')");
      await stranger.fill("#q-mobile", "123");
      await stranger.check("[name=agreed]");
      await stranger.click("button:has-text('提交')");
      await stranger.waitForSelector("#e-mobile");
      assert.deepEqual([await stranger.inputValue("#q-name"), await stranger.inputValue("#q-need"), await stranger.isChecked("[name=agreed]")], [company, "冷柜\n三台", true]);
      await shot(stranger, "form-2-wrong");
      assert.deepEqual(await accessibility(stranger), []);
      assert.equal(await overflow(stranger), 0);
      await stranger.fill("#q-mobile", "13905320001");
      await stranger.click("button:has-text('提交')");
      await stranger.waitForSelector("text=已收到，我们会尽快联系您。");
      await shot(stranger, "form-3-thanks");

      // once more, otherwise written: the stranger reads the same, no second lead is made
      await stranger.goto(`/f/${id}`);
      await stranger.fill("#q-name", company.replace("有限公司", ""));
      await stranger.fill("#q-mobile", "139-0532-0001");
      await stranger.check("[name=agreed]");
      await stranger.click("button:has-text('提交')");
      await stranger.waitForSelector("text=已收到，我们会尽快联系您。");
      const leads = (await read(page, `/api/v1/lead?filter=${encodeURIComponent(`web_form == "${id}"`)}`)).data;
      assert.deepEqual(leads.map(({ name, owner, need }) => [name, Boolean(owner), need]), [[company, true, "冷柜\n三台"]], "one, given by the rules");
      await page.goto(`/lead/${leads[0].id}`);
      await page.waitForSelector(`text=网页表单「样册索取 ${screen}」`);
      await shot(page, "form-4-lead");
      await page.goto(`/web_form/${id}`);
      await page.waitForSelector(`tbody :text('${company}')`);
      await shot(page, "form-5-record");
      assert.equal(await overflow(page), 0);

      // what a program fills in is thanked for and thrown away
      const robot = await stranger.request.post(`/f/${id}`, { headers: { origin: page.base }, form: { name: "机器人公司", mobile: "13800000000", agreed: "1", homepage: "http://spam.example" } });
      assert.equal(robot.status(), 200);
      assert.equal((await read(page, `/api/v1/lead?filter=${encodeURIComponent(`web_form == "${id}"`)}`)).data.length, 1);
      const closed = await page.request.patch(`/api/v1/web_form/${id}`, { headers: { origin: page.base }, data: { active: false } });
      assert.equal(closed.status(), 200);
      await stranger.goto(`/f/${id}`, { waitUntil: "load" });
      await stranger.waitForSelector("h1:has-text('表单已关闭')");
      assert.equal((await stranger.request.get("/f/x")).status(), 404);
      await stranger.context().close();
    });
  }
});
