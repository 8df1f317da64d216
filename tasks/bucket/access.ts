import { RIGHT_BITS } from "../../src";
import { bucketId, optional, party } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineRead } from "../support/define";
import type { Section } from "../support/report";
import { accessPart } from "../support/sharing";

defineRead({
  name: "bucket:access",
  description: "Lists the access rights of a bucket",
  arguments: { bucket: bucketId(), account: optional(party("Shows the rights of this account only")) },
  read: async (context, { bucket, account }) => [
    await accessPart(context, bucket),
    ...(account === undefined ? [] : [await answerPart(context, bucket, account)]),
  ],
});

async function answerPart({ registries, nameOf }: TaskContext, bucketId: bigint, account: string): Promise<Section> {
  const ask = async (right: bigint) => registries.bucketRegistry.canAccess(bucketId, account, right);
  const [read, write] = await Promise.all([ask(RIGHT_BITS.read), ask(RIGHT_BITS.write)]);
  const may = (allowed: boolean, verb: string): string => `${allowed ? "may" : "may not"} ${verb}`;
  const paid = read.funded ? "is paid for" : "is not paid for, or is empty";
  const text = `${nameOf(account)} ${may(read.allowed, "read")} and ${may(write.allowed, "write")}. The bucket ${paid}.`;
  return { key: "answer", text, data: { account, mayRead: read.allowed, mayWrite: write.allowed, funded: read.funded } };
}
