// A textlint rule: short sentences, without the words and openings that hide who does what.
// It reads paragraphs, also those of list items. Headings, tables and code blocks contain none.

const MOST_WORDS = 25;

const ACTOR = "name the actor, such as the resident, the caller or the server";
const ACTIVE = "use the active voice, and name who or what gives the information";
const SUBJECT = "begin with a noun that names the subject";

// A `word` is refused anywhere and in any case, an `opening` only at the start of a sentence that is not a question.
const BANNED = [
  { word: "whoever", write: ACTOR },
  { word: "somebody", write: ACTOR },
  { word: "nobody", write: `${ACTOR}, and write what it does not do` },
  { word: "everybody", write: 'write "everyone on the case", "all residents" or the like' },
  { opening: "Someone", write: ACTOR },
  { opening: "What is", write: SUBJECT },
  { opening: "What was", write: SUBJECT },
  { opening: "One that", write: 'repeat the noun, such as "A request that"' },
  { opening: "That which", write: SUBJECT },
  { word: "is said", write: ACTIVE },
  { word: "are said", write: ACTIVE },
  { word: "is told", write: ACTIVE },
  { word: "are told", write: ACTIVE },
  { word: "stands in", write: 'write "is in", "is stored in" or "replaces"' },
  { word: "comes alive", write: 'write "hydrates" or "starts"' },
  { word: "looked into", write: 'write "inspected", "opened" or "scanned"' },
].map(({ word, opening, write }) => {
  const spaced = (word ?? opening).replaceAll(" ", " +");
  const pattern = word ? new RegExp(`\\b${spaced}\\b`, "gi") : new RegExp(`(?<=^\\P{L}*)${spaced}\\b(?!.*\\?\\P{L}*$)`, "gu");
  return { pattern, message: `"${word ?? opening}": ${write}` };
});

// Text up to a full stop and any closing marks after it. A sentence may begin with a small letter: `clamd` does.
const SENTENCE = /\S.*?(?:(?<!\b(?:e\.g|i\.e|cf|vs))[.?!][^\p{L}\p{N}\s]*(?=\s|$)|$)/gu;

/** Returns a node's text, as long as its source: markup and line ends as spaces, a code span as one word. */
function plain(node, source) {
  const own = source.slice(node.range[0], node.range[1]);
  if (node.type === "Str") return own.replaceAll(/\s/g, " ");
  if (node.type === "Code") return "C".padEnd(own.length, "o");
  let text = "";
  for (const child of node.children ?? []) {
    text = text.padEnd(child.range[0] - node.range[0]) + plain(child, source);
  }
  return text.padEnd(own.length);
}

export default function plainEnglish({ Syntax, RuleError, report, locator, getSource }) {
  return {
    [Syntax.Paragraph](paragraph) {
      for (const { 0: sentence, index } of plain(paragraph, getSource()).matchAll(SENTENCE)) {
        const find = (place, message) => report(paragraph, new RuleError(message, { padding: locator.at(index + place) }));
        const words = sentence.match(/\S*[\p{L}\p{N}]\S*/gu)?.length ?? 0;
        if (words > MOST_WORDS) find(0, `${words} words; write sentences of at most ${MOST_WORDS}`);
        for (const { pattern, message } of BANNED) {
          for (const found of sentence.matchAll(pattern)) find(found.index, message);
        }
      }
    },
  };
}
