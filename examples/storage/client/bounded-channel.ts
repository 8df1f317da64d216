/** A way out for a stream that goes to several places at once: it takes the next part when its place has taken the last one. */
export class BoundedChannel implements AsyncIterable<Uint8Array> {
  #part: Uint8Array | undefined;
  #state: "open" | "ended" | "closed" = "open";
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Whether the last part waits to be taken. */
  get #isFull(): boolean {
    return this.#part !== undefined;
  }

  /** Hands a part on. A receiver that does not take it in time is cut off. */
  async push(part: Uint8Array, milliseconds: number): Promise<void> {
    if (this.isClosed) return;
    this.#part = part;
    this.#wake();
    const deadline = performance.now() + milliseconds;
    while (this.#isFull) {
      const left = deadline - performance.now();
      if (left <= 0) this.close(new Error("it takes nothing"));
      else await this.#change(left);
    }
  }

  /** That was all. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wake();
  }

  /** Nothing more goes through; with a failure, what went through is not the whole. */
  close(failure?: Error): void {
    this.#state = "closed";
    this.#failure ??= failure;
    this.#part = undefined;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const part = this.#part;
      if (part !== undefined) {
        this.#part = undefined;
        this.#wake();
        yield part;
      } else if (this.#state === "open") await this.#change();
      else return;
    }
  }

  /** Resolves when something has changed, or some time has passed. */
  #change(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#wake;
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      this.#wake = () => {
        this.#wake = () => undefined;
        clearTimeout(timer);
        others();
        resolve();
      };
    });
  }
}

/** Sends a stream through all taps, as fast as the slowest that keeps up. @throws if it fails, or all are closed. */
export async function broadcast(body: AsyncIterable<Uint8Array>, channels: readonly BoundedChannel[], milliseconds: number): Promise<void> {
  try {
    for await (const part of body) {
      await Promise.all(channels.map((channel) => channel.push(part, milliseconds)));
      if (channels.every((channel) => channel.isClosed)) return;
    }
    for (const channel of channels) channel.end();
  } catch (error) {
    for (const channel of channels) channel.close(new Error("the body has failed", { cause: error }));
    throw error;
  }
}
