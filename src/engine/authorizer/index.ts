export { Authorizer, type AuthorizerOptions } from "./authorizer";
export { type Answer, type Block, type Chain, type Change, type Question, RIGHTS, type Right } from "./chain";
export { registriesChain } from "./registries-chain";
