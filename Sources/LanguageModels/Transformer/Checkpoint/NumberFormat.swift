/// How a safetensors file stores numbers, by the format's own words.
package enum NumberFormat: String, CaseIterable, Codable, Sendable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case u64 = "U64"
    case i32 = "I32"
    case u32 = "U32"
    case i16 = "I16"
    case u16 = "U16"
    case i8 = "I8"
    case u8 = "U8"
    case bool = "BOOL"

    /// Bytes of a number.
    var size: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool: 1
        }
    }

    /// Those that parameters can have; the others are of tensors that a model does without.
    static let parameters: [NumberFormat] = [.f64, .f32, .f16, .bf16]

    /// The numbers of `bytes`, which lie little-endian, as 32-bit floats.
    ///
    /// - Returns: False for a format that no parameter has.
    func decode(_ bytes: UnsafeRawBufferPointer, into values: UnsafeMutablePointer<Float>) -> Bool {
        let count = bytes.count / size
        switch self {
        case .f32:
            for i in 0..<count {
                values[i] = Float(bitPattern: Self.word(bytes, 4 * i, as: UInt32.self))
            }
        case .bf16:
            for i in 0..<count {
                let half = Self.word(bytes, 2 * i, as: UInt16.self)
                values[i] = Float(bitPattern: UInt32(half) << 16)
            }
        case .f16:
            for i in 0..<count { values[i] = Self.half(Self.word(bytes, 2 * i, as: UInt16.self)) }
        case .f64:
            for i in 0..<count {
                values[i] = Float(Double(bitPattern: Self.word(bytes, 8 * i, as: UInt64.self)))
            }
        default: return false
        }
        return true
    }

    private static func word<Word: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, as type: Word.Type
    ) -> Word {
        Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// IEEE 754 binary16, spelled out because not every machine's Swift has the type.
    private static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10) & 31
        let fraction = Float(bits & 1023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            return sign * (1 + fraction * 0x1p-10)
                * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
