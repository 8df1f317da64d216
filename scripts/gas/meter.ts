import { type ContractTransactionResponse, type Interface } from "ethers";

import { type Chain, calldataCost, floorOf } from "./floor";

/** What a call costs, and could cost at least. */
export interface Cost {
  gas: bigint;
  floor: bigint;
  /** What of both its calldata costs. */
  calldata: bigint;
}

/** A line of the table. */
export interface Row extends Cost {
  contract: string;
  function: string;
  case: string;
  /** What the project set itself as the most that it may cost. */
  reach?: number;
}

export interface Contract {
  name: string;
  address: string;
  abi: Interface;
}

/** Measures transactions and keeps a row for each. */
export class Meter {
  public constructor(
    private readonly chain: Chain,
    private readonly contracts: readonly Contract[],
    public readonly rows: Row[] = [],
  ) {}

  /** Measures a transaction and adds a row for it. */
  public async record(description: string, sending: Promise<ContractTransactionResponse>, reach?: number): Promise<Cost> {
    const transaction = await sending;
    const cost = await this.measure(transaction);
    this.add(transaction, description, cost, reach);
    return cost;
  }

  /** Measures a transaction that does `more` of what `less` did, and adds a row for one of them. */
  public async recordEach(
    description: string,
    sending: Promise<ContractTransactionResponse>,
    less: Cost,
    more: bigint,
    reach?: number,
  ): Promise<void> {
    const transaction = await sending;
    const { gas, floor, calldata } = await this.measure(transaction);
    const each = { gas: (gas - less.gas) / more, floor: (floor - less.floor) / more, calldata: (calldata - less.calldata) / more };
    this.add(transaction, description, each, reach);
  }

  /** Measures transactions of one kind, and adds a row for what they cost on average. */
  public async recordAverage(
    description: string,
    sendings: readonly (() => Promise<ContractTransactionResponse>)[],
    reach?: number,
  ): Promise<void> {
    const sum: Cost = { gas: 0n, floor: 0n, calldata: 0n };
    let last: ContractTransactionResponse | undefined;
    for (const send of sendings) {
      last = await send();
      const { gas, floor, calldata } = await this.measure(last);
      [sum.gas, sum.floor, sum.calldata] = [sum.gas + gas, sum.floor + floor, sum.calldata + calldata];
    }
    if (last === undefined) throw new Error(`Nothing is sent for "${description}".`);
    const count = BigInt(sendings.length);
    this.add(last, description, { gas: sum.gas / count, floor: sum.floor / count, calldata: sum.calldata / count }, reach);
  }

  /** The functions that change state and are not measured, but for those that only another registry calls. */
  public unmeasured(notForUsers: ReadonlySet<string>): string[] {
    return this.contracts.flatMap(({ name, abi }) =>
      abi.fragments
        .flatMap((fragment) => (fragment.type === "function" ? [abi.getFunction(fragment.format("sighash"))] : []))
        .filter((fragment) => fragment !== null && !fragment.constant)
        .map((fragment) => `${name}.${fragment?.name ?? ""}`)
        .filter((called) => !notForUsers.has(called) && !this.rows.some((row) => `${row.contract}.${row.function}` === called)),
    );
  }

  private async measure(transaction: ContractTransactionResponse): Promise<Cost> {
    const receipt = await transaction.wait();
    if (receipt === null) throw new Error(`${transaction.hash} is not mined.`);
    const floor = await floorOf(this.chain, transaction, receipt);
    return { gas: receipt.gasUsed, floor, calldata: calldataCost(transaction.data) };
  }

  private add({ to, data }: ContractTransactionResponse, description: string, cost: Cost, reach?: number): void {
    const contract = this.contracts.find(({ address }) => address === to);
    const called = contract?.abi.parseTransaction({ data })?.name;
    if (contract === undefined || called === undefined)
      throw new Error(`What is measured as "${description}" calls none of the contracts.`);
    this.rows.push({ contract: contract.name, function: called, case: description, reach, ...cost });
  }
}
