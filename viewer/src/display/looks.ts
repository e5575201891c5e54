import type { DisplayStanding, OwnDisplay } from "@/api/types";
import type { Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";

/** `reference` is what a display is to whoever cannot sign on it anyway (DISP-16); `waived`: the centre asks nothing. */
export type DisplayLook = "valid" | "reference" | "waived" | "blocked" | "warned";

export const LOOKS: Readonly<Record<DisplayLook, readonly [Tone, Shape]>> = {
  valid: ["good", "check"],
  reference: ["idle", "hollow"],
  waived: ["idle", "slash"],
  blocked: ["danger", "stop"],
  warned: ["attention", "triangle"],
};

export function lookOf(standing: DisplayStanding, { signs }: { readonly signs: boolean }): DisplayLook {
  if (standing.state === "valid") return "valid";
  if (!signs) return "reference";
  if (standing.blocks) return "blocked";
  return standing.rules.mode === "off" ? "waived" : "warned";
}

/** The displays that stand at this device, as far as they may still be chosen: a retired one may not. */
export const chosenOf = (own: OwnDisplay): string[] => {
  const offered = new Set(own.choices.map((one) => one.display_id));
  return own.chosen.map((one) => one.display_id).filter((one) => offered.has(one));
};
