/** What a browser says of a key that an input method took; some say only this of the one that ends a composition. */
const TAKEN_BY_INPUT_METHOD = 229;

interface KeyPress {
  readonly isComposing: boolean;
  readonly key: string;
  readonly keyCode: number;
}

/** Whether a key belongs to an input method that composes: then it signs nothing, submits nothing and moves nothing. */
export function composes(press: KeyPress): boolean {
  return press.isComposing || press.key === "Process" || press.keyCode === TAKEN_BY_INPUT_METHOD;
}
