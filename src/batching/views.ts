import type { Interface } from "ethers";

import { IAccessManager__factory, IERC20Metadata__factory } from "../bindings";
import { registryInterfaces } from "../errors";

/** Selectors of views that do not depend on the caller: only these can share one call without changing each other's answer. */
const VIEWS = new Set(
  [...Object.values(registryInterfaces), IAccessManager__factory.createInterface(), IERC20Metadata__factory.createInterface()].flatMap(
    selectorsOfViews,
  ),
);

/** Whether a call is one of a view of the registries, or of what they stand on. */
export function isView(data: string): boolean {
  return VIEWS.has(data.slice(0, 10));
}

function selectorsOfViews(abi: Interface): string[] {
  const selectors: string[] = [];
  abi.forEachFunction(({ constant, selector }) => constant && selectors.push(selector));
  return selectors;
}
