// The sentences a person reads, by their key in `locales/`, so that a test survives a change of wording.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** `key: "sentence"` or `key:` at some indentation; what the locale files are made of. */
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

/** The sentence of a key, with its placeholders `%{name}` filled in. A key without one fails the test. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const sentence = sentences.get(key);
  if (sentence === undefined) throw new Error(`no sentence for ${key}`);
  return sentence.replaceAll(/%\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** A pattern for a sentence of which not every placeholder is known. */
export function pattern(key: string): RegExp {
  const parts = say(key).split(/%\{\w+\}/);
  return new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+"));
}

/** The sentence of a key in another language. */
export function sayIn(language: string, key: string, values: Record<string, string | number> = {}): string {
  const there = others.get(language) ?? read(language);
  others.set(language, there);
  const sentence = there.get(key);
  if (sentence === undefined) throw new Error(`no sentence for ${key} in ${language}`);
  return sentence.replaceAll(/%\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text of a choice: the question's own, or the one that questions share. */
export function option(step: string, field: string, code: string): string {
  const own = `steps.${step}.${field}_options.${code}.text`;
  return sentences.has(own) ? say(own) : say(`options.${code}.text`);
}

/** Whether there is a sentence of a key. */
export const has = (key: string): boolean => sentences.has(key);

/** The sentences of three words and more that read otherwise in another language. */
export function onlyIn(language: string, other: string): string[] {
  return [...sentences.keys()]
    .map((key) => [sayIn(language, key), sayIn(other, key)])
    .filter(([own, others]) => own !== others && !own.includes("%{") && own.split(" ").length > 2)
    .map(([own]) => own);
}
