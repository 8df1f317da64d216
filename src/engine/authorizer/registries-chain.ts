import { Interface, type Log, MaxUint256, type Result } from "ethers";

import { IAccountRegistry__factory, IBucketRegistry__factory, IPriceRegistry__factory, ITermsRegistry__factory } from "../../bindings";
import { decodeError, findRevertData } from "../../errors";
import type { BucketInfo } from "../../network";
import type { Registries } from "../../registries";
import { type Answer, type Block, type Chain, type Change, type Question, RIGHTS } from "./chain";

const buckets: Interface = IBucketRegistry__factory.createInterface();
const accounts: Interface = IAccountRegistry__factory.createInterface();
const prices: Interface = IPriceRegistry__factory.createInterface();
const terms: Interface = ITermsRegistry__factory.createInterface();
const multicall = new Interface(["function multicall(bytes[] data) returns (bytes[] results)"]);

/** Asks the contracts of a network. The registries are connected to a provider. */
export function registriesChain(registries: Registries): Chain {
  const { bucketRegistry, accountRegistry, priceRegistry, clusterRegistry, termsRegistry } = registries;
  const { provider } = bucketRegistry.runner ?? {};
  if (provider === null || provider === undefined) throw new Error("the registries are not connected to a network");
  const reader = provider;
  /** A cluster's currency never changes. */
  const currencies = new Map<bigint, string>();

  async function currencyOf(clusterId: bigint, blockTag: number): Promise<string> {
    const known = currencies.get(clusterId);
    if (known !== undefined) return known;
    const currency = (await clusterRegistry.getCluster(clusterId, { blockTag })).currency.toLowerCase();
    currencies.set(clusterId, currency);
    return currency;
  }

  async function ask({ bucketId, account, right }: Question, { number: blockTag, timestamp }: Block): Promise<Answer> {
    // One call, so that all of it is of one block and one node of the endpoint.
    const questions = [
      buckets.encodeFunctionData("canAccess", [bucketId, account, right]),
      buckets.encodeFunctionData("getBucket", [bucketId]),
      buckets.encodeFunctionData("getAccess", [bucketId]),
      buckets.encodeFunctionData("grantOf", [bucketId, account]),
    ];
    const data = multicall.encodeFunctionData("multicall", [questions]);
    const result = await reader.call({ to: await bucketRegistry.getAddress(), data, blockTag });
    const [[access, bucket, status, grant]] = multicall.decodeFunctionResult("multicall", result) as unknown as [string[]];
    const [allowed, funded] = decode("canAccess", access) as unknown as [boolean, boolean];
    const [{ owner, clusterId, coveredUntil }] = decode("getBucket", bucket) as unknown as [BucketInfo];
    const [{ isPublic }] = decode("getAccess", status) as unknown as [{ isPublic: boolean }];
    const [readUntil, writeUntil] = decode("grantOf", grant) as unknown as [bigint, bigint];
    const isOwner = owner.toLowerCase() === account;
    // Until when each of what it rests on lasts. A right that the account has by a gate only was never granted: that has ended.
    const untils = [
      coveredUntil,
      (right & RIGHTS.read) === 0 || isOwner || isPublic ? MaxUint256 : readUntil,
      (right & RIGHTS.write) === 0 || isOwner ? MaxUint256 : writeUntil,
    ];
    const until = untils.reduce((earliest, end) => (end < earliest ? end : earliest));
    return {
      allowed,
      funded,
      // An answer that should have ended by now rests on a gate.
      until: until > BigInt(timestamp) ? until : 0n,
      owner: owner.toLowerCase(),
      currency: await currencyOf(clusterId, blockTag),
    };
  }

  return {
    async latest() {
      const block = await reader.getBlock("latest");
      if (block?.hash === null || block?.hash === undefined) throw new Error("the chain has no block");
      return { number: block.number, hash: block.hash, parentHash: block.parentHash, timestamp: block.timestamp };
    },
    async hashOf(blockNumber) {
      return (await reader.getBlock(blockNumber))?.hash ?? undefined;
    },
    async changes(fromBlock, toBlock) {
      const watched = [
        { address: await bucketRegistry.getAddress(), abi: buckets },
        { address: await accountRegistry.getAddress(), abi: accounts },
        { address: await priceRegistry.getAddress(), abi: prices },
        // An account that pays may also be a provider's, out of which bonds are posted.
        { address: await termsRegistry.getAddress(), abi: terms },
      ];
      const logs = await reader.getLogs({ address: watched.map(({ address }) => address), fromBlock, toBlock });
      return logs.flatMap((log) => {
        const abi = watched.find(({ address }) => address.toLowerCase() === log.address.toLowerCase())?.abi;
        return (abi && changeOf(abi, log)) ?? [];
      });
    },
    async ask(question, block) {
      try {
        return await ask(question, block);
      } catch (error) {
        if (isUnknownBucket(error)) return undefined;
        throw error;
      }
    },
  };
}

/** The subject of an event: a bucket, else an account, else a currency; undefined if it names none of these. An unknown event may concern anyone. */
export function changeOf(abi: Interface, log: Pick<Log, "topics" | "data">): Change | undefined {
  const event = abi.parseLog(log);
  if (event === null) return "anything";
  const valueOf = (name: string): unknown =>
    event.fragment.inputs.some((input) => input.name === name) ? event.args.getValue(name) : undefined;
  const bucketId = valueOf("bucketId");
  if (typeof bucketId === "bigint") return { bucketId };
  const account = valueOf("account") ?? valueOf("payer") ?? valueOf("provider");
  if (typeof account === "string") return { account: account.toLowerCase() };
  const currency = valueOf("currency");
  return typeof currency === "string" ? { currency: currency.toLowerCase() } : undefined;
}

function decode(view: string, data: string | undefined): Result {
  return buckets.decodeFunctionResult(view, data ?? "0x");
}

function isUnknownBucket(error: unknown): boolean {
  const data = findRevertData(error);
  return data !== undefined && decodeError(data)?.fragment.name === "BucketUnknown";
}
