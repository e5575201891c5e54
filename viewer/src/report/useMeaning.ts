import { useTranslation } from "react-i18next";
import { knownCategory } from "./model";

const BIRADS = ["0", "1", "2", "3", "4A", "4B", "4C", "5", "6"] as const;

/** What a category means on its scale; the same sign means something else on another. */
export function useMeaning(scale: string): (category: string) => string {
  const { t } = useTranslation(["report", "structured"]);
  return (category) => {
    const birads = BIRADS.find((one) => one === category);
    if (scale === "birads" && birads !== undefined) return t(`structured:birads.${birads}`);
    return t(`category.${knownCategory(category)}`);
  };
}
