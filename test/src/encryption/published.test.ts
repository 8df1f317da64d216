import { expect } from "chai";
import { Wallet } from "ethers";
import { ethers } from "hardhat";

import {
  type DataKey,
  createDataKey,
  decryptBytes,
  encryptBytes,
  followLink,
  linkKeys,
  parseHeader,
  readDataKey,
  rotateDataKey,
  wrapForReaders,
} from "../../../src/encryption";
import { withFundedBucket } from "../../fixtures";
import { expectProblem } from "./bytes";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** The owner and two readers, whose keys are wrapped for them and published. */
async function withReaders() {
  const { bucketRegistry, owner, bucketId } = await withFundedBucket();
  const [ownerKey, first, second] = [Wallet.createRandom(), Wallet.createRandom(), Wallet.createRandom()];
  const { chainId } = await ethers.provider.getNetwork();
  const bucket = { chainId, bucketRegistry: await bucketRegistry.getAddress(), bucketId };
  const asOwner = bucketRegistry.connect(owner);
  // The owner reads by a key of its own: that of an account of the development chain is not in reach.
  const keyOfOwner = { reader: owner.address, publicKey: ownerKey.publicKey };
  const readerOf = (wallet: { address: string; publicKey: string }) => ({ reader: wallet.address, publicKey: wallet.publicKey });
  const publish = async (dataKey: DataKey, wallets: { address: string; publicKey: string }[]) => {
    const keys = await wrapForReaders(dataKey, bucket, [keyOfOwner, ...wallets.map(readerOf)]);
    await asOwner.publishKeys(
      bucketId,
      dataKey.epoch,
      keys.map(({ reader }) => reader),
      keys.map(({ wrapped }) => wrapped),
    );
  };
  const read = async (reader: string, privateKey: string) => readDataKey({ bucketRegistry }, { chainId, bucketId, reader }, privateKey);
  return { bucketRegistry, asOwner, owner, ownerKey, first, second, bucketId, publish, read };
}

describe("src/encryption: on the contracts", () => {
  it("gives each reader the bucket's key, and nobody else", async () => {
    const { first, second, owner, ownerKey, publish, read } = await withReaders();
    const dataKey = createDataKey();
    await publish(dataKey, [first]);
    expect(await read(first.address, first.privateKey)).to.deep.equal(dataKey);
    expect(await read(owner.address, ownerKey.privateKey)).to.deep.equal(dataKey);
    expect(await read(second.address, second.privateKey)).to.equal(undefined);
    await expectProblem(read(first.address, second.privateKey), "not-authentic");
  });

  it("keeps what is written after a revocation from who was revoked, and lets new readers read what was written before", async () => {
    const { bucketRegistry, asOwner, bucketId, first, second, publish, read } = await withReaders();
    const oldKey = createDataKey(Number((await bucketRegistry.getAccess(bucketId)).epoch));
    await asOwner.grantAccess(bucketId, [first], 1, 0);
    await publish(oldKey, [first]);
    const oldFile = await encryptBytes(oldKey, Buffer.from("before"), { context: "1/a" });

    await asOwner.revokeAccess(bucketId, [first]);
    const newKey = rotateDataKey(oldKey);
    expect((await bucketRegistry.getAccess(bucketId)).epoch).to.equal(newKey.epoch);
    await publish(newKey, [second]);
    const link = await linkKeys(oldKey, newKey);
    const newFile = await encryptBytes(newKey, Buffer.from("after"), { context: "1/a" });

    const ofFirst = (await read(first.address, first.privateKey))!;
    expect(ofFirst.epoch).to.be.lessThan(parseHeader(newFile).epoch);
    await expectProblem(
      decryptBytes(() => ofFirst, newFile, "1/a"),
      "not-authentic",
    );

    const ofSecond = (await read(second.address, second.privateKey))!;
    const keyOfEpoch = async (epoch: number) => (epoch === ofSecond.epoch ? ofSecond : followLink(epoch, link, () => ofSecond));
    expect(text(await decryptBytes(keyOfEpoch, newFile, "1/a"))).to.equal("after");
    expect(text(await decryptBytes(keyOfEpoch, oldFile, "1/a"))).to.equal("before");
  });
});
