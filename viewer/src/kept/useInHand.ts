import { useEffect, useState } from "react";
import { takenUp, type Bringer, type InHand } from "./inHand";
import type { Words } from "./shelf";

/** Words in hand for as long as their page stands; what is not at the hub then goes on without it. */
export function useInHand<T, H extends InHand<T, Bringer<T>>>(kind: Words, of: string, make: () => H): H {
  const [hand] = useState(() => takenUp(kind, of, make));
  useEffect(() => {
    hand.open();
    return () => hand.leave();
  }, [hand]);
  return hand;
}
