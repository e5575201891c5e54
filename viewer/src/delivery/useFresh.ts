import { useEffect } from "react";
import { useQueryClient } from "@tanstack/react-query";
import type { ReportDelivery } from "@/api/types";
import { reportKey } from "@/report/api";
import { useWay } from "@/worklist/api";
import { statesOf } from "./model";

/** A signed report is asked for once, its way again and again: where the way says more, the report is asked for anew. */
export function useFresh(itemId: string, deliveries: readonly ReportDelivery[]): void {
  const client = useQueryClient();
  const back = useWay(itemId).data?.back;
  const told = back === undefined ? null : JSON.stringify(back.map(({ stamps, places }) => [stamps, places]));
  const shown = JSON.stringify(deliveries.map((delivery) => [delivery.stamps, statesOf(delivery)]));
  useEffect(() => {
    if (told !== null && told !== shown) void client.invalidateQueries({ queryKey: reportKey(itemId), exact: true });
  }, [client, itemId, told, shown]);
}
