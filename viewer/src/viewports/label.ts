import type { Stack } from "@/hanging/plan";
import type { BreastView } from "@/images/frame";

/** RMLO, LXCCL, RCCID: side, view and modifiers as CID 4014 and 4015 abbreviate them (M and the like stand in front). */
export function viewLabel(breast: BreastView): string {
  const before = breast.modifiers.filter((modifier) => modifier === "M" || modifier === "S");
  const after = breast.modifiers.filter((modifier) => modifier !== "M" && modifier !== "S");
  return breast.view === "" ? "" : [breast.laterality, ...before, breast.view, ...after].join("");
}

/** What a stack is called where there is little room. */
export function stackLabel(stack: Stack): string {
  const { series, frames, part } = stack;
  const breast = frames[0]?.instance.breast;
  const view = breast === undefined ? "" : viewLabel(breast);
  const named = view || series.description || series.modality;
  return part !== null && view === "" ? `${named} ${part.number}/${part.of}` : named;
}
