/** What changed between two texts, word by word; pure. Japanese is cut by the browser's own segmenter. */

export type Mark = "same" | "added" | "removed";

export interface Piece {
  readonly mark: Mark;
  readonly text: string;
}

const MOST_CELLS = 4_000_000;
const segmenter = new Intl.Segmenter("ja", { granularity: "word" });

export const wordsOf = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

/** The pieces in reading order, each removed before what was put in its place; too long texts are compared by line. */
export function difference(before: string, after: string): readonly Piece[] {
  const words = [wordsOf(before), wordsOf(after)] as const;
  if (words[0].length * words[1].length <= MOST_CELLS) return compared(words[0], words[1]);
  return compared(before.split(/(?<=\n)/u), after.split(/(?<=\n)/u));
}

function compared(before: readonly string[], after: readonly string[]): readonly Piece[] {
  const lengths = commonLengths(before, after);
  const found: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      put(found, "same", old);
      i += 1;
      j += 1;
    } else if (old !== undefined && (now === undefined || at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      put(found, "removed", old);
      i += 1;
    } else {
      put(found, "added", now ?? "");
      j += 1;
    }
  }
  return found;
}

/** How many words the ends behind each pair of places share (longest common subsequence). */
function commonLengths(before: readonly string[], after: readonly string[]): readonly Uint32Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    for (let j = after.length - 1; row && j >= 0; j -= 1) {
      row[j] = before[i] === after[j] ? at(rows, i + 1, j + 1) + 1 : Math.max(at(rows, i + 1, j), at(rows, i, j + 1));
    }
  }
  return rows;
}

const at = (rows: readonly Uint32Array[], i: number, j: number): number => rows[i]?.[j] ?? 0;

function put(found: Piece[], mark: Mark, text: string): void {
  const last = found.at(-1);
  if (last?.mark === mark) found[found.length - 1] = { mark, text: last.text + text };
  else found.push({ mark, text });
}

export const side = (pieces: readonly Piece[], without: "added" | "removed"): readonly Piece[] =>
  pieces.filter(({ mark }) => mark !== without);
