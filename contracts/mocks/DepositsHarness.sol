// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Deposits} from "../libraries/Deposits.sol";
import {Currency} from "../types/Currency.sol";
import {Funding} from "../types/Funding.sol";
import {Listing} from "../types/Listing.sol";

/// @title DepositsHarness
/// @notice Lets tests call {Deposits} with one listing.
contract DepositsHarness {
    using Deposits for Listing;

    /// @notice The listing as it is stored.
    Listing public listing;

    /// @notice The amount that a deposit returned.
    event Received(uint256 received);

    /// @notice Stores a listing.
    function set(Listing calldata value) external {
        listing = value;
    }

    /// @notice As in {Deposits}.
    function permit(Currency currency, address from, Funding calldata funding) external {
        listing.permit(currency, from, funding);
    }

    /// @notice As in {Deposits}.
    function receiveFrom(Currency currency, address from, uint256 amount) external payable {
        emit Received(listing.receiveFrom(currency, from, amount));
    }

    /// @notice As in {Deposits}.
    function requireListed(Currency currency) external view {
        listing.requireListed(currency);
    }
}
