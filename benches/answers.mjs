// The answers of the resident in the measurements.

const story =
  "The bathroom wall has been wet since January, and the mould comes back a week after we wash it off. " +
  "We rang three times. Nobody came on the two days we agreed.";

/** The first ten pages of the questionnaire, in order, for the browser. `type`: fields by name. `choose`: radios and boxes by name. */
export const pages = [
  { path: "/complaint/who-are-you", choose: { role: "resident" } },
  { path: "/complaint/name", type: { full_name: "Wren Example" } },
  { path: "/complaint/your-home", choose: { tenure: "leaseholder" }, type: { line_1: "Flat 4, 12 Example Street", town: "Exampletown", postcode: "M1 1AE" } },
  { path: "/complaint/contact", type: { email: "wren@example.org" }, choose: { email_safe: "yes" } },
  { path: "/complaint/landlord", type: { name: "Example Homes" } },
  { path: "/complaint/stage", choose: { stage: "not_complained" } },
  { path: "/complaint/category", choose: { category: "property_condition" } },
  { path: "/complaint/what-happened", type: { what_happened: story, "began_on-month": "1", "began_on-year": "2025" }, choose: { going_on: "yes" } },
  { path: "/complaint/the-home-now", choose: { hazard: "none" } },
  { path: "/complaint/put-right", type: { put_right: "Find the leak, mend it, and say sorry." } },
];

/** The page after the tenth. */
export const after = "/complaint/your-needs";

/** The ten answers of a whole complaint over REST, each with its question. */
export const complaint = [
  { step: "role", json: { role: "resident" } },
  { step: "resident_name", json: { full_name: "Wren Example" } },
  { step: "home_address", json: { line_1: "Flat 4, 12 Example Street", town: "Exampletown", postcode: "M1 1AE" } },
  { step: "contact", json: { email: "wren@example.org", phone: "01632 960 123" } },
  { step: "landlord", json: { name: "Example Homes" } },
  { step: "stage", json: { stage: "not_complained" } },
  { step: "category", json: { category: "property_condition" } },
  { step: "what_happened", json: { what_happened: story } },
  { step: "put_right", json: { put_right: "Find the leak, mend it, and say sorry." } },
  { step: "evidence", json: {} },
];

/** The last answer, which sends the complaint. */
export const declaration = { step: "declaration", json: { agreed: true } };

/**
 * Answers a page in the browser and presses Continue by keyboard, which reaches the page at once.
 * (Playwright's clicks first wait until the page's layout is stable, which takes over a second on a slow phone.)
 */
export async function answer(page, { choose = {}, type = {} }) {
  for (const [name, text] of Object.entries(type)) {
    await focus(page, `[name="${name}"]`);
    await page.keyboard.insertText(text);
  }
  for (const [name, value] of Object.entries(choose)) {
    await focus(page, `input[name="${name}"][value="${value}"]`);
    await page.keyboard.press("Space");
  }
  await focus(page, "#continue");
  await page.keyboard.press("Enter");
}

async function focus(page, selector) {
  await page.evaluate((it) => document.querySelector(it).focus(), selector);
}
