import Collapse
import Compute
import LanguageModels
import Settings
import Testing

@Suite struct CalibrationTests {
    private func values(_ predictions: [EventPrediction]) -> (error: Double?, floor: Double?) {
        let values = byName(Calibration(predictions).metrics)
        return (values["heldout.calibration_error"], values["heldout.calibration_floor"])
    }

    private func predictions(_ confidences: [Double], _ right: [Bool]) -> [EventPrediction] {
        zip(confidences, right).map {
            EventPrediction(nats: 1, confidence: $0, isRight: $1)
        }
    }

    @Test("The error and its floor are those of numpy in bins of equal mass")
    func agreesWithNumpy() throws {
        for example in try DistributionReference.load().calibrations {
            let found = values(predictions(example.confidences, example.right))
            #expect(isNear(found.error, example.error))
            #expect(isNear(found.floor, example.floor))
            let backwards = values(
                predictions(example.confidences.reversed(), example.right.reversed()))
            #expect(isNear(backwards.error, example.error))
        }
    }

    @Test("The floor is the error of a calibrated model, simulated")
    func floor() throws {
        for example in try DistributionReference.load().bootstrap {
            let confidences = (0..<example.count).map { index in
                let share = (Double(index) + 0.5) / Double(example.count)
                return example.low + (example.high - example.low) * share
            }
            let found = values(
                predictions(confidences, Array(repeating: true, count: example.count)))
            #expect(isNear(found.floor.map { $0 / example.error }, 1, 0.01))
            // The same with another generator, drawn from the confidences themselves.
            var random = RandomStream(RandomKey(seed: 3, purpose: .test))
            var sum = 0.0
            for _ in 0..<100 {
                let right = confidences.map { random.uniform() < $0 }
                sum += values(predictions(confidences, right)).error ?? .nan
            }
            #expect(isNear(found.floor.map { $0 / (sum / 100) }, 1, 0.08))
        }
    }

    @Test("A model that is always right and sure of it has neither error nor floor")
    func certain() {
        let sure = values(
            predictions(Array(repeating: 1, count: 40), Array(repeating: true, count: 40)))
        #expect(sure.error == 0 && sure.floor == 0)
        let wrong = values(
            predictions(Array(repeating: 1, count: 40), Array(repeating: false, count: 40)))
        #expect(isNear(wrong.error, 1) && wrong.floor == 0)
    }

    @Test("Fewer events than bins measure nothing")
    func tooFew() {
        let events = predictions(
            Array(repeating: 0.5, count: 15), (0..<15).map { $0 % 2 == 0 })
        #expect(Calibration(Array(events.dropLast())).metrics.isEmpty)
        #expect(isNear(values(events).error, 0.5))
    }
}
