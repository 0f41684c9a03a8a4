import Foundation
import Lab
import TestSupport
import Testing

@Suite struct SlurmRequestTests {
    @Test(
        "Options of sbatch that are taken",
        arguments: [
            ("constraint=haswell&ib", "constraint", "haswell&ib"), ("--mem=4G", "mem", "4G"),
            ("exclusive", "exclusive", ""), ("gres=gpu:2(S:0-1)", "gres", "gpu:2(S:0-1)"),
        ])
    func taken(text: String, name: String, value: String) throws {
        var request = SlurmRequest()
        try request.add(option: text)
        #expect(request.options.map(\.name) == [name])
        #expect(request.options.map(\.value) == [value])
    }

    @Test(
        "No new line, space or option slips into a script, and nobody else decides what is ours",
        arguments: [
            "mem=4G\n#SBATCH --uid=0", "mem=4G --uid=0", "mem=\"4G\"", "comment=it's", "mem=$(id)",
            "mem=-1 ", "mem=`id`", "mem=--x", "Mem=4G", "", "=4", "array=0-9", "output=/etc/passwd",
            "export=ALL", "wrap=id", "partition=p", "time=1", "cpus-per-task=4", "mem=4\\G",
            "mem=4;id",
        ])
    func refused(text: String) {
        var request = SlurmRequest()
        #expect(throws: SlurmError.self) { try request.add(option: text) }
        #expect(request.options.isEmpty)
    }

    @Test(
        "Values of the other keys are held to the same",
        arguments: [
            ("p\nq", nil), ("a b", nil), ("-p", nil), (nil, "soon"), (nil, "1:00:00\n"), (nil, "0"),
        ] as [(String?, String?)])
    func checked(partition: String?, time: String?) {
        var request = SlurmRequest()
        request.partition = partition
        request.time = time
        #expect(throws: SlurmError.self) { try request.check() }
    }

    @Test(
        "A number is minutes to Slurm, and the warning is a quarter of a short limit",
        arguments: [
            ("30", 1_800, 120), ("1", 60, 15), ("00:01:00", 60, 15), ("10:30", 630, 120),
            ("1-00", 86_400, 120), ("3h50m", 13_800, 120), ("30s", 30, 7),
        ])
    func limits(time: String, seconds: Int, warning: Int) throws {
        var request = SlurmRequest()
        request.time = time
        try request.check()
        #expect(SlurmRequest.seconds(of: time) == seconds)
        #expect(SlurmRequest.warning(before: seconds) == warning)
    }

    @Test func aClusterFileGivesTheSame() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            partition: long
            time: 04:00:00
            workers-total: 20
            cpus-per-worker: 4
            sbatch: [mem=8G, constraint=haswell]
            setup: [module load openblas]
            """, "cluster.yaml")
        let request = try SlurmRequest(file: file)
        #expect(request.partition == "long")
        #expect(request.time == "04:00:00")
        #expect(request.workers == 20)
        #expect(request.cpus == 4)
        #expect(request.options.map(\.name) == ["mem", "constraint"])
        #expect(request.setup == ["module load openblas"])
        try request.check()
    }

    @Test(arguments: ["partitions: long", "workers-total: 0", "sbatch: [array=1]", "time: [1]"])
    func aWrongClusterFileIsRefused(text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, "cluster.yaml")
        #expect(throws: (any Error).self) { try SlurmRequest(file: file) }
    }
}
