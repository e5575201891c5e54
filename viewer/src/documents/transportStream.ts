import Hls, { Events, type Loader, type LoaderCallbacks, type LoaderContext, type LoaderStats } from "hls.js";

/**
 * Plays an MPEG-2 transport stream, which no browser's <video> takes, by putting the same coded pictures into MP4
 * segments (hls.js): a playlist of one segment, both handed over from memory, nothing is fetched.
 */
export function playTransportStream(
  video: HTMLVideoElement,
  bytes: Uint8Array<ArrayBuffer>,
  failed: (detail: string) => void,
): () => void {
  const hls = new Hls({ loader: loaderOf(bytes), enableWorker: false, startPosition: 0, autoStartLoad: true });
  let source: MediaSource | undefined;
  hls.on(Events.MEDIA_ATTACHED, (_, data) => {
    source = data.mediaSource;
  });
  hls.on(Events.BUFFER_EOS, () => queueMicrotask(() => endWhereItEnds(video, source)));
  hls.on(Events.ERROR, (_, data) => {
    if (data.fatal) failed(data.error.message || data.details);
  });
  hls.loadSource("all.m3u8");
  hls.attachMedia(video);
  return () => hls.destroy();
}

/** The playlist cannot know how long the stream is: its end in the buffer is the end. */
function endWhereItEnds(video: HTMLVideoElement, source: MediaSource | undefined): void {
  const { buffered } = video;
  if (source?.readyState !== "open" || buffered.length === 0) return;
  if (![...source.sourceBuffers].some(({ updating }) => updating)) source.endOfStream();
}

const LONGEST_SECONDS = 36_000;
const PLAYLIST = [
  "#EXTM3U",
  "#EXT-X-VERSION:3",
  `#EXT-X-TARGETDURATION:${LONGEST_SECONDS}`,
  `#EXTINF:${LONGEST_SECONDS},`,
  "all.ts",
  "#EXT-X-ENDLIST",
  "",
].join("\n");

function loaderOf(bytes: Uint8Array<ArrayBuffer>): new () => Loader<LoaderContext> {
  return class FromMemory implements Loader<LoaderContext> {
    context: LoaderContext | null = null;
    readonly stats: LoaderStats = {
      aborted: false,
      loaded: 0,
      retry: 0,
      total: 0,
      chunkCount: 0,
      bwEstimate: 0,
      loading: { start: 0, first: 0, end: 0 },
      parsing: { start: 0, end: 0 },
      buffering: { start: 0, first: 0, end: 0 },
    };

    load(context: LoaderContext, _: unknown, callbacks: LoaderCallbacks<LoaderContext>): void {
      this.context = context;
      const data = context.url.endsWith(".ts") ? bytes.slice().buffer : PLAYLIST;
      const size = typeof data === "string" ? data.length : data.byteLength;
      const now = performance.now();
      Object.assign(this.stats, { loaded: size, total: size, loading: { start: now, first: now, end: now } });
      queueMicrotask(() => {
        if (!this.stats.aborted) callbacks.onSuccess({ url: context.url, data }, this.stats, context, null);
      });
    }

    abort(): void {
      this.stats.aborted = true;
    }

    destroy(): void {
      this.abort();
      this.context = null;
    }
  };
}
