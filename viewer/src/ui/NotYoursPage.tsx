import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Shell } from "./Shell";
import { Empty } from "./States";
import { Titled } from "./Titled";

/** A page that somebody's roles do not open, said once and not by every part of it. */
export default function NotYoursPage(): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <Shell>
      <Titled title={t("not_yours.title")} />
      <Empty
        title={t("not_yours.title")}
        shape="slash"
        heading
        action={
          <Button component={Link} href="/" variant="default">
            {t("not_yours.to_start")}
          </Button>
        }
      >
        {t("not_yours.text")}
      </Empty>
    </Shell>
  );
}
