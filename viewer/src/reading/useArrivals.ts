import { useQuery } from "@tanstack/react-query";
import type { StudyImages } from "@/api/types";
import { pollImages } from "@/images/loadStudy";
import type { OpenCase } from "./useCase";

const EVERY = 5_000;

/** The hub's document of the current study as it is now: it may have gone on arriving since the case was opened. */
export function useArrivals({ current, item }: OpenCase): StudyImages {
  const query = useQuery({
    queryKey: ["arrivals", item.site_id, current.study.studyInstanceUid, current.etag],
    queryFn: ({ signal, client, queryKey }) =>
      pollImages(client.getQueryData<Arrived>(queryKey) ?? current, item.site_id, signal),
    initialData: { images: current.images, etag: current.etag },
    staleTime: 0,
    gcTime: 0,
    refetchInterval: EVERY,
    structuralSharing: false,
  });
  return query.data.images;
}

type Arrived = Awaited<ReturnType<typeof pollImages>>;
