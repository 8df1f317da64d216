import { UserError } from "../user-error";
import { type FileTree, proveLeaf } from "./file";
import { type Commitment, type StorageProof, isProven } from "./tree";

/** Proves leaves of a file, after making sure that they are what was committed to: an answer that is refused is not sent. */
export async function proveLeaves(tree: FileTree, challenged: Commitment, positions: readonly bigint[]): Promise<StorageProof[]> {
  const proofs: StorageProof[] = [];
  for (const position of positions) {
    const proof = position < tree.commitment.leafCount ? await proveLeaf(tree, position) : undefined;
    if (proof === undefined || !isProven(challenged, position, proof)) {
      throw new UserError(
        `The leaf at position ${position} of ${tree.path} is not what the challenge asks for: it is about the tree with root ` +
          `${challenged.root} and ${challenged.leafCount} leaves, and the file has ${tree.commitment.root} and ` +
          `${tree.commitment.leafCount}. Has the file changed since it was committed to? Give the version that is challenged.`,
      );
    }
    proofs.push(proof);
  }
  return proofs;
}
