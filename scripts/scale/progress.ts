const started = performance.now();

/** Says what is being done, and since when. */
export function progress(doing: string): void {
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  console.error(`${seconds.padStart(4)} s  ${doing}`);
}
