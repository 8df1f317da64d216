import { AbiCoder, type BlockTag, type ContractRunner, type Provider, type TransactionRequest } from "ethers";

import { isUnreachable } from "../errors";
import { MULTICALL3, type Outcome, type View, decodeTogether, encodeTogether } from "./multicall";
import { inParts } from "./parts";
import { isView } from "./views";

/** As many views as go into one call of Multicall3 at first; fewer after a node has refused so many. */
const MOST_TOGETHER = 100;

/** A pending view. */
interface Waiting extends View {
  blockTag: BlockTag | undefined;
  resolve: (data: string) => void;
  reject: (error: unknown) => void;
}

/**
 * A runner for contracts that puts simultaneous views into one request: by Multicall3 where the chain has it.
 * Where it has not, each goes to the provider by itself, and ethers' `JsonRpcProvider` puts them into batches of JSON-RPC.
 *
 * All that is not a view of the registries (a call that is made without being sent, say) goes to the provider as it is: in one call with
 * others it could change what they see.
 */
export class BatchRunner implements ContractRunner {
  readonly #multicall: boolean | undefined;
  /** How many views of a kind a node has answered together. */
  readonly #largest = new Map<string, number>();
  #found: Promise<boolean> | undefined;
  #waiting: Waiting[] = [];

  /** @param options `multicall` false: not even where the chain has it. */
  constructor(
    readonly provider: Provider,
    { multicall }: { multicall?: boolean } = {},
  ) {
    this.#multicall = multicall;
  }

  /** Whether the chain has Multicall3, and it may be used. */
  async hasMulticall(): Promise<boolean> {
    if (this.#multicall === false) return false;
    this.#found ??= this.provider.getCode(MULTICALL3).then((code) => code !== "0x");
    try {
      return await this.#found;
    } catch (error) {
      this.#found = undefined;
      throw error;
    }
  }

  async call(request: TransactionRequest): Promise<string> {
    const { to, data, blockTag, ...rest } = request;
    const alone = typeof to !== "string" || typeof data !== "string" || !isView(data) || Object.values(rest).some(isGiven);
    if (alone || !(await this.hasMulticall())) return this.provider.call(request);
    return new Promise((resolve, reject) => {
      // Simultaneous views are requested within one turn of the event loop.
      if (this.#waiting.length === 0) setTimeout(() => void this.#askAll(), 0);
      this.#waiting.push({ to, data, blockTag: blockTag ?? undefined, resolve, reject });
    });
  }

  async #askAll(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const groups = new Map<string, [Waiting, ...Waiting[]]>();
    for (const view of waiting) {
      const key = `${kindOf(view)} ${String(view.blockTag)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [view]);
      else group.push(view);
    }
    await Promise.all(
      [...groups.values()].map((group) => {
        const kind = kindOf(group[0]);
        const parts = inParts(group, this.#largest.get(kind) ?? MOST_TOGETHER);
        return Promise.all(parts.map((part) => this.#ask(kind, part)));
      }),
    );
  }

  /** Asks for some together; what is refused together (too much gas, too long an answer) is asked for in halves. */
  async #ask(kind: string, group: readonly Waiting[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    if (group.length === 1) return this.#askAlone(first);
    let outcomes: Outcome[] | undefined;
    try {
      const answer = await this.provider.call({ to: MULTICALL3, data: encodeTogether(group), ...at(first) });
      outcomes = decodeTogether(answer, group.length);
    } catch (error) {
      if (isUnreachable(error)) {
        for (const { reject } of group) reject(error);
        return;
      }
      const half = Math.ceil(group.length / 2);
      this.#largest.set(kind, Math.min(half, this.#largest.get(kind) ?? half));
      await Promise.all([this.#ask(kind, group.slice(0, half)), this.#ask(kind, group.slice(half))]);
      return;
    }
    await Promise.all(group.map((view, index) => this.#answer(view, outcomes?.[index])));
  }

  /** A view that failed without a reason may have had too little gas beside the others: repeat it alone. */
  async #answer(view: Waiting, outcome: Outcome | undefined): Promise<void> {
    if (outcome === undefined || (!outcome.success && outcome.data === "0x")) return this.#askAlone(view);
    if (outcome.success) view.resolve(outcome.data);
    else view.reject(AbiCoder.getBuiltinCallException("call", { to: view.to, data: view.data }, outcome.data));
  }

  async #askAlone(view: Waiting): Promise<void> {
    try {
      view.resolve(await this.provider.call({ to: view.to, data: view.data, ...at(view) }));
    } catch (error) {
      view.reject(error);
    }
  }
}

/** Views of a kind cost about the same. */
function kindOf({ to, data }: View): string {
  return `${to} ${data.slice(0, 10)}`;
}

function at({ blockTag }: Waiting): { blockTag?: BlockTag } {
  return blockTag === undefined ? {} : { blockTag };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
