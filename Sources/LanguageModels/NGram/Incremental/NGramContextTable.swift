/// The n-grams of a model that changes, by context, with every sum of counts that a probability is made of.
///
/// A context keeps its successors sorted by token: up to 64 in one leaf, more in several under a directory. An n-gram
/// that can be a context has a ``Context`` (32 bytes) beside its entry among the successors of its own context (12
/// bytes, twice that at most where a leaf grows and four times where it shrinks); one of the highest order, or one
/// that ends a document, has the entry alone.
struct NGramContextTable: ~Copyable, Sendable {
    struct Context: BitwiseCopyable, Sendable {
        /// The same n-gram without its first token.
        var suffix: UInt32
        /// Tokens.
        var length: UInt32
        /// The successors' leaf, or their directory where `capacity` is more than a leaf's.
        var place: UInt32 = 0
        var capacity: UInt32 = 0
        /// Distinct successors, and what they count together.
        var types: UInt32 = 0
        var total: UInt32 = 0
        /// Successors that count 1, and 2.
        var ones: UInt32 = 0
        var twos: UInt32 = 0

        var isLarge: Bool { capacity > NGramSuccessorLeaves.largest }
    }

    /// Where a token stands among the successors of a context, or belongs.
    struct Place {
        let context: UnsafeMutablePointer<Context>
        /// The number of its leaf in the directory, if there is one.
        let leaf: Int
        let first: UnsafeMutablePointer<NGramSuccessor>
        let size: Int
        let index: Int

        @inline(__always)
        var successor: UnsafeMutablePointer<NGramSuccessor> { first + index }
    }

    /// The empty history.
    static let root: UInt32 = 0

    private var contexts = NGramTiers<Context>()
    private var leaves = NGramSuccessorLeaves()
    private var directories: [NGramDirectory] = []
    private var freeContexts: [UInt32] = []
    private var freeDirectories: [Int] = []
    /// For n-grams of length 0, 1, ...: how many there are.
    private(set) var types: InlineArray<9, Int> = InlineArray(repeating: 0)
    /// For each length, how many n-grams count 1, 2, 3, 4 (at 0 and 5: anything else).
    private(set) var countsOfCounts: InlineArray<9, InlineArray<6, Int>> =
        InlineArray(repeating: InlineArray(repeating: 0))

    init() {
        _ = append(suffix: Self.root, length: 0)
    }

    /// Contexts that were ever there at once; their numbers are below.
    var contextLimit: Int { contexts.count }
    var byteCount: Int { contexts.byteCount + leaves.byteCount }

    @inline(__always)
    subscript(context: UInt32) -> UnsafeMutablePointer<Context> { contexts.address(of: context) }

    /// The address of a leaf's first successor.
    @inline(__always)
    func leaf(_ place: UInt32) -> UnsafeMutablePointer<NGramSuccessor> { leaves[place] }

    // MARK: Look

    /// Where `token` stands or belongs among the successors of a context, and whether it is there.
    @inline(__always)
    func find(
        _ token: UInt32, in context: UnsafeMutablePointer<Context>
    ) -> (place: Place, isPresent: Bool) {
        var leaf = 0
        var place = context.pointee.place
        var size = Int(context.pointee.types)
        if context.pointee.isLarge {
            (leaf, place, size) = large(token, in: Int(place))
        }
        let first = leaves[place]
        var low = 0
        var count = size
        while count > 0 {
            let half = count &>> 1
            let isBelow = first[low &+ half].token < token
            low = isBelow ? low &+ half &+ 1 : low
            count = isBelow ? count &- half &- 1 : half
        }
        return (
            Place(context: context, leaf: leaf, first: first, size: size, index: low),
            low < size && first[low].token == token
        )
    }

    @inline(never)
    private func large(_ token: UInt32, in directory: Int) -> (Int, UInt32, Int) {
        let leaf = directories[directory].leaf(of: token)
        let found = directories[directory].leaves[leaf]
        return (leaf, found.place, Int(found.size))
    }

    /// Calls `body` with the successors of a context, leaf by leaf in the order of their tokens.
    @inline(__always)
    func forEachLeaf(
        of context: UnsafeMutablePointer<Context>,
        _ body: (UnsafeBufferPointer<NGramSuccessor>) -> Void
    ) {
        if context.pointee.isLarge {
            for leaf in directories[Int(context.pointee.place)].leaves {
                body(UnsafeBufferPointer(start: leaves[leaf.place], count: Int(leaf.size)))
            }
        } else if context.pointee.types > 0 {
            body(
                UnsafeBufferPointer(
                    start: leaves[context.pointee.place], count: Int(context.pointee.types)))
        }
    }

