import type { Registries } from "../registries";
import { readAllLogs } from "./logs";

/** The data key of one epoch as it was wrapped for a reader, also of an epoch that is over: events keep what `keyOf` no longer says. */
export async function readWrappedKey(
  { bucketRegistry }: Pick<Registries, "bucketRegistry">,
  { bucketId, reader, epoch }: { bucketId: bigint; reader: string; epoch: number },
  fromBlock: number,
): Promise<string | undefined> {
  const newest = await bucketRegistry.keyOf(bucketId, reader);
  if (newest.wrapped !== "0x" && newest.epoch === BigInt(epoch)) return newest.wrapped;
  const filter = bucketRegistry.filters.KeyPublished(bucketId, reader, epoch);
  const toBlock = (await bucketRegistry.runner?.provider?.getBlockNumber()) ?? 0;
  const published = await readAllLogs((from, to) => bucketRegistry.queryFilter(filter, from, to), fromBlock, toBlock);
  return published.at(-1)?.args.wrapped;
}
