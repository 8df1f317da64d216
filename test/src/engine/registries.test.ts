import { setTimeout } from "node:timers/promises";

import { setCode, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type EventFragment, type Interface, JsonRpcProvider, type ParamType, Wallet, ZeroAddress, id } from "ethers";
import { ethers } from "hardhat";

import {
  IAccountRegistry__factory,
  IBucketRegistry__factory,
  IPriceRegistry__factory,
  ITermsRegistry__factory,
} from "../../../src/bindings";
import {
  Admission,
  Authorizer,
  type Change,
  NonceMemory,
  type Question,
  RIGHTS,
  type Realm,
  RequestVerifier,
  type Right,
  Router,
  signRequest,
  contractSignatures,
  readRoutes,
  registriesChain,
  routesOf,
} from "../../../src/engine";
import { changeOf } from "../../../src/engine/authorizer/registries-chain";
import { connectRegistries } from "../../../src/registries";
import { DEFAULTS, testUsd, usd, withFundedBucket } from "../../fixtures";
import { addressesOf, registriesOf } from "../../helpers/custody";
import { termsOf } from "../../helpers/terms";
import { expectRefusal } from "./refusals";

const HOUR = 3_600;

/** An authorizer that sees each block only when it is told to look, and tells the time by the chain. */
async function withAuthorizer() {
  const fixture = await withFundedBucket();
  const registries = await registriesOf(fixture);
  const chain = registriesChain(registries);
  const counted = { asked: 0 };
  const counting = {
    ...chain,
    async ask(...question: Parameters<typeof chain.ask>) {
      counted.asked += 1;
      return chain.ask(...question);
    },
  };
  const authorizer = new Authorizer(counting, { clock: () => 0 });
  await authorizer.poll();
  const reader = fixture.stranger.address.toLowerCase();
  const ask = (account: string, right: Right = RIGHTS.read): Question => ({ bucketId: 1n, account: account.toLowerCase(), right });
  return { ...fixture, registries, chain, authorizer, counted, reader, ask, asOwner: fixture.bucketRegistry.connect(fixture.owner) };
}

