// Answers that make nearly every page of the questionnaire apply, with words that are hard to lay out.

import { expect, type APIRequestContext } from "@playwright/test";
import { photo } from "./files";
import { answerUpTo, path, post, type Step } from "./steps";

/** A long typed word, which must not widen a page. */
const longWord = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch".repeat(3);

/** Posts answers that put something on every page of the questionnaire except those of `branches`. */
export async function everyAnswer(request: APIRequestContext): Promise<void> {
  await answerUpTo(request);
  await post(request, "role", { role: "representative" });
  await post(request, "representative", { full_name: longWord, organisation: "Example Advice", connection: "friend" });
  await post(request, "representative_why", { why: "permission" });
  await post(request, "authority", { how: "upload" });
  await post(request, "tenure", { tenure: "former" });
  await post(request, "category", { category: "property_condition" });
  await post(request, "hazard", { hazard: "flood" });
  await post(request, "risk", { details: longWord });
  await post(request, "more_issues", { more: "yes" });
  await post(request, "stage", { stage: "waiting_stage_2" });
  const date = (question: string, month: string) => ({ [`${question}-day`]: "3", [`${question}-month`]: month, [`${question}-year`]: "2025" });
  await post(request, "dates", { ...date("complained_on", "1"), ...date("stage_1_answered_on", "2"), ...date("stage_2_asked_on", "3") });
  await post(request, "landlord", { name: longWord });
  await post(request, "what_happened", { what_happened: `${longWord}\n${longWord}` });
  const stored = await request.post(path.evidence, { multipart: { files: photo(`${longWord}.png`), action: "upload" }, maxRedirects: 0 });
  expect(stored.status()).toBe(303);
}

/** The pages that those answers rule out, each with the answer that makes it apply. */
export const branches: Partial<Record<Step, [Step, Record<string, string>]>> = {
  capacity_basis: ["representative_why", { why: "no_capacity" }],
  estate_basis: ["representative_why", { why: "died" }],
  ask_resident: ["authority", { how: "ask_resident" }],
  tenancy_kind: ["tenure", { tenure: "council_tenant" }],
  freeholder: ["tenure", { tenure: "freeholder" }],
  other_door: ["role", { role: "landlord_staff" }],
};
