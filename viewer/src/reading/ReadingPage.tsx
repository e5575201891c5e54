import { Center, Loader, Stack } from "@mantine/core";
import { useLayoutEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DecodePool } from "@/images/decode/pool";
import { caseOpened } from "@/images/milestones";
import { Failed } from "@/ui/States";
import { useDisplayed } from "./displayed";
import { ReadingRoom } from "./ReadingRoom";
import { Seen } from "./seen";
import type { Place } from "./place";
import { useCase, type OpenCase } from "./useCase";
import { useDecoders, useFrames } from "./useFrames";
import { useFormerPlace } from "./usePlace";

export { startEngine as warmEngine } from "@/viewports/engine";

/** The way into the reading room: what is missing to open the case, or the room itself. */
export default function ReadingPage({ itemId }: { readonly itemId: string }): JSX.Element {
  const { t } = useTranslation("reading");
  useLayoutEffect(caseOpened, [itemId]);
  const { opened, error } = useCase(itemId);
  const [seen] = useState(() => new Seen());
  useDisplayed(seen, opened?.item.site_id ?? null);
  const pool = useDecoders();
  const place = useFormerPlace(itemId);
  if (opened !== null) return <Opened key={opened.version} opened={opened} seen={seen} pool={pool} place={place} />;
  return (
    <Center h="100%" component="main" aria-label={t("title")}>
      {error === null ? (
        <Stack align="center" gap="xs">
          <Loader type="dots" color="gray" />
          {t("opening")}
        </Stack>
      ) : (
        <Failed error={error} onRetry={() => window.location.reload()} heading />
      )}
    </Center>
  );
}

interface OpenedProps {
  readonly opened: OpenCase;
  readonly seen: Seen;
  readonly pool: DecodePool;
  /** Undefined as long as it is not known; frames do not wait for it. */
  readonly place: Place | null | undefined;
}

function Opened({ opened, seen, pool, place }: OpenedProps): JSX.Element | null {
  const [first] = useState(opened);
  const store = useFrames(first, pool);
  if (store === null || place === undefined) return null;
  return <ReadingRoom opened={opened} first={first} store={store} seen={seen} place={place} />;
}
