/// What a token may look back on.
package enum AttentionScope: String, CaseIterable, Codable, Sendable {
    /// All that precedes it in its window, earlier documents included.
    case window
    /// Its own document only, from the boundary that begins it.
    case document
    /// Its own document only, and positions count from the boundary that begins it.
    case documentRestarting = "document-restarting"

    /// The mask for texts whose documents begin with `boundary`; nil where nothing is masked.
    package func mask(boundary: UInt32) -> DocumentMask? {
        switch self {
        case .window: nil
        case .document: DocumentMask(boundary: boundary, restartsPositions: false)
        case .documentRestarting: DocumentMask(boundary: boundary, restartsPositions: true)
        }
    }
}

/// Keeps attention inside documents: a boundary and what follows it, up to the next one.
///
/// A window that begins inside a document begins a document there.
package struct DocumentMask: Hashable, Sendable {
    /// The token that begins a document.
    package var boundary: UInt32
    /// Whether positions count from the boundary, as they do when a document is scored or written
    /// alone.
    package var restartsPositions: Bool
}
