import Glibc
import Support

/// A prepared run as jobs of Slurm: an array of workers, and one that collects when they have ended.
package struct SlurmSubmission {
    package var request: SlurmRequest
    /// The experiment's name.
    package var name: String
    /// The run directory.
    package var directory: String
    /// Units that are to be done.
    package var missing: Int
    /// Arguments of each worker, such as what it may start.
    package var arguments: [String]
    /// The folder with corpora and presets.
    package var root: String

    package init(
        request: SlurmRequest, name: String, directory: String, missing: Int, arguments: [String],
        root: String
    ) {
        self.request = request
        self.name = name
        self.directory = directory
        self.missing = missing
        self.arguments = arguments
        self.root = root
    }

    /// Checks what can be checked before anything is written.
    package static func check(
        _ request: SlurmRequest, directory: String
    ) throws -> Slurm {
        try request.check()
        try SlurmScript.check(path: FileSystem.absolute(directory))
        let slurm = try Slurm.located()
        if let partition = request.partition { try slurm.check(partition: partition) }
        return slurm
    }

    /// Writes the scripts and submits them.
    ///
    /// - Returns: The jobs, which are also noted in the run directory.
    package func submit(to slurm: Slurm) throws -> [SubmittedJob] {
        // Slurm's commands are started elsewhere.
        let folder = WorkFolder(of: FileSystem.absolute(directory))
        let script = SlurmScript(
            request: request, name: name, directory: folder.directory,
            program: FileSystem.absolute("/proc/self/exe"), arguments: arguments,
            environment: environment)
        try SlurmScript.check(path: script.directory)
        let tasks = min(request.workers, max(1, missing), try slurm.mostTasks())
        try AtomicFile.write(
            script.worker(tasks: tasks), to: folder.path + "/worker.sbatch",
            staging: folder.directory)
        try AtomicFile.write(
            script.collector, to: folder.path + "/collect.sbatch", staging: folder.directory)
        var jobs: [SubmittedJob] = []
        do {
            if missing > 0 {
                let job = try slurm.submit(folder.path + "/worker.sbatch")
                jobs.append(SubmittedJob(job: job, collects: false))
                try folder.write(jobs)
            }
            let job = try slurm.submit(folder.path + "/collect.sbatch", after: jobs.first?.job)
            jobs.append(SubmittedJob(job: job, collects: true))
            try folder.write(jobs)
        } catch {
            // Half a submission would work and never collect.
            if !jobs.isEmpty { try? slurm.cancel(jobs) }
            throw error
        }
        return jobs
    }

    /// What a worker needs of the environment: `--export=NIL` brings nothing of it.
    private var environment: [String] {
        var variables = ["COLLAPSELAB_ROOT=\(FileSystem.absolute(root))"]
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "SLURM_CONF", "LANG"] {
            if let value = getenv(name) { variables.append("\(name)=\(String(cString: value))") }
        }
        return variables
    }
}
