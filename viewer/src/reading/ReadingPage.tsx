import { Center, Loader, Stack } from "@mantine/core";
import { useLayoutEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { caseOpened } from "@/images/milestones";
import { Failed } from "@/ui/States";
import { useDisplayed } from "./displayed";
import { ReadingRoom } from "./ReadingRoom";
import { Seen } from "./seen";
import { useCase } from "./useCase";
import { useFormerPlace } from "./usePlace";

/** The way into the reading room: what is missing to open the case, or the room itself. */
export default function ReadingPage({ itemId }: { readonly itemId: string }): JSX.Element {
  const { t } = useTranslation("reading");
  useLayoutEffect(caseOpened, [itemId]);
  const { opened, error } = useCase(itemId);
  const [seen] = useState(() => new Seen());
  useDisplayed(seen, opened?.item.site_id ?? null);
  const place = useFormerPlace(itemId);
  if (opened !== null && place !== undefined) {
    return <ReadingRoom key={opened.version} opened={opened} seen={seen} place={place} />;
  }
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
