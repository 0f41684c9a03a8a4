/// Something in the world kept a figure or a report from being made.
package struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    package enum Kind: Hashable, Sendable {
        /// The plotting program is not installed.
        case gnuplotMissing(executable: String)
        /// The plotting program refused a script.
        case figureFailed(figure: String, message: String)
    }

    /// What went wrong; ``description`` follows from it.
    package var kind: Kind

    /// An error of a kind; its words follow from the kind.
    package init(_ kind: Kind) {
        self.kind = kind
    }

    package var description: String { Messages.text(for: kind) }
}

/// The words of this target's errors.
enum Messages {
    static func text(for kind: ReportError.Kind) -> String {
        switch kind {
        case .gnuplotMissing(let executable):
            "Figures need the program \(executable), which is not in any folder of PATH: install it "
                + "with `apt-get install gnuplot-nox` and write the report again."
        case .figureFailed(let figure, let message):
            "The figure \(figure) could not be drawn (\(message)): run `gnuplot \(figure).gnuplot` in "
                + "the figures folder to see why."
        }
    }
}
