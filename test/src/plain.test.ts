import { expect } from "chai";
import type { Interface, Result } from "ethers";

import { bucketFields, plain, plainArgs } from "../../src/network/plain";
import { IBucketRegistry__factory, IClusterRegistry__factory, ITermsRegistry__factory } from "../../cache/typechain-types";

describe("plain", () => {
  const abi: Interface = IBucketRegistry__factory.createInterface();
  const bucket = [7n, `0x${"11".repeat(20)}`, `0x${"00".repeat(20)}`, 2n, 3n, 4n, 5n, 6n, 8n, 9n, 10n, "text"];

  function decoded(change: (data: string) => string): Result {
    const data = abi.encodeFunctionResult("listBuckets", [[bucket, bucket], 3n]);
    return abi.decodeFunctionResult("listBuckets", change(data))[0] as Result;
  }

  it("makes an object of a struct, with the names of its fields", () => {
    const [item] = decoded((data) => data).map((struct) => plain<{ bucketId: bigint; params: string }>(struct as never, bucketFields));
    expect(item).to.include({ bucketId: 7n, clusterId: 2n, endsAt: 10n, params: "text" });
  });

  it("keeps the rest of a page readable when somebody's params are no text", () => {
    const text = Buffer.from("text").toString("hex");
    // Of the first of the two items: 0xff begins no character.
    const items = decoded((data) => data.replace(text, "ff".repeat(4))).map((struct) =>
      plain<{ params: string }>(struct as never, bucketFields),
    );
    expect(items.map(({ params }) => params)).to.deep.equal(["\ufffd", "text"]);
    expect(items[0]).to.include({ bucketId: 7n, ratePerMonth: 6n });
  });
});

describe("plainArgs", () => {
  const argsOf = (abi: Interface, name: string, values: unknown[], change = (data: string) => data): Record<string, unknown> => {
    const { topics, data } = abi.encodeEventLog(name, values);
    return plainArgs(abi.parseLog({ topics, data: change(data) })!);
  };
  const manager = `0x${"11".repeat(20)}`;
  const cluster = [7n, manager, manager, 4n, 200n, [1n, 2n], [10n, 20n], "text"];

  it("makes plain objects and arrays of an event's arguments", () => {
    expect(argsOf(IClusterRegistry__factory.createInterface(), "ClusterCreated", cluster)).to.deep.equal({
      clusterId: 7n,
      manager,
      currency: manager,
      vnodeCount: 4n,
      managementFeeBps: 200n,
      nodeIds: [1n, 2n],
      rents: [10n, 20n],
      params: "text",
    });
    const terms = { validator: manager, bondPerVnode: 1n, maxSlashBps: 2n, leavingNotice: 3n, validatorNotice: 4n };
    expect(argsOf(ITermsRegistry__factory.createInterface(), "TermsSet", [7n, terms])).to.deep.equal({ clusterId: 7n, terms });
  });

  it("takes an array for one, whatever its length", () => {
    const vacant = argsOf(IClusterRegistry__factory.createInterface(), "ClusterCreated", cluster.with(5, []).with(6, [10n]));
    expect(vacant).to.deep.include({ nodeIds: [], rents: [10n] });
  });

  it("keeps the rest readable when somebody's params are no text", () => {
    const text = Buffer.from("text").toString("hex");
    const args = argsOf(IClusterRegistry__factory.createInterface(), "ClusterCreated", cluster, (data) => data.replace(text, "ffffffff"));
    expect(args).to.deep.include({ clusterId: 7n, nodeIds: [1n, 2n], params: "\ufffd" });
  });
});
