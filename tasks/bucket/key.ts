import { sha256 } from "ethers";

import { RIGHT_BITS, type encryption } from "../../src";
import { bucketId, optional, party, text } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { DataKeys, keySources } from "../support/data-keys";
import { defineRead } from "../support/define";
import type { Section } from "../support/report";
import { card } from "../support/tables";

defineRead({
  name: "bucket:key",
  description: "Shows the published key of a reader, and unwraps it if the reader's private key is here",
  arguments: {
    bucket: bucketId(),
    reader: party("Reader of the key"),
    secret: keySources.secret,
    keys: optional(text("File to save the key in")),
  },
  read: async (context, { bucket, reader, secret, keys }) => {
    const held = new DataKeys(context, { bucketId: bucket, account: reader }, { secret, keys, links: undefined });
    const published = await context.registries.bucketRegistry.keyOf(bucket, reader);
    const dataKey = published.wrapped === "0x" ? undefined : await held.find(Number(published.epoch));
    if (dataKey !== undefined && keys !== undefined) {
      await held.keep(dataKey);
      held.save();
    }
    return [await keyPart(context, bucket, reader, dataKey, keys)];
  },
});

/** The published key of a reader. Only a fingerprint of the key is shown, for comparison. */
async function keyPart(
  { registries: { bucketRegistry }, nameOf }: TaskContext,
  bucketId: bigint,
  reader: string,
  dataKey: encryption.DataKey | undefined,
  keys: string | undefined,
): Promise<Section> {
  const [access, { epoch, wrapped }, { allowed }] = await Promise.all([
    bucketRegistry.getAccess(bucketId),
    bucketRegistry.keyOf(bucketId, reader),
    bucketRegistry.canAccess(bucketId, reader, RIGHT_BITS.read),
  ]);
  const none = wrapped === "0x";
  const fingerprint = dataKey === undefined ? undefined : sha256(dataKey.key).slice(0, 18);
  const here = fingerprint === undefined ? "no: the private key is not here" : `yes, its fingerprint is ${fingerprint}`;
  const text = card([
    ["Bucket", `${bucketId}, in key epoch ${access.epoch}${access.hasKeys ? "" : ", without keys so far"}`],
    ["Reader", `${nameOf(reader)}, who may ${allowed ? "" : "not "}read`],
    ["Has the key of epoch", none ? "none" : `${epoch}${epoch < access.epoch ? ", which is over" : ""}`],
    ...(none ? [] : ([["Can be unwrapped here", here]] as const)),
    ...(fingerprint === undefined || keys === undefined ? [] : ([["Kept in", keys]] as const)),
  ]);
  const key = none ? undefined : { epoch, wrapped, fingerprint };
  return { key: "key", text, data: { bucketId, reader, bucketEpoch: access.epoch, hasKeys: access.hasKeys, mayRead: allowed, key } };
}
