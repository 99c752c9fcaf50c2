// Walks through the questionnaire from Continue to Continue. The page itself decides which page comes next.

import { expect, type Page } from "@playwright/test";
import type { Upload } from "./files";
import type { Journey } from "./journey";
import { path, resident, titleOf, type Step } from "./steps";
import { has } from "./words";

/** What to choose (radios and checkboxes, by name) and type on a page. */
export type Given = { choose?: Record<string, string | string[]>; type?: Record<string, string>; files?: Upload[] };

/** The resident's answers in these tests, page by page. */
export const answers: Partial<Record<Step, Given>> = {
  role: { choose: { role: "resident" } },
  resident_name: { type: { full_name: resident.name } },
  tenure: { choose: { tenure: "council_tenant" } },
  home_address: { type: { line_1: resident.line_1, town: resident.town, postcode: resident.postcode } },
  contact: { type: { email: resident.email, phone: resident.phone } },
  email_safety: { choose: { safe: "yes" } },
  phone_safety: { choose: { safe: "no", message: "no" }, type: { who_else: "A neighbour" } },
  post_safety: { choose: { safe: "not_sure" } },
  contact_choice: { choose: { way: "email", times: ["morning", "evening"] } },
  landlord: { type: { name: resident.landlord } },
  managed_by: { choose: { managed: "no" } },
  stage: { choose: { stage: "final_response" } },
  dates: {
    type: {
      "complained_on-day": "3", "complained_on-month": "2", "complained_on-year": "2025",
      "final_response_on-month": "June", "final_response_on-year": "2025",
    },
  },
  extension: { choose: { told: "no" } },
  category: { choose: { category: "property_condition" } },
  subcategory: { choose: { subcategory: "damp_mould" } },
  what_happened: { type: { what_happened: resident.what_happened } },
  since: { choose: { going_on: "yes" }, type: { "began_on-month": "1", "began_on-year": "2025" } },
  reported: { choose: { how: ["phone", "online"] } },
  effect: { choose: { affected: ["child"] }, type: { effect: "My son coughs at night." } },
  hazard: { choose: { hazard: ["none"] } },
  more_issues: { choose: { more: "no" } },
  put_right: { choose: { outcomes: ["repair", "apology"] }, type: { put_right: resident.put_right } },
  court: { choose: { filed: "no" } },
  needs: { choose: { needed: "yes", adjustments: ["large_print"] } },
};

/** Pages that cannot be left without an answer. */
const required = new Set<Step>([
  "role", "representative_why", "representative", "authority", "resident_name", "tenure", "contact", "landlord", "stage", "dates",
  "category", "what_happened", "hazard", "put_right",
]);

/** The other questions on the page of a question. */
const beside: Partial<Record<Step, Step[]>> = {
  representative: ["capacity_basis", "estate_basis"],
  authority: ["authority_scope"],
  tenure: ["home_address"],
  contact: ["email_safety", "phone_safety"],
  what_happened: ["since"],
  needs: ["risk"],
};

/** Fields that have another name there. */
const renamed: Partial<Record<Step, Record<string, string>>> = {
  email_safety: { safe: "email_safe", who_else: "email_who_else" },
  phone_safety: { safe: "phone_safe", who_else: "phone_who_else" },
  risk: { details: "risk_details" },
};

/** Returns the answer to a question with the names of its fields on the page of another question. */
function onPage(step: Step, { choose = {}, type = {} }: Given): Given {
  const names = renamed[step] ?? {};
  const rename = <T>(fields: Record<string, T>) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));
  return { choose: rename(choose), type: rename(type) };
}

/** Returns the question of an address and, for a question about another issue, the number of the issue. */
export function stepOf(address: string): { step: Step; issue: number } {
  const [, plain, issue] = /^(.*?)(?:-(\d+))?$/.exec(address)!;
  const step = (Object.keys(path) as Step[]).find((step) => path[step] === plain);
  if (!step) throw new Error(`no page at ${address}`);
  return { step, issue: Number(issue ?? 1) };
}

export async function give(page: Page, given: Given): Promise<void> {
  for (const [name, chosen] of Object.entries(given.choose ?? {})) {
    for (const value of [chosen].flat()) await page.locator(`input[name="${name}"][value="${value}"]`).check();
  }
  for (const [name, text] of Object.entries(given.type ?? {})) await page.locator(`[name="${name}"]`).fill(text);
}

type Options = {
  /** Answers that differ from the resident's; `more_issues_2` is about the second issue. */
  own?: Record<string, Given>;
  /** The suffixes of sentence keys, the most specific first: a representative reads "the resident", a bereaved person the past tense. */
  voices?: ("representative" | "estate")[];
  /** Called on each page, and on each page with errors. */
  look?: (step: Step) => Promise<void>;
};

/** Walks from the current page to the check of all answers. Returns the pages in order. */
export async function walk(journey: Journey, { own = {}, voices = [], look }: Options = {}): Promise<string[]> {
  const { page } = journey;
  const say = journey.say.bind(journey);
  const seen: string[] = [];
  for (;;) {
    const address = new URL(page.url()).pathname;
    if (address === path.check) return seen;
    const { step, issue } = stepOf(address);
    expect(seen, "no page comes twice").not.toContain(address);
    const spoken = voices.map((voice) => `steps.${step}.heading_${voice}`).find((key) => has(key));
    const heading = say(spoken ?? `steps.${step}.heading`);
    const numbered = (question: string) => (issue > 1 ? say("form.issue_heading", { number: issue, question }) : question);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(numbered(heading));
    await expect(page).toHaveTitle(say("form.title", { page: numbered(titleOf(step, heading, journey.language, voices)), service: say("site.name") }));
    await journey.alive();
    if (look) {
      await look(step);
      if (required.has(step)) {
        await journey.goOn();
        await expect(page.locator("#error-summary")).toBeFocused();
        await expect(page).toHaveTitle(new RegExp(`^${say("form.error_prefix")} `));
        await look(step);
      }
    }
    const given = (step: Step) => own[issue > 1 ? `${step}_${issue}` : step] ?? (issue > 1 ? own[step] : undefined) ?? answers[step] ?? {};
    await give(page, given(step));
    for (const other of beside[step] ?? []) {
      if ((await page.locator(`[name="${other}_seen"]`).count()) > 0) await give(page, onPage(other, given(other)));
    }
    seen.push(address);
    await journey.goOn();
    await expect(page, address).not.toHaveURL((url) => url.pathname === address);
  }
}
