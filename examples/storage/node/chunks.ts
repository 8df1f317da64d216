/** Cuts a stream into pieces of one length; the last is shorter. */
export async function* chunksOf(body: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let filled = 0;
  for await (const part of body) {
    let rest = part;
    while (filled + rest.length >= length) {
      const missing = length - filled;
      yield Buffer.concat([...parts, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      parts = [];
      filled = 0;
    }
    if (rest.length > 0) parts.push(rest);
    filled += rest.length;
  }
  if (filled > 0) yield Buffer.concat(parts);
}
