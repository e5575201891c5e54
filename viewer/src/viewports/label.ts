import type { Stack } from "@/hanging/plan";
import type { BreastView } from "@/images/frame";

/** RMLO, LXCCL, RCCID: side, view and modifiers as CID 4014 and 4015 abbreviate them (M and the like stand in front). */
export function viewLabel(breast: BreastView): string {
  const before = breast.modifiers.filter((modifier) => modifier === "M" || modifier === "S");
  const after = breast.modifiers.filter((modifier) => modifier !== "M" && modifier !== "S");
  return breast.view === "" ? "" : [breast.laterality, ...before, breast.view, ...after].join("");
}

/** What a stack is called where there is little room. */
export function stackLabel({ series, frames }: Stack): string {
  const breast = frames[0]?.instance.breast;
  const view = breast === undefined ? "" : viewLabel(breast);
  return view || series.description || series.modality;
}

/** Which of its series' stacks it is, where its name does not tell them apart. */
export function partOf({ frames, part }: Stack): Stack["part"] {
  const breast = frames[0]?.instance.breast;
  return breast === undefined || viewLabel(breast) === "" ? part : null;
}
