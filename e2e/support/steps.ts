// The questions of the questionnaire: their addresses, and one valid answer to each.

import type { APIRequestContext } from "@playwright/test";
import { expect } from "@playwright/test";
import { has, sayIn } from "./words";

export const path = {
  start: "/",
  tasks: "/complaint/tasks",
  role: "/complaint/who-are-you",
  other_door: "/complaint/your-work",
  representative_why: "/complaint/why-you",
  capacity_basis: "/complaint/your-right-to-act",
  estate_basis: "/complaint/your-place",
  representative: "/complaint/about-you",
  authority: "/complaint/permission",
  authority_scope: "/complaint/what-you-may-do",
  ask_resident: "/complaint/ask-the-resident",
  authority_file: "/complaint/your-papers",
  resident_name: "/complaint/name",
  tenure: "/complaint/your-home",
  tenancy_kind: "/complaint/tenancy",
  former_home: "/complaint/when-you-lived-there",
  freeholder: "/complaint/owning-your-home",
  home_address: "/complaint/address",
  contact: "/complaint/contact",
  email_safety: "/complaint/about-email",
  phone_safety: "/complaint/about-phone",
  post_safety: "/complaint/about-post",
  contact_choice: "/complaint/best-way",
  landlord: "/complaint/landlord",
  managed_by: "/complaint/managed-by",
  stage: "/complaint/stage",
  dates: "/complaint/dates",
  extension: "/complaint/more-time",
  landlord_references: "/complaint/landlord-reference",
  letters: "/complaint/letters",
  what_next: "/complaint/what-next",
  category: "/complaint/category",
  subcategory: "/complaint/more-about-it",
  what_happened: "/complaint/what-happened",
  since: "/complaint/since",
  reported: "/complaint/reported",
  effect: "/complaint/effect",
  hazard: "/complaint/the-home-now",
  emergency: "/complaint/what-to-do-next",
  more_issues: "/complaint/anything-else",
  put_right: "/complaint/put-right",
  court: "/complaint/more-about-this",
  needs: "/complaint/your-needs",
  risk: "/complaint/more-about-you",
  helpers: "/complaint/who-helps",
  evidence: "/complaint/evidence",
  check: "/complaint/check-answers",
  declaration: "/complaint/declaration",
  sent: "/complaint/sent",
  sign_in: "/sign-in",
  help: "/help",
} as const;

export type Step = keyof typeof path;

/** Returns a question's document title, without the service: its heading, unless that would reveal something in the history. */
export function titleOf(step: Step, heading: string, language = "en", voices: readonly string[] = []): string {
  const neutral = `steps.${step}.page_title`;
  const spoken = [...voices.map((voice) => `${neutral}_${voice}`), neutral].find((key) => has(key));
  return spoken ? sayIn(language, spoken) : heading;
}

/** The answers of the resident in these tests. */
export const resident = {
  name: "Wren Example",
  line_1: "Flat 4, 12 Example Street",
  town: "Exampletown",
  postcode: "M1 1AE",
  email: "wren@example.org",
  phone: "01632 960 123",
  landlord: "Example Homes",
  what_happened: "The bathroom wall has been wet since January.\nNobody came on the two days we agreed.",
  put_right: "Find the leak, mend it, and say sorry.",
} as const;

type Form = Record<string, string>;

/** Each question as its form posts it, in the order in which a resident without dates sees them. */
export const forms: [Step, Form][] = [
  ["role", { role: "resident" }],
  ["resident_name", { full_name: resident.name }],
  ["home_address", { line_1: resident.line_1, line_2: "", town: resident.town, postcode: resident.postcode }],
  ["contact", { email: resident.email, phone: resident.phone }],
  ["landlord", { name: resident.landlord }],
  ["stage", { stage: "not_complained" }],
  ["category", { category: "property_condition" }],
  ["what_happened", { what_happened: resident.what_happened }],
  ["hazard", { hazard: "none" }],
  ["put_right", { put_right: resident.put_right }],
];

/** Answers every question before `until` by plain forms, with the cookies of the page that this request context belongs to. */
export async function answerUpTo(request: APIRequestContext, until: Step = "check"): Promise<void> {
  const order = Object.keys(path);
  for (const [step, form] of forms) {
    if (order.indexOf(step) >= order.indexOf(until)) return;
    await post(request, step, form);
  }
}

/** Posts one question's form as a browser without JavaScript would, and expects it to be accepted. */
export async function post(request: APIRequestContext, step: Step, form: Form): Promise<void> {
  const answer = await request.post(path[step], { form: { ...form, action: "continue" }, maxRedirects: 0 });
  expect(answer.status(), `${step}: ${await answer.text()}`).toBe(303);
}
