import { UserError, encryption } from "../../src";
import { cryptArguments, keysAndName, transformFile } from "../support/crypt";
import { defineRead } from "../support/define";

defineRead({
  name: "bucket:encrypt",
  description: "Encrypts a file with the bucket's key, for all its readers",
  arguments: cryptArguments,
  read: async (context, { file, out, ...values }) => {
    const { keys, name } = keysAndName(context, values);
    const { epoch, hasKeys } = await context.registries.bucketRegistry.getAccess(values.bucket);
    if (!hasKeys) {
      throw new UserError(`Epoch ${epoch} of bucket ${values.bucket} has no key yet. Its owner publishes one with bucket:publish-keys.`);
    }
    const size = await transformFile(file, out, encryption.encryptStream(await keys.of(Number(epoch)), { context: name }));
    const text = `${out} is ${name}, encrypted with the key of epoch ${epoch}: ${size} bytes.`;
    return [{ key: "encrypted", text, data: { out, context: name, epoch, size } }];
  },
});
