// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Agreements} from "../libraries/Agreements.sol";
import {Bonds} from "../libraries/Bonds.sol";
import {Agreement} from "../types/Agreement.sol";
import {NodeService} from "../types/NodeService.sol";
import {StoredTerms} from "../types/StoredTerms.sol";

/// @title AgreementsHarness
/// @notice For tests: opens {Agreements} and {Bonds}, over an agreement and terms of its own.
contract AgreementsHarness {
    using Agreements for Agreement;
    using Bonds for Agreement;

    Agreement private _agreement;
    StoredTerms private _terms;

    /// @notice Puts an agreement and terms in place.
    function store(Agreement calldata agreement, StoredTerms calldata terms) external {
        (_agreement, _terms) = (agreement, terms);
    }

    /// @notice See {Agreements.begin}.
    function begin(address provider, NodeService calldata service) external {
        _agreement.begin(provider, service);
    }

    /// @notice See {Agreements.announceExit}.
    function announceExit(NodeService calldata service, uint16 office) external {
        _agreement.announceExit(service, office);
    }

    /// @notice See {Agreements.noteQuality}.
    function noteQuality(uint256 qualityBps) external {
        _agreement.noteQuality(qualityBps);
    }

    /// @notice See {Bonds.addBond}.
    function addBond(uint256 amount) external returns (uint256) {
        return _agreement.addBond(amount);
    }

    /// @notice See {Bonds.takeBond}.
    function takeBond(uint256 amount) external returns (uint256) {
        return _agreement.takeBond(amount);
    }

    /// @notice See {Bonds.slash}.
    function slash(uint256 amount) external returns (uint256) {
        return _agreement.slash(_terms, amount);
    }

    /// @notice See {Bonds.noteCoverage}.
    function noteCoverage(NodeService calldata service) external returns (bool) {
        return _agreement.noteCoverage(_terms, service);
    }

    /// @notice The agreement as it is stored.
    function stored() external view returns (Agreement memory) {
        return _agreement;
    }

    /// @notice See {Bonds.coverage}.
    function coverage() external view returns (uint16) {
        return _agreement.coverage(_terms);
    }

    /// @notice See {Bonds.shortage}.
    function shortage(NodeService calldata service) external view returns (uint256 since, uint256 vacatableFrom) {
        return _agreement.shortage(_terms, service);
    }

    /// @notice See {Agreements.hasLeft}.
    function hasLeft(NodeService calldata service) external view returns (bool) {
        return _agreement.hasLeft(service);
    }

    /// @notice See {Bonds.liableUntil}.
    function liableUntil(NodeService calldata service) external view returns (uint256) {
        return _agreement.liableUntil(_terms, service);
    }

    /// @notice See {Bonds.returnable}.
    function returnable(NodeService calldata service) external view returns (uint256 available, uint256 lockedUntil) {
        return _agreement.returnable(_terms, service);
    }

    /// @notice See {Agreements.exitAt}.
    function exitAt(NodeService calldata service) external view returns (uint256) {
        return _agreement.exitAt(_terms, service);
    }

    /// @notice See {Bonds.slashable}.
    function slashable() external view returns (uint256) {
        return _agreement.slashable(_terms);
    }
}
