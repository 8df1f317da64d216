// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// What the world is made of, only to be compiled: it is deployed by its name (`vm.deployCode`), so that the handlers depend on interfaces
// alone, and need not be compiled again when a contract changes.

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {AccountRegistry} from "../../contracts/AccountRegistry.sol";
import {BucketRegistry} from "../../contracts/BucketRegistry.sol";
import {ClusterRegistry} from "../../contracts/ClusterRegistry.sol";
import {MockPriceFeed} from "../../contracts/mocks/MockPriceFeed.sol";
import {StandardToken} from "../../contracts/mocks/StandardToken.sol";
import {TestUSD} from "../../contracts/mocks/TestUSD.sol";
import {NodeRegistry} from "../../contracts/NodeRegistry.sol";
import {PriceRegistry} from "../../contracts/PriceRegistry.sol";
import {TermsRegistry} from "../../contracts/TermsRegistry.sol";
import {StorageProofs} from "../../contracts/validators/StorageProofs.sol";
