// The neutral site that *Exit this page* leads to, as a server of our own: another site than the portal to the browser.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Neutral = {
  /** `http://localhost:PORT/weather` */
  url: string;
  /** The `Referer` of each request for the page. */
  referrers: (string | undefined)[];
};

/** Starts the site. The function that it returns beside it stops the site. */
export async function startNeutral(): Promise<[Neutral, () => void]> {
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
  const stop = () => {
    site.closeAllConnections();
    site.close();
  };
  return [{ url: `http://localhost:${(site.address() as AddressInfo).port}/weather`, referrers }, stop];
}
