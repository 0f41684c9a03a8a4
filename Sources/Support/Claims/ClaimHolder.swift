import Glibc

/// What the file of a claim says of who holds it.
package struct ClaimHolder: Hashable, Sendable {
    /// 128 random bits in hexadecimal digits: no two claims have the same.
    package var token: String
    /// The machine, for people.
    package var host: String
    package var process: ProcessIdentity
    /// What the scheduler calls the job that the process belongs to; nil where there is none.
    package var job: String?
    /// How many holders in a row before this one were lost without having got on.
    package var losses: Int
    /// Whether the holder has completed anything under this claim.
    package var hasGotOn = false

    package init(
        token: String = Self.newToken(), host: String = ProcessIdentity.host,
        process: ProcessIdentity = .current, job: String? = nil, losses: Int = 0
    ) {
        self.token = token
        self.host = host
        self.process = process
        self.job = job
        self.losses = losses
    }

    /// A new token, drawn from the system's randomness: claims are no part of a result.
    package static func newToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The losses that whoever follows this holder inherits if it is lost.
    package var lossesAfter: Int { (hasGotOn ? 0 : losses) + 1 }

    /// The text of the file; as long for a holder that has got on as for one that has not.
    var serialized: [UInt8] {
        var text = JSONWriter()
        text.raw("{")
        text.field("v")
        text.number(1)
        text.field("token")
        text.string(token)
        text.field("host")
        text.string(host)
        text.field("machine")
        text.string(process.machine)
        text.field("process")
        text.number(Int(process.number))
        text.field("start")
        text.number(process.start)
        if let job {
            text.field("job")
            text.string(job)
        }
        text.field("losses")
        text.number(losses)
        text.field("has_got_on")
        hasGotOn ? text.raw("true }\n") : text.raw("false}\n")
        return text.bytes
    }

    init?(serialized bytes: [UInt8]) {
        guard let value = try? JSONReader.read(bytes), value["v"]?.wholeNumber == 1,
            let token = value["token"]?.text, let host = value["host"]?.text,
            let machine = value["machine"]?.text,
            let number = value["process"]?.wholeNumber.flatMap(Int32.init(exactly:)),
            let start = value["start"]?.wholeNumber.flatMap(UInt64.init(exactly:)),
            let losses = value["losses"]?.wholeNumber
        else { return nil }
        self.init(
            token: token, host: host,
            process: ProcessIdentity(machine: machine, number: number, start: start),
            job: value["job"]?.text, losses: losses)
        if case .bool(true)? = value["has_got_on"] { hasGotOn = true }
    }
}
