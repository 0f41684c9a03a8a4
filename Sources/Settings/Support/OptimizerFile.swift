import Compute
import Networks

/// What Adam remembers, in a file: the number of steps, 64-bit little-endian, then the two moments as
/// 32-bit floats.
enum OptimizerFile {
    static let name = "optimizer.bin"

    static func bytes(of state: Adam<Float>.State) -> [UInt8] {
        withUnsafeBytes(of: UInt64(state.steps).littleEndian) { Array($0) }
            + FloatFile.bytes(of: state.first + state.second)
    }

    /// - Throws: ``DamagedFile`` where it is of another number of parameters.
    static func state(
        in bytes: [UInt8], parameters: Int
    ) throws(DamagedFile) -> Adam<Float>.State {
        guard bytes.count >= 8 else {
            throw DamagedFile(description: "\(name) ends within its number of steps")
        }
        let steps = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        let moments = try FloatFile.numbers(
            in: Array(bytes[8...]), expecting: 2 * parameters, name: name)
        guard steps < 1 << 40 else {
            throw DamagedFile(description: "\(name) has a number of steps that nothing makes")
        }
        return Adam<Float>.State(
            first: Array(moments[..<parameters]), second: Array(moments[parameters...]),
            steps: Int(steps))
    }
}
