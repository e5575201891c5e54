import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { catalogues } from ".";

const languages = ["ja", "en"] as const;
const sourceFolder = join(import.meta.dirname, "..");
const namespaces = Object.keys(catalogues.en);

function entriesOf(tree: object, prefix: string): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[prefix + name, value]] : entriesOf(value as object, `${prefix}${name}.`),
  );
}

const entriesIn = (language: (typeof languages)[number]): [string, string][] =>
  Object.entries<object>(catalogues[language]).flatMap(([namespace, tree]) => entriesOf(tree, `${namespace}:`));

/** `count_one` and `count_other` are one key to the code. */
const withoutPlural = (key: string): string => key.replace(/_(one|other)$/u, "");

const sources = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/u.test(name) && !/\.(test|d)\.tsx?$/u.test(name))
  .map((name) =>
    ts.createSourceFile(name, readFileSync(join(sourceFolder, name), "utf8"), ts.ScriptTarget.Latest, true),
  );

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** The first namespaces that are asked for below a node. */
function namespacesBelow(node: ts.Node): string[] {
  const found: string[] = [];
  walk(node, (inner) => {
    if (!ts.isCallExpression(inner) || inner.expression.getText() !== "useTranslation") return;
    const named = inner.arguments[0];
    const first = named && ts.isArrayLiteralExpression(named) ? named.elements[0] : named;
    found.push(first && ts.isStringLiteral(first) ? first.text : "ui");
  });
  return found;
}

/** The first namespace of the nearest `useTranslation(…)` around a call. */
function namespaceAround(node: ts.Node): string {
  let scope = node;
  while (!ts.isSourceFile(scope)) {
    scope = scope.parent;
    const [found] = namespacesBelow(scope);
    if (found !== undefined) return found;
  }
  return "ui";
}

interface Uses {
  readonly keys: Set<string>;
  /** Beginnings of keys that end in a value: t(`status.${status}`). */
  readonly prefixes: Set<string>;
}

function usesOf(source: ts.SourceFile, uses: Uses): void {
  walk(source, (node) => {
    if (ts.isStringLiteralLike(node) && namespaces.some((name) => node.text.startsWith(`${name}:`))) {
      uses.keys.add(node.text);
    }
    if (ts.isTemplateExpression(node) && namespaces.some((name) => node.head.text.startsWith(`${name}:`))) {
      uses.prefixes.add(node.head.text);
    }
    if (!ts.isCallExpression(node) || node.expression.getText() !== "t") return;
    const own = namespaceAround(node);
    for (const inner of alternatives(node.arguments[0])) {
      if (ts.isStringLiteralLike(inner) && !inner.text.includes(":")) uses.keys.add(`${own}:${inner.text}`);
      if (ts.isTemplateExpression(inner) && !inner.head.text.includes(":")) {
        uses.prefixes.add(`${own}:${inner.head.text}`);
      }
    }
  });
}

/** The values that an argument may have: t(mine ? "one" : "two"). */
function alternatives(argument: ts.Expression | undefined): ts.Expression[] {
  if (argument === undefined) return [];
  if (ts.isParenthesizedExpression(argument)) return alternatives(argument.expression);
  if (!ts.isConditionalExpression(argument)) return [argument];
  return [...alternatives(argument.whenTrue), ...alternatives(argument.whenFalse)];
}

/** What a reader or a screen reader gets to see or hear must not be written in the code. */
const SPOKEN = new Set(["aria-label", "title", "placeholder", "label", "description", "alt", "error"]);
const hasLetters = (text: string): boolean => /\p{Letter}{2,}/u.test(text);

function bareWords(source: ts.SourceFile): string[] {
  const words: string[] = [];
  walk(source, (node) => {
    if (ts.isJsxText(node) && hasLetters(node.text)) words.push(node.text.trim());
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) && node.expression) {
      if (ts.isStringLiteralLike(node.expression) && hasLetters(node.expression.text)) words.push(node.expression.text);
    }
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer) {
      if (ts.isStringLiteral(node.initializer) && hasLetters(node.initializer.text)) words.push(node.initializer.text);
    }
  });
  return words.map((word) => `${source.fileName}: ${word}`);
}

describe("the catalogues", () => {
  const uses: Uses = { keys: new Set(), prefixes: new Set() };
  for (const source of sources) usesOf(source, uses);
  const known = new Set(entriesIn("en").map(([key]) => withoutPlural(key)));

  it("hold the same keys in Japanese and English", () => {
    const [ja, en] = languages.map((language) => [...new Set(entriesIn(language).map(([key]) => withoutPlural(key)))]);
    expect(ja?.sort()).toEqual(en?.sort());
  });

  it("fill in the same values in Japanese and English", () => {
    const valuesOf = (text: string): string[] => (text.match(/\{\{\w+(?:, \w+)?\}\}/gu) ?? []).sort();
    const english = new Map(entriesIn("en").map(([key, text]) => [withoutPlural(key), valuesOf(text)]));
    for (const [key, text] of entriesIn("ja"))
      expect([key, valuesOf(text)]).toEqual([key, english.get(withoutPlural(key))]);
  });

  it("have no key that no code names", () => {
    const prefixes = [...uses.prefixes];
    const used = (key: string): boolean => uses.keys.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
    expect([...known].filter((key) => !used(key))).toEqual([]);
  });

  it("have every key that the code names", () => {
    expect([...uses.keys].filter((key) => !known.has(key))).toEqual([]);
    expect([...uses.prefixes].filter((prefix) => ![...known].some((key) => key.startsWith(prefix)))).toEqual([]);
  });

  it("have no empty text", () => {
    for (const language of languages) expect(entriesIn(language).filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("hold every word that a page shows or speaks", () => {
    expect(sources.flatMap(bareWords)).toEqual([]);
  });
});
