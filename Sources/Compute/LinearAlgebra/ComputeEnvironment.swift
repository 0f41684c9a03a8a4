import CKernels
import COpenBLAS

/// What, beside the specification, the bits of a result depend on.
///
/// OpenBLAS chooses its kernels by processor, and their sums differ in the last bits; our own
/// kernels give the same bits on every machine, so that only the version of their arithmetic stands
/// in the fingerprint.
package enum ComputeEnvironment {
    /// Bumped when a kernel of ours changes its bits.
    package static let kernelVersion = 3

    /// The processor family OpenBLAS computes for, for instance `Cooperlake`.
    package static var coreName: String { String(cString: openblas_get_corename()) }

    /// OpenBLAS's version and build options, for instance `OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH
    /// ...`.
    package static var configuration: String { String(cString: openblas_get_config()) }

    /// Two machines with equal fingerprints compute equal bits.
    package static var fingerprint: String {
        // The configuration ends with the core's name and the greatest number of threads, which
        // change no bits.
        let version = configuration.split(separator: " ").prefix(2).joined(separator: "-")
        return "\(version)/\(coreName)/kernels-\(kernelVersion)"
    }

    /// Turns OpenBLAS's own threads off, once: work is split over workers that each call it on
    /// their own thread. And lets the C library keep what is freed for the next array, where it
    /// can: returning a megabyte to the system and having it cleared again costs more than most of
    /// what is computed in it.
    package static func prepare() { _ = isPrepared }

    private static let isPrepared: Bool = {
        openblas_set_num_threads(1)
        ck_keep_freed_memory()
        return true
    }()
}
