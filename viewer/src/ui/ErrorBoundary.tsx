import { Button } from "@mantine/core";
import { Component, type JSX, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "./States";

interface Broken {
  readonly broken: boolean;
}

/** A page that cannot be drawn says so; most often its code was renewed at the hub while the page was open. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, Broken> {
  static getDerivedStateFromError(): Broken {
    return { broken: true };
  }

  override state: Broken = { broken: false };

  override render(): ReactNode {
    return this.state.broken ? <BrokenPage /> : this.props.children;
  }
}

function BrokenPage(): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <main role="alert">
      <Empty
        title={t("state.broke_title")}
        shape="triangle"
        heading
        action={<Button onClick={() => window.location.reload()}>{t("state.reload")}</Button>}
      >
        {t("state.broke_text")}
      </Empty>
    </main>
  );
}
