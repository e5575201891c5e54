import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Shell } from "./Shell";
import { Empty } from "./States";
import { Titled } from "./Titled";

export default function NotFoundPage(): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <Shell>
      <Titled title={t("state.not_found_title")} />
      <Empty
        title={t("state.not_found_title")}
        shape="slash"
        heading
        action={
          <Button component={Link} href="/worklist" variant="default">
            {t("state.to_worklist")}
          </Button>
        }
      >
        {t("state.not_found_text")}
      </Empty>
    </Shell>
  );
}
