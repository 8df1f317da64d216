import { expect } from "chai";

import { type Cursor, type Registries, type WatchOptions, type Watched, parseCursor, serializeCursor, watchNetwork } from "../../../src";
import { type FakeChain, REGISTRY } from "./chain";

/** Somebody who keeps a list of all nodes by listening, and a cursor with it. */
export class Listener {
  /** The nodes that were created, and where. */
  readonly nodes: { nodeId: bigint; blockHash: string }[] = [];
  /** How many events were withdrawn. */
  withdrawn = 0;
  #cursor: string | undefined;

  constructor(
    private readonly registries: Registries,
    private readonly chain: FakeChain,
    private readonly options: Partial<WatchOptions> = {},
  ) {}

  get nodeIds(): bigint[] {
    return this.nodes.map(({ nodeId }) => nodeId);
  }

  /** How far it is, as it is kept. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /**
   * Listens until everything is told, something goes wrong, or so many events were told; after which it is as if the program had ended.
   * Whether everything was told.
   */
  async listen(atMost = Number.POSITIVE_INFINITY): Promise<boolean> {
    let told = 0;
    try {
      for await (const watched of watchNetwork(this.registries, this.#options())) {
        this.#take(watched);
        if (++told >= atMost) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof Error && /ECONNREFUSED|Inconsistent|unknown block/.test(`${error.name} ${error.message}`)) return false;
      throw error;
    }
  }

  #options(): WatchOptions {
    const from: number | Cursor = this.#cursor === undefined ? 0 : parseCursor(this.#cursor, REGISTRY);
    return { from, once: true, source: this.chain, ...this.options };
  }

  #take({ event, cursor }: Watched): void {
    if (!("name" in event)) throw new Error("nobody's account is watched");
    const node = { nodeId: event.args.nodeId as bigint, blockHash: event.blockHash };
    if (event.withdrawn) {
      // The last first: nothing that was told later may be left.
      expect(this.nodes.pop()).to.deep.equal(node);
      this.withdrawn++;
    } else {
      this.nodes.push(node);
    }
    this.#cursor = serializeCursor(cursor, REGISTRY);
  }
}
