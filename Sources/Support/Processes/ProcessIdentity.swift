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
        // Containers share their host's boot, but neither its processes nor, mostly, its name.
        var target = [CChar](repeating: 0, count: 128)
        let length = readlink("/proc/self/ns/pid", &target, target.count - 1)
        let namespace = target.prefix(max(0, length)).map(UInt8.init(bitPattern:))
        let words = [
            host, String(decoding: system("/proc/sys/kernel/random/boot_id"), as: UTF8.self),
            String(decoding: namespace, as: UTF8.self),
        ]
        return String(
            SHA256.digest(of: words.joined(separator: "\n").utf8).hexadecimal.prefix(16))
    }()

    /// A file of the system's own, which has no length; empty where there is none.
    private static func system(_ path: String) -> [UInt8] {
        guard let file = try? FileSystem.open(path, O_RDONLY) else { return [] }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = FileSystem.restarting { read(file.number, &bytes, bytes.count) }
        return Array(bytes.prefix(max(0, count)))
    }

    /// What the system says of a process; nil where it knows none of that number.
    private static func state(of number: Int32) -> (start: UInt64, isOver: Bool)? {
        let bytes = system("/proc/\(number)/stat")
        guard
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
