import { concat, dataLength } from "ethers";

/** Some bytes as what a leaf has to be: 256 of them. */
export function fillLeaf(bytes: string): string {
  return concat([bytes, new Uint8Array(256 - dataLength(bytes))]);
}
