import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type Provider, type TransactionRequest } from "ethers";
import { ethers } from "hardhat";

import { BatchRunner, MULTICALL3, type Registries, connectRegistries, explain, readBuckets, readNetwork } from "../../../src";
import { MockMulticall3__factory } from "../../../cache/typechain-types";
import { type Base, base, withFundedBucket } from "../../fixtures";
import { addressesOf } from "../../helpers/custody";
import { addBucket } from "../../helpers/steps";

/** A provider that counts calls, and can refuse those that are too long or that fail otherwise. */
class CountingProvider {
  readonly calls: TransactionRequest[] = [];
  refuse: (call: TransactionRequest) => Error | undefined = () => undefined;

  getCode = (address: string): Promise<string> => ethers.provider.getCode(address);
  getBlock = (tag: number | "latest"): ReturnType<Provider["getBlock"]> => ethers.provider.getBlock(tag);
  call = async (request: TransactionRequest): Promise<string> => {
    this.calls.push(request);
    const refusal = this.refuse(request);
    if (refusal !== undefined) throw refusal;
    return ethers.provider.call(request);
  };

  get together(): TransactionRequest[] {
    return this.calls.filter(({ to }) => to === MULTICALL3);
  }
}

interface Reading {
  fixture: Base;
  counter: CountingProvider;
  registries: Registries;
}

async function reading(fixture: Base, options: { multicall?: boolean } = {}): Promise<Reading> {
  const counter = new CountingProvider();
  const runner = new BatchRunner(counter as unknown as Provider, options);
  return { fixture, counter, registries: connectRegistries(await addressesOf(fixture), runner) };
}

/** The test double has the interface of Multicall3, at its address. */
async function withMulticall(fixture: Base): Promise<Reading> {
  const double = await new MockMulticall3__factory(fixture.deployer).deploy();
  await setCode(MULTICALL3, await ethers.provider.getCode(double));
  return reading(fixture);
}