    /// The first successor with which the counts, summed up by token, exceed `draw`, and their sum before it.
    func successor(
        above draw: Double, in context: UnsafeMutablePointer<Context>
    ) -> (successor: NGramSuccessor, before: Double) {
        var place = context.pointee.place
        var before: UInt32 = 0
        if context.pointee.isLarge {
            let directory = directories[Int(place)]
            let (leaf, sum) = directory.leaf(above: draw)
            place = directory.leaves[leaf].place
            before = sum
        }
        var successor = leaves[place]
        while Double(before + successor.pointee.count) <= draw {
            before += successor.pointee.count
            successor += 1
        }
        return (successor.pointee, Double(before))
    }

    // MARK: Change

    /// A new context, without successors.
    mutating func append(suffix: UInt32, length: UInt32) -> UInt32 {
        let context = freeContexts.popLast() ?? contexts.append(unit: 1)
        self[context].initialize(to: Context(suffix: suffix, length: length))
        return context
    }

    /// Gives a context without successors back.
    mutating func remove(_ context: UInt32) {
        precondition(self[context].pointee.types == 0, "context \(context) has successors")
        freeContexts.append(context)
    }

    /// Sets the count of a successor, which is there and stays there.
    @inline(__always)
    mutating func setCount(_ count: UInt32, at place: Place) {
        let old = place.successor.pointee.count
        place.successor.pointee.count = count
        account(for: place, from: old, to: count)
        if place.context.pointee.isLarge {
            directories[Int(place.context.pointee.place)].change(
                place.leaf, size: 0, total: count &- old)
        }
    }

    /// Puts a successor where ``find(_:in:)`` said that it belongs.
    mutating func insert(
        _ successor: NGramSuccessor, at place: Place
    ) -> UnsafeMutablePointer<NGramSuccessor> {
        let context = place.context
        account(for: place, from: 0, to: successor.count)
        types[Int(context.pointee.length) + 1] += 1
        defer { context.pointee.types += 1 }
        guard !context.pointee.isLarge else { return insertLarge(successor, at: place) }
        if place.size == NGramSuccessorLeaves.largest {
            makeLarge(context, total: context.pointee.total &- successor.count)
            return insertLarge(successor, at: place)
        }
        var first = place.first
        if place.size == context.pointee.capacity {
            first = moveLeaf(of: context, toCapacity: max(1, 2 * place.size))
        }
        return Self.open(first + place.index, count: place.size - place.index, for: successor)
    }

    /// Takes a successor out.
    mutating func remove(at place: Place) {
        let context = place.context
        let count = place.successor.pointee.count
        account(for: place, from: count, to: 0)
        types[Int(context.pointee.length) + 1] -= 1
        context.pointee.types -= 1
        let after = place.size - place.index - 1
        place.successor.update(from: place.successor + 1, count: after)
        if context.pointee.isLarge {
            directories[Int(context.pointee.place)].change(
                place.leaf, size: .max, total: 0 &- count)
            mergeLeaf(place.leaf, of: context)
        } else if place.size == 1 {
            leaves.giveBack(context.pointee.place, capacity: Int(context.pointee.capacity))
            context.pointee.capacity = 0
        } else if 4 * (place.size - 1) <= context.pointee.capacity {
            // A quarter, so that the next change of capacity is as far as this one was.
            _ = moveLeaf(of: context, toCapacity: Int(context.pointee.capacity) / 2)
        }
    }

    /// Keeps the sums when the count of one successor changes.
    @inline(__always)
    private mutating func account(for place: Place, from old: UInt32, to new: UInt32) {
        let context = place.context
        context.pointee.total = context.pointee.total &+ new &- old
        if old <= 4 || new <= 4 {
            let one: (UInt32, UInt32) = (old == 1 ? 1 : 0, new == 1 ? 1 : 0)
            let two: (UInt32, UInt32) = (old == 2 ? 1 : 0, new == 2 ? 1 : 0)
            context.pointee.ones = context.pointee.ones &+ one.1 &- one.0
            context.pointee.twos = context.pointee.twos &+ two.1 &- two.0
            let length = Int(context.pointee.length) &+ 1
            countsOfCounts[length][Int(min(old, 5))] &-= 1
            countsOfCounts[length][Int(min(new, 5))] &+= 1
        }
    }

