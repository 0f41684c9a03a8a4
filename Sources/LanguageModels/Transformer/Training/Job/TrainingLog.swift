import Glibc
package import Support

/// The course of a fit on disk: `training.csv`, and the same for TensorBoard.
///
/// A fit that goes on from a checkpoint goes on with its log: what was logged after the checkpoint
/// is dropped, so that the files of an interrupted fit end up with the bytes of an uninterrupted
/// one.
package struct TrainingLog: ~Copyable {
    /// The files' names in their folder.
    package static let tableFile = "training.csv"
    /// The file of scalar events that TensorBoard reads; it has the table's columns except
    /// `tokens`.
    package static let eventFile = "events.out.tfevents.training"

    private static let header = "step,tokens,loss,learning_rate,gradient_norm,validation_loss"

    private let table: Output
    private let events: Output

    /// A file that grows.
    private struct Output: ~Copyable {
        let path: String
        let file: FileSystem.Descriptor

        init(_ path: String, content: [UInt8]) throws(FileError) {
            try AtomicFile.write(content, to: path)
            let opened = try FileSystem.open(path, O_WRONLY | O_APPEND)
            self.path = path
            file = opened
        }

        func append(_ bytes: [UInt8]) throws(FileError) {
            try FileSystem.write(bytes, to: file.number, path: path)
        }

        func flush() throws(FileError) { try FileSystem.synchronize(file.number, path: path) }
    }

    /// Opens the log of a fit that has made `step` steps, dropping what lies beyond.
    ///
    /// - Parameters:
    ///   - folder: Where the files lie.
    ///   - step: The steps made.
    ///   - sum: What `sum()` was then; nil where there was no log.
    /// - Throws: ``TransformerError`` where the log is not the one of the checkpoint; `FileError`.
    package init(in folder: String, from step: Int, expecting sum: String?) throws {
        let path = folder + "/" + Self.tableFile
        var rows: [Row] = []
        if step > 0, let bytes = try FileSystem.read(path) {
            rows = bytes.split(separator: 0x0A).compactMap(Row.init).filter { $0.step <= step }
        }
        let lines = [Self.header] + rows.map(\.text)
        let content = Array((lines.joined(separator: "\n") + "\n").utf8)
        if let sum, SHA256.digest(of: content).hexadecimal != sum {
            throw TransformerError(
                .checkpoint(
                    file: path, tensor: nil,
                    problem: "is not as it was when the checkpoint beside it was written: put it "
                        + "back, or remove the checkpoint to begin again"))
        }
        let table = try Output(path, content: content)
        let events = try Output(
            folder + "/" + Self.eventFile,
            content: TensorBoardRecord.header + rows.flatMap(\.event))
        self.table = table
        self.events = events
    }

    /// Appends what a fit reports.
    package func append(_ progress: TrainingProgress) throws(FileError) {
        let row = Row(progress)
        try table.append(Array((row.text + "\n").utf8))
        try events.append(row.event)
    }

    /// SHA-256 of the table as it is now, in hexadecimal digits.
    package func sum() throws(FileError) -> String {
        SHA256.digest(of: try FileSystem.content(of: table.path)).hexadecimal
    }

    /// Makes what was appended survive a power failure.
    package func flush() throws(FileError) {
        try table.flush()
        try events.flush()
    }

    /// A line of the table. Numbers are written so that they read back to the same bits.
    private struct Row {
        var step: Int
        var tokens: Int
        /// Loss, learning rate and gradient norm.
        var numbers: [Double]
        var validation: Double?

        init(_ progress: TrainingProgress) {
            step = progress.step
            tokens = progress.tokens
            numbers = [progress.meanNats, progress.learningRate, progress.gradientNorm]
            validation = progress.validationNats
        }

        init?(_ line: ArraySlice<UInt8>) {
            let fields = line.split(separator: 0x2C, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count == 6, let step = Int(fields[0]), let tokens = Int(fields[1]) else {
                return nil
            }
            self.step = step
            self.tokens = tokens
            numbers = fields[2...4].compactMap { Double($0) }
            validation = Double(fields[5])
            if numbers.count != 3 { return nil }
        }

        var text: String {
            "\(step),\(tokens)," + numbers.map { "\($0)" }.joined(separator: ",")
                + "," + (validation.map { "\($0)" } ?? "")
        }

        var event: [UInt8] {
            var values = [
                ("loss/train", Float(numbers[0])), ("learning_rate", Float(numbers[1])),
                ("gradient_norm", Float(numbers[2])),
            ]
            if let validation { values.append(("loss/validation", Float(validation))) }
            return TensorBoardRecord.scalars(values, step: step)
        }
    }
}
