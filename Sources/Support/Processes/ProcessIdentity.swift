import Glibc

/// A process, as others on this machine or on another one that shares a file system name it.
package struct ProcessIdentity: Hashable, Sendable {
    /// 16 hexadecimal digits of the host, its boot and the process's namespace: within one of these
    /// a number names one process at a time.
    package var machine: String
    /// The process's number there.
    package var number: Int32
    /// When it was started, in the system's ticks since the boot: numbers are used again.
    package var start: UInt64

    package init(machine: String, number: Int32, start: UInt64) {
        self.machine = machine
        self.number = number
        self.start = start
    }

    /// The process that asks.
    package static let current = ProcessIdentity(
        machine: thisMachine, number: getpid(), start: state(of: getpid())?.start ?? 0)

    /// Whether the process lives; nil where it is not of this machine, so that nobody here can say.
    package var isAlive: Bool? {
        guard machine == Self.thisMachine else { return nil }
        if self == .current { return true }
        guard let state = Self.state(of: number) else {
            // Without /proc a number that is used again cannot be told from the old one.
            return !FileSystem.exists("/proc/self/stat") && kill(number, 0) == 0
        }
        return state.start == start && !state.isOver
    }

    /// The name of this machine, for people.
    package static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    private static let thisMachine: String = {
        func text(_ path: String) -> String {
            String(decoding: (try? FileSystem.content(of: path)) ?? [], as: UTF8.self)
        }
        // Containers share their host's boot, but neither its processes nor, mostly, its name.
        var target = [CChar](repeating: 0, count: 128)
        let length = readlink("/proc/self/ns/pid", &target, target.count - 1)
        let namespace = target.prefix(max(0, length)).map(UInt8.init(bitPattern:))
        let words = [
            host, text("/proc/sys/kernel/random/boot_id"),
            String(decoding: namespace, as: UTF8.self),
        ]
        return String(
            SHA256.digest(of: words.joined(separator: "\n").utf8).hexadecimal.prefix(16))
    }()

    /// What the system says of a process; nil where it knows none of that number.
    private static func state(of number: Int32) -> (start: UInt64, isOver: Bool)? {
        guard let bytes = try? FileSystem.content(of: "/proc/\(number)/stat"),
            // The name, in brackets, may hold anything.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let start = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        // What has ended and is not waited for yet.
        return (start, fields[0].elementsEqual("Z".utf8) || fields[0].elementsEqual("X".utf8))
    }
}
