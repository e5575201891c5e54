import { number, numbers, texts, type Dataset } from "./dicomJson";

/**
 * How long each frame of a cine stands, in milliseconds (PS3.3 C.7.6.5): the times between its frames, else the rate at
 * which it wants to be shown. Empty where the object says neither. Pure.
 */
export function frameTimes(dataset: Dataset, frames: number): readonly number[] {
  const vector = timeVector(dataset, frames);
  if (vector !== null) return vector;
  const time = number(dataset, "00181063");
  if (time !== null && time > 0) return Array.from({ length: frames }, () => time);
  const rate = number(dataset, "00082144") ?? number(dataset, "00180040");
  return rate !== null && rate > 0 ? Array.from({ length: frames }, () => 1000 / rate) : [];
}

const VECTOR = "00181065";

/** Each value is the time since the frame before, and the first is 0; the last frame stands as long as the one before. */
function timeVector(dataset: Dataset, frames: number): readonly number[] | null {
  const pointers = texts(dataset, "00280009");
  if (pointers.length > 0 && !pointers.includes(VECTOR)) return null;
  const since = numbers(dataset, VECTOR);
  const after = since.slice(1);
  if (frames < 2 || since.length !== frames || after.some((time) => !(time > 0))) return null;
  return [...after, after.at(-1) ?? 0];
}
