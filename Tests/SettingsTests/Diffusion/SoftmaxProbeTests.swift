import Collapse
import Compute
import Testing

@Suite struct SoftmaxProbeTests {
    private struct Reference: Decodable {
        var features: [Double]
        var labels: [UInt8]
        var probabilities: [Double]
    }

    @Test("Probabilities are those of PyTorch's softmax regression")
    func reference() throws {
        let reference = try fixture("Diffusion/probe.json", as: Reference.self)
        let features = Matrix(rows: 60, columns: 5, reference.features)
        let probe = SoftmaxProbe(features: features, labels: reference.labels, classes: 4)
        let found = probe.probabilities(of: features)
        for (index, right) in reference.probabilities.enumerated() {
            #expect(abs(found.elements[index] - right) < 1e-4)
        }
        let own = probe.confidence(of: features, labels: reference.labels)
        for (row, label) in reference.labels.enumerated() {
            #expect(own[row] == found[row, Int(label)])
        }
    }
}
