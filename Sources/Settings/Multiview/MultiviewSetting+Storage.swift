import Networks

/// Models as files.
extension MultiviewSetting {
    private static let modelFile = "encoders.f32"
    private static let epochFile = "epochs.u64"
    private static let rowFile = "rows.i32"

    /// Parameters in the order of the encoders' layout as 32-bit floats, what Adam remembers, and the
    /// epochs behind the model as a 64-bit integer; little-endian.
    package func encode(
        _ model: EncoderModel, seedData: MultiviewData
    ) throws -> [String: [UInt8]] {
        [
            Self.modelFile: FloatFile.bytes(of: model.parameters),
            OptimizerFile.name: OptimizerFile.bytes(of: model.optimizer),
            Self.epochFile: withUnsafeBytes(of: UInt64(model.epochs).littleEndian) { Array($0) },
        ]
    }

    /// - Throws: An error where a file is missing or of other encoders.
    package func decodeModel(
        _ files: [String: [UInt8]], seedData: MultiviewData
    ) throws -> EncoderModel {
        let count = encoders.layout.count
        let bytes = files[Self.epochFile] ?? []
        let epochs = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Random keys count epochs in 32 bits.
        guard bytes.count == 8, epochs < 1 << 32 else {
            throw DamagedFile(description: "\(Self.epochFile) does not hold a number of epochs")
        }
        return EncoderModel(
            parameters: try FloatFile.numbers(
                in: files[Self.modelFile] ?? [], expecting: count, name: Self.modelFile),
            optimizer: try OptimizerFile.state(
                in: files[OptimizerFile.name] ?? [], parameters: count),
            epochs: Int(epochs))
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
