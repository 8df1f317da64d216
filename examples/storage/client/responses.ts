import { z } from "zod";

/** Refusal of a node or a gateway. */
const refusalSchema = z.object({ error: z.string(), message: z.string(), version: z.number().optional() });

/** A refusal over HTTP, with the server's `status` and `reason`. */
export class RemoteRefusal extends Error {
  override readonly name = "RemoteRefusal";

  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    /** Of the newer version, if that is why. */
    readonly version?: number,
  ) {
    super(message);
  }
}

/** An answer that is as it should be. @throws RemoteRefusal */
export async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  const known = refusalSchema.safeParse(parseJson(await response.text()));
  if (!known.success) throw new RemoteRefusal(response.status, "unknown", `The answer is ${response.status}, and does not say why.`);
  const { error, message, version } = known.data;
  throw new RemoteRefusal(response.status, error, message, version);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The bytes of an answer. An idle sender is cut off. */
export async function* bytesOf(response: Response, idleMilliseconds = 10_000): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const part: { value?: Uint8Array } = await within(idleMilliseconds, reader.read());
      if (part.value === undefined) return;
      yield part.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`nothing came for ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
