import Collapse
import Compute
import Text

/// The real documents of a seed in its order.
enum RealDocuments: Sendable {
    /// Those of a train split.
    case corpus(TokenDataset)
    /// Those that a truth draws, without end.
    case drawn(DrawnDocuments)

    /// How many there are, the greatest number where there is no end.
    var count: Int {
        switch self {
        case .corpus(let documents): documents.documentCount
        case .drawn: .max
        }
    }

    func size(at index: Int) -> Int {
        switch self {
        case .corpus(let documents): documents.range(ofDocument: index).count
        case .drawn(let documents): documents.size(at: index)
        }
    }

    func selecting(_ range: Range<Int>) -> TokenDataset {
        switch self {
        case .corpus(let documents): documents.selecting(Array(range))
        case .drawn(let documents): documents.selecting(range)
        }
    }
}
