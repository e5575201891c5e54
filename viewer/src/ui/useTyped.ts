import { useDebouncedValue } from "@mantine/hooks";

const AFTER = 300;
/** Letters from which on the hub is asked. */
const LEAST = 2;

/** What somebody typed once they pause, whether it is enough to ask the hub for, and whether it is what stands there. */
export function useTyped(text: string): { readonly typed: string; readonly enough: boolean; readonly still: boolean } {
  const now = text.trim();
  const [typed] = useDebouncedValue(now, AFTER);
  return { typed, enough: typed.length >= LEAST, still: typed === now };
}
