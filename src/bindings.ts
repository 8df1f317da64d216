// The parts of typechain-types that this library stands on. Each comes from its own file: the index of the bindings would load all
// of them, and would fail as a whole while `hardhat compile` has yet to bring one of them up to date.
import { IAccessManager__factory } from "../typechain-types/factories/@openzeppelin/contracts/access/manager/IAccessManager__factory";
import { IGovernor__factory } from "../typechain-types/factories/@openzeppelin/contracts/governance/IGovernor__factory";
import { TimelockController__factory } from "../typechain-types/factories/@openzeppelin/contracts/governance/TimelockController__factory";
import { IERC5267__factory } from "../typechain-types/factories/@openzeppelin/contracts/interfaces/IERC5267__factory";
import { ERC20Permit__factory } from "../typechain-types/factories/@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit__factory";
import { IERC20Metadata__factory } from "../typechain-types/factories/@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata__factory";
import { IERC20Permit__factory } from "../typechain-types/factories/@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit__factory";
import { IERC20__factory } from "../typechain-types/factories/@openzeppelin/contracts/token/ERC20/IERC20__factory";
import { IERC165__factory } from "../typechain-types/factories/@openzeppelin/contracts/utils/introspection/IERC165__factory";
import { IAccountRegistry__factory } from "../typechain-types/factories/contracts/interfaces/IAccountRegistry__factory";
import { IAdministration__factory } from "../typechain-types/factories/contracts/interfaces/IAdministration__factory";
import { IBucketRegistry__factory } from "../typechain-types/factories/contracts/interfaces/IBucketRegistry__factory";
import { IClusterRegistry__factory } from "../typechain-types/factories/contracts/interfaces/IClusterRegistry__factory";
import { INodeRegistry__factory } from "../typechain-types/factories/contracts/interfaces/INodeRegistry__factory";
import { IPriceRegistry__factory } from "../typechain-types/factories/contracts/interfaces/IPriceRegistry__factory";
import { IStorageProofs__factory } from "../typechain-types/factories/contracts/interfaces/IStorageProofs__factory";
import { ITermsRegistry__factory } from "../typechain-types/factories/contracts/interfaces/ITermsRegistry__factory";

export type { IAccessManager } from "../typechain-types/@openzeppelin/contracts/access/manager/IAccessManager";
export type { TypedContractEvent, TypedEventLog } from "../typechain-types/common";
export type { IAccountRegistry } from "../typechain-types/contracts/interfaces/IAccountRegistry";
export type { IBucketRegistry } from "../typechain-types/contracts/interfaces/IBucketRegistry";
export type { IClusterRegistry } from "../typechain-types/contracts/interfaces/IClusterRegistry";
export type { INodeRegistry } from "../typechain-types/contracts/interfaces/INodeRegistry";
export type { IPriceRegistry } from "../typechain-types/contracts/interfaces/IPriceRegistry";
export type { IStorageProofs } from "../typechain-types/contracts/interfaces/IStorageProofs";
export type { ITermsRegistry } from "../typechain-types/contracts/interfaces/ITermsRegistry";

export {
  ERC20Permit__factory,
  IAccessManager__factory,
  IAccountRegistry__factory,
  IAdministration__factory,
  IBucketRegistry__factory,
  IClusterRegistry__factory,
  IERC165__factory,
  IERC20__factory,
  IERC20Metadata__factory,
  IERC20Permit__factory,
  IERC5267__factory,
  IGovernor__factory,
  INodeRegistry__factory,
  IPriceRegistry__factory,
  IStorageProofs__factory,
  ITermsRegistry__factory,
  TimelockController__factory,
};
