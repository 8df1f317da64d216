// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ICurrencyErrors, IDepositErrors} from "../interfaces/ISharedErrors.sol";
import {Currency} from "../types/Currency.sol";
import {Funding} from "../types/Funding.sol";
import {CurrencyId} from "../types/Ids.sol";
import {Listing} from "../types/Listing.sol";
import {Casts} from "./Casts.sol";
import {Units} from "./Units.sol";

/// @title Deposits
/// @notice Takes deposits of a listed currency into custody, by ether, by an allowance or by an EIP-2612 permit.
library Deposits {
    /// @notice Reverts unless the currency is listed.
    function requireListed(Listing storage listing, Currency currency) internal view {
        require(CurrencyId.unwrap(listing.id) != 0, ICurrencyErrors.CurrencyNotListed(currency));
    }

    /// @notice Lets `from` approve a deposit by its signature.
    function permit(Listing storage listing, Currency currency, address from, Funding memory funding) internal {
        require(!currency.isNative(), IDepositErrors.CurrencyWithoutPermit(currency));
        requireListed(listing, currency);
        (uint256 amount, uint256 deadline) = (funding.amount, funding.deadline);
        bytes memory data = abi.encodeCall(IERC20Permit.permit, (from, address(this), amount, deadline, funding.v, funding.r, funding.s));
        // Another account may have sent the permit ahead, so a failure does not matter if the allowance suffices.
        if (!LowLevelCall.callNoReturn(Currency.unwrap(currency), data)) {
            uint256 allowance = currency.allowanceOf(from, address(this));
            require(allowance >= amount, IDepositErrors.PermitFailed(currency, from, allowance, amount));
        }
    }

    /// @notice Takes `amount` from `from`: the ether of this call for the native currency, an allowance for a token.
    /// @param amount Base units.
    /// @return received The base units that arrived; custody owes them from now on.
    function receiveFrom(Listing storage listing, Currency currency, address from, uint256 amount) internal returns (uint256 received) {
        require(amount != 0, IDepositErrors.AmountZero());
        requireListed(listing, currency);
        uint256 expected = currency.isNative() ? amount : 0;
        require(msg.value == expected, IDepositErrors.EtherMismatch(msg.value, expected));
        received = currency.isNative() ? amount : currency.pull(from, amount);
        require(received != 0, IDepositErrors.DepositNotReceived(currency, amount));

        (uint256 owed, uint256 maximum) = (listing.owed, Units.maxCustody(listing.decimals));
        require(received <= maximum - owed, IDepositErrors.CustodyExceeded(currency, Math.saturatingAdd(owed, received), maximum));
        listing.owed = Casts.toAmount(owed + received);
    }
}
