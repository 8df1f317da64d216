import { RIGHT_BITS, askAccess } from "../../src";
import { bucketId, flag, optional } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { keySources } from "../support/data-keys";
import { defineWrite } from "../support/define";
import { headline } from "../support/parts";
import { givenReaders, publication } from "../support/publication";
import type { Part } from "../support/report";
import { accessPart } from "../support/sharing";

defineWrite({
  name: "bucket:publish-keys",
  description: "Gives readers the key that a bucket's data is encrypted with, a new one where the epoch has none; for its owner",
  arguments: {
    bucket: bucketId(),
    readers: optional(givenReaders("Who is to read, beside those in the --keys file who may")),
    next: flag("Start another epoch with a new key"),
    trustPublicKeys: flag("Take public keys that nothing proves to be the readers': of contracts, and of pairs that are kept for reading"),
    ...keySources,
  },
  call: publication,
  written: async (context, { bucket, keys }, { caller, sent }) => {
    const published = sent.events.filter(({ name }) => name === "KeyPublished").map(({ args }) => args);
    const readers = published.map(({ reader }) => String(reader));
    const epoch = String(published[0]?.epoch);
    return [
      headline(`The key of epoch ${epoch} of bucket ${bucket} is published for ${readers.map(context.nameOf).join(", ")}.`),
      keepPart(
        keys === undefined ? `the private key of ${context.nameOf(caller)}` : `${keys}, which has the bucket's keys, and keep it secret`,
      ),
      ...(await notYetPart(context, bucket, readers)),
      await accessPart(context, bucket),
    ];
  },
});

function keepPart(what: string): Part {
  return { key: "keep", text: `Keep ${what}: without it, the key is lost.`, data: what };
}

/** Who has the key, but would be refused by the nodes. */
async function notYetPart({ registries, nameOf }: TaskContext, bucketId: bigint, readers: readonly string[]): Promise<Part[]> {
  const questions = readers.map((account) => ({ bucketId, account, right: RIGHT_BITS.read }));
  const answers = await askAccess(registries, questions);
  const refused = readers.filter((_, i) => answers[i]?.allowed !== true);
  if (refused.length === 0) return [];
  return [{ key: "mayNotRead", text: `${refused.map(nameOf).join(", ")} may not read the bucket yet: see bucket:grant.`, data: refused }];
}
