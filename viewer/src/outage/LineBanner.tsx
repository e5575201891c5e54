import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { reach } from "@/api/reach";
import { shelf } from "@/kept/shelf";
import { saveAll } from "@/session/beforeLock";
import { formatClock } from "@/ui/format";
import { ShapeMark } from "@/ui/shapes";
import classes from "./LineBanner.module.css";

const SENT_WITHIN = 10_000;
const SAID_FOR = 5_000;

/** What became of what was written meanwhile. */
type Sent = "sending" | "sent" | "not_all";

/** Says that the line is gone, since when and what still works; and, when it is back, that everything was sent. */
export function LineBanner(): ReactNode {
  const { goneSince } = useSyncExternalStore(reach.subscribe, reach.state);
  const sent = useSent();
  if (goneSince !== null) return <Gone since={goneSince} />;
  return sent === null ? null : <Back sent={sent} />;
}

function Gone({ since }: { readonly since: number }): ReactNode {
  const { t } = useTranslation("outage");
  const keeps = useSyncExternalStore(shelf.subscribe, shelf.keeps);
  return (
    <div className={classes["banner"]} role="alert" data-line="gone">
      <ShapeMark shape="stop" />
      <p>
        <strong>{t("gone.what", { clock: formatClock(new Date(since), { seconds: true }) })}</strong> {t("gone.works")}{" "}
        {t(keeps ? "gone.kept" : "gone.in_page")}
      </p>
    </div>
  );
}

function Back({ sent }: { readonly sent: Sent }): ReactNode {
  const { t } = useTranslation("outage");
  return (
    <div className={classes["banner"]} role="status" data-line="back" data-sent={sent}>
      <ShapeMark shape={sent === "sent" ? "full" : "dashed"} />
      <p>
        <strong>{t("back.what")}</strong> {t(`back.${sent}`)}
      </p>
    </div>
  );
}

/** Brings what was written to the hub as soon as the line is back; null where there is nothing to say. */
function useSent(): Sent | null {
  const [sent, setSent] = useState<Sent | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let outage = 0;
    const stop = reach.subscribe(() => {
      outage += 1;
      const own = outage;
      clearTimeout(timer);
      if (reach.gone) return;
      setSent("sending");
      void saveAll(SENT_WITHIN).then((all) => {
        if (own !== outage) return;
        setSent(all ? "sent" : "not_all");
        timer = setTimeout(() => setSent(null), SAID_FOR);
      });
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  return sent;
}
