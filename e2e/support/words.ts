// The sentences that a person reads, by their key in `locales/`, so that a test survives a change of wording.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A line of a locale file: `key: "sentence"` or `key:`, with some indentation. */
const line = /^( *)("[^"]+"|[\w-]+):(?: (".*"))?$/;

const sentences = read("en");
const others = new Map([["en", sentences]]);

function read(language: string): Map<string, string> {
  const folder = resolve("locales", language);
  const found = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const path: string[] = [];
    for (const text of readFileSync(join(folder, file), "utf8").split("\n")) {
      if (text.trim() === "" || text.trimStart().startsWith("#")) continue;
      const parts = line.exec(text);
      if (!parts) throw new Error(`${file}: cannot read ${text}`);
      const [, indent, key, sentence] = parts;
      path.length = indent.length / 2;
      path.push(key.replaceAll('"', ""));
      if (sentence !== undefined) found.set(path.join("."), JSON.parse(sentence));
    }
  }
  return found;
}

/** Returns the sentence of a key, with its placeholders `%{name}` filled in. A key without a sentence fails the test. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const sentence = sentences.get(key);
  if (sentence === undefined) throw new Error(`no sentence for ${key}`);
  return sentence.replaceAll(/%\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Returns a pattern for a sentence, with any text in place of its placeholders. */
export function pattern(key: string): RegExp {
  const parts = say(key).split(/%\{\w+\}/);
  return new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+"));
}

/** Returns the sentence of a key in another language. */
export function sayIn(language: string, key: string, values: Record<string, string | number> = {}): string {
  const there = others.get(language) ?? read(language);
  others.set(language, there);
  const sentence = there.get(key);
  if (sentence === undefined) throw new Error(`no sentence for ${key} in ${language}`);
  return sentence.replaceAll(/%\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Returns the text of a choice: the question's own, or the shared one. */
export function option(step: string, field: string, code: string): string {
  const own = `steps.${step}.${field}_options.${code}.text`;
  return sentences.has(own) ? say(own) : say(`options.${code}.text`);
}

/** Whether a key has a sentence. */
export const has = (key: string): boolean => sentences.has(key);

/** Returns the sentences of three or more words that differ from those of another language. */
export function onlyIn(language: string, other: string): string[] {
  return [...sentences.keys()]
    .map((key) => [sayIn(language, key), sayIn(other, key)])
    .filter(([own, others]) => own !== others && !own.includes("%{") && own.split(" ").length > 2)
    .map(([own]) => own);
}
