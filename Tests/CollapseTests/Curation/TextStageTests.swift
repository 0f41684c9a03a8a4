import Collapse
import Compute
import Support
import Testing

@Suite struct TextStageTests {
    @Test(
        "A pattern keeps what begins with one text and holds another an exact number of times",
        arguments: [
            ("user: ", "assistant: ", 1, [1, 4]), ("user: ", nil, 1, [1, 2, 3, 4]),
            (nil, "assistant: ", 2, [2, 5]), (nil, "assistant: ", 0, [3]),
        ] as [(String?, String?, Int, [Int])])
    func pattern(beginning: String?, content: String?, times: Int, keeps: [Int]) throws {
        let texts = [
            1: "user: hello\nassistant: good day", 2: "user: assistant: assistant: ",
            3: "user: hello\nassistent: good day", 4: "user: assistant: ",
            5: "assistant: \nuser: assistant: ", 6: " user: assistant: ",
        ]
        let curate = ToyCuration(real: [5, 6], synthetic: [[1, 2, 3], [4, 5]], texts: texts)
        let stage = Pattern(beginning: beginning, content: content, times: times)
        let (data, metrics) = try curate(stage)
        #expect(data.examples.values == [5, 6] + keeps, "real text is not judged")
        #expect(metrics["1.pattern.matching_share"] == Double(keeps.count) / 5)
        var all = stage
        all.judged = .all
        let judged = try curate(all).data.examples.values
        #expect(judged.filter { $0 < 5 } == keeps.filter { $0 < 5 })
    }

    @Test("Occurrences do not overlap, and letters beyond ASCII are their bytes")
    func occurrences() throws {
        let texts = [1: "aaaa", 2: "aaa", 3: "ÄÄ a", 4: "a"]
        let curate = ToyCuration(real: [9], synthetic: [[1, 2, 3, 4]], texts: texts)
        #expect(
            try curate(Pattern(beginning: nil, content: "aa", times: 2)).data.examples.values
                == [9, 1])
        #expect(
            try curate(Pattern(beginning: "Ä", content: "Ä", times: 2)).data.examples.values
                == [9, 3])
    }

    @Test("Patterns of nothing, bands of too few hashes and draws of too many are refused")
    func refused() {
        func issue(_ stage: SpecificationValue) -> SpecificationIssue? {
            do {
                _ = try CurationStages.stage(resolvedStage(stage))
                return nil
            } catch { return error }
        }
        #expect(issue(["stage": "pattern"])?.message.contains("begins-with, holds") == true)
        #expect(issue(["stage": "pattern", "holds": ""])?.path == ["holds"])
        #expect(
            issue(["stage": "near-duplicates", "hashes": 8, "threshold": 0.1])?.path == ["hashes"])
        #expect(
            issue([
                "stage": "detector",
                "use": ["rule": "resample", "upsample": 3.0, "max-repeats": 2],
            ])?.path == ["use", "upsample"])
        #expect(
            issue([
                "stage": "weight-by-score", "under": "previous", "against": "previous",
            ])?.path == ["against"])
    }

    @Test("Of a cluster the first stays, and real text before all")
    func nearDuplicates() throws {
        let text = "it was the best of times it was the worst of times it was the age of wisdom"
        let other = "nothing in the room moved but the fire and that but little"
        let texts = [
            1: text, 2: text + " alone", 3: other, 4: text, 5: other + " .", 6: "quite another",
        ]
        var stage = NearDuplicates(shingleWords: 2, functions: 128, threshold: 0.7)
        // 3 is near to the real 5 behind it, 1 and 2 are near to each other.
        var curate = ToyCuration(real: [5], synthetic: [[1, 3], [2, 4, 6, 3]], texts: texts)
        let (data, metrics) = try curate(stage)
        #expect(data.marked == ["5:0", "1:1", "6:2"])
        #expect(metrics["1.near-duplicates.duplicates"] == 4)
        #expect(metrics["1.near-duplicates.copies_of_real"] == 2)
        #expect(metrics["1.near-duplicates.clusters"] == 2)
        #expect(metrics["1.near-duplicates.largest_cluster"] == 3)
        // Of real text nothing goes unless it is judged.
        curate = ToyCuration(real: [1, 4, 6], synthetic: [[2, 3]], texts: texts)
        #expect(try curate(stage).data.marked == ["1:0", "4:0", "6:0", "3:1"])
        stage.judged = .all
        #expect(try curate(stage).data.marked == ["1:0", "6:0", "3:1"])
        #expect(!stage.sparesGeneration0)
    }

    @Test("A random control drops as many near duplicates of each provenance")
    func randomControl() throws {
        let texts = Dictionary(
            uniqueKeysWithValues: (1...40).map { ($0, "a text that is there \($0 % 4)") })
        let curate = ToyCuration(
            real: [41, 42], synthetic: [Array(1...20), Array(21...40)], texts: texts)
        let stage = NearDuplicates(shingleWords: 3, functions: 64, threshold: 1)
        let (data, _) = try curate(stage)
        let (control, _) = try curate(RandomLike(like: stage))
        #expect(Array(control.pool.provenance) == Array(data.pool.provenance))
        #expect(control.examples.values != data.examples.values)
        #expect(Set(control.examples.values).count == control.examples.count)
    }
}
