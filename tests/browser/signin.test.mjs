import assert from "node:assert/strict";
import { accessibility, overflow, shot, signIn } from "./harness/browser.mjs";
import { suite } from "./harness/suite.mjs";

suite("signing in", (site) => {
  for (const screen of ["desktop", "phone"]) {
    for (const dark of [false, true]) {
      const light = dark ? "dark" : "light";
      site.try(`the sign-in page and the home page, ${screen}, ${light}`, { screen, dark }, async (page) => {
        await page.goto("/signin");
        assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
        assert.deepEqual(await accessibility(page), []);
        assert.equal(await overflow(page), 0);
        await shot(page, `signin-${light}`);

        await signIn(page);
        assert.deepEqual(await accessibility(page), []);
        assert.equal(await overflow(page), 0);
        await shot(page, `home-${light}`);
      });
    }
  }

  site.try("an English browser is answered in English", { locale: "en-GB" }, async (page) => {
    await page.goto("/signin");
    assert.equal(await page.getAttribute("html", "lang"), "en");
  });

  site.try("a wrong password is refused and the name stays typed", {}, async (page) => {
    await page.goto("/signin");
    await page.fill('input[name="login"]', "admin");
    await page.fill('input[name="password"]', "not the password");
    await page.press('input[name="password"]', "Enter");
    await page.waitForSelector('[role="alert"]');
    assert.equal(await page.inputValue('input[name="login"]'), "admin");
  });

  site.try("signing in works without scripts", { javaScript: false }, async (page) => {
    await signIn(page);
  });
});
