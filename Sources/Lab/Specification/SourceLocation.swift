/// Where a value of an experiment was written.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    /// What was read.
    package enum Source: Hashable, Sendable {
        /// A file, named as the user named it.
        case file(String)
        /// An override, as it was given: `arms.mixture.real-fraction=0.2`.
        case override(String)
    }

    /// The file or override that the line and column are of.
    package var source: Source
    /// From 1. An override has no lines: 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int

    package init(source: Source, line: Int = 1, column: Int = 1) {
        self.source = source
        self.line = line
        self.column = column
    }

    /// `FILE:LINE:COLUMN`, as compilers write it, or `--set OVERRIDE`.
    package var description: String {
        switch source {
        case .file(let path): "\(path):\(line):\(column)"
        case .override(let text): "--set \(text)"
        }
    }
}
