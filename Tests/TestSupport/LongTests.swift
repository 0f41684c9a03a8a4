import Foundation
package import Testing

extension Trait where Self == ConditionTrait {
    /// Runs a test or suite only with `scripts/test --long`.
    package static var long: Self {
        .enabled(if: isLongRun, "long: runs with scripts/test --long")
    }
}

/// Whether `scripts/test --long` runs the tests.
package let isLongRun = ProcessInfo.processInfo.environment["COLLAPSELAB_LONG_TESTS"] == "1"
