export { ADVICE, type Advice, type AdviceTable } from "./advice";
export { type Explanation, explain, explainRevertData, isUnreachable } from "./explain";
export { findRevertData } from "./find-data";
export { decodeError, errorInterfaces, errorsOf, registryInterfaces } from "./interfaces";
export { type ExplainContext, PROPOSAL_STATES, type ProposalState, fillIn } from "./sentences";
