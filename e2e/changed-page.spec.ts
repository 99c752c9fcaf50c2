// Pages that translation, a password manager or a writing aid has changed before hydration; and an app that breaks.

import type { Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { answerUpTo, path, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "no page is hydrated without scripts");

const label = () => say("steps.resident_name.full_name");

/** Opens a page, and changes it before the Wasm is loaded. */
async function changed(page: Page, address: string, change: () => void): Promise<void> {
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await page.context().route("**/*.wasm", async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await page.goto(address, { waitUntil: "domcontentloaded" });
  await page.locator("#full_name").fill("Wren Before");
  await page.locator("#full_name").focus();
  await page.evaluate(change);
  release();
}

const changes: Record<string, () => void> = {
  "Google Translate": () => {
    document.documentElement.classList.add("translated-ltr");
    const texts: Text[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      if (text.data.trim() && !text.parentElement?.closest("textarea, script, style")) texts.push(text);
    }
    for (const text of texts) {
      const outer = document.createElement("font");
      const inner = document.createElement("font");
      outer.style.verticalAlign = inner.style.verticalAlign = "inherit";
      inner.textContent = `${text.data} ·`;
      outer.append(inner);
      text.replaceWith(outer);
    }
  },
  LastPass: () => {
    for (const input of document.querySelectorAll<HTMLInputElement>("#app input:not([type=hidden])")) {
      input.setAttribute("data-lastpass-icon-root", "");
      input.style.backgroundImage = "none";
      const icon = document.createElement("div");
      icon.setAttribute("data-lastpass-icon-root", "");
      icon.append(document.createElement("template"));
      input.after(icon);
    }
  },
  "a writing aid": () => {
    for (const input of document.querySelectorAll("#app input:not([type=hidden]), #app textarea")) {
      input.setAttribute("data-gramm", "false");
      const wrap = document.createElement("div");
      const hadFocus = input === document.activeElement;
      input.replaceWith(wrap);
      wrap.append(document.createElement("grammarly-extension"), input, document.createElement("grammarly-popups"));
      // A moved field loses the focus.
      if (hadFocus) (input as HTMLElement).focus();
    }
  },
  "a cleaner of pages": () => {
    const walker = document.createTreeWalker(document.getElementById("app")!, NodeFilter.SHOW_COMMENT);
    const comments: Node[] = [];
    while (walker.nextNode()) comments.push(walker.currentNode);
    for (const comment of comments) (comment as Comment).remove();
    document.getElementById("app")!.prepend(document.createElement("span"));
    document.getElementById("app")!.normalize();
  },
};

for (const [who, change] of Object.entries(changes)) {
  test(`a page that ${who} has changed is hydrated all the same`, async ({ page, scripted }) => {
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request, "resident_name");
    await changed(page, path.resident_name, change);
    await journey.alive();
    const field = page.locator("#full_name");
    await expect(field).toHaveValue("Wren Before");
    await expect(field).toBeFocused();
    // An error is shown without a page load, and disappears again.
    await field.fill("");
    await journey.goOn();
    await expect(page.locator("#error-summary")).toContainText(say("errors.resident_name_missing"));
    // Translation continues after hydration. A cleaner of pages does not run again.
    if (who !== "a cleaner of pages") await page.evaluate(change);
    await field.fill(resident.name);
    await page.locator("#continue").click();
    await expect(page).not.toHaveURL((url) => url.pathname === path.resident_name);
    await expect(page.locator(".or-save-status")).toHaveText(/\d\d:\d\d/);
    // Links work, and the answer is saved on the server.
    await page.locator(".govuk-back-link").click();
    await expect(page).toHaveURL((url) => url.pathname === path.resident_name);
    await expect(field).toHaveValue(resident.name);
  });
}

test.describe("an app that breaks", () => {
  test.use({ allowedConsole: /unreachable|broken on purpose|RuntimeError/ });

  test("leaves a page that works as plain HTML, with what was typed", async ({ page, scripted }) => {
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request, "resident_name");
    await page.goto(path.resident_name);
    await journey.alive();
    await journey.fill(label(), "Wren Kept");
    // What a trap in the Wasm looks like to the page.
    await page.evaluate(() => {
      const error = new WebAssembly.RuntimeError("unreachable");
      error.stack = "RuntimeError: unreachable\n at wasm://wasm/broken on purpose";
      dispatchEvent(new ErrorEvent("error", { error, message: "unreachable" }));
    });
    await expect(page.locator("#full_name")).toHaveValue("Wren Kept");
    const posted = page.waitForRequest((request) => request.method() === "POST" && request.isNavigationRequest());
    await journey.goOn();
    await posted;
    await journey.on("tenure");
    await page.goto(path.resident_name);
    await journey.alive();
    await expect(journey.field(label())).toHaveValue("Wren Kept");
  });

  test("during hydration leaves the page as it was served", async ({ page }) => {
    await answerUpTo(page.request, "resident_name");
    // The stored clone is removed, so that the served markup cannot be restored.
    await page.addInitScript(() => Object.defineProperty(window, "served", { set() {}, get: () => undefined }));
    await changed(page, path.resident_name, () => {
      const app = document.getElementById("app")!;
      for (const child of app.querySelectorAll("form > *")) child.replaceWith(document.createTextNode("?"), child.cloneNode(true));
    });
    await page.waitForLoadState("networkidle");
    const link = page.locator(".govuk-back-link");
    await link.click();
    await expect(page).not.toHaveURL((url) => url.pathname === path.resident_name);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });
});
