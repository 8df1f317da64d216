import { AccountModel } from "./accounts";
import { BucketModel } from "./buckets";
import { ClusterModel } from "./clusters";
import { FeedModel } from "./feed";
import { NodeModel } from "./nodes";
import { PriceModel } from "./prices";
import type { State } from "./state";
import { passTo } from "./streams";
import { TermsModel } from "./terms";

/** What the contracts should do, by the words of the design alone: no indices, nothing lazy, nothing cut to fit. */
export class Model {
  readonly accountRegistry: AccountModel;
  readonly priceRegistry: PriceModel;
  readonly nodeRegistry: NodeModel;
  readonly clusterRegistry: ClusterModel;
  readonly bucketRegistry: BucketModel;
  readonly termsRegistry: TermsModel;
  readonly priceFeed: FeedModel;

  constructor(readonly state: State) {
    this.accountRegistry = new AccountModel(state);
    this.priceRegistry = new PriceModel(state);
    this.nodeRegistry = new NodeModel(state);
    this.clusterRegistry = new ClusterModel(state);
    this.bucketRegistry = new BucketModel(state);
    this.termsRegistry = new TermsModel(state);
    this.priceFeed = new FeedModel(state);
  }

  /** Lets it be later. */
  passTo(timestamp: bigint): void {
    passTo(this.state, timestamp);
  }
}

/** The contracts that are called, under the names of their models. */
export type ContractName = Exclude<keyof Model, "state" | "passTo">;
