import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { type ClusterDetails, NATIVE, type NodeInfo, toMermaid } from "../../src";

const provider = "0x1111111111111111111111111111111111111111";
const manager = "0x2222222222222222222222222222222222222222";
const owner = "0x3333333333333333333333333333333333333333";

const node = (nodeId: bigint): NodeInfo => ({
  nodeId,
  provider,
  rentPerMonth: 0n,
  capacity: 100n,
  reserved: 20n,
  clusters: 1n,
  params: "",
});
const cluster = (vnodes: bigint[]): ClusterDetails => ({
  clusterId: 1n,
  manager,
  offeredTo: ZeroAddress,
  currency: NATIVE,
  vnodeCount: BigInt(vnodes.length),
  nodeCount: 2n,
  resourcePerVnode: 10n,
  resourceUsed: 4n,
  rentPerUnit: 0n,
  revenues: 0n,
  closed: false,
  managementFeeBps: 0n,
  params: "",
  members: [],
  vnodes,
});
const bucket = {
  bucketId: 1n,
  owner,
  offeredTo: ZeroAddress,
  clusterId: 1n,
  resource: 4n,
  resourceCap: 0n,
  capRentPerUnit: 0n,
  ratePerMonth: 0n,
  coveredUntil: 0n,
  reclaimableFrom: 0n,
  endsAt: 0n,
  params: "",
};

describe("toMermaid", () => {
  it("draws an empty network", () => {
    expect(toMermaid({ nodes: [], clusters: [], buckets: [] })).to.equal("graph TD");
  });

  it("draws who manages, provides and owns what", () => {
    const network = { nodes: [node(1n), node(2n)], clusters: [cluster([1n, 2n, 1n])], buckets: [bucket] };
    expect(toMermaid(network, new Map([[manager, "manager"]]))).to.equal(
      `graph TD
  party_1(["manager"])
  party_2(["0x1111…1111"])
  party_3(["0x3333…3333"])
  cluster_1[["Cluster 1<br/>4 of 10 used per vnode"]]
  node_1["Node 1<br/>20 of 100 reserved"]
  node_2["Node 2<br/>20 of 100 reserved"]
  bucket_1[("Bucket 1<br/>4 allocated")]
  cluster_1 -- "is managed by" --> party_1
  cluster_1 -- "vNode_0" --> node_1
  cluster_1 -- "vNode_1" --> node_2
  cluster_1 -- "vNode_2" --> node_1
  node_1 -- "is owned by" --> party_2
  node_2 -- "is owned by" --> party_2
  bucket_1 -- "is owned by" --> party_3
  bucket_1 -- "is allocated into" --> cluster_1`,
    );
  });

  it("draws what is vacant", () => {
    const graph = toMermaid({ nodes: [node(1n)], clusters: [cluster([1n, 0n])], buckets: [] });
    expect(graph).to.include('node_0["vacant"]');
    expect(graph).to.include('cluster_1 -- "vNode_1" --> node_0');
  });

  it("draws up to 24 vnodes one by one", () => {
    const graph = toMermaid({ nodes: [node(1n)], clusters: [cluster(Array<bigint>(24).fill(1n))], buckets: [] });
    expect(graph.match(/vNode_/g)).to.have.length(24);
  });

  it("puts many vnodes together, as ranges for each node", () => {
    const vnodes = [...Array<bigint>(20).fill(1n), 2n, 2n, 2n, 1n, 1n, 2n];
    const graph = toMermaid({ nodes: [node(1n), node(2n)], clusters: [cluster(vnodes)], buckets: [] });
    expect(graph).to.include('cluster_1 -- "vNode_0..19,23..24" --> node_1');
    expect(graph).to.include('cluster_1 -- "vNode_20..22,25" --> node_2');
  });

  it("keeps edges short where vnodes alternate", () => {
    const vnodes = Array.from({ length: 100 }, (_, index) => BigInt((index % 2) + 1));
    const graph = toMermaid({ nodes: [node(1n), node(2n)], clusters: [cluster(vnodes)], buckets: [] });
    expect(graph).to.include('cluster_1 -- "vNode_0,2,4,6, … 50 in all" --> node_1');
  });
});
