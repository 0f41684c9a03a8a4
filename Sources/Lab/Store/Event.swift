import Support

/// Something that happened in a run: one line of `events.jsonl`.
package struct Event: Hashable, Sendable {
    /// The value of a field.
    package enum Value: Hashable, Sendable {
        case string(String)
        case integer(Int)
        case double(Double)
        case boolean(Bool)
    }

    /// A named value; the order of the fields is the order in the line.
    package struct Field: Hashable, Sendable {
        /// The name of the member in the line's JSON object.
        package var name: String
        /// The member's value.
        package var value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// Such as `generation-recorded`.
    package var name: String
    /// When, as the caller's clock says it; nil leaves it out.
    package var time: String?
    /// What the line holds after `event` and `time`, in this order.
    package var fields: [Field]

    package init(_ name: String, time: String?, _ fields: [Field] = []) {
        self.name = name
        self.time = time
        self.fields = fields
    }

    private static let version = 1

    /// `{"v":1,"event":"...","time":"...",...}` and a line feed.
    package var line: [UInt8] {
        var text = JSONWriter()
        text.raw("{")
        text.field("v")
        text.number(Event.version)
        text.field("event")
        text.string(name)
        if let time {
            text.field("time")
            text.string(time)
        }
        for field in fields {
            text.field(field.name)
            switch field.value {
            case .string(let value): text.string(value)
            case .integer(let value): text.number(value)
            case .double(let value): text.number(value)
            case .boolean(let value): value ? text.raw("true") : text.raw("false")
            }
        }
        text.raw("}\n")
        return text.bytes
    }

    /// The whole lines of a log, without their ends.
    static func lines(of content: [UInt8]) -> [[UInt8]] {
        content.split(separator: 10).map(Array.init).filter(isWhole)
    }

    /// The time that a line says, which sorts as a text; empty where it says none.
    static func time(of line: [UInt8]) -> String {
        (try? JSONReader.read(line))?["time"]?.text ?? ""
    }

    /// Whether a line, without its end, is one that was written: not the rest of one, nor what a
    /// disk makes of it.
    static func isWhole(_ line: some Sequence<UInt8>) -> Bool {
        guard let value = try? JSONReader.read(Array(line)) else { return false }
        return value["v"]?.wholeNumber != nil && value["event"]?.text != nil
    }
}
