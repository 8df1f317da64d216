import { readVnodes } from "../../src";
import { clusterId } from "../support/arguments";
import { defineRead } from "../support/define";
import { table } from "../support/tables";

defineRead({
  name: "cluster:vnodes",
  description: "Lists the node of each vnode of a cluster",
  arguments: { cluster: clusterId() },
  read: async ({ registries }, { cluster }) => {
    const vnodes = await readVnodes(registries, cluster);
    const rows = vnodes.map((node, index) => [String(index), String(node)]);
    return [{ key: "vnodes", text: table(["Vnode", "Node"], rows), data: vnodes }];
  },
});
