import { Button, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report, SigningStart } from "@/api/types";
import type { Proof } from "@/session/Prove";
import { Dialog } from "@/ui/Dialog";
import { WORKLIST_KEY } from "@/worklist/api";
import { beginWithdrawal, reportKey, withdraw } from "./api";
import { Prove, SigningFailure } from "./Prove";
import classes from "./Report.module.css";

const HEARD_AFTER = 1000;
const LONGEST = 1000;

/** 取り下げ: offered to whoever signed what stands, and to the centre's readers. */
export function WithdrawReport({
  itemId,
  report,
}: {
  readonly itemId: string;
  readonly report: Report;
}): JSX.Element | null {
  const { t } = useTranslation("stages");
  const [open, setOpen] = useState(false);
  if (!report.may_withdraw) return null;
  return (
    <>
      <Button size="xs" variant="default" color="red" onClick={() => setOpen(true)}>
        {t("withdraw.open")}
      </Button>
      {open && <WithdrawDialog itemId={itemId} onClose={() => setOpen(false)} />}
    </>
  );
}

interface WithdrawDialogProps {
  readonly itemId: string;
  readonly onClose: () => void;
}

/** The reason, then exactly what is signed, then the key. */
function WithdrawDialog({ itemId, onClose }: WithdrawDialogProps): JSX.Element {
  const { t } = useTranslation(["stages", "report", "certificates"]);
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [start, setStart] = useState<SigningStart | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = (act: () => Promise<void>): void => {
    setBusy(true);
    setError(null);
    void act()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  const finish = (begun: SigningStart, prove: () => Promise<Proof>): void =>
    run(async () => {
      client.setQueryData(reportKey(itemId), await withdraw(itemId, begun.version_digest, await prove()));
      window.setTimeout(() => void client.invalidateQueries({ queryKey: WORKLIST_KEY }), HEARD_AFTER);
      onClose();
    });
  return (
    <Dialog onClose={onClose} title={t("stages:withdraw.title")} closeLabel={t("stages:cancel")} wide held={busy}>
      <div className={classes["dialog"]}>
        <p>{t("stages:withdraw.hint")}</p>
        {start === null ? (
          <form
            className={classes["group"]}
            onSubmit={(event) => {
              event.preventDefault();
              if (reason.trim()) run(async () => setStart(await beginWithdrawal(itemId, reason)));
            }}
          >
            <Textarea
              label={t("stages:withdraw.reason")}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maxLength={LONGEST}
              minRows={3}
              autosize
              required
              data-autofocus
            />
            <SigningFailure error={error} />
            <div className={classes["buttons"]}>
              <Button variant="default" onClick={onClose} disabled={busy}>
                {t("stages:cancel")}
              </Button>
              <Button type="submit" color="red" loading={busy} disabled={reason.trim() === ""}>
                {t("stages:withdraw.next")}
              </Button>
            </div>
          </form>
        ) : (
          <>
            <div className={classes["shown"]}>
              <span className={classes["label"]} id="exact-withdrawal">
                {t("report:sign.exact")}
              </span>
              <pre className={classes["exact"]} tabIndex={0} aria-labelledby="exact-withdrawal">
                {start.text}
              </pre>
            </div>
            {start.certificate_needed && <p className={classes["quiet"]}>{t("certificates:needed")}</p>}
            <SigningFailure error={error} />
            <Prove
              start={start}
              busy={busy}
              word={t("stages:withdraw.sign")}
              onClose={onClose}
              onProve={(prove) => finish(start, prove)}
            />
          </>
        )}
      </div>
    </Dialog>
  );
}
