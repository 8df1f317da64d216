// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";

/// @title FacetedProxy
/// @notice An honest token or feed, each function of which can be replaced by other code at any time: what an upgrade can do.
contract FacetedProxy is Proxy {
    /// @notice The implementation of all functions without one of their own.
    address public immutable HONEST;

    /// @dev The slots of the honest contract, which works on this storage.
    uint256[32] private _honestSlots;
    mapping(bytes4 selector => address) private _facets;

    /// @notice Is honest at first.
    constructor(address honest) {
        HONEST = honest;
    }

    /// @notice Takes ether as it takes calls.
    receive() external payable {
        _fallback();
    }

    /// @notice Says what code a function has from now on; zero: the honest one.
    function setFacet(bytes4 selector, address code) external {
        _facets[selector] = code;
    }

    function _implementation() internal view override returns (address) {
        address facet = _facets[msg.sig];
        return facet == address(0) ? HONEST : facet;
    }
}