describe("src/engine: on the contracts", () => {
  context("the authorizer", () => {
    it("lets the owner do everything, and no one else anything", async () => {
      const { authorizer, owner, reader, ask } = await withAuthorizer();
      for (const right of [RIGHTS.read, RIGHTS.write, RIGHTS.readAndWrite] as const) {
        await authorizer.authorize(ask(owner.address, right));
        await expectRefusal(authorizer.authorize(ask(reader, right)), "not-allowed");
        await expectRefusal(authorizer.authorize(ask(ZeroAddress, right)), "not-allowed");
      }
    });

    it("knows until when: the earlier of coverage and the end of the grant", async () => {
      const { chain, asOwner, owner, reader, ask, bucketRegistry, authorizer } = await withAuthorizer();
      const { coveredUntil } = await bucketRegistry.getBucket(1);
      const untilOf = async (account: string, right?: Right) => {
        await authorizer.poll();
        return (await chain.ask(ask(account, right), authorizer.block!))?.until;
      };
      expect(await untilOf(owner.address)).to.equal(coveredUntil);
      expect(await untilOf(reader)).to.equal(0n);
      await asOwner.grantAccess(1, [reader], 3, 0);
      expect(await untilOf(reader, RIGHTS.readAndWrite)).to.equal(coveredUntil);
      const soon = BigInt(await time.latest()) + 1_000n;
      await asOwner.grantAccess(1, [reader], 2, soon);
      expect(await untilOf(reader, RIGHTS.read)).to.equal(coveredUntil);
      expect(await untilOf(reader, RIGHTS.write)).to.equal(soon);
      expect(await untilOf(reader, RIGHTS.readAndWrite)).to.equal(soon);
      await asOwner.setPublic(1, true);
      expect(await untilOf(ZeroAddress, RIGHTS.read)).to.equal(coveredUntil);
    });

    it("follows grants and revocations from the block on that they are in, without asking in between", async () => {
      const { authorizer, counted, asOwner, reader, ask } = await withAuthorizer();
      await asOwner.grantAccess(1, [reader], 1, 0);
      await authorizer.poll();
      for (let i = 0; i < 5; i += 1) await authorizer.authorize(ask(reader));
      expect(counted.asked).to.equal(1);
      await expectRefusal(authorizer.authorize(ask(reader, RIGHTS.write)), "not-allowed");
      await asOwner.revokeAccess(1, [reader]);
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(ask(reader)), "not-allowed");
    });

    it("sees a grant end, which emits nothing", async () => {
      const { authorizer, asOwner, reader, ask } = await withAuthorizer();
      const until = (await time.latest()) + HOUR;
      await asOwner.grantAccess(1, [reader], 1, until);
      await authorizer.poll();
      await authorizer.authorize(ask(reader));
      await time.increaseTo(until - 1);
      await authorizer.poll();
      await authorizer.authorize(ask(reader));
      await time.increaseTo(until);
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(ask(reader)), "not-allowed");
    });

    it("sees an account run out of funds, which emits nothing, and a deposit", async () => {
      const { authorizer, bucketRegistry, accountRegistry, testUSD, owner, ask } = await withAuthorizer();
      const { coveredUntil } = await bucketRegistry.getBucket(1);
      await authorizer.authorize(ask(owner.address));
      await time.increaseTo(coveredUntil);
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(ask(owner.address)), "not-funded");
      await accountRegistry.connect(owner).deposit(testUSD, DEFAULTS.deposit);
      await authorizer.poll();
      await authorizer.authorize(ask(owner.address));
    });

    it("counts anew when a price changes, or the owner withdraws", async () => {
      const { authorizer, counted, chain, accountRegistry, priceRegistry, testUSD, admin, owner, ask } = await withAuthorizer();
      const untilOf = async () => (await chain.ask(ask(owner.address), authorizer.block!))!.until;
      await authorizer.authorize(ask(owner.address));
      const before = await untilOf();
      await priceRegistry.connect(admin).setPrice(testUSD, usd("0.6"));
      await authorizer.poll();
      await authorizer.authorize(ask(owner.address));
      expect(counted.asked).to.equal(2);
      const after = await untilOf();
      expect(after).to.be.lessThan(before);
      await accountRegistry.connect(owner).withdraw(testUSD, testUsd("5"), owner);
      await authorizer.poll();
      await authorizer.authorize(ask(owner.address));
      expect(counted.asked).to.equal(3);
      expect(await untilOf()).to.be.lessThan(after);
    });

    it("counts anew when the owner, as a provider, posts a bond", async () => {
      const { authorizer, counted, chain, manager, nodeRegistry, otherManager, owner, ask, termsRegistry, testUSD } =
        await withAuthorizer();
      const untilOf = async () => (await chain.ask(ask(owner.address), authorizer.block!))!.until;
      await termsRegistry.connect(manager).createClusterWithTerms(termsOf(otherManager), testUSD, 1, 0, "");
      await nodeRegistry.connect(owner).createNode(0, 1, "");
      const nodeId = (await nodeRegistry.listNodes(1, 100, owner)).items[0]!.nodeId;
      await termsRegistry.connect(owner).acceptTerms(2, nodeId);
      await authorizer.poll();
      await authorizer.authorize(ask(owner.address));
      const before = await untilOf();
      await termsRegistry.connect(owner).postBond(2, nodeId, testUsd("5"));
      await authorizer.poll();
      await authorizer.authorize(ask(owner.address));
      expect(counted.asked).to.equal(2);
      expect(await untilOf()).to.be.lessThan(before);
    });

    it("asks about gates in each block", async () => {
      const { authorizer, counted, asOwner, testUSD, stranger, otherOwner, reader, ask } = await withAuthorizer();
      await testUSD.mint(stranger, 10);
      await asOwner.setGate(1, 1, testUSD, 0, 10);
      await authorizer.poll();
      await authorizer.authorize(ask(reader));
      await authorizer.authorize(ask(reader));
      expect(counted.asked).to.equal(1);
      await testUSD.connect(stranger).transfer(otherOwner, 1);
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(ask(reader)), "not-allowed");
    });

    it("asks about gates in each block also where a grant has ended", async () => {
      const { authorizer, counted, asOwner, testUSD, stranger, reader, ask } = await withAuthorizer();
      await testUSD.mint(stranger, 10);
      await asOwner.setGate(1, 1, testUSD, 0, 10);
      const until = (await time.latest()) + HOUR;
      await asOwner.grantAccess(1, [reader], 1, until);
      await time.increaseTo(until);
      await authorizer.poll();
      for (let i = 0; i < 3; i += 1) await authorizer.authorize(ask(reader));
      expect(counted.asked).to.equal(1);
    });

    it("forgets all that the old owner let others do when a bucket changes hands", async () => {
      const { authorizer, asOwner, bucketRegistry, accountRegistry, testUSD, otherOwner, owner, reader, ask } = await withAuthorizer();
      await asOwner.grantAccess(1, [reader], 3, 0);
      await asOwner.offerBucket(1, otherOwner);
      await accountRegistry.connect(otherOwner).deposit(testUSD, DEFAULTS.deposit);
      await authorizer.poll();
      await authorizer.authorize(ask(reader));
      await authorizer.authorize(ask(owner.address));
      await bucketRegistry.connect(otherOwner).acceptBucket(1, usd("1000"));
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(ask(reader)), "not-allowed");
      await expectRefusal(authorizer.authorize(ask(owner.address)), "not-allowed");
      await authorizer.authorize(ask(otherOwner.address));
    });

    it("knows buckets that are not there, not paid for, and gone", async () => {
      const { authorizer, asOwner, owner, ask } = await withAuthorizer();
      await expectRefusal(authorizer.authorize({ ...ask(owner.address), bucketId: 2n }), "bucket-unknown");
      await asOwner.createBucket(1, "");
      await authorizer.poll();
      await expectRefusal(authorizer.authorize({ ...ask(owner.address), bucketId: 2n }), "not-funded");
      await authorizer.authorize(ask(owner.address));
      await asOwner.closeBucket(1);
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(ask(owner.address)), "bucket-unknown");
    });

    it("asks anew after the chain was reorganized", async () => {
      const { authorizer, counted, asOwner, reader, ask } = await withAuthorizer();
      const snapshot = String(await ethers.provider.send("evm_snapshot", []));
      await asOwner.grantAccess(1, [reader], 1, 0);
      await authorizer.poll();
      await authorizer.authorize(ask(reader));
      await ethers.provider.send("evm_revert", [snapshot]);
      await asOwner.setPublic(1, false);
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(ask(reader)), "not-allowed");
      expect(counted.asked).to.equal(2);
    });

    it("knows whom every event of the registries concerns", async () => {
      const account = `0x${"0a".repeat(20)}`;
      const value = ({ type, components }: ParamType): unknown => {
        if (components) return components.map(value);
        return type === "address" ? account : type.startsWith("uint") ? 7 : type === "bool" ? true : type === "string" ? "" : "0x";
      };
      const changesOf = (abi: Interface): [string, Change | undefined][] =>
        abi.fragments
          .filter((fragment): fragment is EventFragment => fragment.type === "event")
          .map((event) => {
            const log = abi.encodeEventLog(event, event.inputs.map(value));
            return [event.name, changeOf(abi, log)];
          });
      const ofBuckets = changesOf(IBucketRegistry__factory.createInterface());
      expect(ofBuckets.length).to.be.greaterThan(10);
      for (const [name, change] of ofBuckets) expect(change, name).to.deep.equal({ bucketId: 7n });
      const currencies = ["CurrencyAdded", "PriceChanged", "FeedChanged", "CurrencyPauseChanged"];
      const ofCurrencies = changesOf(IPriceRegistry__factory.createInterface());
      expect(ofCurrencies.map(([name]) => name)).to.have.members(currencies);
      for (const [name, change] of ofCurrencies) expect(change, name).to.deep.equal({ currency: account });
      // What concerns a cluster or a whole currency changes no account until it is touched; prices are the price registry's events.
      const none = ["ClusterSettled", "UnservedShareChanged", "IndexSpeedChanged", "PauseChanged"];
      const ofAccounts = changesOf(IAccountRegistry__factory.createInterface());
      expect(ofAccounts.map(([name]) => name)).to.include.members(["Deposited", "Withdrawn", "StreamChanged", "AccountTouched", ...none]);
      for (const [name, change] of ofAccounts) {
        const expected = none.includes(name) ? undefined : name === "CurrencyListed" ? { currency: account } : { account };
        expect(change, name).to.deep.equal(expected);
      }
      const ofProviders = ["TermsAccepted", "BondPosted", "BondReturned"];
      for (const [name, change] of changesOf(ITermsRegistry__factory.createInterface()))
        expect(change, name).to.deep.equal(ofProviders.includes(name) ? { account } : undefined);
      expect(changeOf(IBucketRegistry__factory.createInterface(), { topics: [id("Unheard()")], data: "0x" })).to.equal("anything");
    });
  });

  context("the door", () => {
    async function withDoor() {
      const fixture = await withAuthorizer();
      const { chainId } = await ethers.provider.getNetwork();
      const realm: Realm = { chainId, bucketRegistry: await fixture.bucketRegistry.getAddress() };
      const contracts = contractSignatures({ caller: ethers.provider, head: () => fixture.authorizer.block!.number });
      const verifier = new RequestVerifier({ realm, nodeId: 3n, contracts });
      const admission = new Admission({ verifier, authorizer: fixture.authorizer, nonces: new NonceMemory() });
      return { ...fixture, realm, admission };
    }
    const asked = { bucketId: 1n, action: "read", path: "a", nodeId: 3n };
    const expected = { bucketId: 1n, action: "read", path: "a" };

    it("opens once for each request of who may", async () => {
      const { admission, owner, realm } = await withDoor();
      const header = await signRequest(asked, { account: owner.address, signer: owner }, realm);
      const request = await admission.admit(header, expected, RIGHTS.read);
      expect(request?.account).to.equal(owner.address.toLowerCase());
      await expectRefusal(admission.admit(header, expected, RIGHTS.read), "replayed");
    });

    it("stays shut for who may not, and keeps nothing of them", async () => {
      const { admission, stranger, realm, asOwner, authorizer, reader } = await withDoor();
      const header = await signRequest(asked, { account: stranger.address, signer: stranger }, realm);
      await expectRefusal(admission.admit(header, expected, RIGHTS.read), "not-allowed");
      await asOwner.grantAccess(1, [reader], 1, 0);
      await authorizer.poll();
      await admission.admit(header, expected, RIGHTS.read);
      await expectRefusal(admission.admit(header, expected, RIGHTS.read), "replayed");
    });

    it("is open without a signature to what anyone may read, and to nothing else", async () => {
      const { admission, asOwner, authorizer } = await withDoor();
      await expectRefusal(admission.admit(undefined, expected, RIGHTS.read), "missing");
      await asOwner.setPublic(1, true);
      await authorizer.poll();
      expect(await admission.admit(undefined, expected, RIGHTS.read)).to.equal(undefined);
      await expectRefusal(admission.admit(undefined, { ...expected, action: "write" }, RIGHTS.write), "missing");
    });

    it("stays shut for buckets that are not there", async () => {
      const { admission, owner, realm } = await withDoor();
      const header = await signRequest({ ...asked, bucketId: 9n }, { account: owner.address, signer: owner }, realm);
      await expectRefusal(admission.admit(header, { ...expected, bucketId: 9n }, RIGHTS.read), "bucket-unknown");
    });

    it("opens to a contract for as long as it says that the signature is its own", async () => {
      const { admission, asOwner, authorizer, realm } = await withDoor();
      const contract = `0x${"c0".repeat(20)}`;
      // Returns isValidSignature's answer to whatever it is asked.
      await setCode(contract, "0x631626ba7e60e01b5f5260205ff3");
      await asOwner.grantAccess(1, [contract], 1, 0);
      await authorizer.poll();
      const ask = async () => signRequest(asked, { account: contract, signer: Wallet.createRandom() }, realm);
      expect((await admission.admit(await ask(), expected, RIGHTS.read))?.account).to.equal(contract);
      // Reverts.
      await setCode(contract, "0x5f5ffd");
      await expectRefusal(admission.admit(await ask(), expected, RIGHTS.read), "bad-signature");
      // Spends all the gas there is.
      await setCode(contract, "0x5b5f56");
      await expectRefusal(admission.admit(await ask(), expected, RIGHTS.read), "bad-signature");
      // Is no contract.
      await setCode(contract, "0x");
      await expectRefusal(admission.admit(await ask(), expected, RIGHTS.read), "bad-signature");
    });
  });

  context("routes", () => {
    it("lead from a key to nodes and their URLs, by the params of the cluster and the bucket", async () => {
      const fixture = await withFundedBucket();
      const { nodeRegistry, clusterRegistry, bucketRegistry, manager, owner, provider1, provider2 } = fixture;
      const registries = await registriesOf(fixture);
      await nodeRegistry.connect(provider1).changeNodeParams(1, '{"url":"https://one.example"}');
      await nodeRegistry.connect(provider2).changeNodeParams(2, "not JSON");

      const before = await readRoutes(registries, 1n);
      expect(before.replication).to.equal(1);
      expect([...before.urls]).to.deep.equal([[1n, "https://one.example"]]);

      const tokens = [100, 200, 300, 400, 500, "18446744073709551615"];
      await clusterRegistry.connect(manager).changeClusterParams(1, JSON.stringify({ replication: 2, ringTokens: tokens }));
      const routes = await readRoutes(registries, 1n);
      // Nearly all of the ring belongs to the sixth vnode, on node 3; node 1 follows.
      expect(routesOf(routes, "a/b")).to.deep.equal([
        { vnode: 5, nodeId: 3n, url: undefined },
        { vnode: 0, nodeId: 1n, url: "https://one.example" },
      ]);

      await bucketRegistry.connect(owner).changeBucketParams(1, '{"replication":3}');
      expect(routesOf(await readRoutes(registries, 1n), "a/b").map(({ nodeId }) => nodeId)).to.deep.equal([3n, 1n, 2n]);
    });

    it("are remembered, read again when they are no longer fresh, and refused when they are too old", async () => {
      const fixture = await withFundedBucket();
      const { clusterRegistry, bucketRegistry, manager, owner, nodeIds } = fixture;
      const registries = await registriesOf(fixture);
      let milliseconds = 0;
      const router = new Router(registries, { freshSeconds: 5, staleSeconds: 60, stopwatch: () => milliseconds });
      const first = await router.routes(1n);
      expect(first.ring.replicas(0n, 1)).to.deep.equal([{ vnode: 0, nodeId: nodeIds[0] }]);
      await clusterRegistry.connect(manager).replaceNode(1, 0, nodeIds[1]);
      await bucketRegistry.connect(owner).changeBucketParams(1, '{"replication":2}');

      milliseconds = 5_000;
      expect(await router.routes(1n)).to.deep.equal(first);
      milliseconds = 5_001;
      expect((await router.routes(1n)).ring).to.equal(first.ring);
      while ((await router.routes(1n)).ring === first.ring || (await router.routes(1n)).replication === 1) await setTimeout(5);
      expect((await router.routes(1n)).ring.replicas(0n, 1)).to.deep.equal([{ vnode: 0, nodeId: nodeIds[1] }]);

      const gone = connectRegistries(
        await addressesOf(fixture),
        new JsonRpcProvider("http://127.0.0.1:9", 31_337, { staticNetwork: true }),
      );
      const cut = new Router({ ...registries, bucketRegistry: gone.bucketRegistry }, { stopwatch: () => milliseconds });
      await expectRefusal(cut.routes(1n), "chain-gone");
      await expectRefusal(router.routes(2n), "bucket-unknown");

      const failing = { ...registries };
      const held = new Router(failing, { freshSeconds: 5, staleSeconds: 60, stopwatch: () => milliseconds });
      const known = await held.routes(1n);
      failing.bucketRegistry = gone.bucketRegistry;
      milliseconds += 60_000;
      expect((await held.routes(1n)).ring).to.equal(known.ring);
      milliseconds += 1;
      await expectRefusal(held.routes(1n), "chain-gone");
    });

    it("are as without params where nobody can read these", async () => {
      const fixture = await withFundedBucket();
      const registries = await registriesOf(fixture);
      const { ring: even } = await readRoutes(registries, 1n);
      await fixture.clusterRegistry.connect(fixture.manager).changeClusterParams(1, '{"ringTokens":[1,2,3]}');
      const { ring, replication } = await readRoutes(registries, 1n);
      expect(replication).to.equal(1);
      for (const position of [0n, 2n ** 63n, 2n ** 64n - 1n]) expect(ring.replicas(position, 3)).to.deep.equal(even.replicas(position, 3));
    });
  });
});
