import type { Page } from "@playwright/test";

/** Counts the forms that the page has sent. */
export function countPosts(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => { if (request.method() === "POST" && !request.url().includes("/api/")) count++; });
  return () => count;
}
