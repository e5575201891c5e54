import { packs } from "@/packs/packs";

const AT_MOST = 3_000;

/** Nothing of a patient stays on this computer after sign-out (NET-17); a disk that hangs must not keep the page open. */
export const removeKept = (): Promise<void> =>
  Promise.race([packs.clear(), new Promise<void>((resolve) => setTimeout(resolve, AT_MOST))]);
