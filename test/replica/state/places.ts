import { Contradiction } from "./numbers";

/** Which vnode of a cluster is on which node: nodes stand in places from 1 on, and a vnode leads to a place, by round robin until it is moved. */
export class Places {
  private readonly nodes = new Map<number, bigint>();
  private readonly moved = new Map<bigint, number>();
  /** The places that are free, the one that is taken next at the end. */
  private readonly freed: number[] = [];

  /** @param count How many places there are; round robin goes over them for good. */
  constructor(private count: number) {
    this.stride = BigInt(count);
  }

  private readonly stride: bigint;

  set(place: number, nodeId: bigint): void {
    this.nodes.set(place, nodeId);
  }

  free(place: number): void {
    this.nodes.delete(place);
    this.freed.push(place);
  }

  take(): number {
    return this.freed.pop() ?? ++this.count;
  }

  move(vnodeIndex: bigint, place: number): void {
    this.moved.set(vnodeIndex, place);
  }

  /** The node on which a vnode is, or the stand-in of the one that left it. */
  nodeOf(vnodeIndex: bigint): bigint {
    const place = this.moved.get(vnodeIndex) ?? Number(vnodeIndex % this.stride) + 1;
    const nodeId = this.nodes.get(place);
    if (nodeId === undefined) throw new Contradiction(`A vnode leads to place ${place}, where no node stands.`);
    return nodeId;
  }
}

export function placesOf({ places }: { places: Places | undefined }): Places {
  if (places === undefined) throw new Contradiction("A cluster without nodes has places.");
  return places;
}
