import { expect } from "chai";

import {
  MAX_PARAMS_BYTES,
  UserError,
  jsonSchemas,
  parseBucketParams,
  parseClusterParams,
  parseNodeParams,
  serializeBucketParams,
  serializeClusterParams,
  serializeNodeParams,
} from "../../src";

const node = {
  url: "https://node.example:8080",
  engine: { name: "ddc-storage", version: "1.4.0" },
  region: "eu-central",
  publicKey: "0x01",
  metadata: { owner: { name: "Ada" }, disks: [1, 2] },
};

describe("params", () => {
  it("are read back as they were written, compactly", () => {
    expect(parseNodeParams(serializeNodeParams(node))).to.deep.equal(node);
    expect(serializeNodeParams({ url: "https://a.example" })).to.equal('{"url":"https://a.example"}');
    const cluster = { engine: node.engine, replication: 3, ringTokens: [0, 5, "18446744073709551615"], metadata: {} };
    expect(parseClusterParams(serializeClusterParams(cluster), 3n)).to.deep.equal(cluster);
    const bucket = { replication: 2, encryption: "AES-256-GCM", metadata: { label: "photos" } };
    expect(parseBucketParams(serializeBucketParams(bucket))).to.deep.equal(bucket);
  });

  it("are empty where there is no configuration", () => {
    expect(parseNodeParams("")).to.equal(undefined);
    expect(serializeNodeParams(undefined)).to.equal("");
    expect(parseClusterParams("", 4n)).to.equal(undefined);
    expect(parseBucketParams("{}")).to.deep.equal({});
  });

  const refused: [what: string, read: () => unknown, message: RegExp][] = [
    ["what is no JSON", () => parseNodeParams("url=x"), /have to be a JSON object, for example \{"url":"https:\/\/node\.example"\}/],
    ["what is no object", () => parseNodeParams("[]"), /expected object, received array/],
    ["a node without a URL", () => parseNodeParams("{}"), /"url" is missing/],
    ["a URL without a host", () => parseNodeParams('{"url":"node"}'), /"url" has to be a URL with a host/],
    ["an engine without a version", () => parseNodeParams('{"url":"http://a","engine":{"name":"x"}}'), /"engine\.version" is missing/],
    [
      "an unknown field",
      () => parseNodeParams('{"url":"http://a","uptime":1}'),
      /"uptime" is not a field \(the fields are url, .*metadata\)/,
    ],
    ["an unknown inner field", () => parseClusterParams('{"engine":{"name":"x","version":"1","os":"y"}}'), /"engine\.os" is not a field/],
    ["no copies at all", () => parseBucketParams('{"replication":0}'), /"replication" too small/],
    ["half a copy", () => parseBucketParams('{"replication":1.5}'), /"replication" invalid input: expected int/],
    ["a position twice", () => parseClusterParams('{"ringTokens":[1,"1"]}'), /no two vnodes may have the same position/],
    ["a position beyond 64 bits", () => parseClusterParams('{"ringTokens":["18446744073709551616"]}'), /"ringTokens\.0"/],
    ["too few positions", () => parseClusterParams('{"ringTokens":[1,2]}', 3n), /need 3 ringTokens, one per vnode; there are 2/],
    ["more copies than vnodes", () => parseClusterParams('{"replication":4}', 3n), /cannot keep 4 copies/],
    ["a text that is too long", () => parseBucketParams(" ".repeat(MAX_PARAMS_BYTES + 1)), /24001 bytes long; at most 24000/],
    ["a text that is too long in bytes", () => parseBucketParams("é".repeat(12_001)), /24002 bytes long/],
    ["wrong values when writing", () => serializeNodeParams({ url: "node" }), /"url" has to be a URL/],
  ];
  for (const [what, read, message] of refused) {
    it(`refuse ${what}`, () => {
      expect(read).to.throw(UserError, message);
    });
  }

  it("may be as long as the registries keep", () => {
    const fixed = serializeBucketParams({ metadata: { text: "" } }).length;
    const text = serializeBucketParams({ metadata: { text: "x".repeat(MAX_PARAMS_BYTES - fixed) } });
    expect(text.length).to.equal(MAX_PARAMS_BYTES);
    expect(() => serializeBucketParams({ metadata: { text: `${"x".repeat(MAX_PARAMS_BYTES - fixed)}x` } })).to.throw(UserError, /24001/);
  });

  it("have any position of 64 bits, the same by the JSON Schema", () => {
    const { cluster } = jsonSchemas() as { cluster: { properties: { ringTokens: { items: { anyOf: { pattern?: string }[] } } } } };
    const { pattern } = cluster.properties.ringTokens.items.anyOf[1]!;
    const takes = (token: bigint): boolean => {
      const bySchema = new RegExp(pattern!, "u").test(String(token));
      const params = JSON.stringify({ ringTokens: [String(token)] });
      if (bySchema) expect(parseClusterParams(params)?.ringTokens).to.deep.equal([String(token)]);
      else expect(() => parseClusterParams(params)).to.throw(UserError, /"ringTokens\.0"/);
      return bySchema;
    };
    const most = (1n << 64n) - 1n;
    for (const token of [0n, 9n, 10n, 10n ** 19n - 1n, 10n ** 19n, most - 1n, most]) expect(takes(token)).to.equal(true, String(token));
    for (const token of [most + 1n, 2n * 10n ** 19n, 10n ** 20n, -1n]) expect(takes(token)).to.equal(false, String(token));
    // One more and one less in each digit of the highest.
    for (let unit = 1n; unit < most; unit *= 10n) {
      expect(takes(most - unit)).to.equal(true, String(most - unit));
      expect(takes(most + unit)).to.equal(false, String(most + unit));
    }
  });

  it("have a JSON Schema each, as strict as they are", () => {
    const { node: schema } = jsonSchemas() as { node: { required: string[]; additionalProperties: boolean } };
    expect(schema.required).to.deep.equal(["url"]);
    expect(schema.additionalProperties).to.equal(false);
  });
});
