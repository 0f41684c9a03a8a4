import Foundation
import TestSupport
import Testing

/// The commands for several processes, with a scheduler that is a few lines of shell: it runs what it
/// is given at once.
@Suite struct ClusterCommandTests {
    private let lab: TextLab

    init() throws {
        lab = try TextLab()
        for (name, text) in [
            "sbatch": """
            for script; do :; done
            echo "$@" >> CALLS
            number=$(cat CALLS | wc -l)
            echo $number
            SLURM_JOB_ID=$number bash "$script" > CALLS.$number 2>&1
            exit 0
            """,
            "scontrol": """
            case "$*" in
            "show config") echo "MaxArraySize            = ${SIZE:-1001}";;
            "show partition -o") echo "PartitionName=main AllowGroups=ALL"; echo "PartitionName=long X=1";;
            esac
            """,
            "squeue": "exit 0", "scancel": "exit 0",
        ] {
            let path = try lab.folder.write(
                "#!/bin/sh\n" + text.replacing("CALLS", with: lab.folder / "calls") + "\n",
                "bin/\(name)")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: path)
        }
    }

    /// Runs the program where there is a scheduler.
    private func program(_ arguments: String..., size: Int = 1_001) throws -> Program.Outcome {
        try lab.program.run(
            arguments, script: "SIZE=\(size) PATH=\"$PWD/bin:$PATH\" \"$0\" \"$@\"")
    }

    @Test("Prepared, worked on by two and collected, a run is what one process makes of it")
    func byHand() throws {
        #expect(try lab.program("run", "e.yaml", "-q", "-o", "whole").status == 0)
        let prepared = try lab.program("prepare", "e.yaml", "-o", "r")
        #expect(prepared.text.contains("r: 4 of 4 units are to be done"))
        #expect(!lab.folder.exists("r/report.html"))
        let workers = try lab.program.run(
            ["worker", "r", "-q", "--workers", "1"],
            script: "\"$0\" \"$@\" & \"$0\" \"$@\"; s=$?; wait $! && exit $s")
        #expect(workers.status == 0, "\(workers.errors)")
        #expect(try lab.program("status", "r").text.contains("4 of 4 units done"))
        #expect(try lab.program("collect", "r", "-q").status == 0)
        #expect(try lab.contents(of: "r") == lab.contents(of: "whole"))
        #expect(try lab.program("verify", "r").status == 0)
    }

    @Test("One option runs it by Slurm, and ends with the same", arguments: [1_001, 3])
    func slurm(size: Int) throws {
        #expect(try lab.program("run", "e.yaml", "-q", "-o", "whole").status == 0)
        let outcome = try program(
            "run", "e.yaml", "-o", "r", "--executor", "slurm", "--partition", "main", "--time",
            "1h",
            "--workers-total", "20", "--sbatch", "mem=4G", size: size)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let script = try lab.folder.text("r/work/worker.sbatch")
        for line in [
            "#SBATCH --array=0-\(min(4, size - 1) - 1)", "#SBATCH --time=01:00:00",
            "#SBATCH --partition=main", "#SBATCH --mem=4G", "#SBATCH --signal=B:USR2@120",
            "#SBATCH --requeue",
        ] {
            #expect(script.contains("\n\(line)\n"), "\(line)")
        }
        #expect(try lab.folder.text("calls").contains("--dependency=afterany:1"))
        var contents = try lab.contents(of: "r")
        contents = contents.filter { !$0.key.hasPrefix("work/") }
        #expect(contents == (try lab.contents(of: "whole")))
    }

    @Test func detachedItLeavesTheJobsToThemselves() throws {
        let outcome = try program(
            "run", "e.yaml", "-o", "r", "--executor", "slurm", "--detach")
        #expect(outcome.status == 0)
        #expect(outcome.text == "r\n")
        #expect(outcome.errors.contains("jobs 1 and 2 of Slurm"))
    }

    @Test(
        "What cannot be asked of a scheduler is one sentence, and nothing is left",
        arguments: [
            (["--partition", "none"], "there is no partition none; this cluster has long, main"),
            (["--sbatch", "mem=4G\n#SBATCH --uid=0"], "has no place in an option"),
            (["--sbatch", "array=0-9"], "is set by collapselab itself"),
            (["--time", "soon"], "write it as Slurm does"),
        ])
    func refusals(arguments: [String], message: String) throws {
        let outcome = try lab.program.run(
            ["run", "e.yaml", "-o", "r", "--executor", "slurm"] + arguments,
            script: "PATH=\"$PWD/bin:$PATH\" \"$0\" \"$@\"")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(!lab.folder.exists("r"))
    }

    @Test func withoutASchedulerItSaysWhereToGo() throws {
        let outcome = try lab.program("run", "e.yaml", "-o", "r", "--executor", "slurm")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("there is no sbatch on the PATH"))
        #expect(!lab.folder.exists("r"))
    }

    @Test(
        "Workers that cannot work say why",
        arguments: [
            ("nowhere", "there is no nowhere on"), ("plain", "is not prepared for workers"),
            ("older", "written by another version of collapselab"),
            ("e.yaml", "e.yaml is a file: name a run directory"),
        ])
    func workers(directory: String, message: String) throws {
        _ = try lab.program("run", "e.yaml", "-q", "-o", "plain")
        _ = try lab.program("prepare", "e.yaml", "-q", "-o", "older")
        try lab.folder.write("{\"format\":0}", "older/work/plan.json")
        let outcome = try lab.program("worker", directory)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test func aTimeLimitEndsAWorkerAfterItHasGotOn() throws {
        _ = try lab.program("prepare", "e.yaml", "-q", "-o", "r")
        // A limit that is over as soon as it begins.
        func recorded() -> Int {
            // What was being written is swept by the next.
            ["r/objects", "r/records"].flatMap { lab.folder.files(below: $0) }
                .count { !$0.contains(".partial") }
        }
        var files = recorded()
        for _ in 0..<3 {
            let outcome = try lab.program("worker", "r", "--until", "1s", "--workers", "1")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let now = recorded()
            #expect(now > files)
            files = now
        }
        #expect(lab.folder.names(in: "r/work/claims") == [])
        #expect(try lab.program("worker", "r", "-q").status == 0)
        #expect(try lab.program("collect", "r", "-q").status == 0)
    }

    @Test("Where nobody works there is nothing to cancel, and nothing is changed")
    func cancelledTooLate() throws {
        _ = try lab.program("run", "e.yaml", "-q", "-o", "finished")
        let files = try lab.contents(of: "finished")
        let outcome = try lab.program("cancel", "finished")
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("has no jobs and no workers"))
        #expect(try lab.contents(of: "finished") == files)
        #expect(try lab.program("cancel", "nowhere").status == 2)
    }

    @Test("Commands that are suggested can be pasted, whatever the path")
    func suggestionsArePasted() throws {
        let outcome = try lab.program("prepare", "e.yaml", "-o", "it's mine")
        let commands = outcome.text.matches(of: /`(collapselab [^`]+)`/).map { String($0.1) }
        try #require(commands.count == 2)
        for command in commands {
            let pasted = try lab.program.run(
                [command], script: "collapselab() { \"$0\" \"$@\"; }; eval \"$1\"")
            #expect(pasted.status == 0, "\(command): \(pasted.errors)")
        }
        #expect(lab.folder.exists("it's mine/metrics.csv"))
    }

    @Test func cancelledWorkersTakeNothingMoreUntilItIsPreparedAgain() throws {
        _ = try lab.program("prepare", "e.yaml", "-q", "-o", "r")
        #expect(try lab.program("cancel", "r").status == 0)
        let ended = try lab.program("worker", "r")
        #expect(ended.status == 0)
        #expect(ended.errors.contains("was cancelled"), "\(ended.errors)")
        #expect(try lab.program("collect", "r", "-q").status == 1)
        _ = try lab.program("prepare", "e.yaml", "-q", "-o", "r")
        #expect(try lab.program("worker", "r", "-q").status == 0)
        #expect(try lab.program("collect", "r", "-q").status == 0)
    }
}
