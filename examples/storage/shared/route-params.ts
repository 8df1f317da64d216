import type { FastifyRequest } from "fastify";

import { engine } from "../../../src";
import { Failure } from "./failure";

/** The bucket and the path in a URL. */
export interface RouteParams {
  bucketId: bigint;
  path: string;
}

const MAX_ID = 0xffff_ffffn;

/** From `/buckets/:bucketId/<what>/*`, already decoded. */
export function routeParamsOf(request: FastifyRequest): RouteParams {
  const { bucketId: id = "", "*": path = "" } = request.params as { bucketId?: string; "*"?: string };
  if (!/^[1-9][0-9]{0,9}$/.test(id) || BigInt(id) > MAX_ID) throw new Failure("bad-bucket", "That is not the id of a bucket.");
  if (!engine.isPath(path)) throw new Failure("bad-path", 'A path is segments between slashes, none of them empty, "." or "..".');
  return { bucketId: BigInt(id), path };
}

/** {@link routeParamsOf} for what is about one file: the empty path is none. */
export function fileParamsOf(request: FastifyRequest): RouteParams {
  const params = routeParamsOf(request);
  if (params.path === "") throw new Failure("bad-path", "A file has a path.");
  return params;
}

/** The request that has to be signed. The body of a write is checked when it comes; other requests have none. */
export function expectedOf(params: RouteParams, action: string): engine.Expected {
  return { ...params, action, bodyHash: action === "write" ? undefined : engine.NO_BODY };
}

/** The other way round: the path of a URL. */
export function urlOf(base: string, what: "files" | "list" | "copies" | "copy", { bucketId, path }: RouteParams): string {
  return `${base.replace(/\/+$/, "")}/buckets/${bucketId}/${what}/${path.split("/").map(encodeURIComponent).join("/")}`;
}
