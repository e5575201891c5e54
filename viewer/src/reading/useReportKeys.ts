import { useEffect, useRef } from "react";
import { forgetKeys, isReportKey, keepKey } from "@/report/earlyKeys";
import { composes } from "@/ui/composing";
import { typesText } from "./keys";

/** "Nothing on either side" needs no opening first: it opens the report and is in it. */
const OPENS = "KeyN";

/** The report's keys while its form is still coming: they are kept for it. */
export function useReportKeys(itemId: string, open: boolean, openReport: () => void): void {
  const latest = useRef({ open, openReport });
  useEffect(() => {
    latest.current = { open, openReport };
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (composes(event) || !isReportKey(event) || document.querySelector("[role='dialog']") !== null) return;
      const closed = !latest.current.open;
      if (closed && (event.code !== OPENS || typesText(event.target))) return;
      if (!keepKey(itemId, event.code)) return;
      event.preventDefault();
      if (!closed) return;
      latest.current = { ...latest.current, open: true };
      latest.current.openReport();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [itemId]);
  useEffect(() => (open ? forgetKeys : undefined), [open, itemId]);
}
