// What the resident of the measurements says: each page's address, its answer as JSON for REST, and as it is typed.
// Where the complaint has got to decides whether dates are asked for; with this answer they are not.

const story =
  "The bathroom wall has been wet since January, and the mould comes back a week after we wash it off. " +
  "We rang three times. Nobody came on the two days we agreed.";

/** The pages in the order of the journey. `json`: for REST. `choose`: the value of a radio. `type`: fields by name. */
export const pages = [
  { step: "role", path: "/complaint/who-are-you", json: { role: "resident" }, choose: "resident" },
  { step: "resident_name", path: "/complaint/name", json: { full_name: "Wren Example" } },
  {
    step: "home_address",
    path: "/complaint/address",
    json: { line_1: "Flat 4, 12 Example Street", town: "Exampletown", postcode: "M1 1AE" },
  },
  { step: "contact", path: "/complaint/contact", json: { email: "wren@example.org", phone: "01632 960 123" } },
  { step: "landlord", path: "/complaint/landlord", json: { name: "Example Homes" } },
  { step: "stage", path: "/complaint/stage", json: { stage: "not_complained" }, choose: "not_complained" },
  { step: "category", path: "/complaint/category", json: { category: "property_condition" }, choose: "property_condition" },
  { step: "what_happened", path: "/complaint/what-happened", json: { what_happened: story } },
  { step: "put_right", path: "/complaint/put-right", json: { put_right: "Find the leak, mend it, and say sorry." } },
  { step: "evidence", path: "/complaint/evidence", json: {} },
];

/** The page after the tenth. */
export const after = "/complaint/check-answers";

/** The last answer, which sends the complaint. */
export const declaration = { step: "declaration", json: { agreed: true } };

/**
 * Gives the answer of a page in the browser and presses Continue, by keyboard: real input, which reaches the page at once.
 * (Playwright's own clicks first wait until nothing on the page moves, which on a slow phone takes over a second.)
 */
export async function answer(page, { json, choose }) {
  if (choose) {
    await focus(page, `input[type=radio][value="${choose}"]`);
    await page.keyboard.press("Space");
  } else {
    for (const [name, text] of Object.entries(json)) {
      await focus(page, `[name="${name}"]`);
      await page.keyboard.insertText(text);
    }
  }
  await focus(page, "#continue");
  await page.keyboard.press("Enter");
}

async function focus(page, selector) {
  await page.evaluate((it) => document.querySelector(it).focus(), selector);
}
