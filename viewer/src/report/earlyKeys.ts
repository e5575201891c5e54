/** The report's keys (Alt and a physical key), kept for the form as long as it is not there yet: none is lost. */

export interface KeyPress {
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly repeat: boolean;
}

type Take = (code: string) => boolean;

interface Kept {
  readonly itemId: string;
  readonly code: string;
  readonly at: number;
}

/** Whoever waits longer than that has gone on to something else. */
export const KEPT_FOR = 20_000;
const MOST = 12;
const REPORT_KEY = /^(?:Key[A-Z]|Digit[1-9]|Enter)$/u;

let kept: readonly Kept[] = [];
const forms = new Map<string, Take>();

export const isReportKey = ({ code, altKey, ctrlKey, metaKey, shiftKey, repeat }: KeyPress): boolean =>
  altKey && !ctrlKey && !metaKey && !shiftKey && !repeat && REPORT_KEY.test(code);

/** The form of a case takes keys from now on, those first that were pressed while it was coming. */
export function takeKeys(itemId: string, take: Take, now = Date.now()): () => void {
  forms.set(itemId, take);
  const waiting = kept.filter((one) => one.itemId === itemId && now - one.at < KEPT_FOR);
  kept = [];
  for (const { code } of waiting) take(code);
  return () => {
    if (forms.get(itemId) === take) forms.delete(itemId);
  };
}

/** Whether a key was kept; not where the form is there, which hears of it by itself. */
export function keepKey(itemId: string, code: string, now = Date.now()): boolean {
  if (forms.has(itemId)) return false;
  kept = [...kept.filter((one) => one.itemId === itemId), { itemId, code, at: now }].slice(-MOST);
  return true;
}

/** There will be no form: what was kept is forgotten. */
export function forgetKeys(): void {
  kept = [];
}