describe("BatchRunner", () => {
  context("given a chain with Multicall3", () => {
    it("asks for views that are wanted at the same time with one call", async () => {
      const { counter, fixture, registries } = await withMulticall(await withFundedBucket());
      const { bucketRegistry, clusterRegistry } = fixture;
      const found = await Promise.all([
        ...Array.from({ length: 30 }, () => registries.bucketRegistry.getBucket(1)),
        ...Array.from({ length: 30 }, () => registries.clusterRegistry.managerOf(1)),
      ]);
      expect(found[7]).to.deep.equal(await bucketRegistry.getBucket(1));
      expect(found[37]).to.equal(await clusterRegistry.managerOf(1));
      // One for each kind of view.
      expect(counter.calls).to.have.length(2);
      expect(counter.together).to.have.length(2);
    });

    it("reads a network as it is without", async () => {
      const fixture = await withFundedBucket();
      const plain = await reading(fixture, { multicall: false });
      const expected = await readNetwork(plain.registries);
      const { counter, registries } = await withMulticall(fixture);
      const network = await readNetwork(registries, { blockTag: expected.blockNumber });
      expect(network).to.deep.equal(expected);
      expect(counter.together).to.not.be.empty;
      // One block for everything.
      expect(counter.calls.map(({ blockTag }) => blockTag)).to.deep.equal(counter.calls.map(() => expected.blockNumber));
    });

    it("explains a view that is refused as it would alone, and answers the others", async () => {
      const { registries } = await withMulticall(await withFundedBucket());
      const views = [1, 99, 1, 98].map((id) => registries.bucketRegistry.getBucket(id));
      const [first, second, third, fourth] = await Promise.allSettled(views);
      expect([first?.status, third?.status]).to.deep.equal(["fulfilled", "fulfilled"]);
      for (const [outcome, bucketId] of [
        [second, "99"],
        [fourth, "98"],
      ] as const) {
        expect(outcome).to.have.property("status", "rejected");
        expect(explain((outcome as PromiseRejectedResult).reason)).to.deep.include({ name: "BucketUnknown", values: { bucketId } });
      }
    });

    it("asks in halves for what a node refuses together, and for no more than that later", async () => {
      const { counter, registries } = await withMulticall(await withFundedBucket());
      const isTooLong = ({ data }: TransactionRequest): boolean => (data?.length ?? 0) > 5_000;
      counter.refuse = (call) => (isTooLong(call) ? new Error("out of gas") : undefined);
      const ask = (): Promise<unknown> => Promise.all(Array.from({ length: 40 }, () => registries.bucketRegistry.getBucket(1)));
      await ask();
      const refused = counter.calls.filter(isTooLong).length;
      expect(refused).to.be.greaterThan(0);
      await ask();
      expect(counter.calls.filter(isTooLong)).to.have.length(refused);
    });

    it("asks alone for what fails together without a reason", async () => {
      const fixture = await withFundedBucket();
      const { counter, registries } = await withMulticall(fixture);
      // The double, but it says of all calls that they have failed.
      const failed = MockMulticall3__factory.createInterface().encodeFunctionResult("aggregate3", [
        [
          { success: false, returnData: "0x" },
          { success: false, returnData: "0x" },
        ],
      ]);
      const { call } = counter;
      counter.call = async (request) => (request.to === MULTICALL3 ? failed : call(request));
      const found = await Promise.all([registries.bucketRegistry.getBucket(1), registries.bucketRegistry.getBucket(1)]);
      expect(found[1]).to.deep.equal(await fixture.bucketRegistry.getBucket(1));
    });

    it("does not ask again where the network does not answer", async () => {
      const { counter, registries } = await withMulticall(await withFundedBucket());
      counter.refuse = () => new Error("connect ECONNREFUSED");
      const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => registries.bucketRegistry.getBucket(1)));
      expect(outcomes.map(({ status }) => status)).to.deep.equal(outcomes.map(() => "rejected"));
      expect(counter.calls).to.have.length(1);
    });

    it("reads blocks from before it was there", async () => {
      const fixture = await withFundedBucket();
      const { counter, registries } = await withMulticall(fixture);
      // What a node answers of an address that had no code then.
      const { call } = counter;
      counter.call = async (request) => (request.to === MULTICALL3 ? "0x" : call(request));
      const buckets = await Promise.all([registries.bucketRegistry.getBucket(1), registries.bucketRegistry.getBucket(1)]);
      expect(buckets[0]).to.deep.equal(buckets[1]);
    });

    it("makes a call that is no view by itself, as its caller", async () => {
      const { counter, fixture, registries } = await withMulticall(await withFundedBucket());
      const { owner } = fixture;
      const create = () => registries.bucketRegistry.createBucket.staticCall(1, "", { from: owner.address });
      // Each sees the network as it is, not as the other would leave it.
      expect(await Promise.all([create(), create()])).to.deep.equal([2n, 2n]);
      expect(counter.together).to.have.length(0);
    });
  });

  context("given a chain without it", () => {
    it("asks for each view by itself", async () => {
      const { counter, registries } = await reading(await withFundedBucket());
      await Promise.all(Array.from({ length: 5 }, () => registries.bucketRegistry.getBucket(1)));
      expect(counter.calls).to.have.length(5);
      expect(counter.together).to.have.length(0);
    });
  });

  context("given that it is not to be used", () => {
    it("does not ask for it", async () => {
      const fixture = await withFundedBucket();
      await withMulticall(fixture);
      const { counter, registries } = await reading(fixture, { multicall: false });
      await Promise.all([registries.bucketRegistry.getBucket(1), registries.bucketRegistry.getBucket(1)]);
      expect(counter.together).to.have.length(0);
    });
  });

  it("looks for Multicall3 again if the network did not answer", async () => {
    const { counter, registries } = await reading(await base());
    let asked = 0;
    counter.getCode = async () => {
      if (asked++ === 0) throw new Error("connect ECONNREFUSED");
      return "0x";
    };
    const first = await registries.bucketRegistry.listBuckets(1, 1, ethers.ZeroAddress).catch((error: unknown) => error);
    expect(first).to.be.an("error");
    expect((await registries.bucketRegistry.listBuckets(1, 1, ethers.ZeroAddress)).lastId).to.equal(0n);
  });
});

describe("reading many pages", () => {
  it("tells how far it is, and keeps the order", async () => {
    const fixture = await withFundedBucket();
    for (let count = 1; count < 60; count++) await addBucket(fixture, fixture.owner, 1n);
    const { counter, registries } = await withMulticall(fixture);
    const told: [string, bigint, bigint][] = [];
    const buckets = await readBuckets(registries, undefined, { onProgress: (...progress) => told.push(progress) });
    expect(buckets.map(({ bucketId }) => bucketId)).to.deep.equal(Array.from({ length: 60 }, (_, index) => BigInt(index + 1)));
    expect(told).to.deep.equal([
      ["buckets", 25n, 60n],
      ["buckets", 50n, 60n],
      ["buckets", 60n, 60n],
    ]);
    // The first page, and all the others at once.
    expect(counter.calls).to.have.length(2);
  });
});
