import Networks

/// Models as files.
extension MultiviewSetting {
    private static let modelFile = "encoders.f32"
    private static let optimizerFile = "adam.f32"
    private static let progressFile = "progress.u64"
    private static let rowFile = "rows.i32"

    /// Parameters in the order of the encoders' layout, Adam's first and second moments in the same
    /// order, all 32-bit floats, and as 64-bit integers the epochs behind the model and the steps
    /// that Adam remembers; little-endian.
    package func encode(
        _ model: EncoderModel, seedData: MultiviewData
    ) throws -> [String: [UInt8]] {
        [
            Self.modelFile: FloatFile.bytes(of: model.parameters),
            Self.optimizerFile: FloatFile.bytes(
                of: model.optimizer.first + model.optimizer.second),
            Self.progressFile: [model.epochs, model.optimizer.steps].flatMap { number in
                withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) }
            },
        ]
    }

    /// - Throws: An error where a file is missing or of other encoders.
    package func decodeModel(
        _ files: [String: [UInt8]], seedData: MultiviewData
    ) throws -> EncoderModel {
        let count = encoders.layout.count
        let moments = try FloatFile.numbers(
            in: files[Self.optimizerFile] ?? [], expecting: 2 * count, name: Self.optimizerFile)
        let progress = files[Self.progressFile] ?? []
        let numbers = stride(from: 0, to: progress.count, by: 8).map { start in
            progress[start..<min(start + 8, progress.count)].reversed().reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
        }
        // More epochs than a key has room for are none of ours.
        guard progress.count == 16, numbers.allSatisfy({ $0 < 1 << 32 }) else {
            throw DamagedFile(description: "\(Self.progressFile) does not tell of epochs and steps")
        }
        return EncoderModel(
            parameters: try FloatFile.numbers(
                in: files[Self.modelFile] ?? [], expecting: count, name: Self.modelFile),
            optimizer: Adam<Float>.State(
                first: Array(moments[..<count]), second: Array(moments[count...]),
                steps: Int(numbers[1])), epochs: Int(numbers[0]))
    }

    /// Positions in the real stream, 32-bit little-endian integers.
    package func encode(_ examples: ViewRows, seedData: MultiviewData) throws -> [String: [UInt8]] {
        [Self.rowFile: (0..<examples.count).flatMap { examples.contentKey(at: $0) }]
    }

    /// - Throws: An error where the file ends within a position.
    package func decodeExamples(
        _ files: [String: [UInt8]], seedData: MultiviewData
    ) throws -> ViewRows {
        let bytes = files[Self.rowFile] ?? []
        guard bytes.count % 4 == 0 else {
            throw DamagedFile(description: "\(Self.rowFile) ends within a row's position")
        }
        return ViewRows(
            rows: stride(from: 0, to: bytes.count, by: 4).map { start in
                (0..<4).reduce(0) { $0 | Int32(bytes[start + $1]) << (8 * Int32($1)) }
            })
    }
}
