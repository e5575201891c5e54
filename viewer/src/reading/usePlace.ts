import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Copy } from "@/kept/copy";
import { shelf } from "@/kept/shelf";
import { placeOf, type Place } from "./place";
import type { Room } from "./room";
import type { Views } from "./views";

const KEY_WITHIN = 1_500;
const WRITTEN_EVERY = 500;

const placeKey = (itemId: string): readonly string[] => ["place-here", itemId];

/** Where this case's reader was when the page went; undefined until it is known, null where nobody was here. */
export function useFormerPlace(itemId: string): Place | null | undefined {
  const query = useQuery({
    queryKey: placeKey(itemId),
    queryFn: async () => {
      await shelf.ready(KEY_WITHIN);
      return (await shelf.find<Place>("place", itemId))?.value ?? null;
    },
    networkMode: "always",
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
  });
  return query.data;
}

/** Writes down where the reader is, as long as the room stands; whoever leaves it by its door begins anew. */
export function useKeptPlace(itemId: string, room: Room, views: Views): void {
  const client = useQueryClient();
  const latest = useRef(room);
  const changed = useRef<() => void>(() => undefined);
  useEffect(() => {
    latest.current = room;
    changed.current();
  }, [room]);
  // It was taken up: a room that is made anew, of more images, begins with them.
  useEffect(() => void client.setQueryData(placeKey(itemId), null), [client, itemId]);
  useEffect(() => {
    const copy = new Copy<Place>(shelf, "place", itemId);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (): void => {
      timer = undefined;
      copy.set(placeOf(latest.current, (cell) => views.at(cell)?.stance ?? null));
    };
    changed.current = () => {
      timer ??= setTimeout(write, WRITTEN_EVERY);
    };
    const stop = views.subscribe(() => changed.current());
    return () => {
      changed.current = () => undefined;
      clearTimeout(timer);
      stop();
      copy.set(null);
    };
  }, [itemId, views]);
}
