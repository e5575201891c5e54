import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayPanel } from "@/api/types";
import { useSitesWith } from "@/session/api";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useNameOfSite } from "@/session/useNameOfSite";
import { useRegisterDisplay } from "./api";
import classes from "./Display.module.css";

const EMPTY: DisplayPanel = {
  name: "",
  maker: "",
  model: "",
  serial: "",
  columns: 2560,
  rows: 2048,
  pitch_mm: 0.165,
  site_id: null,
  place: "",
  purpose: "diagnostic",
};

/** What stands on the plate of a display, and where it stands. */
export function RegisterDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation("displays");
  const sites = useSitesWith("displays.manage");
  const nameOf = useNameOfSite();
  const register = useRegisterDisplay();
  const [panel, setPanel] = useState(EMPTY);
  const put = (changed: Partial<DisplayPanel>): void => setPanel({ ...panel, ...changed });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    register.mutate(panel, { onSuccess: onClose });
  };
  return (
    <Dialog title={t("add")} closeLabel={t("cancel")} onClose={onClose} wide held={register.isPending}>
      <form onSubmit={submit} className={classes["form"]}>
        {register.error && <FailedLine error={register.error} />}
        <div className={classes["two"]}>
          {(["name", "place", "maker", "model"] as const).map((name) => (
            <TextInput
              key={name}
              label={t(`field.${name}`)}
              value={panel[name]}
              maxLength={200}
              required={name !== "place"}
              withAsterisk={false}
              onChange={(event) => put({ [name]: event.currentTarget.value })}
            />
          ))}
        </div>
        <div className={classes["two"]}>
          <TextInput
            label={t("field.serial")}
            value={panel.serial}
            maxLength={200}
            required
            withAsterisk={false}
            onChange={(event) => put({ serial: event.currentTarget.value })}
          />
          <NumberInput
            label={t("field.pitch")}
            value={panel.pitch_mm}
            min={0.01}
            max={5}
            step={0.001}
            onChange={(typed) => put({ pitch_mm: Number(typed) })}
          />
        </div>
        <div className={classes["two"]}>
          {(["columns", "rows"] as const).map((name) => (
            <NumberInput
              key={name}
              label={t(`field.${name}`)}
              value={panel[name]}
              min={1}
              max={65535}
              allowDecimal={false}
              onChange={(typed) => put({ [name]: Number(typed) })}
            />
          ))}
        </div>
        <div className={classes["two"]}>
          <NativeSelect
            label={t("field.site")}
            value={panel.site_id ?? ""}
            data={[
              { value: "", label: t("centre") },
              ...sites.map(({ site_id }) => ({ value: site_id, label: nameOf(site_id) })),
            ]}
            onChange={({ currentTarget }) => put({ site_id: currentTarget.value || null })}
          />
          <NativeSelect
            label={t("field.purpose")}
            value={panel.purpose}
            data={(["diagnostic", "reference"] as const).map((value) => ({ value, label: t(`purpose.${value}`) }))}
            onChange={({ currentTarget }) =>
              put({ purpose: currentTarget.value === "reference" ? "reference" : "diagnostic" })
            }
          />
        </div>
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose} disabled={register.isPending}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={register.isPending}>
            {t("add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