    /// Makes room for one successor before `count` others.
    @inline(__always)
    private static func open(
        _ place: UnsafeMutablePointer<NGramSuccessor>, count: Int, for successor: NGramSuccessor
    ) -> UnsafeMutablePointer<NGramSuccessor> {
        (place + 1).update(from: place, count: count)
        place.initialize(to: successor)
        return place
    }

    /// Moves the successors of a context, as many as it has types, into a leaf of another capacity.
    private mutating func moveLeaf(
        of context: UnsafeMutablePointer<Context>, toCapacity capacity: Int
    ) -> UnsafeMutablePointer<NGramSuccessor> {
        let place = leaves.take(capacity: capacity)
        let first = leaves[place]
        if context.pointee.capacity > 0 {
            first.update(from: leaves[context.pointee.place], count: Int(context.pointee.types))
            leaves.giveBack(context.pointee.place, capacity: Int(context.pointee.capacity))
        }
        context.pointee.place = place
        context.pointee.capacity = UInt32(capacity)
        return first
    }

    // MARK: Large contexts

    /// Puts the only leaf of a context under a directory.
    private mutating func makeLarge(_ context: UnsafeMutablePointer<Context>, total: UInt32) {
        let directory = NGramDirectory(
            NGramDirectory.Leaf(
                lowest: 0, place: context.pointee.place, size: context.pointee.types,
                total: total))
        if let free = freeDirectories.popLast() {
            directories[free] = directory
            context.pointee.place = UInt32(free)
        } else {
            context.pointee.place = UInt32(directories.count)
            directories.append(directory)
        }
        context.pointee.capacity = 2 * UInt32(NGramSuccessorLeaves.largest)
    }

    private mutating func insertLarge(
        _ successor: NGramSuccessor, at place: Place
    ) -> UnsafeMutablePointer<NGramSuccessor> {
        let directory = Int(place.context.pointee.place)
        var (leaf, first, size, index) = (place.leaf, place.first, place.size, place.index)
        if size == NGramSuccessorLeaves.largest {
            let upper = splitLeaf(leaf, first, in: directory)
            size /= 2
            if index > size {
                leaf += 1
                first = upper
                index -= size
            }
        }
        directories[directory].change(leaf, size: 1, total: successor.count)
        return Self.open(first + index, count: size - index, for: successor)
    }

    /// Moves the upper half of a full leaf into a leaf of its own.
    private mutating func splitLeaf(
        _ leaf: Int, _ first: UnsafeMutablePointer<NGramSuccessor>, in directory: Int
    ) -> UnsafeMutablePointer<NGramSuccessor> {
        let half = NGramSuccessorLeaves.largest / 2
        let place = leaves.take(capacity: NGramSuccessorLeaves.largest)
        let upper = leaves[place]
        upper.update(from: first + half, count: half)
        let total = (0..<half).reduce(UInt32(0)) { $0 &+ upper[$1].count }
        directories[directory].split(
            leaf,
            upper: NGramDirectory.Leaf(
                lowest: upper.pointee.token, place: place, size: UInt32(half), total: total))
        return upper
    }

    /// Moves a leaf and one beside it into one, if that is then half full at most. A context that is left with one leaf
    /// needs no directory.
    private mutating func mergeLeaf(_ leaf: Int, of context: UnsafeMutablePointer<Context>) {
        let number = Int(context.pointee.place)
        let lower = leaf > 0 ? leaf - 1 : 0
        let (left, right) = (
            directories[number].leaves[lower], directories[number].leaves[lower + 1]
        )
        guard Int(left.size + right.size) <= NGramSuccessorLeaves.largest / 2 else { return }
        (leaves[left.place] + Int(left.size)).update(
            from: leaves[right.place], count: Int(right.size))
        leaves.giveBack(right.place, capacity: NGramSuccessorLeaves.largest)
        directories[number].merge(lower)
        guard directories[number].leaves.count == 1 else { return }
        context.pointee.place = left.place
        context.pointee.capacity = UInt32(NGramSuccessorLeaves.largest)
        freeDirectories.append(number)
    }
}
