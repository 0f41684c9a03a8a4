import Collapse
import Support

/// The source that a specification describes.
///
/// A distribution that is written down or drawn is complete; one that is fitted on a corpus needs
/// the repository's files.
enum DiscreteSourceChoice: TaggedKeys {
    case distribution(DiscreteSource)
    case corpus(DiscreteCorpus)

    private enum Kind: String, CaseIterable, Sendable {
        case table, uniform, zipf, dirichlet, corpus
    }

    private static let kind = Key<Kind>("kind", .choice, help: "Where the distribution comes from.")

    /// What a specification says when it says nothing.
    static let defaultValue = SpecificationValue.map([
        .init(kind.name, .text(Kind.zipf.rawValue)),
        .init(DiscreteSource.symbols.name, .integer(50)),
        .init(DiscreteSource.exponent.name, .number(1)),
        .init(DiscreteSource.offset.name, .number(2.7)),
    ])

    static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.table.rawValue, DiscreteSource.tableKeys,
                    help: "A distribution that is written down."),
                .init(
                    Kind.uniform.rawValue, DiscreteSource.uniformKeys,
                    help: "Equal probabilities."),
                .init(
                    Kind.zipf.rawValue, DiscreteSource.zipfKeys,
                    help: "The distribution of Zipf and Mandelbrot."),
                .init(
                    Kind.dirichlet.rawValue, DiscreteSource.dirichletKeys,
                    help: "Rows drawn once from a Dirichlet distribution."),
                .init(
                    Kind.corpus.rawValue, DiscreteCorpus.keys,
                    help: "The frequencies of n-grams in the train split of a corpus."),
            ])
    }

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .table: self = .distribution(try .table(values))
        case .uniform: self = .distribution(try .uniform(values))
        case .zipf: self = .distribution(try .zipf(values))
        case .dirichlet: self = .distribution(try .dirichlet(values))
        case .corpus: self = .corpus(try DiscreteCorpus(values))
        }
    }

    /// The source itself.
    ///
    /// - Throws: ``SpecificationIssue`` within the source's key where a corpus is no source, or
    ///   what reading it throws.
    func source(resources: SettingResources) throws -> DiscreteSource {
        switch self {
        case .distribution(let source): return source
        case .corpus(let corpus):
            do {
                return try corpus.source(resources: resources)
            } catch let issue as SpecificationIssue {
                throw issue.within([DiscreteSetting.source.name])
            }
        }
    }
}
