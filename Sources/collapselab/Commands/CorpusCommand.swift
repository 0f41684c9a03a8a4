import ArgumentParser
import Foundation
import Lab
import Support
import Text

extension CollapseLab {
    /// `collapselab corpus`
    struct CorpusCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "corpus", abstract: "List, fetch, import and measure corpora.",
            subcommands: [
                List.self, Fetch.self, Import.self, Show.self, Statistics.self, Overlap.self,
                Remove.self,
            ])

        private static var library: CorpusLibrary { CorpusLibrary(root: Workplace.root) }
        private static var images: ImageLibrary { ImageLibrary(root: Workplace.root) }
        private static var features: FeatureLibrary { FeatureLibrary(root: Workplace.root) }

        private static func shown(_ corpus: Corpus) -> String {
            let parts = Split.allCases.map { split in
                "\(corpus[split].count) \(split.rawValue)"
            }
            return "\(corpus.name): documents: \(parts.joined(separator: ", "))"
        }

        /// `collapselab corpus list`
        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "List the corpora, image sets and feature sets that experiments can name."
            )

            func run() throws {
                try reportingErrors {
                    for entry in try CorpusCommand.library.list() {
                        let state =
                            switch entry.state {
                            case .ready(let record):
                                "\(record.parts.reduce(0) { $0 + $1.documents }) documents"
                            case .notFetched: "not fetched"
                            case .damaged(let reason): "damaged: \(reason)"
                            }
                        try printLine(
                            "\(entry.name)\n    \(entry.title)\n    \(entry.licence); \(state)")
                    }
                    for set in try CorpusCommand.images.list() {
                        let state =
                            CorpusCommand.images.isBuilt(set) ? "images are here" : "not fetched"
                        try printLine(
                            "\(set.name) (images)\n    \(set.title)\n    \(set.licence); \(state)")
                    }
                    for set in try CorpusCommand.features.list() {
                        let state =
                            CorpusCommand.features.isBuilt(set) ? "rows are here" : "not fetched"
                        try printLine(
                            "\(set.name) (features)\n    \(set.title)\n    \(set.licence); \(state)"
                        )
                    }
                }
            }
        }

        /// `collapselab corpus fetch`
        struct Fetch: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract:
                    "Build a corpus, an image set or a feature set from its package, verifying both sums.",
                discussion:
                    "A corpus that combines others is built from those; what is missing of them is fetched."
            )

            @Argument(help: "The corpus, image set or feature set.")
            var name: String

            @Option(help: "The package file, if it is here already.")
            var package: String?

            func run() throws {
                try reportingErrors {
                    if let set = try CorpusCommand.images.manifest(name) {
                        let images = try CorpusCommand.images.fetch(set, package: package) {
                            note("\($0)")
                        }
                        try printLine(
                            "\(name): \(images.count) images of \(images.width) x \(images.height)")
                        return
                    }
                    if let set = try CorpusCommand.features.manifest(name) {
                        let rows = try CorpusCommand.features.fetch(set, package: package) {
                            note("\($0)")
                        }
                        try printLine(
                            "\(name): \(rows.count) rows of \(rows.views.count) views")
                        return
                    }
                    let corpus = try CorpusCommand.library.fetch(name, package: package) {
                        note("\($0)")
                    }
                    try printLine(CorpusCommand.shown(corpus))
                }
            }
        }

        /// `collapselab corpus import`
        struct Import: ParsableCommand {
            /// Where documents end.
            enum Documents: String, ExpressibleByArgument, CaseIterable {
                case passages, file, blocks, lines, separator
            }

            static let configuration = CommandConfiguration(
                abstract: "Make a corpus of your own text.",
                discussion: """
                    PATH is a .txt or .md file, a .jsonl file with a `text` field in each line, or a folder of \
                    such files. Text must be UTF-8. Documents end at <|endoftext|> where the text has that mark; else \
                    a line of .jsonl is one, and other text is cut into passages of about 2,000 characters: between \
                    paragraphs, or at line ends, sentences or blanks where a paragraph is too long.
                    """)

            @Argument(help: "A .txt, .md or .jsonl file, or a folder.")
            var path: String

            @Option(help: "The corpus's name (default: from the path).")
            var name: String?

            @Option(
                help:
                    "Where documents end: passages (of about 2,000 characters), file (whole files), blocks (blank lines), lines, or separator."
            )
            var documents: Documents?

            @Option(help: "The mark between documents, with --documents separator.")
            var separator = DocumentRule.usualSeparator

            @Option(help: "Unicode normalisation: nfc, nfkc, nfd, nfkd or none.")
            var normalization: String = "nfc"

            @Flag(help: "Fold letter case.")
            var foldCase = false

            @Flag(help: "Strip control characters.")
            var stripControls = false

            @Flag(help: "Replace a corpus of this name that was imported before.")
            var replace = false

            /// Few documents make a held-out figure that another cut of the text would not give.
            private func warnOfFew(_ corpus: Corpus) {
                for split in [Split.validation, .test]
                where corpus.documents[split].count < Cautions.fewDocuments {
                    warn(
                        "the \(split.rawValue) part has \(corpus.documents[split].count) documents: below about "
                            + "50, held-out figures depend on which they are.")
                }
            }

            func validate() throws {
                guard !separator.isEmpty else {
                    throw ValidationError("--separator must not be empty.")
                }
                guard UnicodeNormalizer.Form(rawValue: normalization) != nil else {
                    let forms = UnicodeNormalizer.Form.allCases.map(\.rawValue)
                    throw ValidationError(
                        "--normalization must be one of \(forms.joined(separator: ", ")).")
                }
            }

            func run() throws {
                try reportingErrors {
                    let rule: DocumentRule? =
                        switch documents {
                        case .passages: .cutPassages(characters: 2_000)
                        case .file: .wholePart
                        case .blocks: .blocks
                        case .lines: .lines
                        case .separator: .separator(separator)
                        case nil: nil
                        }
                    let corpus = try CorpusCommand.library.importText(
                        from: path,
                        options: ImportOptions(
                            name: name, documents: rule,
                            normalization: UnicodeNormalizer(
                                form: UnicodeNormalizer.Form(rawValue: normalization) ?? .nfc,
                                foldsCase: foldCase, stripsControls: stripControls),
                            replacesExisting: replace), report: note)
                    try printLine(CorpusCommand.shown(corpus))
                    try printLine("cut into \(corpus.rules.documents.summary)")
                    warnOfFew(corpus)
                }
            }
        }

        /// `collapselab corpus show`
        struct Show: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Print documents of a corpus as experiments read them.")

            @Argument(help: "The corpus.")
            var name: String

            @Option(help: "The part: train, validation or test.")
            var split: Split = .train

            @Option(CommandKeys.count("documents", from: 1, "How many documents."))
            var documents = 3

            @Option(CommandKeys.count("first", from: 0, "The first of them, counted from 0."))
            var first = 0

            func run() throws {
                try reportingErrors {
                    let corpus = try CorpusCommand.library.load(name)
                    let texts = corpus[split]
                    guard first < texts.count else {
                        throw WrongInput(
                            "the \(split.rawValue) part of \(name) has \(counted(texts.count, "document")), "
                                + "numbered from 0.")
                    }
                    for index in first..<min(texts.count, first + documents) {
                        try printLine("--- \(split.rawValue) document \(index) of \(texts.count)")
                        try printLine(String(decoding: texts.slice(of: index), as: UTF8.self))
                    }
                }
            }
        }

        /// `collapselab corpus remove`
        struct Remove: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Remove a corpus that was imported, or the text of one that was fetched.",
                discussion: """
                    Runs keep their records, and can be reported; to go on with one the same text has to be \
                    here again.
                    """)

            @Argument(help: "The corpus.")
            var name: String

            func run() throws {
                try reportingErrors {
                    try CorpusCommand.library.remove(name)
                    try printLine("removed the corpus \(name)")
                }
            }
        }

        /// `collapselab corpus stats`
        struct Statistics: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "stats",
                abstract:
                    "Print the sizes of a corpus and what its held-out text shares with train.")

            @Argument(help: "The corpus.")
            var name: String

            @Flag(help: "Print JSON.")
            var json = false

            func run() throws {
                try reportingErrors {
                    let statistics = try CorpusCommand.library.statistics(name)
                    guard !json else { return try printLine(jsonText(statistics)) }
                    try printLine(
                        "split       documents       bytes  characters     words     types")
                    for part in statistics.parts {
                        let columns = [
                            part.documents, part.bytes, part.characters, part.words, part.types,
                        ]
                        let widths = [11, 12, 12, 10, 10]
                        try printLine(
                            padded(part.split.rawValue, 10, left: false)
                                + zip(columns, widths).map { padded("\($0)", $1, left: true) }
                                .joined())
                    }
                    try printLine(
                        "duplicate documents removed: \(statistics.duplicates)")
                    for overlap in statistics.overlaps {
                        try printLine(
                            "\(overlap.split.rawValue): "
                                + "\(TerminalNumber.percent(overlap.sharedShare)) of its "
                                + "\(CorpusStatistics.gramLength)-word n-grams also occur in train; "
                                + "they touch \(TerminalNumber.percent(overlap.touchedShare)) of its "
                                + "documents")
                    }
                }
            }

            private func padded(_ text: String, _ width: Int, left: Bool) -> String {
                let padding = String(repeating: " ", count: max(0, width - text.count))
                return left ? padding + text : text + padding
            }
        }

        /// `collapselab corpus overlap`
        struct Overlap: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract:
                    "Count what held-out text of corpora shares with the train part of another.",
                discussion: """
                    Counted are runs of 13 words, as `corpus stats` counts them within one corpus. A model that has \
                    learnt from TRAIN can be measured on HELDOUT where they share next to nothing. With --json it is \
                    what `training.json` beside a base model holds.
                    """)

            @Argument(help: "The corpus that a model learns from.")
            var train: String

            @Argument(help: "The corpora that it is measured on.")
            var heldout: [String]

            @Flag(help: "Print JSON.")
            var json = false

            func run() throws {
                try reportingErrors {
                    let library = CorpusCommand.library
                    let text = TrainingText(
                        try library.load(train), against: try heldout.map { try library.load($0) })
                    guard !json else { return try printLine(jsonText(text)) }
                    for other in text.heldOut {
                        let overlap = other.overlap
                        try printLine(
                            "\(other.corpus), \(overlap.split.rawValue): \(overlap.sharedGrams) of "
                                + "\(overlap.grams) \(CorpusStatistics.gramLength)-word n-grams "
                                + "(\(TerminalNumber.percent(overlap.sharedShare))) also occur in "
                                + "\(train)'s train part, in \(overlap.touchedDocuments) of "
                                + "\(overlap.documents) documents "
                                + "(\(TerminalNumber.percent(overlap.touchedShare)))")
                    }
                }
            }
        }
    }
}

extension CorpusError {
    /// Whether the user can mend it by asking for something else, as against a failed download or
    /// disk.
    var isWrongInput: Bool {
        switch kind {
        case .unknown, .notFetched, .malformedFile, .invalidName, .nameTaken, .notUTF8,
            .containsNUL,
            .malformedLine, .nothingToImport, .emptySplit, .tooShort, .noPackage:
            true
        case .damaged, .missingTool, .packageUnavailable, .wrongSum,
            .malformedPackage:
            false
        }
    }
}

extension Split: ExpressibleByArgument {}
