import { lazy, Suspense, useCallback, useMemo, type Dispatch, type JSX } from "react";
import type { DocumentObject } from "@/images/frame";
import { targetsOf, type Links } from "@/documents/links";
import type { Identity } from "@/viewports/Overlay";
import type { Documents } from "./documents";
import type { Change } from "./room";
import type { OpenCase } from "./useCase";
import type { Views } from "./views";

const DocumentPanel = lazy(() => import("@/documents/DocumentPanel"));

interface OpenDocumentProps {
  readonly document: DocumentObject;
  readonly documents: Documents;
  readonly opened: OpenCase;
  readonly identity: Identity;
  readonly views: Views;
  readonly active: number;
  readonly change: Dispatch<Change>;
}

/** The document beside the images; an image that it names comes into the active viewport. */
export function OpenDocument(props: OpenDocumentProps): JSX.Element {
  const { document, documents, opened, identity, views, active, change } = props;
  const { stacks } = opened.hanging;
  const links = useMemo(
    (): Links => ({
      find: (reference) => targetsOf(reference, stacks, documents.all),
      follow: (target) => {
        if (target.kind === "document") {
          change({ type: "document", document: target.document });
          return;
        }
        change({ type: "put", stack: target.stack });
        views.goTo(active, target.stack, target.index);
      },
    }),
    [stacks, documents, views, active, change],
  );
  const unshown = useCallback(() => documents.failed(document), [documents, document]);
  return (
    <Suspense fallback={null}>
      <DocumentPanel
        document={document}
        whose={identity(document)}
        prior={document.studyInstanceUid !== opened.current.study.studyInstanceUid}
        links={links}
        onClose={() => change({ type: "document", document: null })}
        onUnshown={unshown}
      />
    </Suspense>
  );
}
