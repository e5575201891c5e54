type Factory = (options: { locateFile?: (name: string) => string }) => Promise<unknown>;

declare module "@cornerstonejs/codec-openjph" {
  const factory: Factory;
  export default factory;
}
declare module "@cornerstonejs/codec-openjph/wasm?url" {
  const url: string;
  export default url;
}
declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  const factory: Factory;
  export default factory;
}
declare module "@cornerstonejs/codec-openjpeg/decodewasm?url" {
  const url: string;
  export default url;
}
declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  const factory: Factory;
  export default factory;
}
declare module "@cornerstonejs/codec-charls/decodewasm?url" {
  const url: string;
  export default url;
}
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs" {
  const factory: Factory;
  export default factory;
}
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url" {
  const url: string;
  export default url;
}
