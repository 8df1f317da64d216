import { RIGHT_BITS, askAccess } from "../../src";
import { bucketId, flag, optional } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { keySources } from "../support/data-keys";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { givenReaders, publication } from "../support/publication";
import type { Section } from "../support/report";
import { accessPart } from "../support/sharing";

defineWrite({
  name: "bucket:publish-keys",
  description: "Publishes a bucket's data key to readers, after creating it if the epoch has none; for its owner",
  arguments: {
    bucket: bucketId(),
    readers: optional(givenReaders("Readers to add to those in the --keys file")),
    next: flag("Start another epoch with a new key"),
    trustPublicKeys: flag("Accept public keys without proof of their holder, such as those of contracts and of separate reading keys"),
    ...keySources,
  },
  call: publication,
  written: async (context, { bucket, keys }, { caller, sent }) => {
    const published = sent.events.filter(({ name }) => name === "KeyPublished").map(({ args }) => args);
    const readers = published.map(({ reader }) => String(reader));
    const epoch = String(published[0]?.epoch);
    return [
      title(`The key of epoch ${epoch} of bucket ${bucket} is published for ${readers.map(context.nameOf).join(", ")}.`),
      keepPart(
        keys === undefined ? `the private key of ${context.nameOf(caller)}` : `${keys}, which has the bucket's keys, and keep it secret`,
      ),
      ...(await notYetPart(context, bucket, readers)),
      await accessPart(context, bucket),
    ];
  },
});

function keepPart(what: string): Section {
  return { key: "keep", text: `Keep ${what}: without it, the key is lost.`, data: what };
}

/** Readers with the key that the nodes would refuse. */
async function notYetPart({ registries, nameOf }: TaskContext, bucketId: bigint, readers: readonly string[]): Promise<Section[]> {
  const questions = readers.map((account) => ({ bucketId, account, right: RIGHT_BITS.read }));
  const answers = await askAccess(registries, questions);
  const refused = readers.filter((_, i) => answers[i]?.allowed !== true);
  if (refused.length === 0) return [];
  return [{ key: "mayNotRead", text: `${refused.map(nameOf).join(", ")} may not read the bucket yet: see bucket:grant.`, data: refused }];
}
