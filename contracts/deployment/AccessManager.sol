// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// Compiles OpenZeppelin's contract, which is deployed as it is.
// solhint-disable-next-line no-unused-import
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
