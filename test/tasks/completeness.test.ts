import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { Interface } from "ethers";
import hre from "hardhat";

import { registryInterfaces } from "../../src";
import { FUNCTIONS_WITHOUT_TASK, TASK_OF_FUNCTION, TASK_OF_VIEW } from "../../tasks/functions";
import {
  AccountRegistry__factory,
  BucketRegistry__factory,
  ClusterRegistry__factory,
  NodeRegistry__factory,
  StorageProofs__factory,
  TermsRegistry__factory,
} from "../../cache/typechain-types";

const abis = {
  AccountRegistry: new Interface(AccountRegistry__factory.abi),
  NodeRegistry: new Interface(NodeRegistry__factory.abi),
  ClusterRegistry: new Interface(ClusterRegistry__factory.abi),
  BucketRegistry: new Interface(BucketRegistry__factory.abi),
  TermsRegistry: new Interface(TermsRegistry__factory.abi),
  StorageProofs: new Interface(StorageProofs__factory.abi),
};
const TASKS = join(__dirname, "..", "..", "tasks");
const FOLDERS = ["account", "currency", "node", "cluster", "bucket", "validator", "network", "safe", "dao"];

function functionsOf(abi: Interface, wanted: "state-changing" | "views"): string[] {
  const names: string[] = [];
  abi.forEachFunction(({ name, constant }) => {
    if (constant === (wanted === "views")) names.push(name);
  });
  return names;
}

describe("tasks", () => {
  for (const [name, abi] of Object.entries(abis)) {
    const registry = name as keyof typeof abis;

    describe(registry, () => {
      it("has a task for every function that people call", () => {
        const known = [...Object.keys(TASK_OF_FUNCTION[registry]), ...FUNCTIONS_WITHOUT_TASK[registry]];
        expect(functionsOf(abi, "state-changing")).to.have.members(known);
      });

      it("has the views for which there are tasks", () => {
        expect(functionsOf(abi, "views")).to.include.members(Object.keys(TASK_OF_VIEW[registry]));
      });

      it("has no view like get… or list… without a task", () => {
        // The registry's own, without what it inherits from libraries.
        const views = functionsOf(registryInterfaces[registry]!, "views").filter((view) => /^(get|list|is)[A-Z]/.test(view));
        expect(Object.keys(TASK_OF_VIEW[registry])).to.include.members(views);
      });

      for (const task of new Set([...Object.values(TASK_OF_FUNCTION[registry]), ...Object.values(TASK_OF_VIEW[registry])])) {
        it(`can be used with ${task}`, () => {
          expect(hre.tasks).to.have.property(task);
          expect(hre.tasks[task]?.paramDefinitions).to.have.property("json");
        });
      }
    });
  }

  for (const folder of FOLDERS) {
    for (const file of readdirSync(join(TASKS, folder))) {
      const task = `${folder}:${file.replace(/\.ts$/, "")}`;
      it(`${folder}/${file} defines ${task}`, () => {
        expect(hre.tasks).to.have.property(task);
        expect(readFileSync(join(TASKS, folder, file), "utf8")).to.include(`"${task}"`);
      });
    }
  }
});
