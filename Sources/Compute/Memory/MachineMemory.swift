import Glibc

/// The memory of this machine, so far as work can be refused that it cannot hold.
package enum MachineMemory {
    /// In bytes.
    package static let size =
        Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))

    /// What to say of work that takes more than there is; nil where it fits.
    package static func shortage(_ bytes: Double) -> String? {
        guard bytes > size else { return nil }
        return "takes about \(gigabytes(bytes)) GB of memory, and this machine has "
            + "\(gigabytes(size))"
    }

    /// A size of memory in units of 10^9 bytes, to a tenth.
    package static func gigabytes(_ bytes: Double) -> String {
        let tenths = (bytes / 1e8).rounded()
        return tenths < 1e15 ? "\(tenths / 10)" : "\(bytes / 1e9)"
    }
}
