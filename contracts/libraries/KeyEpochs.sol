// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBucketAccess} from "../interfaces/IBucketAccess.sol";
import {KeyEpochState} from "../types/AccessState.sol";
import {BucketId} from "../types/Ids.sol";

/// @title KeyEpochs
/// @notice Counts the epochs in which a bucket's data is encrypted with one data key each.
/// @dev Epochs go on over tenures, so that the epoch in the header of a file names one key: a bucket's epoch is the number of its tenure
/// plus the number of epochs that were started beside those of new owners.
library KeyEpochs {
    /// @notice Starts the next epoch, unless the current one has no keys that a reader could keep.
    function leave(KeyEpochState storage self, BucketId bucketId, uint32 tenure) internal {
        if (!hasKeys(self, tenure)) return;
        ++self.epochsStarted;
        emit IBucketAccess.KeyEpochStarted(bucketId, current(self, tenure));
    }

    /// @notice Notes that keys are published for an epoch: the current one or the next, which this starts.
    function enter(KeyEpochState storage self, BucketId bucketId, uint32 tenure, uint32 epoch) internal {
        uint32 present = current(self, tenure);
        require(epoch == present || epoch == present + 1, IBucketAccess.KeyEpochInvalid(bucketId, epoch, present));
        if (epoch != present) {
            ++self.epochsStarted;
            emit IBucketAccess.KeyEpochStarted(bucketId, epoch);
        }
        (self.lastEpochWithKeys, self.anyKeys) = (epoch, true);
    }

    /// @notice Makes the bucket public in its tenure, or private.
    /// @return wasPublic Whether it was public before.
    function setPublic(KeyEpochState storage self, uint32 tenure, bool public_) internal returns (bool wasPublic) {
        wasPublic = isPublicIn(self, tenure);
        (self.publicTenure, self.isPublic) = (tenure, public_);
    }

    /// @notice The epoch to publish keys for.
    function current(KeyEpochState storage self, uint32 tenure) internal view returns (uint32) {
        return tenure + self.epochsStarted;
    }

    /// @notice Whether keys were published for the current epoch.
    function hasKeys(KeyEpochState storage self, uint32 tenure) internal view returns (bool) {
        return self.anyKeys && self.lastEpochWithKeys == current(self, tenure);
    }

    /// @notice Whether everyone may read in this tenure.
    function isPublicIn(KeyEpochState storage self, uint32 tenure) internal view returns (bool) {
        return self.isPublic && self.publicTenure == tenure;
    }
}
