import Collapse

extension Execution {
    /// The execution with every event of note also in the event log of a run.
    func logging(to directory: RunDirectory) throws -> Execution {
        let log = try directory.openEventLog()
        var execution = self
        let (clock, observer) = (execution.clock, execution.observer)
        execution.observer = { event in
            observer(event)
            guard let entry = event.entry(at: clock()) else { return }
            // A log that cannot be written costs no results; the records are the truth.
            try? log.append(entry)
        }
        return execution
    }
}

extension RunEvent {
    /// The line of `events.jsonl`, if the event is worth one.
    package func entry(at time: String) -> Event? {
        switch self {
        case .started(let outline):
            return Event(
                "run-started", time: time,
                [
                    .init("name", .string(outline.name)),
                    .init("setting", .string(outline.setting.name)),
                    .init("arms", .integer(outline.arms.count)),
                    .init("seeds", .integer(outline.seeds.count)),
                    .init("generations", .integer(outline.generations)),
                    .init("workers", .integer(outline.workers)),
                    .init("recorded", .integer(outline.recorded)),
                    .init("planned", .integer(outline.planned)),
                ])
        case .note(let text):
            return Event("note", time: time, [.init("text", .string(text))])
        case .recorded(let recorded, let seconds?):
            guard let first = recorded.first, let last = recorded.last else { return nil }
            guard recorded.count == 1 else {
                return Event(
                    "block-recorded", time: time,
                    [
                        .init("arm", .string(first.arm)),
                        .init("first_seed", .integer(Int(first.seed))),
                        .init("last_seed", .integer(Int(last.seed))),
                        .init("last_generation", .integer(last.generation)),
                        .init("seconds", .double(seconds)),
                    ])
            }
            return Event(
                "generation-recorded", time: time,
                [
                    .init("arm", .string(first.arm)), .init("seed", .integer(Int(first.seed))),
                    .init("generation", .integer(first.generation)),
                    .init("headline", .double(first.headline)),
                    .init("real_fraction", .double(first.realFraction)),
                    .init("size", .double(first.size)), .init("seconds", .double(seconds)),
                ])
        case .failed(let arm, let seed, let message):
            return Event(
                "chain-failed", time: time,
                [
                    .init("arm", .string(arm)), .init("seed", .integer(Int(seed))),
                    .init("message", .string(message)),
                ])
        case .finished(let failures):
            return Event("run-finished", time: time, [.init("failures", .integer(failures))])
        case .progress, .recorded: return nil
        }
    }
}
