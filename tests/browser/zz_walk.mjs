import { launch, open, signIn } from "./harness/browser.mjs";
import { serve } from "./harness/server.mjs";
const server = await serve("sqlite", { customers: 300 });
const browser = await launch();
const shot = async (page, name) => { await page.waitForLoadState("load"); await page.waitForTimeout(500); await page.screenshot({ path: `/tmp/z/walk/${name}.png`, scale: "css", animations: "disabled" }); };
try {
  for (const screen of ["desktop", "phone"]) {
    const page = await open(browser, server.base, screen === "phone" ? { screen: "phone" } : {});
    await page.goto("/signin"); await shot(page, `${screen}-1-signin`);
    await signIn(page);
    await page.goto("/"); await shot(page, `${screen}-2-home`);
    await page.goto("/imports/new?object=account");
    await page.setInputFiles('input[type="file"]', "/work/shared/data/customers-5k.xlsx");
    await page.waitForSelector(".mapping", { timeout: 60000 }); await shot(page, `${screen}-3-mapping`);
    console.log(page.url());
    await page.goto("/account"); await shot(page, `${screen}-4-list`);
    await page.goto("/duplicates"); 
    const row = await page.goto("/account").then(() => page.getAttribute("tbody tr[data-id]", "data-href"));
    await page.goto(row); await shot(page, `${screen}-5-record`);
    await page.goto("/account/new"); await shot(page, `${screen}-6-new`);
    for (const p of ["bin", "admin/users", "admin/roles", "admin/departments", "admin/audit", "settings", "imports"]) { await page.goto("/" + p); await shot(page, `${screen}-7-${p.replace("/", "-")}`); }
    await page.context().close();
  }
} finally { await browser.close(); await server.stop(); }
