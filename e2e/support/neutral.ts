// The neutral site that *Exit this page* leads to, as a server of our own: another site than the portal to the browser.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test as base } from "./test";
import { Server } from "./server";

export type Neutral = {
  /** `http://localhost:PORT/weather` */
  url: string;
  /** The `Referer` of each request for the page. */
  referrers: (string | undefined)[];
};

export const test = base.extend<object, { neutral: Neutral }>({
  neutral: [
    async ({}, use) => {
      const referrers: (string | undefined)[] = [];
      const site = createServer((request, response) => {
        if (request.url !== "/weather") {
          response.writeHead(204).end();
          return;
        }
        referrers.push(request.headers.referer);
        response.setHeader("Content-Type", "text/html");
        response.end('<!DOCTYPE html><html lang="en"><title>Weather</title><h1>Sunny</h1></html>');
      });
      await new Promise<void>((listening) => site.listen(0, "localhost", listening));
      await use({ url: `http://localhost:${(site.address() as AddressInfo).port}/weather`, referrers });
      site.closeAllConnections();
      site.close();
    },
    { scope: "worker" },
  ],

  server: [
    async ({ neutral }, use) => {
      const server = await Server.start([], { ONRECORD_SAFETY__EXIT_URL: neutral.url });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});

export { expect };
