import Support

extension HuggingFaceFile {
    /// The tokens of a file, found by their spelling in it.
    struct Vocabulary {
        /// The bytes of every token by id.
        private(set) var bytes: [[UInt8]] = []
        /// The spellings, numbered by appearance,
        private var spellings: ByteStringTable
        /// and the id of each.
        private var ids: [UInt32] = []
    }
}

extension HuggingFaceFile.Vocabulary {
    /// - Parameters:
    ///   - list: `model.vocab`.
    ///   - added: The tokens outside the merges, which `model.vocab` may repeat.
    /// - Throws: Where ids are not distinct and without gaps, or a token is not spelled as it
    ///   should be.
    init(_ list: TokenizerFields, _ added: [AddedToken]) throws(TokenizerFileError) {
        let members = try list.members()
        spellings = ByteStringTable(minimumCapacity: members.count + added.count)
        for member in members {
            // The reader lets no key occur twice.
            _ = spellings.intern(member.key)
            ids.append(try list.child(member.value, "[\(Self.show(member.key))]").id())
        }
        var isAdded = ByteStringTable()
        for (index, token) in added.enumerated() {
            guard isAdded.intern(token.content) == index else {
                throw list.inconsistent("added token \(Self.show(token.content)) occurs twice")
            }
            let number = spellings.intern(token.content)
            if number == ids.count { ids.append(token.id) }
            guard ids[number] == token.id else {
                throw list.inconsistent(
                    "added token \(Self.show(token.content)) has id \(token.id) and in \(list.path) "
                        + "\(ids[number])")
            }
        }
        // The ids must be 0 ..< n: models have one row for each.
        bytes = [[UInt8]](repeating: [], count: spellings.count)
        for number in 0..<spellings.count {
            let spelling = spellings[number]
            let id = Int(ids[number])
            guard id < spellings.count else {
                throw list.inconsistent(
                    "token \(Self.show(spelling)) has id \(id), but there are only "
                        + "\(spellings.count) tokens")
            }
            guard bytes[id].isEmpty else {
                throw list.inconsistent("token \(Self.show(spelling)) shares id \(id) with another")
            }
            let isText = isAdded.find(spelling) != nil
            let decoded = isText ? Array(spelling) : ByteLevelAlphabet.bytes(spelledBy: spelling)
            guard let decoded, !decoded.isEmpty else {
                throw list.inconsistent(
                    "token \(Self.show(spelling)) is not spelled in byte-level characters")
            }
            bytes[id] = decoded
        }
    }

    /// The token of a spelling.
    func id(_ spelling: some Collection<UInt8>) -> UInt32? {
        spellings.find(spelling).map { ids[$0] }
    }

    /// Reads `model.merges`.
    func merges(_ list: TokenizerFields) throws(TokenizerFileError) -> [TokenMerge] {
        var merges: [TokenMerge] = []
        var seen: Set<UInt64> = []
        for element in try list.elements() {
            let (left, right) = try Self.halves(element)
            func failure(_ problem: String) -> TokenizerFileError {
                list.inconsistent(
                    "\(element.path) \(Self.show(left)) \(Self.show(right)) \(problem)")
            }
            func known(_ spelling: [UInt8]) throws(TokenizerFileError) -> UInt32 {
                if let id = id(spelling) { return id }
                throw failure("needs \(Self.show(spelling)), which is not in model.vocab")
            }
            let merge = TokenMerge(
                left: try known(left), right: try known(right), result: try known(left + right))
            guard seen.insert(UInt64(merge.left) << 32 | UInt64(merge.right)).inserted else {
                throw failure("occurs twice")
            }
            merges.append(merge)
        }
        return merges
    }

    /// A merge is an array of two strings or, in older files, one string with a space between.
    private static func halves(
        _ element: TokenizerFields
    ) throws(TokenizerFileError) -> ([UInt8], [UInt8]) {
        if case .string(let text) = element.tree {
            let parts = text.split(separator: 0x20, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw element.invalid("must be two tokens with a space between")
            }
            return (Array(parts[0]), Array(parts[1]))
        }
        let parts = try element.elements()
        guard parts.count == 2 else { throw element.invalid("must have two tokens") }
        let (left, right) = (try parts[0].string(), try parts[1].string())
        guard !left.isEmpty, !right.isEmpty else { throw element.invalid("has an empty token") }
        return (left, right)
    }

    private static func show(_ spelling: some Collection<UInt8>) -> String {
        "\"\(String(decoding: spelling, as: UTF8.self))\""
    }
}
