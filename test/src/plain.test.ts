import { expect } from "chai";
import type { Interface, Result } from "ethers";

import { bucketFields, plain } from "../../src/network/plain";
import { IBucketRegistry__factory } from "../../typechain-types";

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
