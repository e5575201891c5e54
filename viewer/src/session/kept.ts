import { shelf } from "@/kept/shelf";
import { packs } from "@/packs/packs";

const AT_MOST = 3_000;

/**
 * Nothing of a patient stays on this computer after sign-out (NET-17) but what was typed and never reached the hub, which
 * only its writer can open again; a disk that hangs must not keep the page open.
 */
export const removeKept = (): Promise<unknown> =>
  Promise.race([
    Promise.all([packs.clear(), shelf.clear("place")]),
    new Promise<void>((resolve) => setTimeout(resolve, AT_MOST)),
  ]);
