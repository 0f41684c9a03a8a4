package import Support

extension DiscreteSmoothing: TaggedKeys {
    private enum Kind: String, CaseIterable, Sendable {
        case none, additive
        case absoluteDiscount = "absolute-discount"
    }

    private static let kind = Key<Kind>("kind", .choice, help: "The rule.")
    private static let delta = Key(
        "delta", .number(1e-9...1e6), default: 0.5,
        help: "Added to the count of every symbol in every context.")
    private static let discount = Key(
        "discount", .number(1e-9...1), default: 0.75,
        help: "Taken from every count; the mass goes to the distribution without the context.")

    /// What a specification says when it says nothing.
    static let defaultValue = SpecificationValue.map([
        .init(kind.name, .text(Kind.none.rawValue))
    ])

    /// Tagged by `kind`: `none`, `additive` with `delta`, or `absolute-discount` with `discount`.
    package static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.none.rawValue, [],
                    help: "Relative frequencies: the maximum-likelihood fit."),
                .init(
                    Kind.additive.rawValue, [delta.declaration],
                    help: "Lidstone's rule; 1 is Laplace's."),
                .init(
                    Kind.absoluteDiscount.rawValue, [discount.declaration],
                    help: "Absolute discounting, interpolated with lower orders."),
            ])
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .none: self = .none
        case .additive: self = .additive(try values[Self.delta])
        case .absoluteDiscount: self = .absoluteDiscount(try values[Self.discount])
        }
    }
}
