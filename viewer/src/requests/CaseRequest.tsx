import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { PaperList } from "@/papers/PaperList";
import { useMay } from "@/session/api";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { useCaseRequest } from "./api";
import { RequestView } from "./RequestView";
import classes from "./View.module.css";

export interface CaseRequestProps {
  readonly itemId: string;
  /** In the reading room a paper opens beside the images. */
  readonly onPaper?: (sopInstanceUid: string) => void;
}

/** The request of a case with the papers that came among its images, beside its images and on its own page. */
export function CaseRequest({ itemId, onPaper }: CaseRequestProps): JSX.Element {
  const { t } = useTranslation("requests");
  const allowed = useMay()("request.read");
  return allowed ? (
    <>
      <Readable itemId={itemId} />
      <PaperList itemId={itemId} onOpen={onPaper} />
    </>
  ) : (
    <Empty compact title={t("one")}>
      {t("not_for_role")}
    </Empty>
  );
}

function Readable({ itemId }: { readonly itemId: string }): JSX.Element {
  const { t } = useTranslation("requests");
  const query = useCaseRequest(itemId);
  if (query.data === undefined) {
    return query.error ? (
      <Failed compact error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingRows rows={6} />
    );
  }
  if (query.data === null) {
    return (
      <Empty compact title={t("none")}>
        {t("none_text")}
      </Empty>
    );
  }
  return <RequestView request={query.data} heading={t("one")} />;
}

/** The folding panel of the reading room. */
export default function RequestPanel(props: CaseRequestProps): JSX.Element {
  return (
    <div className={classes["panel"]} data-request-panel="">
      <CaseRequest {...props} />
    </div>
  );
}
