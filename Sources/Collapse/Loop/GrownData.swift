/// What a chain knows of data that only grows: its statistics and counts up to a generation.
struct GrownData<Statistics: Sendable>: Sendable {
    var generation: Int
    var statistics: Statistics
    var tally: DataTally

    init<Examples>(generation: Int, statistics: Statistics, pool: Pool<Examples>) {
        self.generation = generation
        self.statistics = statistics
        tally = DataTally(pool)
    }
}
