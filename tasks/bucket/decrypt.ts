import { encryption } from "../../src";
import { cryptArguments, keysAndName, transformFile } from "../support/crypt";
import { defineRead } from "../support/define";

defineRead({
  name: "bucket:decrypt",
  description: "Decrypts a file of a bucket; for readers that have the key of its epoch",
  arguments: cryptArguments,
  read: async (context, { file, out, ...values }) => {
    const { keys, name } = keysAndName(context, values);
    let epoch = 0;
    const keyOfEpoch = (asked: number): Promise<encryption.DataKey> => keys.of((epoch = asked));
    const size = await transformFile(file, out, encryption.decryptStream(keyOfEpoch, name));
    const text = `${out} is ${name}, decrypted with the key of epoch ${epoch}: ${size} bytes.`;
    return [{ key: "decrypted", text, data: { out, context: name, epoch, size } }];
  },
});
