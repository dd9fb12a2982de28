// A file of browser tests: everything in it runs on both databases, with a server and a browser of its own.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open } from "./browser.mjs";
import { engines, serve } from "./server.mjs";

/**
 * @param {string} name what the tests are about
 * @param {(site: {server: object, visit: Function, try: Function}) => void} define registers tests with `site.try`
 * @param {{customers?: number}} [options]
 */
export function suite(name, define, options = {}) {
  for (const engine of engines) {
    describe(`${name} (${engine})`, () => {
      const site = {
        engine,
        server: null,
        browser: null,
        /** Opens a page; see `open` for what can be said about it. */
        visit: (how) => open(site.browser, site.server.base, how),
        /**
         * One test with a page of its own. It also fails when the page had faults.
         * @param {string} what
         * @param {object} how screen, locale, dark, javaScript
         * @param {(page: import("playwright-core").Page) => Promise<void>} body
         */
        try: (what, how, body) =>
          test(what, async () => {
            const page = await site.visit(how);
            try {
              await body(page);
              assert.deepEqual(page.faults, []);
            } finally {
              await page.context().close();
            }
          }),
      };
      before(async () => {
        site.server = await serve(engine, options);
        site.browser = await launch();
      });
      after(async () => {
        await site.browser?.close();
        await site.server?.stop();
      });
      define(site);
    });
  }
}
