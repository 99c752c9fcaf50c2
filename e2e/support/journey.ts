// The actions of a person on a page of the questionnaire, and what they must find there.

import { expect, type Locator, type Page } from "@playwright/test";
import { path, titleOf, type Step } from "./steps";
import { option, sayIn } from "./words";

/** The heading of each question, for the resident. */
const headings: Partial<Record<Step, string>> = {
  start: "start.title",
  tasks: "tasks.heading",
  check: "check.heading",
  sent: "sent.title",
  sign_in: "sign_in.title",
  help: "help.title",
};

export class Journey {
  constructor(
    readonly page: Page,
    readonly scripted: boolean,
    readonly language = "en",
  ) {}

  /** The sentence of a key, in this person's language. */
  say(key: string, values: Record<string, string | number> = {}): string {
    return sayIn(this.language, key, values);
  }

  /** Waits until the page is hydrated. Without JavaScript it returns at once. */
  async alive(): Promise<void> {
    if (this.scripted) await expect(this.page.locator("html[data-alive]")).toBeAttached({ timeout: 20_000 });
  }

  /** Opens a page of the questionnaire by its address. */
  async open(step: Step, query = ""): Promise<void> {
    await this.page.goto(path[step] + query);
    await this.on(step);
  }

  /** Waits for the hydrated page of a question. Its heading is the resident's, unless another one is given. */
  async on(step: Step, heading = this.say(headings[step] ?? `steps.${step}.heading`)): Promise<void> {
    await expect(this.page).toHaveURL((url) => url.pathname === path[step]);
    await expect(this.page.getByRole("heading", { level: 1 })).toHaveText(heading);
    await expect(this.page).toHaveTitle(this.say("form.title", { page: titleOf(step, heading, this.language), service: this.say("site.name") }));
    if (path[step].startsWith("/complaint/") && step !== "sent") await this.alive();
  }

  /** The field with a visible label. */
  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  async fill(label: string, text: string): Promise<void> {
    await this.field(label).fill(text);
  }

  /** Chooses one of the options of a question. */
  async choose(step: Step, code: string): Promise<void> {
    await this.page.getByRole("radio", { name: option(step, step, code), exact: true }).check();
  }

  /** Fills in the three boxes of a date. */
  async date(question: string, day: string, month: string, year: string): Promise<void> {
    const boxes = this.dateGroup(question);
    await boxes.getByLabel(this.say("date.day"), { exact: true }).fill(day);
    await boxes.getByLabel(this.say("date.month"), { exact: true }).fill(month);
    await boxes.getByLabel(this.say("date.year"), { exact: true }).fill(year);
  }

  dateGroup(question: string): Locator {
    return this.page.getByRole("group", { name: this.say(`steps.dates.${question}`) });
  }

  /** Selects Continue. */
  async goOn(): Promise<void> {
    await this.page.getByRole("button", { name: this.say("form.continue"), exact: true }).click();
  }

  /** Selects Continue on the check of all answers, where Continue is a link. */
  async goToDeclaration(): Promise<void> {
    const link = this.page.getByRole("button", { name: this.say("form.continue"), exact: true });
    await link.click();
    await this.on("declaration");
  }

  async send(): Promise<void> {
    await this.page.getByRole("button", { name: this.say("form.send") }).click();
  }

  /** Selects Continue and waits for the next page. */
  async goOnTo(step: Step, heading?: string): Promise<void> {
    await this.goOn();
    await this.on(step, heading);
  }

  /** The answer to a question in the list of the check page. */
  answer(question: string): Locator {
    return this.page.locator(".govuk-summary-list__row").filter({ has: this.page.getByText(question, { exact: true }) }).locator("dd").first();
  }

  /** The "Change" link of an answer. */
  change(question: string): Locator {
    return this.page.getByRole("link", { name: `${this.say("check.change")} ${question}`, exact: true });
  }

  /** Reads the reference and the access code from the receipt. */
  async receipt(): Promise<{ reference: string; code: string }> {
    await this.on("sent");
    const reference = (await this.page.locator(".govuk-panel__body strong").innerText()).trim();
    const code = (await this.page.getByRole("status", { name: this.say("sent.access_code") }).innerText()).trim();
    expect(reference).toMatch(/^RC-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/);
    return { reference, code };
  }

  /** Signs in and waits for the page of the case. */
  async signIn(reference: string, code: string): Promise<void> {
    await this.fill(this.say("sign_in.reference"), reference);
    await this.fill(this.say("sign_in.access_code"), code);
    await this.page.getByRole("button", { name: this.say("sign_in.button"), exact: true }).click();
    await expect(this.page).toHaveURL(/\/cases\//);
  }

  /**
 * Expects a page with errors: a focused summary whose links lead to the fields, and the same sentence tied to each field. The title
 * begins with "Error:".
 */
  async expectErrors(errors: { id: string; at?: string; message: string }[]): Promise<void> {
    const summary = this.page.locator("#error-summary");
    await expect(summary.getByRole("heading", { name: this.say("form.problem") })).toBeVisible();
    await expect(summary).toBeFocused();
    await expect(summary.getByRole("link")).toHaveText(errors.map(({ message }) => message));
    await expect(this.page).toHaveTitle(new RegExp(`^${this.say("form.error_prefix")} `));
    for (const { id, at = id, message } of errors) {
      await expect(this.page.locator(`[id="${at}-error"]`)).toHaveText(`${this.say("form.error_prefix")} ${message}`);
      await expect(this.page.locator(`[aria-describedby~="${at}-error"]`)).toHaveCount(1);
      await summary.getByRole("link", { name: message }).click();
      await expect(this.page.locator(`[id="${id}"]`)).toBeFocused();
    }
  }
}
