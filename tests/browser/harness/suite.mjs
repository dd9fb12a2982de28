// A file of browser tests: everything in it runs on both databases, with a server and a browser of its own.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open, reopen, session } from "./browser.mjs";
import { demo, engines, serve } from "./server.mjs";

/**
 * @param {string} name what the tests are about
 * @param {(site: {server: object, visit: Function, try: Function}) => void} define registers tests with `site.try`
 * @param {{customers?: number, story?: boolean}} [options] `story`: each test goes on from the one before
 */
export function suite(name, define, options = {}) {
  for (const engine of engines) {
    describe(`${name} (${engine})`, () => {
      const sessions = new Map();
      // What tests had that went well, by who looked and how.
      const contexts = new Map();
      const signedIn = async ({ as, ...how } = {}) => {
        if (!as) return { looks: site.looks, ...how };
        if (!sessions.has(as)) {
          sessions.set(as, await session(site.browser, site.server.base, as, site.passwords[as] ?? demo.password, how));
        }
        return { looks: site.looks, ...how, storageState: sessions.get(as) };
      };
      const site = {
        engine,
        /** What only concerns the look of pages (pictures, axe) is tried on one database. */
        looks: engine === engines[0],
        server: null,
        browser: null,
        /** How `as` signs in; a story that makes its own users names their passwords here. */
        passwords: {},
        brokenOff: null,
        /** Opens a page; see `open` for what can be said about it. `as`: somebody who is signed in already. */
        async visit(how) {
          return open(site.browser, site.server.base, await signedIn(how));
        },
        /**
         * One test with a page of its own. It also fails when the page had faults.
         * @param {string} what
         * @param {object} how as, screen, locale, dark, javaScript
         * @param {(page: import("playwright-core").Page) => Promise<void>} body
         */
        try: (what, how, body) =>
          test(what, async (context) => {
            if (options.story && site.brokenOff) return context.skip(`the story broke off at: ${site.brokenOff}`);
            const kind = JSON.stringify(how);
            const kept = contexts.get(kind);
            const page = kept ? await reopen(kept, site.server.base, await signedIn(how)) : await site.visit(how);
            contexts.delete(kind);
            try {
              site.brokenOff = what;
              await body(page);
              assert.deepEqual(page.faults, []);
              site.brokenOff = null;
              contexts.set(kind, page.context());
            } finally {
              await (contexts.has(kind) ? page.close() : page.context().close());
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
