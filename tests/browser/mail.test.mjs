// 邮件: the administrator sets the server and tries it, a colleague chooses, and what is handed to her comes by mail.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { mailbox } from "./harness/mailbox.mjs";
import { makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

suite("mail", (site) => {
  const password = "zhike-youjian-2026";
  const headers = () => ({ origin: site.server.base });
  let box;
  let suqing = "";

  site.try("without a server nothing is sent, and the pages say so", { as: "admin" }, async (page) => {
    box = await mailbox("secret");
    await makeUser(page, { name: "苏晴", login: "suqing", password, role: "销售", department: "" });
    site.passwords.suqing = password;
    const found = await (await page.request.get('/api/v1/user?filter=login%20%3D%3D%20"suqing"')).json();
    suqing = found.data[0].id;
    const email = await page.request.patch(`/api/v1/user/${suqing}`, {
      headers: { ...headers(), "content-type": "application/merge-patch+json" },
      data: JSON.stringify({ email: "suqing@example.com" }),
    });
    assert.equal(email.status(), 200, await email.text());
    await page.goto("/settings#mail");
    await page.waitForSelector("#mail >> text=管理员还没有设置邮件服务器");
    await page.goto("/admin/mail");
    await page.waitForSelector("text=还没有设置邮件服务器");
    await shot(page, "mail-0-empty-desktop", { fullPage: true });
    assert.deepEqual(await accessibility(page), []);
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`the server is set and tried, ${screen}`, { as: "admin", screen }, async (page) => {
      await page.goto("/admin/mail");
      await page.fill("#m-host", "smtp://mail.example.com");
      await page.fill("#m-port", "");
      await page.click("#mail-save");
      await page.waitForSelector("#m-host-error >> text=只写域名或 IP");
      await page.waitForSelector("#m-port-error");
      assert.equal(await page.inputValue("#m-host"), "smtp://mail.example.com");
      await shot(page, `mail-1-wrong-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);

      const set = async (word) => {
        await page.fill("#m-host", "127.0.0.1");
        await page.fill("#m-port", String(box.port));
        await page.selectOption("#m-security", "none");
        await page.fill("#m-user", "crm@example.com");
        await page.fill("#m-password", word);
        await page.fill("#m-from", "crm@example.com");
        await page.fill("#m-from_name", "知客");
        await page.fill("#m-site", site.server.base);
        await page.fill("#m-per_minute", "600");
        await page.click("#mail-save");
        await page.waitForSelector("text=已保存，请发一封测试邮件");
      };
      await set("wrong");
      await page.fill("#m-to", "admin@example.com");
      await page.click("#mail-test");
      await page.waitForSelector("#trial-said >> text=用户名或密码不对");
      await shot(page, `mail-2-refused-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      await set("secret");
      assert.ok(!(await page.content()).includes("secret"), "the password is not shown again");
      await page.fill("#m-to", "admin@example.com");
      const before = box.letters.length;
      await page.click("#mail-test");
      await page.waitForSelector("#trial-said >> text=已发给 admin@example.com");
      assert.equal(box.letters.length, before + 1);
      assert.equal(box.letters.at(-1).subject, "知客测试邮件");
      await shot(page, `mail-3-tried-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
    });

    site.try(`she chooses what comes, ${screen}`, { as: "suqing", screen }, async (page) => {
      assert.equal((await page.request.get("/admin/mail")).status(), 403);
      assert.equal((await page.request.get("/api/v1/mail-server")).status(), 403);
      await page.goto("/settings#mail");
      await page.waitForSelector("#mail >> text=suqing@example.com");
      assert.equal(await page.inputValue("#mail-digest"), screen === "desktop" ? "8" : "");
      await page.selectOption("#mail-digest", "");
      await page.click("#mail-choices");
      await page.waitForSelector("text=已保存");
      assert.equal(await page.inputValue("#mail-digest"), "");
      assert.ok(await page.isChecked("#mail input[name=given]"));
      await shot(page, `mail-4-choices-${screen}`, { fullPage: true });
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
    });
  }

  site.try("what is handed to her comes by mail, and stands in the book", { as: "admin" }, async (page) => {
    const known = await (await page.request.get("/api/v1/mail-server")).json();
    assert.equal(known.has_password, true);
    assert.ok(!JSON.stringify(known).includes("secret"));
    const before = box.letters.length;
    const made = await page.request.post("/api/v1/account", { headers: headers(), data: { name: "青岛长庚水泵有限公司", owner: suqing } });
    assert.equal(made.status(), 201, await made.text());
    // it waits for more, and goes
    for (let tries = 0; tries < 120 && box.letters.length === before; tries += 1) {
      await page.waitForTimeout(500);
    }
    const letter = box.letters.at(-1);
    assert.equal(letter.subject, "分给您：青岛长庚水泵有限公司");
    assert.equal(letter.to, "苏晴 <suqing@example.com>");
    assert.ok(letter.text.includes(`${site.server.base}/account/${(await made.json()).id}`), letter.text);
    assert.ok(letter.html.includes("青岛长庚水泵有限公司</a>"), letter.html);
    await page.waitForTimeout(500);
    await page.goto("/admin/mail?state=sent#book");
    await page.waitForSelector("#book td >> text=分给您的");
    await shot(page, "mail-5-book-desktop", { fullPage: true });
    assert.deepEqual(await accessibility(page), []);
    await page.click("#mail-end");
    await page.waitForSelector("text=还没有设置邮件服务器");
    await page.goto("/admin/audit");
    await page.waitForSelector("text=停用邮件");
    assert.ok(!(await page.content()).includes("secret"));
    box.close();
  });
});
