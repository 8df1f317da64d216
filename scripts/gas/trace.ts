import { getAddress, toBeHex, zeroPadValue } from "ethers";

/** A step of `debug_traceTransaction`, without memory and storage. */
export interface TraceStep {
  depth: number;
  op: string;
  /** Words in hex, without 0x; the last is the top. */
  stack: string[];
}

/** What a transaction touched, each once. */
export interface Touched {
  /** Slots that were read or written, by the contract whose storage they are in. */
  slots: Map<string, Set<string>>;
  /** Accounts other than the one called, which is warm from the start. */
  accounts: Set<string>;
  /** Contracts that were created. */
  created: Set<string>;
  /** Who received value in a call from a contract; as many times as that happened. */
  paid: string[];
}

/** Whose code runs, as far as storage is concerned. A contract that is being created has no address before it is there. */
interface Frame {
  address?: string;
}

const CALLS = new Set(["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"]);
const READS_OF_ACCOUNTS = new Set(["BALANCE", "EXTCODECOPY", "EXTCODEHASH", "EXTCODESIZE", "SELFDESTRUCT"]);

/** Follows a trace and notes what it touches. */
class Follower {
  private readonly frames: Frame[];
  private readonly slots: { frame: Frame; slot: string }[] = [];
  private readonly accounts = new Set<string>();
  private readonly created = new Set<string>();
  private readonly paid: string[] = [];
  /** The frame that the next step enters if it is a level deeper. */
  private next: Frame = {};
  /** Frames of contracts being created, by the depth at which their address will be on the stack. */
  private readonly creating = new Map<number, Frame>();

  public constructor(to: string) {
    this.frames = [{ address: getAddress(to) }];
  }

  public step({ depth, op, stack }: TraceStep): void {
    if (depth > this.frames.length) this.frames.push(this.next);
    this.frames.length = depth;
    this.finishCreation(depth, stack);
    this.note(op, stack, this.frames[depth - 1] ?? {}, depth);
  }

  public touched(): Touched {
    const slots = new Map<string, Set<string>>();
    for (const { frame, slot } of this.slots) {
      if (frame.address === undefined) continue;
      slots.set(frame.address, (slots.get(frame.address) ?? new Set()).add(slot));
    }
    return { slots, accounts: this.accounts, created: this.created, paid: this.paid };
  }

  private finishCreation(depth: number, stack: readonly string[]): void {
    const frame = this.creating.get(depth);
    if (frame === undefined) return;
    this.creating.delete(depth);
    const word = fromTop(stack, 0);
    // Zero: the creation failed.
    if (BigInt(`0x${word}`) === 0n) return;
    frame.address = toAddress(word);
    this.created.add(frame.address);
  }

  private note(op: string, stack: readonly string[], frame: Frame, depth: number): void {
    if (op === "SLOAD" || op === "SSTORE") {
      this.slots.push({ frame, slot: `0x${fromTop(stack, 0)}` });
    } else if (READS_OF_ACCOUNTS.has(op)) {
      this.accounts.add(toAddress(fromTop(stack, 0)));
    } else if (CALLS.has(op)) {
      const callee = toAddress(fromTop(stack, 1));
      this.accounts.add(callee);
      if (op === "CALL" && BigInt(`0x${fromTop(stack, 2)}`) > 0n) this.paid.push(callee);
      this.next = op === "DELEGATECALL" || op === "CALLCODE" ? frame : { address: callee };
    } else if (op === "CREATE" || op === "CREATE2") {
      this.next = {};
      this.creating.set(depth, this.next);
    }
  }
}

function fromTop(stack: readonly string[], position: number): string {
  const word = stack.at(-1 - position);
  if (word === undefined) throw new Error("The trace has an operation without its operands.");
  return word;
}

function toAddress(word: string): string {
  return getAddress(zeroPadValue(toBeHex(BigInt(`0x${word}`) & (2n ** 160n - 1n)), 20));
}

/** What a traced call of `to` touched. */
export function touchedBy(steps: readonly TraceStep[], to: string): Touched {
  const follower = new Follower(to);
  for (const step of steps) follower.step(step);
  return follower.touched();
}
