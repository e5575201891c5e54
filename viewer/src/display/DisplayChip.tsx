import { Popover } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import strip from "@/reading/TopStrip.module.css";
import { useMay } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { formatDay, parseDay } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import { useCaseDisplay, useOwnDisplay } from "./api";
import classes from "./Display.module.css";
import { DisplayChoice } from "./DisplayChoice";
import { chosenOf, lookOf, LOOKS } from "./looks";
import { StandingFacts } from "./StandingFacts";

/** The display in the strip over the images: its grade where it holds, else why not, with what to do one click away. */
export function DisplayChip({ itemId }: { readonly itemId: string }): JSX.Element | null {
  const { t } = useTranslation("displays");
  const signs = useMay()("report.sign");
  const standing = useCaseDisplay(itemId).data;
  const own = useOwnDisplay().data;
  const style = useDateStyle();
  if (standing === undefined) return null;
  const look = lookOf(standing, { signs });
  const [tone, shape] = LOOKS[look];
  return (
    <Popover transitionProps={{ duration: 0 }} position="bottom-start" width={380} trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={strip["ledger"]}
          data-display={standing.state}
          title={t(`state.${standing.state}`)}
        >
          <Chip tone={tone} shape={shape}>
            {look === "valid" ? t("chip.valid", { grade: standing.grade }) : t(`chip.${look}`)}
            {look === "valid" && standing.valid_until !== null && (
              <span className={classes["until"]}>
                {" "}
                {t("chip.until", { day: formatDay(parseDay(standing.valid_until), style) })}
              </span>
            )}
          </Chip>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes["popover"]}>
          <StandingFacts standing={standing} />
          {own !== undefined && <DisplayChoice key={chosenOf(own).join()} own={own} />}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
