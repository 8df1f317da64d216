import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { HDNodeWallet, Wallet, parseEther } from "ethers";
import hre, { ethers } from "hardhat";

import { encryption } from "../../src";
import type { KeyFile } from "../../tasks/support/key-file";
import { BucketRegistry__factory } from "../../cache/typechain-types";
import { json, run } from "../helpers/embedded";

const PLAINTEXT = Buffer.alloc(200_000, "what only readers may know ");
const OWNER = { bucket: "1", as: "owner" };
const READER = "may not read the bucket yet: see bucket:grant.";
/** The private key of an account of development chains. */
const privateKeyAt = (index: number): string =>
  HDNodeWallet.fromPhrase("test test test test test test test test test test test junk", "", `m/44'/60'/0'/0/${index}`).privateKey;

describe("tasks that encrypt", function () {
  this.timeout(120_000);

  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ddc-keys-"));
    writeFileSync(path("plain"), PLAINTEXT);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  // A bucket of the owner's, number 1, and one of somebody whose private key is not here, number 2.
  const fixture = hre.deployments.createFixture(async () => {
    await hre.deployments.fixture();
    await expectDone("node:create", { rent: "1", capacity: "100", as: "provider1" });
    await expectDone("node:trust-manager", { manager: "manager", as: "provider1" });
    await expectDone("cluster:create", { currency: "TestUSD", vnodes: "1", nodes: "1", managementFee: "0", as: "manager" });
    await expectDone("bucket:create", { cluster: "1", as: "owner" });
    const { address } = await hre.deployments.get("BucketRegistry");
    const elsewhere = new Wallet(`0x${"5a".repeat(32)}`, ethers.provider);
    const [funder] = await ethers.getSigners();
    await funder!.sendTransaction({ to: elsewhere.address, value: parseEther("10") });
    const registry = BucketRegistry__factory.connect(address, elsewhere);
    await registry.createBucket(1, "");
    return { registry, elsewhere, people: await hre.getNamedAccounts() };
  });

  async function expectDone(task: string, args: Record<string, unknown>): Promise<{ printed: string; progress: string }> {
    const { refused, ...told } = await run(task, args);
    expect(refused, task).to.equal(undefined);
    return told;
  }
  async function expectRefused(task: string, args: Record<string, unknown>, reason: string): Promise<void> {
    const block = await ethers.provider.getBlockNumber();
    expect((await run(task, args)).refused).to.include(reason);
    expect(await ethers.provider.getBlockNumber()).to.equal(block);
  }
  const publish = async (args: Record<string, unknown>) => expectDone("bucket:publish-keys", { ...OWNER, ...args });
  const crypt = (file: string, out: string, as: string) => ({ bucket: "1", file: path(file), out: path(out), path: "photos/a.jpg", as });
  async function expectReads(file: string, as: string, more: Record<string, unknown> = {}): Promise<void> {
    await expectDone("bucket:decrypt", { ...crypt(file, "read", as), ...more });
    expect(readFileSync(path("read")).equals(PLAINTEXT)).to.equal(true);
    rmSync(path("read"));
  }
  const keyFile = (name: string): KeyFile => JSON.parse(readFileSync(path(name), "utf8")) as KeyFile;

  it("give readers a key, with which they encrypt and decrypt files, and show no private key", async () => {
    await fixture();
    await expectRefused("bucket:encrypt", crypt("plain", "sealed", "owner"), "Epoch 0 of bucket 1 has no key yet.");
    await expectDone("bucket:grant", { ...OWNER, accounts: "manager", rights: "read" });
    const { printed } = await publish({ readers: "manager,provider1" });
    expect(printed).to.match(/^The key of epoch 0 of bucket 1 is published for owner, manager, provider1\.$/m);
    expect(printed).to.match(/^Keep the private key of owner: without it, the key is lost\.$/m);
    expect(printed).to.include(`provider1 ${READER}`);
    expect(printed).to.match(/│ manager +│ for ever +│ +│ 0 +│/);

    const shown = await expectDone("bucket:key", { bucket: "1", reader: "manager" });
    expect(shown.printed).to.match(/│ Reader +│ manager, who may read +│/);
    expect(shown.printed).to.match(/│ Has the key of epoch +│ 0 +│/);
    const fingerprint = /fingerprint is (0x[0-9a-f]{16}) /.exec(shown.printed)?.[1];
    const { key } = await json("bucket:key", { bucket: "1", reader: "owner" });
    expect(key).to.have.nested.property("key.fingerprint", fingerprint);
    const none = await expectDone("bucket:key", { bucket: "1", reader: "validator" });
    expect(none.printed).to.match(/│ Has the key of epoch +│ none +│/);

    const sealed = await expectDone("bucket:encrypt", crypt("plain", "sealed", "manager"));
    const size = encryption.encryptedLength(PLAINTEXT.length, encryption.DEFAULT_CHUNK_BYTES);
    expect(sealed.printed).to.equal(`${path("sealed")} is 1/photos/a.jpg, encrypted with the key of epoch 0: ${size} bytes.`);
    expect(readFileSync(path("sealed")).length).to.equal(size);
    for (const reader of ["owner", "manager", "provider1"]) await expectReads("sealed", reader);
    for (const index of [2, 4, 5]) expect(printed + shown.printed).to.not.include(privateKeyAt(index).slice(2));
  });

  it("decrypt nothing for others, nothing under another name, and nothing in part", async () => {
    await fixture();
    await publish({});
    await expectDone("bucket:encrypt", crypt("plain", "sealed", "owner"));
    const refused = async (args: Record<string, unknown>, reason: string): Promise<void> => {
      await expectRefused("bucket:decrypt", { ...crypt("sealed", "out", "owner"), ...args }, reason);
      expect(existsSync(path("out")) || existsSync(path("out.part"))).to.equal(false);
    };
    await refused({ as: "manager" }, "manager does not have the key of epoch 0 of bucket 1.");
    await refused({ path: "photos/b.jpg" }, "This cannot be decrypted");
    await refused({ file: path("plain") }, "These bytes are not an encrypted file.");
    await refused({ file: path("nowhere") }, `There is no file ${path("nowhere")}.`);
    writeFileSync(path("cut"), readFileSync(path("sealed")).subarray(0, 150_000));
    await refused({ file: path("cut") }, "This cannot be decrypted");
    await expectRefused("bucket:decrypt", crypt("sealed", "plain", "owner"), "exists already.");
  });

  it("give the same key to who comes later, and a new one after a revocation, but not to who was revoked", async () => {
    await fixture();
    const keys = path("keys.json");
    await expectDone("bucket:grant", { ...OWNER, accounts: "manager,provider1", rights: "read" });
    const first = await publish({ readers: "manager", keys });
    expect(first.printed).to.include(`Keep ${keys}, which has the bucket's keys, and keep it secret: without it, the key is lost.`);
    expect(statSync(keys).mode & 0o777).to.equal(0o600);
    expect(first.printed + first.progress).to.not.include(keyFile("keys.json").keys[0]!.key.slice(2));
    await expectDone("bucket:encrypt", crypt("plain", "old", "owner"));
    const later = await publish({ readers: "provider1", keys });
    expect(later.printed).to.match(/^The key of epoch 0 of bucket 1 is published for provider1\.$/m);
    await expectReads("old", "provider1");
    await expectRefused("bucket:publish-keys", { ...OWNER, keys }, "All known readers have the key of epoch 0.");

    await expectDone("bucket:revoke", { ...OWNER, accounts: "manager" });
    const next = await publish({ keys, links: path("links") });
    expect(next.progress).to.include("manager may no longer read, and does not get the key.");
    expect(next.progress).to.include(`Put ${path("links/0")} into the bucket at .ddc/keys/0`);
    expect(next.printed).to.match(/^The key of epoch 1 of bucket 1 is published for owner, provider1\.$/m);
    expect(keyFile("keys.json").keys.map(({ epoch }) => epoch)).to.deep.equal([0, 1]);
    await expectDone("bucket:encrypt", crypt("plain", "new", "owner"));
    await expectReads("new", "provider1");
    await expectRefused("bucket:decrypt", crypt("new", "out", "manager"), "manager does not have the key of epoch 1");
    // Events keep the keys of earlier epochs, links lead new readers there.
    for (const reader of ["owner", "manager", "provider1"]) await expectReads("old", reader);
    await expectDone("bucket:grant", { ...OWNER, accounts: "validator", rights: "read" });
    await publish({ readers: "validator", keys });
    await expectRefused("bucket:decrypt", crypt("old", "out", "validator"), "validator does not have the key of epoch 0");
    await expectReads("old", "validator", { links: path("links") });

    const third = await publish({ next: true, keys });
    expect(third.printed).to.match(/^The key of epoch 2 of bucket 1 is published for owner, provider1, validator\.$/m);
  });

  it("keep the key in a file where the owner's private key is not here", async () => {
    const { registry, elsewhere } = await fixture();
    const asked = { bucket: "2", as: elsewhere.address, printCall: true };
    const publicKey = `${elsewhere.address}=${elsewhere.signingKey.compressedPublicKey}`;
    await expectRefused("bucket:publish-keys", asked, "The public key of " + elsewhere.address + " is not known here.");
    await expectRefused("bucket:publish-keys", { ...asked, readers: publicKey }, "give --keys with a file for it");
    const signature = await elsewhere.signMessage(encryption.publicKeyMessage(elsewhere.address));
    const printed = await json("bucket:publish-keys", { ...asked, readers: `${elsewhere.address}=${signature}`, keys: path("a.json") });
    await json("bucket:publish-keys", { ...asked, readers: publicKey, keys: path("b.json") });
    const [call] = printed.transactions as { to: string; data: string }[];
    await (await elsewhere.sendTransaction({ to: call!.to, data: call!.data })).wait();
    expect((await registry.keyOf(2, elsewhere)).wrapped).to.equal(keyFile("a.json").keys[0]!.wrapped);

    const crypt2 = { ...crypt("plain", "sealed", elsewhere.address), bucket: "2" };
    await expectRefused("bucket:encrypt", crypt2, "whose private key is not here: give --secret, or --keys with the key.");
    // What the other device prepared came second, and is void.
    await expectRefused("bucket:encrypt", { ...crypt2, keys: path("b.json") }, "whose private key is not here");
    await expectDone("bucket:encrypt", { ...crypt2, keys: path("a.json") });
    writeFileSync(path("secret"), elsewhere.privateKey);
    await expectDone("bucket:decrypt", { ...crypt2, file: path("sealed"), out: path("out"), secret: path("secret") });
    expect(readFileSync(path("out")).equals(PLAINTEXT)).to.equal(true);
    await expectDone("bucket:key", { bucket: "2", reader: elsewhere.address, secret: path("secret"), keys: path("c.json") });
    expect(keyFile("c.json").keys).to.deep.equal(keyFile("a.json").keys);
    // The same key for one more, from the file.
    const more = await json("bucket:publish-keys", { ...asked, readers: "manager", keys: path("a.json") });
    const [addition] = more.transactions as { to: string; data: string }[];
    await (await elsewhere.sendTransaction({ to: addition!.to, data: addition!.data })).wait();
    await expectDone("bucket:decrypt", { ...crypt2, file: path("sealed"), out: path("of-manager"), as: "manager" });
  });

  it("say what an owner needs to encrypt for an account, and take what another terminal said", async () => {
    const { people } = await fixture();
    const manager = people.manager!;
    const { publicKey } = await json("account:public-key", { account: "manager" });
    const compressed = new Wallet(privateKeyAt(4)).signingKey.compressedPublicKey;
    expect(publicKey).to.deep.equal({ account: manager, publicKey: compressed, proven: true });
    writeFileSync(path("secret"), `${"7".repeat(64)}\n`);
    const pair = await expectDone("account:public-key", { account: "manager", secret: path("secret") });
    expect(pair.printed).to.include("The key carries no proof of its holder");
    const given = /--readers (\S+)/.exec(pair.printed)?.[1] ?? "";
    await expectRefused("bucket:publish-keys", { ...OWNER, readers: given }, "pass --trust-public-keys.");
    await publish({ readers: given, trustPublicKeys: true });
    const { key } = await json("bucket:key", { bucket: "1", reader: "manager", secret: path("secret") });
    expect(key).to.have.nested.property("key.epoch", "0");
    const stranger = Wallet.createRandom().address;
    await expectRefused("account:public-key", { account: stranger }, encryption.publicKeyMessage(stranger));
  });

  it("refuse what is mistyped, what is not the owner's, and what is not a file of theirs", async () => {
    const { people } = await fixture();
    const refused = async (args: Record<string, unknown>, reason: string): Promise<void> =>
      expectRefused("bucket:publish-keys", { ...OWNER, ...args }, reason);
    const key = new Wallet(privateKeyAt(2)).signingKey;
    await refused({ as: "manager" }, "Bucket 1 belongs to owner. Only the owner can publish its keys");
    await refused({ bucket: "3" }, "There is no bucket 3, or it is closed.");
    await refused({ readers: "manager=0x12" }, '"manager=0x12" does not name a reader');
    await refused({ readers: `manager=${key.compressedPublicKey}` }, `The public key is that of ${people.provider1}`);
    await refused({ readers: `manager=${key.publicKey}` }, "The signature is not one.");
    writeFileSync(path("bad.json"), "{}");
    await refused({ keys: path("bad.json") }, "is not a key file as bucket:publish-keys makes them.");
    await publish({ keys: path("keys.json") });
    await expectRefused(
      "bucket:encrypt",
      { ...crypt("plain", "x", "owner"), bucket: "2", keys: path("keys.json") },
      "has the keys of bucket 1",
    );
    await refused({ secret: path("nowhere") }, `There is no file ${path("nowhere")} to take the private key from.`);
    await refused({ secret: path("plain") }, "does not hold a private key: 64 hexadecimal digits.");
  });
});
